import fc from "fast-check";
import { expect, test } from "vitest";
import { LatencyMeasure } from "../src/quality/latencyMeasure.ts";

const lowerMedian = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length / 2) - 1] ?? Number.NaN;

/** Of so many copies of the values that they are not kept one by one. */
function measured(values: readonly number[], copies: number): ReturnType<LatencyMeasure["result"]> {
  const measure = new LatencyMeasure();
  for (let copy = 0; copy < copies; copy++) for (const value of values) measure.add(value);
  return measure.result();
}

const MANY = 10_001;

test("latencies from 0 to a second have an exact median", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_048_575), { minLength: 1, maxLength: 50 }), (values) => {
      const exact = {
        min: Math.min(...values),
        median: lowerMedian(values),
        max: Math.max(...values),
      };
      expect(measured(values, 1)).toEqual(exact);
      expect(measured(values, Math.ceil(MANY / values.length))).toEqual(exact);
    }),
    { numRuns: 60 },
  );
});

test("longer and negative ones are within a thousandth, and never outside what was seen", () => {
  const any = fc.integer({ min: -(10 ** 12), max: 10 ** 12 });
  fc.assert(
    fc.property(fc.array(any, { minLength: 1, maxLength: 50 }), (values) => {
      expect(measured(values, 1).median).toBe(lowerMedian(values));
      const { min, median, max } = measured(values, Math.ceil(MANY / values.length));
      const exact = lowerMedian(values);
      expect([min, max]).toEqual([Math.min(...values), Math.max(...values)]);
      expect(Math.abs(median - exact)).toBeLessThanOrEqual(Math.abs(exact) / 1_000 + 1);
      expect(median).toBeGreaterThanOrEqual(min);
      expect(median).toBeLessThanOrEqual(max);
    }),
    { numRuns: 60 },
  );
});
