import fc from "fast-check";
import { expect, test } from "vitest";
import { LatencyMeasure } from "../src/quality/latencyMeasure.ts";

const lowerMedian = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length / 2) - 1] ?? Number.NaN;

function measured(values: readonly number[]): ReturnType<LatencyMeasure["result"]> {
  const measure = new LatencyMeasure();
  for (const value of values) measure.add(value);
  return measure.result();
}

test("latencies from 0 to a second have an exact median", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_048_575), { minLength: 1, maxLength: 50 }), (values) => {
      expect(measured(values)).toEqual({
        min: Math.min(...values),
        median: lowerMedian(values),
        max: Math.max(...values),
      });
    }),
    { numRuns: 60 },
  );
});

test("longer and negative ones are within a thousandth, and never outside what was seen", () => {
  const any = fc.integer({ min: -(10 ** 12), max: 10 ** 12 });
  fc.assert(
    fc.property(fc.array(any, { minLength: 1, maxLength: 50 }), (values) => {
      const { min, median, max } = measured(values);
      const exact = lowerMedian(values);
      expect([min, max]).toEqual([Math.min(...values), Math.max(...values)]);
      expect(Math.abs(median - exact)).toBeLessThanOrEqual(Math.abs(exact) / 1_000 + 1);
      expect(median).toBeGreaterThanOrEqual(min);
      expect(median).toBeLessThanOrEqual(max);
    }),
    { numRuns: 60 },
  );
});
