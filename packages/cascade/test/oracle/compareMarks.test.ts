import { describe, expect, it } from "vitest";
import { bestLag, compareMarks, type PriceSeries } from "../../src/index.ts";

const series = (...rows: readonly (readonly [at: number, price: number])[]): PriceSeries => ({
  at: Float64Array.from(rows, ([at]) => at),
  price: Float64Array.from(rows, ([, price]) => price),
});

describe("a comparison of marks", () => {
  it("states bias, root mean square and the largest distance in basis points of the recorded mark", () => {
    const rebuilt = series([0, 100.5], [10, 99], [20, 100]);
    const recorded = series([5, 100], [12, 100], [20, 100], [25, 100]);
    const { biasBps, rmseBps, ...rest } = compareMarks(rebuilt, recorded);
    expect(rest).toMatchObject({ count: 4, absent: 0, maxAt: 12, lagMicros: 0 });
    expect(rest.maxBps).toBeCloseTo(100, 9);
    expect(biasBps).toBeCloseTo(-12.5, 9);
    expect(rmseBps).toBeCloseTo(Math.sqrt(12_500 / 4), 9);
  });

  it("counts what was not rebuilt, and leaves out what was not recorded", () => {
    const rebuilt = series([10, Number.NaN], [20, 100]);
    const recorded = series([5, 100], [12, 100], [21, 100], [22, Number.NaN]);
    expect(compareMarks(rebuilt, recorded)).toMatchObject({ count: 1, absent: 2, rmseBps: 0 });
    expect(compareMarks(series(), recorded)).toMatchObject({
      count: 0,
      absent: 3,
      rmseBps: Number.NaN,
    });
  });

  it("finds the lag at which the record follows", () => {
    const path = Array.from({ length: 200 }, (_, i) => 100 + Math.sin(i / 7));
    const rebuilt = series(...path.map((price, i) => [i * 10, price] as const));
    const recorded = series(...path.map((price, i) => [i * 10 + 30, price] as const));
    const best = bestLag(rebuilt, recorded, [-20, 0, 10, 20, 30, 40]);
    expect(best).toMatchObject({ lagMicros: 30, rmseBps: 0, count: 200 });
    expect(() => bestLag(rebuilt, recorded, [])).toThrow(/No lag/);
  });

  it("refuses series that go back in time or are of two lengths", () => {
    const bad = { at: Float64Array.of(1), price: Float64Array.of(1, 2) };
    expect(() => compareMarks(series([5, 1], [4, 1]), series())).toThrow(
      /rebuilt marks go back in time at row 1: 4/,
    );
    expect(() => compareMarks(series(), bad)).toThrow(/recorded marks have 1 times and 2 prices/);
  });
});
