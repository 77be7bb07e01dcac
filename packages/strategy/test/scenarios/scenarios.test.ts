import { describe, expect, it } from "vitest";
import {
  type BandModel,
  basinsOf,
  circuitBreaker,
  type Mitigation,
  noChange,
  noLiquidations,
  scaledMaintenance,
  ScenarioSession,
  type ScenarioOutcome,
  type ScenarioResults,
  spreadOf,
  UNVALIDATED_BANDS,
} from "../../src/index.ts";
import {
  CRASH,
  crowd,
  crowdOf,
  INSTRUMENT,
  POSITIONS,
  response,
  RULES,
  START,
  STEP,
  stepsOf,
} from "./world.ts";

const SETTINGS = { horizonMinutes: [1], onset: undefined, stepMillis: 100 };

function run(
  mitigations: readonly Mitigation[],
  options: {
    readonly bps?: readonly number[];
    readonly bands?: BandModel;
    readonly calibrated?: boolean;
    readonly positions?: typeof POSITIONS;
  } = {},
): ScenarioResults {
  const { bps = [20, 16, 18, 22, 24], bands = UNVALIDATED_BANDS, calibrated = true } = options;
  const session = new ScenarioSession(mitigations, SETTINGS, {
    instrument: INSTRUMENT,
    recorded: RULES,
    positions: { source: options.positions ?? POSITIONS, accounts: 40, says: "a crowd" },
    responses: {
      models: bps.map((one) => response(one)),
      kernels: 1,
      calibration: calibrated
        ? {
            file: "c.json",
            sha256: "0".repeat(64),
            days: 3,
            from: "2001-01-02",
            to: "2001-01-04",
            simulated: true,
            leftOut: null,
          }
        : { none: "no calibration" },
    },
    assumed: [],
    bands,
  });
  for (const step of stepsOf(CRASH)) {
    session.step(step);
    session.touch(step.bid, step.ask, step.at);
  }
  return session.finish(SETTINGS.horizonMinutes, { notional: 1e6 });
}

const named = ({ scenarios }: ScenarioResults, name: string): ScenarioOutcome => {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`no scenario ${name}`);
  return found;
};

describe("scenarios", () => {
  const results = run([noChange(), noLiquidations(), scaledMaintenance({ factor: 0.7 })]);

  it("that change nothing are the record: same hash, same path minute by minute, every figure exact", () => {
    const same = named(results, "No change");
    expect(same.pathHash).toBe(same.recordHash);
    expect(same.identical).toBe(true);
    expect(same.band).toBe("exact");
    const { low, low50, mid, high50, high, record } = same.low30;
    expect([low, low50, mid, high50, high]).toEqual([mid, mid, mid, mid, mid]);
    expect(mid).toBe(record);
    expect(same.path.p50).toEqual(same.path.p5);
    same.path.p50.forEach((price, i) =>
      expect(price).toBeCloseTo(results.basis.path.price[i] ?? 0, 6),
    );
    expect(Object.values(same.gains).map(({ mid: gain }) => gain)).toEqual([0, 0, 0, 0, 0]);
    expect(same.cascadeProbability).toBe(1);
  });

  it("without liquidations fall less, force nothing, and are no cascade", () => {
    const none = named(results, "No liquidations");
    expect(none.identical).toBe(false);
    expect(none.low30.mid).toBeGreaterThan(none.low30.record);
    expect(none.forcedNotional.mid).toBe(0);
    expect(none.forcedNotional.record).toBeGreaterThan(1e6);
    expect(none.cascadeProbability).toBe(0);
    expect(none.branchingRatio).toBeNull();
  });

  it("have no band that nobody measured: the spread of the draws is told apart from one", () => {
    const { low30, band } = named(results, "No liquidations");
    expect(band).toEqual({ none: "not validated" });
    expect([low30.low, low30.low50, low30.high50, low30.high]).toEqual([null, null, null, null]);
    const { low, low50, high50, high } = low30.spread!;
    expect(low).toBeLessThanOrEqual(low50);
    expect(high50).toBeLessThanOrEqual(high);
    expect(low30.mid).toBeGreaterThanOrEqual(low50);
    expect(low30.mid).toBeLessThanOrEqual(high50);
  });

  it("have a middle of the kernels' own estimates: bootstraps only widen the spread", () => {
    const [narrow, wide] = [[20], [20, 10, 28, 30]].map((bps) =>
      named(run([noChange(), noLiquidations()], { bps }), "No liquidations"),
    );
    expect(wide?.low30.mid).toBe(narrow?.low30.mid);
    expect(wide?.forcedNotional.mid).toBe(narrow?.forcedNotional.mid);
    expect(wide?.path.p50).toEqual(narrow?.path.p50);
    expect(narrow?.low30.spread?.high).toBe(narrow?.low30.spread?.low);
    expect(wide?.low30.spread?.high).toBeGreaterThan(wide?.low30.spread?.low ?? Infinity);
  });

  it("tell record and estimate by the central positions, whatever those of the draws are", () => {
    const others = {
      ...POSITIONS,
      population: (one: number) => (one === 0 ? crowd : crowdOf(9_000)),
    };
    const rules = [noChange(), scaledMaintenance({ factor: 0.7 })];
    const [alone, among] = [run(rules, { bps: [20] }), run(rules, { positions: others })];
    for (const name of ["No change", alone.scenarios[1]?.name ?? ""]) {
      const [one, all] = [named(alone, name), named(among, name)];
      expect(all.forcedNotional.record).toBe(one.forcedNotional.record);
      expect(all.forcedNotional.mid).toBe(one.forcedNotional.mid);
    }
    const { mid, record, spread } = named(among, "No change").forcedNotional;
    expect(mid).toBe(record);
    expect(spread?.low).toBeLessThan(record);
  });

  it("sum what sides gain to nothing in the middle of each draw", () => {
    const one = run([noChange(), noLiquidations()], { bps: [20] });
    const { gains } = named(one, "No liquidations");
    const sum = Object.values(gains).reduce((total, { mid }) => total + (mid ?? 0), 0);
    expect(Math.abs(sum)).toBeLessThan(1e-6);
    expect(gains.fund.mid).not.toBe(0);
  });

  it("are told at horizons after the first forced order, and at the end", () => {
    const [horizon] = named(results, "No change").horizons;
    expect(horizon?.minutes).toBe(1);
    expect(horizon!.at).toBeGreaterThan(START + 100 * STEP + 60e6);
    expect(horizon!.forcedNotional.mid).toBeGreaterThan(0);
    expect(horizon!.forcedNotional.mid).toBeLessThanOrEqual(
      named(results, "No change").forcedNotional.mid ?? 0,
    );
  });

  it("say by how much the engine misses what was printed, and which biases all of them have", () => {
    const { printGap } = results.basis;
    expect(printGap?.share).toBeCloseTo(printGap!.engineNotional / 1e6 - 1, 12);
    expect(results.biases.map(({ name }) => name)).toContain("endogeneity");
    expect(results.biases.map(({ direction }) => direction)).toContain("down");
  });

  it("take bands from a model of them, prices as logarithms, and know the record's value", () => {
    const asked: [string, string, number][] = [];
    const bands: BandModel = {
      band: ({ kind }, metric, ensemble, recorded) => {
        asked.push([kind, metric, recorded]);
        if (metric === "owed") return { none: "never covered" };
        if (metric === "liquidated") return { none: "never covered", mid: 1_234 };
        const { low, low50, high50, high } = spreadOf(ensemble);
        const [mid = Number.NaN] = ensemble;
        return { low: low - 0.01, low50, mid, high50, high: high + 0.01 };
      },
    };
    const {
      low30,
      owed,
      liquidated,
      band,
      bands: judged,
      path,
    } = named(run([noChange(), noLiquidations()], { bands }), "No liquidations");
    const { low, mid, high, spread } = low30;
    // Of the kernel's own estimate: its bootstraps are in the spread alone.
    expect(Math.log(mid! / low!)).toBeCloseTo(0.01, 9);
    expect(Math.log(high! / mid!)).toBeCloseTo(0.01, 9);
    expect(spread!.low).toBeLessThan(mid!);
    expect(owed.low).toBeNull();
    expect(band).toBe("calibrated");
    expect(owed.mid).not.toBeNull();
    expect(liquidated).toMatchObject({ low: null, mid: 1_234, high: null });
    expect([judged["owed"], judged["liquidated"]]).toEqual([
      { none: "never covered" },
      { none: "never covered" },
    ]);
    expect(path.calibrated).toBe(true);
    const [, , recorded] = asked.find(
      ([kind, metric]) => kind === "noLiquidations" && metric === "low30",
    )!;
    expect(Math.exp(recorded)).toBeCloseTo(low30.record, 6);
  });

  it("are bounds without a middle where prices have no calibrated answer, or accounts are not known", () => {
    const bounds = run([noChange(), noLiquidations()], { calibrated: false });
    const none = named(bounds, "No liquidations");
    expect(none.identified).toBe("bound");
    expect(none.low30.mid).toBeNull();
    expect(none.path.p50.every((price) => price === null)).toBe(true);
    expect(named(bounds, "No change").low30.mid).not.toBeNull();
    const unknown = run([noChange(), noLiquidations()], {
      positions: {
        ...POSITIONS,
        identify: (rules) =>
          rules === RULES
            ? { identified: "estimate" }
            : { identified: "bound", why: ["higherMargin"] },
      },
    });
    expect(named(unknown, "No liquidations").boundBecause).toEqual([
      "accounts that the record shows safe may not be under higher margin",
    ]);
    expect(named(unknown, "No change").identified).toBe("estimate");
  });

  it("declare draws that diverge: they are in no figure, and no band is told", () => {
    const { divergedShare, band, low30 } = named(
      run([noChange(), noLiquidations()], { bps: [5, 2_000] }),
      "No liquidations",
    );
    expect(divergedShare).toBe(0.5);
    expect(band).toEqual({ none: "1 of 2 draws diverge" });
    expect(low30.spread!.high).toBeLessThan(70_000);
  });

  it("give the same result for the same record, to the byte", () => {
    const again = run([noChange(), noLiquidations(), scaledMaintenance({ factor: 0.7 })]);
    expect(JSON.stringify(again)).toBe(JSON.stringify(results));
  });

  it("are plain JSON", () => {
    expect(JSON.parse(JSON.stringify(results))).toEqual(results);
  });

  it("under a breaker out of reach are the record, too", () => {
    const breaker = circuitBreaker({ move: 0.9, withinSeconds: 60, pauseSeconds: 60 });
    const { identical, low30 } = named(run([noChange(), breaker]), breaker.name);
    expect(identical).toBe(true);
    expect(low30.spread).toMatchObject({ low: low30.record, high: low30.record });
  });
});

describe("basins", () => {
  const draw = (changed: number) => ({ recorded: -0.12, unforced: -0.06, changed });

  it("are the share of draws that end nearer to the record than to the path without forced flow", () => {
    expect(basinsOf([draw(-0.12), draw(-0.1), draw(-0.07), draw(-0.05)], "down")).toMatchObject({
      probability: 0.5,
    });
    expect(basinsOf([draw(-0.12)], "down").probability).toBe(1);
  });

  it("straddle where draws end in two groups far apart, and not where they are spread evenly", () => {
    const apart = [-0.12, -0.121, -0.119, -0.061, -0.06, -0.062].map(draw);
    expect(basinsOf(apart, "down")).toEqual({ probability: 0.5, straddles: true });
    const even = Array.from({ length: 40 }, (_, i) => draw(-0.06 - (0.06 * i) / 39));
    expect(basinsOf(even, "down").straddles).toBe(false);
    expect(basinsOf(even.slice(0, 15), "down").straddles).toBe(false);
  });

  it("are not told apart by a single draw, however far it lies", () => {
    const one = [-0.12, -0.121, -0.119, -0.12, -0.122, -0.04].map(draw);
    expect(basinsOf(one, "down").straddles).toBe(false);
    expect(basinsOf([...one, draw(-0.041)], "down").straddles).toBe(true);
  });

  it("are none where forced flow did not move the record", () => {
    const still = { recorded: -0.1, unforced: -0.099, changed: -0.1 };
    expect(basinsOf([still], "down")).toEqual({ probability: undefined, straddles: false });
    expect(basinsOf([], "down").probability).toBeUndefined();
  });

  it("of a squeeze are mirrored", () => {
    const up = (changed: number) => ({ recorded: 0.12, unforced: 0.06, changed });
    expect(basinsOf([up(0.12), up(0.11), up(0.06)], "up").probability).toBeCloseTo(2 / 3, 12);
  });
});
