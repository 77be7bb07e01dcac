import { describe, expect, test } from "vitest";

import { drawdowns } from "../src/figures/drawdown.ts";
import { liquidationMarks, MOST_MARKS } from "../src/figures/liquidationMarks.ts";

describe("drawdowns", () => {
  test("count from the highest equity so far, the start included", () => {
    const curve = [90, 120, 60, 120].map((equityUsd, at) => ({ at, equityUsd }));
    expect(drawdowns(100, curve).map(({ value }) => value)).toEqual([90 / 100 - 1, 0, -0.5, 0]);
  });

  test("are absent while nothing was ever above zero", () => {
    expect(drawdowns(0, [{ at: 0, equityUsd: -5 }])[0]?.value).toBeNaN();
  });
});

describe("liquidation marks", () => {
  const print = (at: number, side: number, price: number, sizeUsd: number) => ({
    at,
    side,
    price,
    sizeUsd,
  });

  test("are the prints themselves while there are few", () => {
    const prints = [print(1, -1, 100, 5), print(1, 1, 100, 5)];
    expect(liquidationMarks(prints, 10)).toEqual(prints);
  });

  test("sum up many prints by side and interval, and lose no dollar", () => {
    const prints = Array.from({ length: MOST_MARKS + 1 }, (_, n) =>
      print(n, n % 3 === 0 ? 1 : -1, 100 + (n % 2), 10 + n),
    );
    const marks = liquidationMarks(prints, 100);
    const total = (of: readonly { sizeUsd: number }[]): number =>
      of.reduce((sum, { sizeUsd }) => sum + sizeUsd, 0);
    expect(marks.length).toBe(13);
    expect(total(marks)).toBe(total(prints));
    expect(marks.every(({ price }) => price >= 100 && price <= 101)).toBe(true);
  });

  test("weigh the price of a sum by size", () => {
    const many = Array.from({ length: MOST_MARKS }, () => print(0, -1, 100, 1));
    const [mark] = liquidationMarks([...many, print(5, -1, 200, MOST_MARKS)], 10);
    expect(mark).toEqual({ at: 5, side: -1, sizeUsd: 2 * MOST_MARKS, price: 150 });
  });
});
