import { DataError, micros } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Counterfactual,
  type CounterfactualOptions,
} from "../../src/counterfactual/counterfactual.ts";
import type { RecordedStep } from "../../src/counterfactual/recordedStep.ts";
import type { RuleSet } from "../../src/rules/ruleSet.ts";
import {
  type Holding,
  longs,
  populationOf,
  responses,
  RULES,
  STEP,
  stepsOf,
  TICK,
} from "./world.ts";

type Changed = Partial<RuleSet>;

function run(
  steps: readonly RecordedStep[],
  holdings: readonly Holding[],
  scenarios: Readonly<Record<string, Changed>>,
  options: { readonly recorded?: RuleSet; readonly slope?: number } & Partial<
    Pick<CounterfactualOptions, "draws">
  > = {},
) {
  const { recorded = RULES, slope } = options;
  const population = populationOf(holdings);
  const counterfactual = new Counterfactual({
    recorded,
    scenarios: Object.entries(scenarios).map(([name, changes]) => ({
      name,
      rules: { ...recorded, ...changes },
    })),
    draws: options.draws ?? responses(slope).map((response) => ({ population, response })),
    mark: { of: "v BTCUSDT", sampleSeconds: 1 },
    stepMicros: STEP,
    tick: TICK,
  });
  for (const step of steps) {
    counterfactual.step(step);
    counterfactual.touch(step.bid, step.ask, step.at);
  }
  return counterfactual.finish();
}

/** Walks of the mid in ticks, from 100,000 on. */
const walk = fc
  .array(fc.integer({ min: -900, max: 800 }), { minLength: 5, maxLength: 80 })
  .map((moves) => {
    let mid = 100_000;
    return moves.map((move) => (mid = Math.max(20_000, mid + move)));
  });
const holdings = fc.array(
  fc.record({
    lots: fc.integer({ min: -3_000, max: 3_000 }),
    entry: fc.integer({ min: 9_500, max: 10_500 }),
    leverage: fc.double({ min: 3, max: 40, noNaN: true }),
  }),
  { maxLength: 25 },
);
/** A fall of 12 % in 20 s, and half of it back. */
const CRASH = stepsOf(
  Array.from({ length: 500 }, (_, i) =>
    i < 50 ? 100_000 : i < 250 ? 100_000 - (i - 50) * 60 : 88_000 + (i - 250) * 20,
  ),
);
const CROWD = longs(60, 400);

describe("a counterfactual", () => {
  it("identity: with nothing changed it is the record, bit for bit, under every kernel and oracle", () => {
    const marks = fc.constantFrom<RuleSet["mark"]>(
      { kind: "averageBasis", averageSeconds: 30 },
      { kind: "emaBasis", emaSeconds: 30, bandRate: 0.5 },
      { kind: "oracle" },
    );
    const twaps = fc.constantFrom(0, 1, 60);
    fc.assert(
      fc.property(walk, holdings, marks, twaps, (mids, held, mark, markTwapSeconds) => {
        const recorded = { ...RULES, mark, markTwapSeconds };
        const { record, scenarios } = run(stepsOf(mids), held, { noChange: {} }, { recorded });
        const [same] = scenarios;
        expect(same?.pathHash).toBe(record.recordHash);
        for (const [draw, { path, largestDelta, figures }] of (same?.runs ?? []).entries()) {
          expect(path).toEqual(record.path);
          expect(Object.is(largestDelta, 0)).toBe(true);
          expect(figures).toEqual(record.engines[draw]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("tripwire: a single tick anywhere changes the hash", () => {
    fc.assert(
      fc.property(
        walk,
        fc.nat(),
        fc.constantFrom<"bid" | "ask">("bid", "ask"),
        (mids, place, side) => {
          const steps = stepsOf(mids);
          const at = place % steps.length;
          const moved = steps.map((step, i) =>
            i === at ? { ...step, [side]: step[side] + (side === "bid" ? -1 : 1) } : step,
          );
          const first = run(steps, [], { noChange: {} }).record.recordHash;
          expect(run(moved, [], { noChange: {} }).record.recordHash).not.toBe(first);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("null day: without forced flow no rule moves the price", () => {
    fc.assert(
      fc.property(walk, fc.double({ min: 0.1, max: 8, noNaN: true }), (mids, maintenanceFactor) => {
        const { record, scenarios } = run(stepsOf(mids), [], {
          maintenance: { maintenanceFactor },
          twap: { markTwapSeconds: 60 },
          none: { liquidates: false },
        });
        for (const { pathHash } of scenarios) expect(pathHash).toBe(record.recordHash);
      }),
      { numRuns: 40 },
    );
  });

  it("causality: cutting the record off changes nothing before", () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 499 }), (cut) => {
        const lows = (steps: readonly RecordedStep[]): unknown => {
          const kept: number[] = [];
          const population = populationOf(CROWD);
          const counterfactual = new Counterfactual({
            recorded: RULES,
            scenarios: [{ name: "none", rules: { ...RULES, liquidates: false } }],
            draws: responses().map((response) => ({ population, response })),
            mark: { of: "v BTCUSDT", sampleSeconds: 1 },
            stepMicros: STEP,
            tick: TICK,
          });
          for (const step of steps.slice(0, cut)) {
            counterfactual.step(step);
            kept.push(
              ...(counterfactual.finish().scenarios[0]?.runs.map(({ lastDelta }) => lastDelta) ??
                []),
            );
          }
          return kept;
        };
        expect(lows(CRASH.slice(0, cut + 1))).toEqual(lows(CRASH));
      }),
      { numRuns: 3 },
    );
  });

  it("monotonicity: with longs alone and a linear kernel, no liquidations never lower the price, and lower margin liquidates no more", () => {
    const [exponential] = responses();
    const draws = [
      { population: populationOf(CROWD), response: { ...exponential!, removesSpikes: false } },
    ];
    const { record, scenarios } = run(
      CRASH,
      CROWD,
      { none: { liquidates: false }, mild: { maintenanceFactor: 0.5 } },
      { draws },
    );
    const [none, mild] = scenarios.map(({ runs }) => runs[0]!);
    expect(none!.largestDelta).toBeGreaterThan(0.001);
    none!.path.minutes.forEach((price, i) =>
      expect(price).toBeGreaterThanOrEqual(record.path.minutes[i] ?? 0),
    );
    expect(none!.path.low).toBeGreaterThan(record.path.low);
    expect(mild!.figures.liquidated).toBeLessThanOrEqual(record.engines[0]!.liquidated);
    expect(record.engines[0]!.liquidated).toBeGreaterThan(20);
  });

  it("refuses a step without finite depth", () => {
    const [first] = stepsOf([100_000]);
    for (const depth of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      expect(() => run([{ ...first!, bidDepth: depth }], CROWD, { same: {} })).toThrow(DataError);
      expect(() => run([{ ...first!, askDepth: depth }], CROWD, { same: {} })).toThrow(DataError);
    }
  });

  it("tells of a fund that holds a position what it has realised, not what it paid for it", () => {
    const rules: RuleSet = {
      ...RULES,
      liquidation: { ...RULES.liquidation, steps: [{ kind: "takeover" }] },
    };
    const { record } = run(CRASH, CROWD, { same: {} }, { recorded: rules });
    const [engine] = record.engines;
    expect(engine?.takenOver).toBeGreaterThan(0);
    expect(engine?.fund).toBeGreaterThan(0);
  });

  it("limits: infinite depth leaves the record, a breaker out of reach changes nothing, an average over a step is the mark, endless insurance needs no ADL", () => {
    const { record, scenarios } = run(CRASH, CROWD, {
      breaker: {
        breaker: { move: 0.9, withinSeconds: 60, pauseSeconds: 60, stops: "liquidations" },
      },
      fund: { insuranceFund: 1e8 },
    });
    expect(scenarios.map(({ pathHash }) => pathHash)).toEqual([
      record.recordHash,
      record.recordHash,
    ]);
    expect(scenarios[1]?.runs[0]?.figures.deleveraged).toBe(0);
    const deep = run(CRASH, CROWD, { none: { liquidates: false } }, { slope: 1e-30 });
    for (const { largestDelta, path } of deep.scenarios[0]?.runs.slice(0, 2) ?? []) {
      expect(Math.abs(largestDelta)).toBeLessThan(1e-12);
      expect(path.low30).toBeGreaterThanOrEqual(deep.record.path.low30);
    }
    const oneStep = { ...RULES, markTwapSeconds: 0.000_001 };
    const twap = run(CRASH, CROWD, { twap: {} }, { recorded: oneStep });
    const plain = run(CRASH, CROWD, { none: {} });
    expect(twap.record.engines).toEqual(plain.record.engines);
  });

  it("additivity and scale: Δ of a linear kernel follows the flow alone, whatever the unit of price", () => {
    const [exponential] = responses();
    const response = { ...exponential!, removesSpikes: false };
    const deltaOf = (mids: readonly number[], crowd: readonly Holding[]): number => {
      const draws = [{ population: populationOf(crowd), response }];
      return run(stepsOf(mids), crowd, { none: { liquidates: false } }, { draws }).scenarios[0]!
        .runs[0]!.lastDelta;
    };
    const mids = CRASH.slice(0, 260).map(({ bid }) => bid + 1);
    const [few, many] = [longs(10, 40), longs(10, 80)];
    // Twice the flow moves twice as far: nobody in between is liquidated by it, as nobody is liquidated at all.
    expect(deltaOf(mids, many)).toBeCloseTo(2 * deltaOf(mids, few), 9);
    const doubled = few.map((held) => ({ ...held, entry: held.entry * 2, lots: held.lots / 2 }));
    const scaled = deltaOf(
      mids.map((mid) => mid * 2),
      doubled,
    );
    expect(scaled).toBeCloseTo(deltaOf(mids, few), 9);
  });

  it("says that a path diverges instead of showing it", () => {
    const { scenarios } = run(
      CRASH,
      longs(60, 60_000),
      { none: { liquidates: false } },
      { slope: 1e-6 },
    );
    expect(scenarios[0]?.runs[0]?.diverged).toBe(true);
  });

  it("refuses steps out of order, crossed books and runs of nothing", () => {
    const [first] = CRASH;
    expect(() => run([first!, first!], [], { none: {} })).toThrow(/after one that ends/);
    expect(() => run([{ ...first!, ask: first!.bid }], [], { none: {} })).toThrow(/has bid/);
    expect(() => run([{ ...first!, mark: Number.NaN }], [], { none: {} })).toThrow(/mark NaN/);
    expect(() => run([first!], [], {})).toThrow(/0 scenarios/);
    expect(() => run([first!], [], { none: {} }, { draws: [] })).toThrow(/0 draws/);
    expect(micros(STEP)).toBe(STEP);
  });
});
