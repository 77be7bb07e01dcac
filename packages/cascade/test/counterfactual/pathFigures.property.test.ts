import { MICROS_PER_MINUTE, MICROS_PER_SECOND } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PathFigures, type PathResult } from "../../src/counterfactual/pathFigures.ts";

const STEP = 10 * MICROS_PER_SECOND;

/** The figures of a path by their definitions, with every price looked at anew; `rows` are all of its steps. */
function plain(
  rows: readonly (readonly [at: number, price: number])[],
  stepMicros: number,
): PathResult {
  const length = Math.max(1, Math.round((30 * MICROS_PER_SECOND) / stepMicros));
  const prices = rows.map(([, price]) => price);
  const low = Math.min(...prices);
  const high = Math.max(...prices);
  const meanOf = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const means =
    prices.length < length
      ? [meanOf(prices)]
      : prices.slice(length - 1).map((_, i) => meanOf(prices.slice(i, i + length)));
  const [from, to] = [rows[0]![0], rows.at(-1)![0]];
  const ends: number[] = [];
  for (
    let end = Math.ceil(from / MICROS_PER_MINUTE) * MICROS_PER_MINUTE;
    end <= to;
    end += MICROS_PER_MINUTE
  )
    ends.push(end);
  return {
    low,
    lowAt: rows[prices.indexOf(low)]![0],
    high,
    highAt: rows[prices.indexOf(high)]![0],
    low30: Math.min(...means),
    high30: Math.max(...means),
    last: prices.at(-1) ?? Number.NaN,
    minutes: ends.map((end) => rows.findLast(([at]) => at <= end)![1]),
    firstMinute: ends[0] ?? Number.NaN,
  };
}

describe("PathFigures", () => {
  it("is what the definitions give, for steps on and off whole minutes, shorter and longer than one, and with any left out", () => {
    const price = fc.integer({ min: -4, max: 4 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }).map((seconds) => seconds * MICROS_PER_SECOND),
        fc.array(fc.tuple(price, fc.constantFrom(1, 1, 1, 2, 5, 14)), {
          minLength: 1,
          maxLength: 60,
        }),
        fc.constantFrom(STEP, STEP, 7 * STEP, 15 * STEP),
        (start, moves, step) => {
          const path = new PathFigures(step);
          const rows: [number, number][] = [];
          let at = start;
          for (const [value, steps] of moves) {
            const before = rows.at(-1)?.[1];
            if (before !== undefined) {
              for (let gap = 1; gap < steps; gap += 1) rows.push([at + gap * step, before]);
              at += steps * step;
            }
            rows.push([at, value]);
            path.take(at, value);
          }
          const { low30, high30, ...figures } = path.result;
          const expected = plain(rows, step);
          expect({ ...figures, low30: 0, high30: 0 }).toEqual({ ...expected, low30: 0, high30: 0 });
          expect([low30, high30]).toEqual([
            expect.closeTo(expected.low30, 9),
            expect.closeTo(expected.high30, 9),
          ]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("carries no rounding of a price of long ago along: a mean is of its own 30 s", () => {
    const path = new PathFigures(STEP);
    path.take(STEP, 1e15);
    for (let step = 2; step <= 3; step += 1) path.take(step * STEP, 0.1);
    for (let step = 4; step <= 9; step += 1) path.take(step * STEP, -5);
    // The first sums still have what 10¹⁵ left of 0.1; after one length of the mean nothing is left of it.
    expect(path.result.low30).toBeCloseTo(-5, 1);
    for (let step = 10; step <= 12; step += 1) path.take(step * STEP, -6.1);
    expect(path.result.low30).toBe((-6.1 - 6.1 - 6.1) / 3);
  });
});
