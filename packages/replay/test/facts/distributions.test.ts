import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { FirstPassage } from "../../src/facts/firstPassage.ts";
import { hillIndex } from "../../src/facts/hillIndex.ts";
import { LogHistogram } from "../../src/facts/logHistogram.ts";
import { Moments } from "../../src/facts/moments.ts";

/** Half a bin and a little: how far a quantile may be off. */
const OFF = 0.0055;

const value = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
const weighted = fc.tuple(value, fc.integer({ min: 1, max: 1_000 }));

const histogramOf = (values: Iterable<number>): LogHistogram => {
  const histogram = new LogHistogram();
  for (const one of values) histogram.add(one);
  return histogram;
};

/** The values 1 … n of a Pareto distribution at equal probabilities. */
const pareto = (n: number, index: number): readonly number[] =>
  Array.from({ length: n }, (_, i) => ((i + 0.5) / n) ** (-1 / index));

describe("LogHistogram", () => {
  test("every quantile is that of the sorted values by weight, within half a per cent", () => {
    fc.assert(
      fc.property(
        fc.array(weighted, { minLength: 1, maxLength: 50 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (pairs, q) => {
          const histogram = new LogHistogram();
          for (const [one, weight] of pairs) histogram.add(one, weight);
          const sorted = pairs.toSorted(([a], [b]) => a - b);
          const total = sorted.reduce((sum, [, weight]) => sum + weight, 0);
          let passed = 0;
          const exact = sorted.find(([, weight]) => (passed += weight) >= q * total)![0];
          expect(Math.abs(histogram.quantile(q) / exact - 1)).toBeLessThan(OFF);
        },
      ),
    );
  });

  it("holds whole numbers below 128 exactly, and 0 and below as one", () => {
    for (let one = 1; one < 128; one += 1) {
      const between = histogramOf([one - 1, one, one + 1]);
      expect(between.quantile(0.5)).toBe(one);
    }
    expect(histogramOf([-3, -1, 5]).quantile(0.5)).toBe(-2);
  });

  it("tells nothing of nothing, and leaves out what is no number or weighs nothing", () => {
    const empty = histogramOf([Number.NaN]);
    empty.add(1, 0);
    expect(empty.weight).toBe(0);
    expect(empty.quantile(0.5)).toBeNaN();
  });

  test("cleared it is as new, and a copy is equal", () => {
    fc.assert(
      fc.property(fc.array(value), fc.array(value), (before, after) => {
        const used = histogramOf(before);
        const copy = histogramOf(before);
        used.clear();
        for (const one of after) used.add(one);
        const fresh = histogramOf(after);
        copy.copyFrom(used);
        for (const q of [0, 0.1, 0.5, 1]) {
          expect(used.quantile(q)).toEqual(fresh.quantile(q));
          expect(copy.quantile(q)).toEqual(fresh.quantile(q));
        }
      }),
    );
  });
});

describe("hillIndex", () => {
  it.each([1.5, 3, 5])("finds the index %d of a Pareto tail within 1 %%", (index) => {
    const found = hillIndex(histogramOf(pareto(200_000, index)), 200_000)!;
    expect(found.observations).toBe(10_000);
    expect(Math.abs(found.index / index - 1)).toBeLessThan(0.01);
  });

  test("is Hill's formula over the 5 % highest values", () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 200, maxLength: 400 }), (values) => {
        const sorted = values.toSorted((a, b) => b - a);
        const k = Math.floor(0.05 * values.length);
        const logs = sorted.slice(0, k).map((one) => Math.log(one / sorted[k]!));
        const xi = logs.reduce((sum, one) => sum + one, 0) / k;
        fc.pre(xi > 0.1);
        const found = hillIndex(histogramOf(values), values.length)!;
        expect(Math.abs(1 / found.index - xi)).toBeLessThan(2 * OFF);
      }),
    );
  });

  it("tells nothing of too few values, of equal ones, and of tails that are not there", () => {
    expect(hillIndex(histogramOf(pareto(199, 3)), 199)).toBeUndefined();
    expect(hillIndex(histogramOf(Array.from({ length: 300 }, () => 0.1)), 300)).toBeUndefined();
    expect(hillIndex(histogramOf(pareto(9, 3)), 1_000)).toBeUndefined();
  });
});

describe("Moments", () => {
  test("are the sums over all values", () => {
    const some = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(fc.array(some, { minLength: 3, maxLength: 60 }), (values) => {
        const moments = new Moments();
        for (const one of values) moments.take(one);
        const n = values.length;
        const mean = values.reduce((sum, one) => sum + one, 0) / n;
        const central = (power: number): number =>
          values.reduce((sum, one) => sum + (one - mean) ** power, 0) / n;
        expect(moments.count).toBe(n);
        expect(moments.deviation).toBeCloseTo(Math.sqrt(central(2)), 6);
        fc.pre(central(2) > 1e-3);
        expect(moments.kurtosis / (central(4) / central(2) ** 2)).toBeCloseTo(1, 6);
      }),
    );
  });

  it("have the kurtosis 1.8 of a uniform distribution", () => {
    const moments = new Moments();
    for (let i = 0; i < 100_000; i += 1) moments.take(1e6 + i / 1e5);
    expect(moments.kurtosis).toBeCloseTo(1.8, 4);
  });
});

describe("FirstPassage", () => {
  test("tells the first value at or above any target after the lowest", () => {
    // Powers of two are the lower ends of their bins.
    const power = fc.integer({ min: -10, max: 10 }).map((exponent) => 2 ** exponent);
    fc.assert(
      fc.property(fc.array(power, { minLength: 1, maxLength: 40 }), power, (values, target) => {
        const passage = new FirstPassage();
        for (const [at, one] of values.entries()) passage.take(one, at);
        const low = Math.min(...values);
        const lowAt = values.indexOf(low);
        const back = values.findIndex((one, at) => at >= lowAt && one >= target);
        expect(passage.low).toBe(low);
        expect(passage.timeTo(target)).toBe(back < 0 ? Number.NaN : back - lowAt);
      }),
    );
  });

  it("does not take a later low for its own while it only follows", () => {
    const passage = new FirstPassage();
    passage.take(8, 0);
    passage.take(4, 10);
    passage.follow(2, 20);
    passage.follow(16, 30);
    expect([passage.low, passage.timeTo(16)]).toEqual([4, 20]);
    passage.clear();
    expect([passage.low, passage.timeTo(16)]).toEqual([Number.NaN, Number.NaN]);
  });
});
