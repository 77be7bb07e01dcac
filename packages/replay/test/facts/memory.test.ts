import { ConfigError } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { correlationDecay } from "../../src/facts/correlationDecay.ts";
import { ImpactCurve } from "../../src/facts/impactCurve.ts";
import { LaggedSums } from "../../src/facts/laggedSums.ts";
import { powerLaw } from "../../src/facts/powerLaw.ts";

const sumsOf = (values: readonly number[], lags: readonly number[]): LaggedSums => {
  const sums = new LaggedSums(lags);
  for (const one of values) sums.take(one);
  return sums;
};

/** Numbers from -1 to 1 without correlation, the same every time: a linear congruential generator (Numerical Recipes). */
function noise(length: number): readonly number[] {
  let state = 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

describe("LaggedSums", () => {
  test("are the means over all pairs, whatever the lags and wherever the series is broken off", () => {
    const piece = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => {
        const lags = [1, 2, 7];
        const sums = new LaggedSums(lags);
        for (const one of pieces) {
          for (const value of one) sums.take(value);
          sums.breakOff();
        }
        const all = pieces.flat();
        const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
        const variance = all.reduce((sum, one) => sum + (one - mean) ** 2, 0) / all.length;
        fc.pre(variance > 0.01);
        const expected = lags.flatMap((lag) => {
          const products = pieces.flatMap((one) =>
            one.slice(lag).map((value, i) => (value - mean) * (one[i]! - mean)),
          );
          const sum = products.reduce((total, one) => total + one, 0);
          if (products.length < 30) return [];
          return [{ lag, pairs: products.length, correlation: sum / products.length / variance }];
        });
        const found = sums.correlations();
        expect(found.map(({ lag, pairs }) => [lag, pairs])).toEqual(
          expected.map(({ lag, pairs }) => [lag, pairs]),
        );
        for (const [i, { correlation }] of found.entries()) {
          expect(correlation).toBeCloseTo(expected[i]!.correlation, 6);
        }
      }),
    );
  });

  it.each([0.3, 0.8, -0.5])("find φ^k of an AR(1) with φ = %d", (phi) => {
    let last = 0;
    const series = noise(200_000).map((shock) => (last = phi * last + shock));
    for (const { lag, correlation } of sumsOf(series, [1, 2, 3, 5]).correlations()) {
      expect(correlation).toBeCloseTo(phi ** lag, 1.5);
      expect(Math.abs(correlation - phi ** lag)).toBeLessThan(0.012);
    }
  });

  it("find that signs that alternate are each other's opposite", () => {
    const signs = Array.from({ length: 1_000 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const found = sumsOf(signs, [1, 2, 3, 100]).correlations();
    expect(found.map(({ correlation }) => correlation)).toEqual([-1, 1, -1, 1]);
  });

  it("tell nothing of a constant series", () => {
    expect(
      sumsOf(
        Array.from({ length: 500 }, () => 0.1),
        [1],
      ).correlations(),
    ).toEqual([]);
  });

  it("refuse lags that are no lags", () => {
    for (const lags of [[0], [2, 1], [1.5], [1, 1]]) {
      expect(() => new LaggedSums(lags)).toThrow(ConfigError);
    }
  });
});

describe("powerLaw and correlationDecay", () => {
  test("an exact power law has its exponent, whatever the weights", () => {
    const exponent = fc.double({ min: -3, max: 3, noNaN: true });
    const factor = fc.double({ min: 0.01, max: 100, noNaN: true });
    const weights = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 3, maxLength: 12 });
    fc.assert(
      fc.property(exponent, factor, weights, (power, c, some) => {
        const fit = powerLaw(
          some.map((weight, i) => ({ x: i + 1, y: c * (i + 1) ** power, weight })),
        )!;
        expect(fit.exponent).toBeCloseTo(power, 6);
        if (Math.abs(power) > 1e-3) expect(fit.rSquared).toBeCloseTo(1, 6);
      }),
    );
  });

  it("tells no law of two points or of one size", () => {
    const point = { x: 2, y: 3, weight: 1 };
    expect(powerLaw([point, { ...point, x: 4 }])).toBeUndefined();
    expect(powerLaw([point, point, point])).toBeUndefined();
  });

  it("stops before the first correlation that could be none", () => {
    const at = (lag: number, correlation: number) => ({ lag, correlation, pairs: 10_000 });
    const told = [1, 2, 4].map((lag) => at(lag, 0.4 * lag ** -0.6));
    const fit = correlationDecay([...told, at(8, 0.019), at(16, 0.3)])!;
    expect(fit.exponent).toBeCloseTo(0.6, 9);
    expect(fit.points).toBe(3);
    expect(correlationDecay([at(1, 0.2), at(2, 0.1), at(3, -0.2), at(4, 0.1)])).toBeUndefined();
  });
});

describe("ImpactCurve", () => {
  it.each([0.5, 1])("finds the exponent %d of planted impact under noise that cancels", (delta) => {
    const curve = new ImpactCurve();
    for (let octave = 0; octave < 8; octave += 1) {
      for (let i = 0; i < 20; i += 1) {
        const impact = 1e-5 * (2 ** octave) ** delta;
        // Half of them end lower than they began.
        curve.add(2 ** octave, impact + (i % 2 === 0 ? 1e-3 : -1e-3));
      }
    }
    const { law, metaorders, bins } = curve.facts!;
    expect(law!.exponent).toBeCloseTo(delta, 6);
    expect([metaorders, bins.length, bins[0]!.count]).toEqual([160, 8, 20]);
  });

  it("leaves out sizes that few have, and what has no mid", () => {
    const curve = new ImpactCurve();
    expect(curve.facts).toBeUndefined();
    for (let i = 0; i < 9; i += 1) curve.add(100, 1e-4);
    curve.add(100, Number.NaN);
    curve.add(0, 1e-4);
    expect(curve.facts).toEqual({ metaorders: 9, bins: [], law: undefined });
  });
});
