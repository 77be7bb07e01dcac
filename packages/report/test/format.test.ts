import { describe, expect, test } from "vitest";

import {
  formatCoin,
  formatDuration,
  formatNumber,
  formatPercentChange,
  formatTime,
  formatUsd,
  formatUsdChange,
  formatUsdShort,
  shorten,
} from "../src/format.ts";

describe("numbers", () => {
  test("have thousands separators, a true minus sign and no minus zero", () => {
    expect(formatNumber(1_234_567.891, 2)).toBe("1,234,567.89");
    expect(formatNumber(-1_234.5, 1)).toBe("−1,234.5");
    expect(formatNumber(-0.001, 2)).toBe("0.00");
    expect(formatNumber(999.9996, 3)).toBe("1,000.000");
  });

  test("in US dollars drop cents from a hundred on and keep what cents would hide", () => {
    expect(formatUsd(-245_678.9)).toBe("−$245,679");
    expect(formatUsd(12.5)).toBe("$12.50");
    expect(formatUsd(0.000_123_4)).toBe("$0.000123");
    expect(formatUsd(0)).toBe("$0");
    expect(formatUsd(-0)).toBe("$0");
  });

  test("that are changes carry their sign, and zero has none", () => {
    expect(formatUsdChange(812.4)).toBe("+$812");
    expect(formatUsdChange(-812.4)).toBe("−$812");
    expect(formatUsdChange(0)).toBe("$0");
    expect(formatPercentChange(-0.2841)).toBe("−28.4\u00a0%");
    expect(formatPercentChange(0.0001)).toBe("0.0\u00a0%");
    expect(formatPercentChange(0.05)).toBe("+5.0\u00a0%");
  });

  test("are short on axes, with the unit chosen after rounding", () => {
    expect(formatUsdShort(612_945)).toBe("$613k");
    expect(formatUsdShort(999_960)).toBe("$1m");
    expect(formatUsdShort(-1_234_000)).toBe("−$1.23m");
    expect(formatUsdShort(0)).toBe("$0");
  });

  test("of coin keep eight decimals and no trailing zeros", () => {
    expect(formatCoin(10)).toBe("10");
    expect(formatCoin(0.0425)).toBe("0.0425");
    expect(formatCoin(1_200)).toBe("1,200");
    expect(formatCoin(-0.000_000_01)).toBe("−0.00000001");
  });
});

test("times are UTC to the minute", () => {
  expect(formatTime(Date.UTC(2026, 1, 5, 15, 51, 32) * 1_000)).toBe("2026-02-05 15:51");
});

test("lengths of time are in the largest unit that they fill", () => {
  expect(formatDuration(22_000_000_000)).toBe("6.1 h");
  expect(formatDuration(250_000)).toBe("250.0 ms");
  expect(formatDuration(-12)).toBe("−12 µs");
});

test("long names are cut and marked", () => {
  expect(shorten("Unhedged", 8)).toBe("Unhedged");
  expect(shorten("Put 30 d at 0.9", 8)).toBe("Put 30…");
});
