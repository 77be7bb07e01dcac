import { describe, expect, it } from "vitest";
import { blackScholes, blackScholesGreeks } from "../src/index.ts";

// J. C. Hull, "Options, Futures, and Other Derivatives", the delta hedge of a short call on 100,000 shares, weekly for 20 weeks.
const SHARES = 100_000;
const STRIKE = 50;
const RATE = 0.05;
const VOLATILITY = 0.2;
const WEEKS = 20;
const IN_THE_MONEY = [
  49, 48.12, 47.37, 50.25, 51.75, 53.12, 53, 51.87, 51.38, 53, 49.88, 48.5, 49.88, 50.37, 52.13,
  51.88, 52.87, 54.87, 54.62, 55.87, 57.25,
];
const OUT_OF_THE_MONEY = [
  49, 49.75, 52, 50, 48.38, 48.25, 48.75, 49.63, 48.25, 48.25, 51.12, 51.5, 49.88, 49.88, 48.75,
  47.5, 48, 46.25, 48.13, 46.63, 48.12,
];

const callAt = (underlying: number, week: number) => ({
  right: 1 as const,
  underlying,
  strike: STRIKE,
  rate: RATE,
  years: (WEEKS - week) / 52,
  volatility: VOLATILITY,
});

const deltaAt = (price: number, week: number): number =>
  blackScholesGreeks(callAt(price, week)).delta;

/** What replicating the call has cost at expiry, with the strike received for the shares if it is exercised. */
function replicationCost(path: readonly number[]): number {
  let [held, debt] = [0, 0];
  for (const [week, price] of path.entries()) {
    if (week > 0) debt *= Math.exp(RATE / 52);
    const wanted = deltaAt(price, week);
    debt += (wanted - held) * SHARES * price;
    held = wanted;
  }
  return debt - held * SHARES * STRIKE;
}

/** The same as in the book's table: delta to three digits, money to a hundred, interest of a week paid at its end. */
function printedCost(path: readonly number[]): number {
  const toHundred = (usd: number): number => Math.round(usd / 100) * 100;
  let [held, debt, interest] = [0, 0, 0];
  for (const [week, price] of path.entries()) {
    const wanted = Math.round(deltaAt(price, week) * 1_000) / 1_000;
    const bought = Math.round((wanted - held) * SHARES);
    debt += interest + toHundred(bought * price);
    interest = toHundred(debt * (Math.exp(RATE / 52) - 1));
    held = wanted;
  }
  return debt - held * SHARES * STRIKE;
}

describe("Hull's delta hedge with our pricing", () => {
  it("starts at the published value and delta", () => {
    expect(SHARES * blackScholes(callAt(49, 0))).toBeCloseTo(240_052.732327, 5);
    expect(deltaAt(49, 0)).toBeCloseTo(0.521604661066, 12);
  });

  it("costs 263,300 on the path that ends in the money, as printed", () => {
    expect(printedCost(IN_THE_MONEY)).toBe(263_300);
  });

  it("costs 263,241.6497 unrounded on that path", () => {
    expect(replicationCost(IN_THE_MONEY)).toBeCloseTo(263_241.6497, 3);
  });

  it("costs 256,541.9396 unrounded on the path that ends out of the money", () => {
    expect(replicationCost(OUT_OF_THE_MONEY)).toBeCloseTo(256_541.9396, 3);
  });
});
