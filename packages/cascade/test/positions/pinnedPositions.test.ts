import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { micros } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Counterfactual,
  type ForcedPrint,
  type PlannedPosition,
  pinnedPositions,
  PRICE_COLUMNS,
  type PinnedPositions,
  printedFlow,
  type RuleSet,
} from "../../src/index.ts";
import {
  type Holding,
  longs,
  PERPETUAL,
  populationOf,
  responses,
  RULES,
  STEP,
  TICK,
} from "../counterfactual/world.ts";
import { gapOf, pinned, recordOf, uniform } from "./recordedWorld.ts";

/** Everything at once: no throttle, and a taken account is closed whole. */
const AT_ONCE: RuleSet = { ...RULES, throttlePerSecond: undefined };

/** Mids in ticks around 100,000: a walk of up to 3 ‰ a step. */
const walks = fc
  .array(fc.integer({ min: -300, max: 300 }), { minLength: 20, maxLength: 250 })
  .map((moves) => {
    let mid = 100_000;
    return moves.map((move) => {
      mid = Math.max(50_000, mid + move);
      return mid;
    });
  });
const holdings = fc.array(
  fc.record({
    lots: fc.integer({ min: -40_000, max: 40_000 }).filter((lots) => Math.abs(lots) > 100),
    entry: fc.constant(10_000),
    leverage: fc.double({ min: 8, max: 45, noNaN: true }),
  }),
  { maxLength: 40 },
);

/** Down by 12 % over 20 s, half of it back over 10 s, and a minute of rest. */
const CRASH = [
  ...Array.from({ length: 200 }, (_, i) => 100_000 - 60 * i),
  ...Array.from({ length: 100 }, (_, i) => 88_000 + 60 * i),
  ...Array.from({ length: 600 }, () => 94_000),
];
/** Down as fast, and no way back. */
const FALL = [...CRASH.slice(0, 200), ...Array.from({ length: 400 }, () => 88_000)];
const CROWD = longs(60, 4_000);

describe("positions pinned from prints", () => {
  it("let go of the record that they were pinned from", async () => {
    const pin = (): { source: PinnedPositions; kept: readonly WeakRef<object>[] } => {
      const record = recordOf(CRASH, { rules: RULES, population: populationOf(CROWD) });
      const { columns } = record;
      const buffers = PRICE_COLUMNS.map((name) => columns.column(name).buffer);
      return {
        source: pinned(record, RULES),
        kept: [columns, ...buffers].map((one) => new WeakRef(one)),
      };
    };
    const { source, kept } = pin();
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    // A collection need not find all at once; what is held is never found.
    const isHeld = (): boolean => kept.some((one) => one.deref() !== undefined);
    for (let round = 0; round < 20 && isHeld(); round += 1) {
      await setImmediate();
      collect();
      await setImmediate();
    }
    expect(isHeld()).toBe(false);
    expect(source.plan(1).length).toBeGreaterThan(0);
  });

  it("reproduce every print of an engine without a throttle, to the lot", () => {
    fc.assert(
      fc.property(walks, holdings, fc.nat({ max: 5 }), (mids, held: readonly Holding[], draw) => {
        const record = recordOf(mids, { rules: AT_ONCE, population: populationOf(held) });
        const pins = pinned(record, AT_ONCE);
        const gap = gapOf(record, { rules: AT_ONCE, population: pins.population(draw) });
        expect(pins.counts.unexplained).toBe(0);
        expect(gap.engineSold).toBeCloseTo(gap.printedSold, 6);
        expect(gap.engineBought).toBeCloseTo(gap.printedBought, 6);
        for (const { engine, printed } of gap.minutes) expect(engine).toBeCloseTo(printed, 6);
      }),
      { numRuns: 60 },
    );
  });

  it("reproduce the prints of a throttled engine to within a thousandth, and every minute to within a percent, in every draw", () => {
    const record = recordOf(CRASH, { rules: RULES, population: populationOf(CROWD) });
    expect(record.prints.length).toBeGreaterThan(100);
    const pins = pinned(record, RULES);
    for (const draw of [0, 1, 2, 3]) {
      const gap = gapOf(record, { rules: RULES, population: pins.population(draw) });
      expect(Math.abs(gap.relative)).toBeLessThan(0.001);
      expect(gap.byMinute).toBeLessThan(0.01);
    }
  });

  it("put triggers between the mark when the queue began and the lowest one, and not at the marks of fills", () => {
    const crowd = longs(60, 9_000);
    const record = recordOf(FALL, { rules: RULES, population: populationOf(crowd) });
    const { counts, pins } = pinned(record, RULES);
    expect(counts.queued).toBeGreaterThan(0.8 * counts.pins);
    const planAt = (quantile: number): readonly PlannedPosition[] =>
      pinnedPositions({
        instrument: PERPETUAL,
        rules: RULES,
        columns: record.columns,
        flow: printedFlow(record.prints),
        uniform: () => quantile,
        lagMicros: 0,
      }).plan(1);
    const meanOf = (of: readonly { trigger: number; lots: number }[]): number =>
      of.reduce((sum, { trigger, lots }) => sum + Math.log(trigger) * lots, 0) /
      of.reduce((sum, { lots }) => sum + lots, 0);
    // A long of leverage L at 10,000 with 1 % of maintenance is liquidated at 10,000 × (1 − 1/L) / 0.99.
    const truth = crowd
      .map(({ lots, leverage }) => ({ lots, trigger: (100_000 * (1 - 1 / leverage)) / 0.99 }))
      .filter(({ trigger }) => trigger > 88_000);
    const fills = pins.map(({ group }) => ({ lots: group.lots, trigger: FALL[group.step] ?? 0 }));
    // Fills lie percents below the triggers; what prints leave open has the truth in it.
    expect(meanOf(truth) - meanOf(fills)).toBeGreaterThan(0.03);
    const [late, even, early] = [0, 0.5, 1].map((quantile) => meanOf(planAt(quantile)));
    expect(late).toBeLessThan(meanOf(truth));
    expect(early).toBeGreaterThan(meanOf(truth));
    expect(Math.abs((even ?? 0) - meanOf(truth))).toBeLessThan(meanOf(truth) - meanOf(fills));
    const triggers = [0, 0.5, 1].flatMap((quantile) =>
      planAt(quantile).map(({ trigger }) => trigger),
    );
    expect(Math.min(...triggers)).toBeGreaterThan(88_000);
    expect(Math.max(...triggers)).toBeLessThan(100_000);
  });

  it("thin out towards the lowest mark of a queue, fast or slowly, and wait for their turn", () => {
    // The price falls as fast as the throttle sells: 20,000 dollars a step, of 400 steps.
    const falling = Array.from({ length: 400 }, (_, i) => 100_000 - 20 * i);
    const record = recordOf(falling, { rules: RULES, population: populationOf([]) });
    const prints = falling.map((mid, step): ForcedPrint => ({
      at: micros((step + 1) * STEP),
      side: -1,
      lots: Math.ceil(20_000 / (mid * TICK * 0.001)),
      notional: 20_000,
      method: "market",
      account: undefined,
    }));
    const meanDepth = (quantile: number): number => {
      const { plan, counts } = pinnedPositions({
        instrument: PERPETUAL,
        rules: RULES,
        columns: record.columns,
        flow: printedFlow(prints.slice(1)),
        uniform: () => quantile,
        lagMicros: 0,
      });
      expect(counts.queued).toBe(counts.pins - 1);
      const range = Math.log(falling[0] ?? 0) - Math.log(falling.at(-1) ?? 0);
      const planned = plan(quantile === 0.5 ? 0 : 1);
      const all = planned.reduce((sum, { lots }) => sum + lots, 0);
      const depth = ({ trigger }: PlannedPosition): number =>
        (Math.log(falling[0] ?? 0) - Math.log(trigger)) / range;
      return planned.reduce((sum, one) => sum + depth(one) * one.lots, 0) / all;
    };
    // The mean of 1 − (1 − p)^(1/k) over p is 1/(1 + k); nobody can have been taken up after he was closed, at half of the range in the mean.
    expect(meanDepth(0.5)).toBeCloseTo(1 / 2.5, 2);
    expect(meanDepth(1)).toBeCloseTo(1 / 7, 1);
    expect(meanDepth(0)).toBeGreaterThan(0.45);
    expect(meanDepth(0)).toBeLessThan(0.51);
  });

  it("are even within a step whose mark took all of them up", () => {
    const mids = [100_000, 100_000, 99_000, 99_000];
    const record = recordOf(mids, { rules: AT_ONCE, population: populationOf([]) });
    const at = micros(3 * STEP);
    const prints: readonly ForcedPrint[] = [
      { at, side: -1, lots: 500, notional: 4_950, method: "market", account: undefined },
    ];
    const [one] = pinned({ ...record, prints }, AT_ONCE).plan(0);
    expect(Math.log(one?.trigger ?? 0)).toBeCloseTo((Math.log(100_000) + Math.log(99_000)) / 2, 9);
  });

  it("are closed as little as the true accounts under a lower maintenance margin on the same path", () => {
    const record = recordOf(CRASH, { rules: RULES, population: populationOf(CROWD) });
    const { population } = pinned(record, RULES);
    for (const change of [{ maintenanceFactor: 0.3 }, { markTwapSeconds: 20 }]) {
      const rules = { ...RULES, ...change };
      const truth = gapOf(record, { rules, population: populationOf(CROWD) }).engineSold;
      for (const draw of [0, 1, 2]) {
        const sold = gapOf(record, { rules, population: population(draw) }).engineSold;
        expect(Math.abs(sold / truth - 1)).toBeLessThan(0.05);
      }
    }
  });

  it("are κ times what was printed, to half a lot of each side, and in other draws anywhere in the band", () => {
    const side = fc.constantFrom<1 | -1>(1, -1);
    const given = fc.array(
      fc.tuple(side, fc.integer({ min: 1, max: 900 }), fc.integer({ min: 0, max: 49 })),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(given, fc.double({ min: 1, max: 6, noNaN: true }), (rows, high) => {
        const record = recordOf(
          Array.from({ length: 50 }, (_, i) => 100_000 - 7 * i),
          {
            rules: AT_ONCE,
            population: populationOf([]),
          },
        );
        const prints = rows
          .map(([of, lots, step]): ForcedPrint => ({
            at: micros((step + 1) * STEP),
            side: of,
            lots,
            notional: lots,
            method: "market",
            account: undefined,
          }))
          .toSorted((a, b) => a.at - b.at);
        const kappa = { low: 1, mid: Math.sqrt(high), high, everySeconds: undefined, doubts: [] };
        const { plan } = pinned({ ...record, prints }, AT_ONCE, kappa);
        for (const closes of [1, -1]) {
          const printed = prints
            .filter((one) => one.side === closes)
            .reduce((sum, { lots }) => sum + lots, 0);
          const of = (positions: readonly PlannedPosition[]): number =>
            positions
              .filter(({ lots }) => Math.sign(lots) === -closes)
              .reduce((sum, { lots }) => sum + Math.abs(lots), 0);
          expect(Math.abs(of(plan(0)) - kappa.mid * printed)).toBeLessThanOrEqual(0.5);
          for (const draw of [1, 2, 3]) {
            expect(of(plan(draw))).toBeGreaterThanOrEqual(printed - 0.5);
            expect(of(plan(draw))).toBeLessThanOrEqual(high * printed + 0.5);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it("are opened after the mark was last as low, where it had been", () => {
    // A dip, a rebound, and a second dip that is not as deep, in which a long is closed.
    const mids = [100_000, 95_000, 99_000, 99_500, 97_000, 96_500, 98_000];
    const record = recordOf(mids, { rules: AT_ONCE, population: populationOf([]) });
    const at = micros(6 * STEP);
    const prints: readonly ForcedPrint[] = [
      { at, side: -1, lots: 500, notional: 4_825, method: "market", account: undefined },
    ];
    const known = { ...record, prints };
    const pins = pinned(known, AT_ONCE);
    expect(pins.counts).toMatchObject({ pins: 1, reopened: 1 });
    const [one] = pins.plan(0);
    expect(one?.opensAt).toBe(3 * STEP);
    expect((one?.trigger ?? 0) * TICK).toBeGreaterThan(9_650);
    expect((one?.trigger ?? 0) * TICK).toBeLessThan(9_700);
    const gap = gapOf(known, { rules: AT_ONCE, population: pins.population(0) });
    expect(gap.engineSold).toBeCloseTo(4_825, 6);
  });

  it("are opened and closed where no mark says why, and counted as such", () => {
    const record = recordOf([100_000, 100_100, 100_200, 100_300], {
      rules: AT_ONCE,
      population: populationOf([]),
    });
    const prints: readonly ForcedPrint[] = [
      {
        at: micros(3 * STEP),
        side: -1,
        lots: 100,
        notional: 1_002,
        method: "market",
        account: undefined,
      },
    ];
    const known = { ...record, prints };
    const pins = pinned(known, AT_ONCE);
    expect(pins.counts).toMatchObject({ pins: 1, unexplained: 1 });
    expect(gapOf(known, { rules: AT_ONCE, population: pins.population(0) }).engineSold).toBeCloseTo(
      1_002,
      6,
    );
  });

  it("are one position of an account whose prints follow each other, where the venue names it", () => {
    const record = recordOf(CRASH, { rules: AT_ONCE, population: populationOf([]) });
    const prints = [60, 62, 700].map((step): ForcedPrint => ({
      at: micros(step * STEP),
      side: -1,
      lots: 10,
      notional: 100,
      method: "market",
      account: "0xab",
    }));
    const { pins, plan } = pinned({ ...record, prints }, AT_ONCE);
    expect(pins.map(({ group }) => group.lots)).toEqual([20, 10]);
    expect(plan(0).map(({ name }) => name)).toEqual(["pin 0 of 0xab", "pin 1 of 0xab"]);
  });

  it("scale with the price and with the size", () => {
    const record = recordOf(CRASH, { rules: RULES, population: populationOf(CROWD) });
    const base = pinned(record, RULES).plan(0);
    const larger = { ...RULES, throttlePerSecond: 600_000 };
    const scaled = {
      ...record,
      prints: record.prints.map((one) => ({
        ...one,
        lots: one.lots * 3,
        notional: one.notional * 3,
      })),
    };
    const plan = pinned(scaled, larger).plan(0);
    expect(plan.map(({ lots }) => lots)).toEqual(base.map(({ lots }) => lots * 3));
    plan.forEach(({ trigger }, i) => expect(trigger).toBeCloseTo(base[i]?.trigger ?? 0, 6));
    // Twice the price of everything, and of what the throttle lets through.
    const dearer = recordOf(
      CRASH.map((mid) => 2 * mid),
      { rules: RULES, population: populationOf([]) },
    );
    const doubled = pinned(
      { ...dearer, prints: record.prints },
      { ...RULES, throttlePerSecond: 400_000 },
    ).plan(0);
    expect(doubled.map(({ lots }) => lots)).toEqual(base.map(({ lots }) => lots));
    doubled.forEach(({ trigger, entry }, i) => {
      expect(trigger / (base[i]?.trigger ?? 0)).toBeCloseTo(2, 9);
      expect(entry / (base[i]?.entry ?? 0)).toBeCloseTo(2, 9);
    });
  });

  it("without prints are nobody, so that every rule gives the record", () => {
    const record = recordOf(CRASH, { rules: RULES, population: populationOf([]) });
    const source = pinned(record, RULES);
    const [response] = responses();
    if (response === undefined) throw new Error("there is a response");
    const run = new Counterfactual({
      recorded: RULES,
      scenarios: [
        { name: "noChange", rules: { ...RULES } },
        { name: "less", rules: { ...RULES, maintenanceFactor: 0.5 } },
      ],
      draws: [{ population: source.population(0), response }],
      mark: { of: "v BTCUSDT", sampleSeconds: 1 },
      stepMicros: STEP,
      tick: TICK,
    });
    for (const step of record.steps) {
      run.step(step);
      run.touch(step.bid, step.ask, step.at);
    }
    const { record: recorded, scenarios } = run.finish();
    expect(recorded.engines[0]).toMatchObject({ forcedSold: 0, liquidated: 0 });
    expect(scenarios.map(({ pathHash }) => pathHash)).toEqual([
      recorded.recordHash,
      recorded.recordHash,
    ]);
  });

  it("give the record where nothing is changed, positions that are opened later among them", () => {
    const mids = [...CRASH, ...Array.from({ length: 100 }, (_, i) => 94_000 - 40 * i)];
    const record = recordOf(mids, { rules: RULES, population: populationOf(CROWD) });
    const last = record.steps.at(-1)?.at ?? 0;
    const more: ForcedPrint = {
      at: micros(last),
      side: -1,
      lots: 700,
      notional: 6_500,
      method: "market",
      account: undefined,
    };
    const source = pinned({ ...record, prints: [...record.prints, more] }, RULES);
    expect(source.counts.reopened).toBe(1);
    const run = new Counterfactual({
      recorded: RULES,
      scenarios: [
        { name: "noChange", rules: { ...RULES } },
        { name: "nobody", rules: { ...RULES, liquidates: false } },
      ],
      draws: responses().map((response) => ({ population: source.population(0), response })),
      mark: { of: "v BTCUSDT", sampleSeconds: 1 },
      stepMicros: STEP,
      tick: TICK,
    });
    for (const step of record.steps) {
      run.step(step);
      run.touch(step.bid, step.ask, step.at);
    }
    const { record: recorded, scenarios } = run.finish();
    expect(scenarios[0]?.pathHash).toBe(recorded.recordHash);
    expect(scenarios[1]?.pathHash).not.toBe(recorded.recordHash);
    expect(scenarios[0]?.runs[0]?.figures).toEqual(recorded.engines[0]);
  });

  it("are refused under rules that cannot have closed them, and without a record", () => {
    const record = recordOf(CRASH, { rules: RULES, population: populationOf(CROWD) });
    expect(() => pinned(record, { ...RULES, liquidates: false })).toThrow(/liquidate nobody/);
    const volatilityMargin = {
      halfLifeSeconds: 1,
      referenceVolatility: 1,
      least: 1,
      most: 2,
      everySeconds: 1,
    };
    expect(() => pinned(record, { ...RULES, volatilityMargin })).toThrow(/moves with volatility/);
    const band = { low: 2, mid: 1, high: 3, everySeconds: 1, doubts: [] };
    expect(() => pinned(record, RULES, band)).toThrow(/no band/);
    const { columns } = recordOf([], { rules: RULES, population: populationOf([]) });
    const flow = printedFlow([]);
    expect(() =>
      pinnedPositions({ instrument: PERPETUAL, rules: RULES, columns, flow, uniform }),
    ).toThrow(/record without steps/);
  });
});
