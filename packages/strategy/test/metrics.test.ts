import { MICROS_PER_DAY } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectedShortfall, maxDrawdown, metricsOf, realisedVolatility } from "../src/index.ts";

const curve = (...equities: readonly number[]) =>
  equities.map((equityUsd, day) => ({ at: day * MICROS_PER_DAY, equityUsd }));

describe("maxDrawdown", () => {
  it("is the deepest fall from a peak, with when", () => {
    expect(maxDrawdown(curve(100, 120, 90, 110, 80, 130))).toEqual({
      usd: 40,
      fraction: 40 / 120,
      peakAt: MICROS_PER_DAY,
      troughAt: 4 * MICROS_PER_DAY,
    });
  });

  it("is 0 at the start for a curve that never falls, and undefined for none", () => {
    expect(maxDrawdown(curve(1, 2, 3))).toEqual({ usd: 0, fraction: 0, peakAt: 0, troughAt: 0 });
    expect(maxDrawdown([])).toBeUndefined();
  });

  it("has no fraction where the peak is not above 0", () => {
    expect(maxDrawdown(curve(-1, -3))).toMatchObject({ usd: 2, fraction: null });
  });
});

describe("expectedShortfall", () => {
  it("is the mean of the worst changes as a loss, the last by its fraction", () => {
    const changes = [5, -10, 3, -4, 1, -2, 8, 0, 2, 4];
    expect(expectedShortfall(changes, 0.8)).toBeCloseTo(7, 12);
    expect(expectedShortfall(changes, 0.75)).toBeCloseTo((10 + 4 + 0.5 * 2) / 2.5, 12);
  });

  it("is the worst change where the tail is less than one, negative when nothing was lost", () => {
    expect(expectedShortfall([1, -3, 2], 0.95)).toBe(3);
    expect(expectedShortfall([1, 3, 2], 0.95)).toBe(-1);
    expect(expectedShortfall([], 0.95)).toBeUndefined();
  });

  it("takes exactly one change in twenty at 0.95", () => {
    const changes = Array.from({ length: 20 }, (_, i) => i - 10);
    expect(expectedShortfall(changes, 0.95)).toBe(10);
  });

  it("falls as the level falls", () => {
    const changes = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(changes, (some) => {
        const [strict, loose] = [expectedShortfall(some, 0.95)!, expectedShortfall(some, 0.5)!];
        expect(loose).toBeLessThanOrEqual(strict + 1e-6);
      }),
    );
  });
});

describe("realisedVolatility", () => {
  it("scales the squares of unequal steps to a year of 365 days", () => {
    const points = [
      { at: 0, equityUsd: 100 },
      { at: MICROS_PER_DAY, equityUsd: 110 },
      { at: 4 * MICROS_PER_DAY, equityUsd: 99 },
    ];
    const squares = Math.log(1.1) ** 2 + Math.log(0.9) ** 2;
    expect(realisedVolatility(points)).toBeCloseTo(Math.sqrt((squares * 365) / 4), 12);
  });

  it("is undefined for one point and for equity that is not above 0", () => {
    expect(realisedVolatility(curve(1))).toBeUndefined();
    expect(realisedVolatility(curve(1, 0))).toBeUndefined();
  });
});

describe("metricsOf", () => {
  it("counts what the first point's trades cost", () => {
    const metrics = metricsOf(100, curve(95, 97, 96));
    expect(metrics).toMatchObject({ startUsd: 100, endUsd: 96, pnlUsd: -4, pnlFraction: -0.04 });
    expect(metrics.maxDrawdown.usd).toBe(5);
    expect(metrics.expectedShortfall).toEqual({ level: 0.95, usd: 3, changes: 2 });
  });

  it("has no volatility for a single snapshot", () => {
    expect(metricsOf(100, curve(99))).toMatchObject({
      pnlUsd: -1,
      volatility: null,
      expectedShortfall: { usd: 1, changes: 1 },
    });
  });
});
