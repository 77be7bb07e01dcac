import type { EngineFigures, RunSnapshot } from "@aftershock/cascade";
import { expect, it } from "vitest";
import { type BandModel, noBands } from "../../src/index.ts";
import { figuresOf } from "../../src/scenarios/summariseScenario.ts";

const NOTHING: EngineFigures = {
  forcedSold: 0,
  forcedBought: 0,
  liquidated: 0,
  pending: 0,
  pendingNotional: 0,
  badDebt: 0,
  insurancePaid: 0,
  fund: 0,
  deleveraged: 0,
  takenOver: 0,
  breakerOpened: 0,
  gains: { longs: 0, shorts: 0, fund: 0, venue: 0, world: 0 },
  lowestMark: Number.NaN,
  highestMark: Number.NaN,
};
const fall = (low: number): RunSnapshot => ({
  path: { low, lowAt: 2, high: 11, highAt: 1, low30: low, high30: 11, last: low },
  figures: NOTHING,
});
/** Tells half of the distance to 0 of everything, with a band of a tenth around it. */
const halving: BandModel = {
  band: (_rule, _metric, [value = 0]) => {
    const mid = value / 2;
    return { low: mid - 0.1, low50: mid - 0.05, mid, high50: mid + 0.05, high: mid + 0.1 };
  },
};

const FALLS = {
  rule: { kind: "twap", parameters: {} },
  bands: halving,
  logTick: 0,
  runs: [fall(10.9), fall(10.8)],
  isMiddle: [true, true],
  records: [fall(10.5), fall(10.5)],
  isRecord: false,
  noMid: undefined,
  areBounds: false,
};

it("prices that every draw has from before anything differed are known exactly, amounts are not", () => {
  const { figures, bands } = figuresOf({ ...FALLS, direction: "down" });
  expect([bands["high30"], bands["low30"], bands["liquidated"]]).toEqual([
    "exact",
    "calibrated",
    "calibrated",
  ]);
  const { low, mid, high, record } = figures.high30;
  expect([low, mid, high]).toEqual([record, record, record]);
  expect(figures.low30.mid).toBeCloseTo(Math.exp(5.45), 9);
});

it("an extreme against the record's move has no band, as none was measured, unless it is known", () => {
  const statuses = (direction: "down" | "up"): readonly unknown[] => {
    const { bands } = figuresOf({ ...FALLS, direction });
    return ["low", "low30", "high", "high30"].map((name) => bands[name]);
  };
  const none = {
    none: expect.stringContaining("in the direction of the record's forced flow") as unknown,
  };
  expect(statuses("down")).toEqual(["calibrated", "calibrated", "exact", "exact"]);
  expect(statuses("up")).toEqual([none, none, "exact", "exact"]);
  const rise = (high: number): RunSnapshot => ({
    path: { low: 9, lowAt: 1, high, highAt: 2, low30: 9, high30: high, last: high },
    figures: NOTHING,
  });
  const rising = { ...FALLS, runs: [rise(10.1), rise(10.2)], records: [rise(10.5), rise(10.5)] };
  const ofRise = (direction: "down" | "up"): readonly unknown[] => {
    const { bands } = figuresOf({ ...rising, direction });
    return ["low", "low30", "high", "high30"].map((name) => bands[name]);
  };
  expect(ofRise("up")).toEqual(["exact", "exact", "calibrated", "calibrated"]);
  expect(ofRise("down")).toEqual(["exact", "exact", none, none]);
  const { low } = figuresOf({ ...FALLS, direction: "up" }).figures;
  expect([low.low, low.high]).toEqual([null, null]);
  expect(low.mid).toBeCloseTo(Math.exp(10.85), 6);
});

it("of two bounds the whole range is told, and no number in it", () => {
  const { figures, bands } = figuresOf({
    rule: { kind: "twap", parameters: {} },
    bands: noBands("no calibration"),
    direction: "down",
    logTick: 0,
    runs: [fall(10.9), fall(10.5)],
    isMiddle: [true, true],
    records: [fall(10.5), fall(10.5)],
    isRecord: false,
    noMid: "bound",
    areBounds: true,
  });
  expect(bands["low30"]).toEqual({ none: "no calibration" });
  expect(figures.low30.mid).toBeNull();
  expect(figures.low30.spread).toEqual({
    low: Math.exp(10.5),
    low50: Math.exp(10.5),
    high50: Math.exp(10.9),
    high: Math.exp(10.9),
  });
});

it("a path that is the record because nothing tells of the change is no exact figure", () => {
  const { figures, bands } = figuresOf({
    rule: { kind: "hiddenLevels", parameters: {} },
    bands: noBands("not validated"),
    direction: "down",
    logTick: 0,
    runs: [fall(10.5)],
    isMiddle: [true],
    records: [fall(10.5)],
    isRecord: false,
    noMid: "untold",
    areBounds: false,
  });
  expect(bands["low30"]).toEqual({ none: "not validated" });
  expect([figures.low30.low, figures.low30.mid, figures.low30.high]).toEqual([null, null, null]);
});

it("where no print tells who was liquidated only the record's own path is exact, and nothing else has a middle", () => {
  const of = (isRecord: boolean) =>
    figuresOf({
      rule: { kind: "twap", parameters: {} },
      bands: noBands("not measured"),
      direction: "down",
      logTick: 0,
      runs: [fall(10.5), fall(10.5)],
      isMiddle: [true, true],
      records: [fall(10.5), fall(10.5)],
      isRecord,
      noMid: "untold",
      areBounds: false,
    });
  expect(of(true).bands).toMatchObject({ low30: "exact", liquidated: { none: "not measured" } });
  expect(of(false).bands).toMatchObject({ low30: { none: "not measured" } });
  expect(of(true).figures.liquidated).toMatchObject({ mid: null, record: 0 });
  expect(of(false).figures.low30).toMatchObject({ low: null, mid: null, high: null });
});
