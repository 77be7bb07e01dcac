import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  apportion,
  apportionMinMax,
  mirrorDescent,
  projectOntoBudget,
  waterLevel,
} from "../../../src/index.ts";

const weight = fc.double({ min: 2 ** -20, max: 2 ** 20, noNaN: true });
const vessel = fc.record({ capacity: fc.nat(1_000), weight });
const vessels = fc.array(vessel, { minLength: 1, maxLength: 20 });
const smallVessels = fc.array(
  fc.record({ capacity: fc.nat(4), weight: fc.integer({ min: 1, max: 9 }) }),
  { minLength: 1, maxLength: 4 },
);

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const split = (rows: readonly { capacity: number; weight: number }[]) => ({
  capacities: rows.map(({ capacity }) => capacity),
  weights: rows.map(({ weight: each }) => each),
});

/** All ways to hand a quantity out in whole parts. */
function everyWay(capacities: readonly number[], quantity: number): number[][] {
  const [first, ...others] = capacities;
  if (first === undefined) return quantity === 0 ? [[]] : [];
  return Array.from({ length: Math.min(first, quantity) + 1 }, (_, part) =>
    everyWay(others, quantity - part).map((rest) => [part, ...rest]),
  ).flat();
}

describe("waterLevel", () => {
  it("is where the capped proportions sum to the budget", () => {
    fc.assert(
      fc.property(vessels, fc.double({ min: 0, max: 1, noNaN: true }), (rows, share) => {
        const { capacities, weights } = split(rows);
        const budget = share * sumOf(capacities);
        const level = waterLevel(capacities, weights, budget);
        const filled = capacities.map((capacity, i) => Math.min(capacity, level * weights[i]!));
        expect(Math.abs(sumOf(filled) - budget)).toBeLessThanOrEqual(1e-9 * (1 + budget));
      }),
    );
  });

  it("is infinite where even all that there is does not do", () => {
    expect(waterLevel([1, 2], [1, 0], 2)).toBe(Number.POSITIVE_INFINITY);
    expect(waterLevel([], [], 1)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("apportion", () => {
  it("is less than a whole part off the capped proportion", () => {
    fc.assert(
      fc.property(vessels, fc.nat(20_000), (rows, quantity) => {
        const { capacities, weights } = split(rows);
        const parts = apportion({ quantity, capacities, weights });
        const level = waterLevel(capacities, weights, quantity);
        expect(sumOf(parts)).toBe(Math.min(quantity, sumOf(capacities)));
        parts.forEach((part, i) => {
          const ideal = Math.min(capacities[i]!, level * weights[i]!);
          expect(Math.abs(part - ideal)).toBeLessThan(1 + 1e-9);
        });
      }),
    );
  });

  it("keeps sums exact near 2^53", () => {
    const capacities = [2 ** 51 + 1, 2 ** 51 + 3, 2 ** 50 + 7];
    const quantity = 2 ** 52 + 5;
    for (const run of [apportion, apportionMinMax]) {
      expect(sumOf(run({ quantity, capacities, weights: [1 / 3, 0.7, 1e-3] }))).toBe(quantity);
    }
  });

  it("refuses parts of lots, and weights that are not finite", () => {
    for (const run of [apportion, apportionMinMax]) {
      expect(() => run({ quantity: 0.5, capacities: [1], weights: [1] })).toThrow(/0.5/);
      expect(() => run({ quantity: 1, capacities: [-1, 4], weights: [1, 1] })).toThrow(/: -1/);
      expect(() => run({ quantity: 1, capacities: [3, 4], weights: [1, Number.NaN] })).toThrow(
        /NaN/,
      );
      expect(() => run({ quantity: 1, capacities: [3, 4], weights: [1] })).toThrow(/as many/);
    }
  });
});

describe("apportionMinMax", () => {
  it("has the smallest largest burden of all ways there are", () => {
    fc.assert(
      fc.property(smallVessels, fc.nat(12), (rows, asked) => {
        const { capacities, weights } = split(rows);
        const quantity = Math.min(asked, sumOf(capacities));
        const burden = (parts: readonly number[]): number =>
          Math.max(...parts.map((part, i) => part / weights[i]!));
        const parts = apportionMinMax({ quantity, capacities, weights });
        const least = Math.min(...everyWay(capacities, quantity).map(burden));
        expect(sumOf(parts)).toBe(quantity);
        expect(burden(parts)).toBeCloseTo(least, 12);
      }),
      { numRuns: 500 },
    );
  });

  it("is never worse than largest remainders", () => {
    fc.assert(
      fc.property(vessels, fc.nat(20_000), (rows, quantity) => {
        const { capacities, weights } = split(rows);
        const burden = (parts: readonly number[]): number =>
          Math.max(...parts.map((part, i) => part / weights[i]!));
        const request = { quantity, capacities, weights };
        expect(burden(apportionMinMax(request))).toBeLessThanOrEqual(
          burden(apportion(request)) * (1 + 1e-12),
        );
      }),
    );
  });
});

describe("projectOntoBudget", () => {
  const point = fc.double({ min: -2, max: 3, noNaN: true });
  const rows = fc.array(
    fc.record({ point, weight, other: fc.double({ min: 0, max: 1, noNaN: true }) }),
    {
      minLength: 1,
      maxLength: 12,
    },
  );

  it("meets the budget with fractions from 0 to 1, and no other such fractions are nearer", () => {
    fc.assert(
      fc.property(rows, (cases) => {
        const weights = cases.map((row) => row.weight);
        const from = cases.map((row) => row.point);
        // The budget is what some fractions cost, so that these can be compared with.
        const others = cases.map((row) => row.other);
        const cost = (fractions: readonly number[]): number =>
          sumOf(fractions.map((fraction, i) => fraction * weights[i]!));
        const budget = cost(others);
        const nearest = projectOntoBudget({ point: from, weights, budget });
        expect(Math.abs(cost(nearest) - budget)).toBeLessThanOrEqual(1e-9 * (1 + sumOf(weights)));
        const distance = (fractions: readonly number[]): number =>
          sumOf(fractions.map((fraction, i) => (fraction - from[i]!) ** 2));
        for (const fraction of nearest) {
          expect(fraction).toBeGreaterThanOrEqual(0);
          expect(fraction).toBeLessThanOrEqual(1);
        }
        expect(distance(nearest)).toBeLessThanOrEqual(distance(others) + 1e-6);
      }),
      { numRuns: 300 },
    );
  });

  it("refuses weights of nothing, budgets below it and points that are no numbers", () => {
    const good = { point: [0, 0], weights: [1, 2], budget: 1 };
    for (const wrong of [
      { weights: [1, 0] },
      { weights: [1] },
      { budget: -1 },
      { budget: Number.NaN },
      { point: [0, Number.NaN] },
    ]) {
      expect(() => projectOntoBudget({ ...good, ...wrong })).toThrow(/no projection/);
    }
  });
});

describe("mirrorDescent", () => {
  it("finds the least unfair fractions where the gradient says what is unfair", () => {
    // Loss: half the squared fractions. Its minimum on the budget is 0's projection, wherever the descent is.
    const weights = [1, 2, 3];
    const once = mirrorDescent({ weights, budget: 1.4 });
    expect(once.map((fraction) => fraction.toFixed(9))).toEqual([
      "0.100000000",
      "0.200000000",
      "0.300000000",
    ]);
    const long = mirrorDescent(
      { weights, budget: 1.4 },
      { rounds: 50, stepSize: 0.5, gradient: (at) => at },
    );
    long.forEach((fraction, i) => expect(fraction).toBeCloseTo(once[i]!, 9));
    // Loss: Σ weight × fraction² / 2, which every weight bears in equal shares at its minimum.
    const fair = mirrorDescent(
      { weights, budget: 1.5 },
      { rounds: 2_000, stepSize: 0.3, gradient: (at) => at.map((f, i) => f * weights[i]!) },
    );
    for (const fraction of fair) expect(fraction).toBeCloseTo(0.25, 6);
  });
});
