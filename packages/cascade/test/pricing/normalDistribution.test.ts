import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalCdf, normalPdf } from "../../src/pricing/normalDistribution.ts";

// Φ to 20 digits, from ½·erfc(−x/√2) at 40 digits.
const TABLE: readonly (readonly [number, number])[] = [
  [0, 0.5],
  [0.5, 0.69146246127401310364],
  [1, 0.84134474606854294859],
  [-1, 0.15865525393145705141],
  [1.96, 0.97500210485177955],
  [2, 0.97724986805182079279],
  [-2.5, 0.0062096653257761351669],
  [3, 0.99865010196836990547],
  [-3, 0.0013498980316300945267],
  [-5, 2.8665157187919391167e-7],
  [-10, 7.619853024160526066e-24],
];

describe("normalCdf", () => {
  it.each(TABLE)("is exact to 1e-15 at %d", (x, expected) => {
    expect(Math.abs(normalCdf(x) - expected)).toBeLessThan(1e-15);
    if (x <= -3) expect(Math.abs(normalCdf(x) / expected - 1)).toBeLessThan(1e-14);
  });

  it("is 0 and 1 far out and at the infinities, and NaN for NaN", () => {
    expect([normalCdf(-40), normalCdf(40)]).toEqual([0, 1]);
    expect([normalCdf(-Infinity), normalCdf(Infinity), normalCdf(Number.NaN)]).toEqual([
      0,
      1,
      Number.NaN,
    ]);
  });

  it("joins its two methods without a step", () => {
    const [below, above] = [normalCdf(3 - 1e-9), normalCdf(3 + 1e-9)];
    expect(Math.abs(above - below - 2e-9 * normalPdf(3))).toBeLessThan(1e-15);
  });

  it("is symmetric and rises", () => {
    fc.assert(
      fc.property(fc.double({ min: -12, max: 12, noNaN: true }), (x) => {
        expect(normalCdf(x) + normalCdf(-x)).toBeCloseTo(1, 14);
        expect(normalCdf(x + 1e-3)).toBeGreaterThanOrEqual(normalCdf(x));
      }),
    );
  });
});
