import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bandOf,
  cascadeChance,
  missScale,
  plantedBands,
  reachOf,
  scaledMiss,
} from "../../src/index.ts";

const QUANTILES = [-2, -1, -0.5, -0.25, 0, 0.25, 0.5, 1, 2];
const twap = (seconds: number) => ({ kind: "twap", parameters: { seconds } });
const planted = {
  calibrationDays: 32,
  stepMillis: 100,
  planted: [
    { ...twap(600), rule: "twap", name: "TWAP 10 min" },
    { ...twap(60), rule: "twap 1 min", name: "TWAP 1 min" },
  ],
};
const low30 = { metric: "low30", quantiles: QUANTILES, factor: 1 };

describe("bands from misses on planted days", () => {
  it("lie around the middle of the ensemble in proportion to its effect", () => {
    const small = bandOf(low30, -0.1, -0.11);
    const large = bandOf(low30, -0.1, -0.15);
    expect(small.mid).toBe(-0.1);
    expect(large.high - large.low).toBeGreaterThan(2 * (small.high - small.low));
  });

  it("turn around with the side on which the record lies", () => {
    const skewed = { metric: "low30", quantiles: [-0.5, -0.25, 0.25, 1, 3], factor: 1.2 };
    const above = bandOf(skewed, -0.1, -0.15);
    const below = bandOf(skewed, -0.1, -0.05);
    expect(above.high - -0.1).toBeCloseTo(-0.1 - below.low, 12);
    expect(above.mid).toBeGreaterThan(-0.1);
    expect(below.mid).toBeLessThan(-0.1);
    // Of an effect of 5 % a fifth more is told.
    expect(above.mid).toBeCloseTo(-0.15 + 1.2 * 0.05, 12);
    expect(below.mid).toBeCloseTo(-0.05 - 1.2 * 0.05, 12);
  });

  it("keep their middle within the half of the misses that lie in between", () => {
    expect(bandOf({ ...low30, factor: 5 }, -0.1, -0.15)).toMatchObject({
      mid: bandOf(low30, -0.1, -0.15).high50,
    });
    expect(bandOf({ ...low30, factor: 5 }, -0.1, -0.05)).toMatchObject({
      mid: bandOf(low30, -0.1, -0.05).low50,
    });
  });

  it("tell no effect that the ensemble does not see, and never its contrary", () => {
    const weak = { metric: "forcedNotional", quantiles: QUANTILES, factor: 0.4 };
    expect(bandOf(weak, 100, 100).mid).toBe(100);
    const moreThanSeen = { ...weak, quantiles: [0.1, 0.5, 1], factor: 2 };
    expect(bandOf(moreThanSeen, 100, 100).mid).toBe(100);
    const lessThanNothing = { ...weak, quantiles: [-4, -3, -2] };
    expect(bandOf(lessThanNothing, 101, 100)).toMatchObject({ mid: 100 });
    expect(bandOf(lessThanNothing, 101, 100).high50).toBeLessThan(100);
    for (const middle of [99, 99.9, 100.1, 101, 140]) {
      const told = bandOf(weak, middle, 100).mid - 100;
      expect(Math.sign(told)).toBe(Math.sign(middle - 100));
      expect(Math.abs(told)).toBeLessThan(Math.abs(middle - 100));
    }
  });

  it("hold the share of misses that their quantiles say, on the misses they were measured from", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            recorded: fc.double({ min: -0.3, max: 0, noNaN: true }),
            mid: fc.double({ min: -0.3, max: 0, noNaN: true }),
            miss: fc.double({ min: -3, max: 3, noNaN: true }),
          }),
          { minLength: 60, maxLength: 60 },
        ),
        (days) => {
          const sorted = days.map(({ miss }) => miss).toSorted((a, b) => a - b);
          const quantiles = Array.from({ length: 41 }, (_, i) => {
            const place = (i / 40) * 59;
            const below = Math.floor(place);
            const [from = 0, to = from] = [sorted[below], sorted[below + 1]];
            return from + (to - from) * (place - below);
          });
          const held = days.filter(({ recorded, mid, miss }) => {
            const along = mid >= recorded ? 1 : -1;
            const truth = mid + along * miss * missScale("low30", mid, recorded);
            expect(scaledMiss("low30", mid, recorded, truth)).toBeCloseTo(miss, 9);
            const band = bandOf({ metric: "low30", quantiles, factor: 1 }, mid, recorded);
            return truth >= band.low - 1e-12 && truth <= band.high + 1e-12;
          });
          expect(held.length / days.length).toBeGreaterThanOrEqual(0.85);
        },
      ),
    );
  });

  it("never go below nothing for amounts", () => {
    const band = bandOf({ ...low30, metric: "forcedNotional" }, 10, 100);
    expect(band.low).toBe(0);
  });

  it("are withheld with a reason where days have shown that they do not cover, or nothing was measured", () => {
    const model = plantedBands({
      ...planted,
      positions: "prints",
      chances: [],
      cells: [
        {
          rule: "twap",
          metric: "path",
          days: 80,
          quantiles: QUANTILES,
          factor: 0.5,
          coverage50: 0.2,
          coverage90: 0.5,
          none: "no calibrated band",
        },
      ],
    });
    // The middle is told all the same, with half of the effect.
    expect(model.band(twap(600), "path", Float64Array.of(-0.02), 0)).toEqual({
      none: "no calibrated band",
      mid: -0.01,
    });
    expect(model.band(twap(600), "low30", Float64Array.of(0), 0)).toHaveProperty(
      "none",
      expect.stringContaining("prints"),
    );
    // At another strength not even the middle is known better than by the ensemble.
    expect(model.band(twap(300), "path", Float64Array.of(-0.02), 0)).toEqual({
      none: expect.stringContaining("“TWAP 10 min” and “TWAP 1 min” alone"),
    });
    expect(model.chanceOfCascade?.(twap(300), 0.5)).toBeUndefined();
  });
});

describe("the chance of a cascade", () => {
  it("is by how far the estimate reaches from no forced flow to the record, in either direction", () => {
    const fall = { unforced: -0.06, recorded: -0.1 };
    expect([-0.06, -0.08, -0.1].map((low) => reachOf(low, fall))).toEqual(
      [0, 0.5, 1].map((reach) => expect.closeTo(reach, 12)),
    );
    expect(reachOf(0.09, { unforced: 0.06, recorded: 0.1 })).toBeCloseTo(0.75, 12);
  });

  it("rises with the reach, is one half at the middle of the curve, and surer where it is narrow", () => {
    const curve = { middle: 0.4, width: 0.1 };
    expect(cascadeChance(curve, 0.4)).toBe(0.5);
    expect(cascadeChance(curve, 0.5)).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
    expect(cascadeChance({ ...curve, width: 0.01 }, 0.5)).toBeGreaterThan(0.9999);
    fc.assert(
      fc.property(
        fc.double({ min: -2, max: 3, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (reach, more) => {
          expect(cascadeChance(curve, reach + more)).toBeGreaterThanOrEqual(
            cascadeChance(curve, reach),
          );
        },
      ),
    );
  });

  it("is told of kinds of rules that were planted alone", () => {
    const cell = {
      rule: "twap",
      metric: "path",
      days: 80,
      quantiles: QUANTILES,
      factor: 1,
      coverage50: 0.5,
      coverage90: 0.9,
    };
    const model = plantedBands({
      ...planted,
      positions: "snapshot",
      cells: [cell],
      chances: [{ rule: "twap", middle: 0.5, width: 0.1, cases: 9 }],
    });
    expect(model.chanceOfCascade?.(twap(600), 0.5)).toBe(0.5);
    expect(model.chanceOfCascade?.({ kind: "auction", parameters: {} }, 0.5)).toBeUndefined();
  });
});
