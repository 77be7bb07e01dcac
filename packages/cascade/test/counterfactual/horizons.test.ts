import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Counterfactual,
  type CounterfactualOptions,
  type CounterfactualResult,
} from "../../src/counterfactual/counterfactual.ts";
import { MARKET_SIDES, type SideGains } from "../../src/counterfactual/sideGains.ts";
import { longs, populationOf, responses, RULES, STEP, stepsOf, TICK } from "./world.ts";

/** A fall of 12 % in 20 s, and half of it back. */
const MIDS = Array.from({ length: 500 }, (_, i) =>
  i < 50 ? 100_000 : i < 250 ? 100_000 - (i - 50) * 60 : 88_000 + (i - 250) * 20,
);
const CROWD = [...longs(40, 400), { lots: -5_000, entry: 10_000, leverage: 20 }];

interface Market {
  readonly mids?: readonly number[];
  readonly crowd?: typeof CROWD;
}

/** A counterfactual that has taken all steps. */
function through(
  options: Partial<CounterfactualOptions> = {},
  { mids = MIDS, crowd = CROWD }: Market = {},
): Counterfactual {
  const population = populationOf(crowd);
  const counterfactual = new Counterfactual({
    recorded: RULES,
    scenarios: [
      { name: "noChange", rules: { ...RULES } },
      { name: "none", rules: { ...RULES, liquidates: false } },
      { name: "mild", rules: { ...RULES, maintenanceFactor: 0.5 } },
    ],
    draws: responses().map((response) => ({ population, response })),
    mark: { of: "v BTCUSDT", sampleSeconds: 1 },
    stepMicros: STEP,
    tick: TICK,
    ...options,
  });
  for (const step of stepsOf(mids)) counterfactual.step(step);
  return counterfactual;
}

const run = (options?: Partial<CounterfactualOptions>, market?: Market): CounterfactualResult =>
  through(options, market).finish();

it("says how far a scenario is from the record where it is shown, and else refuses to, before its first step too", () => {
  const shown = through({ isShown: true });
  expect(shown.answerOf(0)).toMatchObject({ price: 1, index: 1, diverged: false });
  expect(shown.answerOf(1).price).not.toBe(1);
  for (const hidden of [through(), through({}, { mids: [] })]) {
    expect(() => hidden.answerOf(0)).toThrow(/only a counterfactual that is shown/);
  }
});

const sum = (gains: SideGains): number =>
  MARKET_SIDES.reduce((total, side) => total + gains[side], 0);

describe("gains by side", () => {
  it("sum to nothing at every horizon, whatever the rules and the path: what one gains another pays", () => {
    const walk = fc
      .array(fc.integer({ min: -900, max: 800 }), { minLength: 30, maxLength: 90 })
      .map((moves) => {
        let mid = 100_000;
        return moves.map((move) => (mid = Math.max(20_000, mid + move)));
      });
    fc.assert(
      fc.property(walk, (mids) => {
        const { record, scenarios } = run({ horizons: { after: [STEP, 10 * STEP] } }, { mids });
        const all = [
          ...record.engines,
          ...record.horizons.flatMap(({ engines }) => engines),
          ...scenarios.flatMap(({ runs, horizons }) =>
            [...runs, ...horizons.flat()].map(({ figures }) => figures),
          ),
        ];
        for (const { gains } of all) expect(Math.abs(sum(gains))).toBeLessThan(1e-6);
      }),
      { numRuns: 25 },
    );
  });

  it("say that longs lose in a fall what shorts and the world gain", () => {
    const [engine] = run().record.engines;
    expect(engine!.gains.longs).toBeLessThan(0);
    expect(engine!.gains.shorts).toBeGreaterThan(0);
    expect(engine!.gains.world).toBeGreaterThan(0);
    expect(engine!.gains.longs + engine!.gains.shorts).toBeLessThan(0);
  });
});

describe("draws of one population", () => {
  it("give what they give with populations of their own: they share only what is alike", () => {
    const own = (options: Partial<CounterfactualOptions>) => {
      const draws = responses().map((response) => ({ population: populationOf(CROWD), response }));
      return run({ ...options, draws });
    };
    const options = { horizons: { after: [5 * STEP, 100 * STEP] }, openLoops: 2 };
    const shared = run(options);
    expect(shared).toEqual(own(options));
    // With nobody to share with.
    const [alone] = responses().map((response) => ({ population: populationOf(CROWD), response }));
    const single = run({ ...options, draws: alone === undefined ? [] : [alone], openLoops: 0 });
    expect(shared.scenarios.map(({ runs }) => runs[0])).toEqual(
      single.scenarios.map(({ runs }) => runs[0]),
    );
    const unlooped = run({ ...options, openLoops: 0 });
    expect(unlooped.scenarios.map(({ runs }) => runs)).toEqual(
      shared.scenarios.map(({ runs }) => runs),
    );
    expect(shared.scenarios[2]?.runs.every(({ figures }) => figures.liquidated > 0)).toBe(true);
    // Volatility changes the margin of each path by itself.
    const volatilityMargin = {
      halfLifeSeconds: 10,
      referenceVolatility: 1,
      least: 1,
      most: 3,
      everySeconds: 1,
    };
    const rules = { ...RULES, volatilityMargin };
    const scenarios = [{ name: "by volatility", rules }];
    expect(run({ ...options, scenarios })).toEqual(own({ ...options, scenarios }));
  });
});

describe("horizons", () => {
  it("are counted from the first forced order, and a later one tells what an earlier end would have told", () => {
    const { record, scenarios } = run({ horizons: { after: [50 * STEP, 100 * STEP, 1e12] } });
    expect(record.horizons).toHaveLength(2);
    const [first] = record.horizons;
    const steps = Math.round((first!.at - record.from) / STEP) + 1;
    const cut = run({}, { mids: MIDS.slice(0, steps) });
    expect(first!.engines).toEqual(cut.record.engines);
    for (const [i, { runs }] of cut.scenarios.entries()) {
      const then = scenarios[i]!.horizons[0]!;
      runs.forEach(({ figures, path }, draw) => {
        expect(then[draw]!.figures).toEqual(figures);
        expect(then[draw]!.path.low30).toBe(path.low30);
        expect(then[draw]!.path.last).toBe(path.last);
      });
    }
    const quiet = run({}, { mids: MIDS.slice(0, steps - 50 - 1) });
    expect(quiet.record.engines[0]!.forcedSold).toBe(0);
  });

  it("are counted from an instant that is asked for", () => {
    const from = stepsOf(MIDS)[99]!.at;
    const { record } = run({ horizons: { after: [5 * STEP], from } });
    expect(record.horizons.map(({ at }) => at)).toEqual([from + 5 * STEP]);
  });
});

describe("open loops", () => {
  it("are the engine on the path without forced flow: with nobody liquidated as on the record, and no more than with feedback", () => {
    const { scenarios } = run({ openLoops: 2 });
    const [same, none, mild] = scenarios;
    expect(same!.openLoops).toHaveLength(2);
    expect(none!.openLoops.map(({ forcedSold }) => forcedSold)).toEqual([0, 0]);
    for (const scenario of [same!, mild!]) {
      scenario.openLoops.forEach(({ forcedSold }, draw) => {
        expect(forcedSold).toBeLessThan(scenario.runs[draw]!.figures.forcedSold);
      });
    }
  });

  it("are as the closed loop where forced flow moves no price", () => {
    const draws = responses(1e-30)
      .slice(0, 2)
      .map((response) => ({
        population: populationOf(CROWD),
        response: { ...response, removesSpikes: false },
      }));
    const { scenarios } = run({ openLoops: 2, draws });
    for (const { openLoops, runs } of scenarios) {
      openLoops.forEach(({ forcedSold, liquidated }, draw) => {
        expect(forcedSold).toBeCloseTo(runs[draw]!.figures.forcedSold, 3);
        expect(liquidated).toBe(runs[draw]!.figures.liquidated);
      });
    }
  });
});

describe("scenarios with fewer draws", () => {
  it("give what the same draws give among all", () => {
    const all = run();
    const few = run({
      scenarios: [{ name: "mild", rules: { ...RULES, maintenanceFactor: 0.5 }, draws: 1 }],
    });
    expect(few.scenarios[0]!.runs).toEqual(all.scenarios[2]!.runs.slice(0, 1));
    expect(few.scenarios[0]!.pathHash).toBe(all.scenarios[2]!.pathHash);
  });
});
