import { CALL, PUT, isoMicros } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { black76 } from "../src/options/black76.ts";
import { listOptions } from "../src/options/optionListing.ts";
import { type OptionQuote, OptionQuoter } from "../src/options/optionQuotes.ts";
import { VolatilitySurface } from "../src/options/volatilitySurface.ts";
import { CounterRandom } from "../src/counterRandom.ts";
import { SIMULATED_FROM } from "../src/index.ts";

const CALM = new VolatilitySurface(0.4);
const PANIC = new VolatilitySurface(3);

describe("Black-76", () => {
  // Published with discounting at r = q (E. G. Haug, The Complete Guide to Option Pricing Formulas, 1998): taken out here.
  test.each([
    {
      right: CALL,
      forward: 19,
      strike: 19,
      rate: 0.1,
      years: 0.75,
      iv: 0.28,
      value: 1.70105072524,
    },
    { right: PUT, forward: 19, strike: 19, rate: 0.1, years: 0.75, iv: 0.28, value: 1.70105072524 },
    {
      right: CALL,
      forward: 100,
      strike: 100,
      rate: 0.1,
      years: 0.5,
      iv: 0.25,
      value: 6.69969696353,
    },
    { right: PUT, forward: 90, strike: 100, rate: 0.1, years: 0.5, iv: 0.25, value: 12.2148879754 },
  ])("gives the published $value", ({ rate, value, ...terms }) => {
    const discount = Math.exp(-rate * terms.years);
    expect(black76(terms).price * discount).toBeCloseTo(value, 9);
  });

  test("has the published deltas", () => {
    const terms = { forward: 105, strike: 100, years: 0.5, iv: 0.36 };
    const discount = Math.exp(-0.1 * 0.5);
    expect(black76({ ...terms, right: CALL }).delta * discount).toBeCloseTo(0.59462865973, 9);
    expect(black76({ ...terms, right: PUT }).delta * discount).toBeCloseTo(-0.356600764771, 9);
  });

  test("keeps put-call parity, and its Greeks are slopes of its price", () => {
    const terms = fc.record({
      forward: fc.double({ min: 20_000, max: 120_000, noNaN: true }),
      strike: fc.double({ min: 20_000, max: 120_000, noNaN: true }),
      years: fc.double({ min: 0.004, max: 1, noNaN: true }),
      iv: fc.double({ min: 0.2, max: 2, noNaN: true }),
    });
    fc.assert(
      fc.property(terms, (option) => {
        const call = black76({ ...option, right: CALL });
        const put = black76({ ...option, right: PUT });
        expect(call.price - put.price).toBeCloseTo(option.forward - option.strike, 6);
        const up = black76({ ...option, right: CALL, forward: option.forward + 1 });
        const down = black76({ ...option, right: CALL, forward: option.forward - 1 });
        expect((up.price - down.price) / 2).toBeCloseTo(call.delta, 3);
        expect(up.delta - down.delta).toBeCloseTo(2 * call.gamma, 5);
        const wider = black76({ ...option, right: CALL, iv: option.iv + 1e-4 });
        const narrower = black76({ ...option, right: CALL, iv: option.iv - 1e-4 });
        expect((wider.price - narrower.price) / 0.02).toBeCloseTo(call.vega, 1);
      }),
      { seed: 20_010_101 },
    );
  });
});

describe("the listed options", () => {
  const options = listOptions(SIMULATED_FROM, 64_000);

  test("expire at 08:00 UTC after 2, 9, 30 and 90 days", () => {
    const expiries = [...new Set(options.map(({ expiry }) => isoMicros(expiry)))];
    expect(expiries).toEqual([
      "2001-01-03T08:00:00.000000Z",
      "2001-01-10T08:00:00.000000Z",
      "2001-01-31T08:00:00.000000Z",
      "2001-04-01T08:00:00.000000Z",
    ]);
  });

  test("have their own symbols, a call and a put for each strike, at the money and far below", () => {
    const symbols = new Set(options.map(({ optionSymbol }) => optionSymbol));
    expect(symbols.size).toBe(options.length);
    expect(symbols).toContain("BTC-31JAN01-64000-C");
    expect(symbols).toContain("BTC-31JAN01-58000-P");
    expect(symbols).toContain("BTC-3JAN01-52000-P");
  });
});

describe("option quotes", () => {
  const options = listOptions(SIMULATED_FROM, 64_000);
  const quotesOf = (surface: VolatilitySurface): readonly OptionQuote[] => {
    const quoter = new OptionQuoter(options, new CounterRandom(1, "options"));
    return options.map((option, position) =>
      quoter.quote(option, { at: SIMULATED_FROM, index: 64_000, surface, step: 0, position }),
    );
  };
  const calm = quotesOf(CALM);
  const panic = quotesOf(PANIC);
  const bids = (quotes: readonly OptionQuote[]): number =>
    quotes.filter(({ bidPrice }) => bidPrice !== undefined).length;

  test.each([
    ["calm", calm],
    ["panic", panic],
  ])("lie on either side of the mark in %s, in whole ticks and lots", (_, quotes) => {
    for (const { bidPrice, bidSize, askPrice, askSize, markPrice } of quotes) {
      expect(Number.isInteger(askPrice) && Number.isInteger(askSize)).toBe(true);
      expect(askSize).toBeGreaterThan(0);
      expect(askPrice * 0.0001).toBeGreaterThanOrEqual(markPrice);
      expect(bidSize === undefined).toBe(bidPrice === undefined);
      if (bidPrice === undefined) continue;
      expect(Number.isInteger(bidPrice) && Number.isInteger(bidSize)).toBe(true);
      expect(bidPrice).toBeGreaterThan(0);
      expect(bidPrice).toBeLessThan(askPrice);
      expect(bidPrice * 0.0001).toBeLessThanOrEqual(markPrice);
    }
  });

  test("lose bids in a panic, at small deltas only", () => {
    expect(bids(panic)).toBeLessThan(bids(calm) - 5);
    for (const { bidPrice, delta } of panic) {
      if (bidPrice === undefined) expect(Math.abs(delta)).toBeLessThan(0.31);
    }
  });

  test("cost more in a panic, most of all at the short end, and are further apart", () => {
    expect(PANIC.atm(2 / 365) - CALM.atm(2 / 365)).toBeGreaterThan(
      PANIC.atm(90 / 365) - CALM.atm(90 / 365),
    );
    for (const [index, { markIv }] of panic.entries()) {
      expect(markIv).toBeGreaterThan(calm[index]?.markIv ?? Number.NaN);
    }
    const middle = options.findIndex(({ optionSymbol }) => optionSymbol === "BTC-31JAN01-64000-P");
    const [before, after] = [calm, panic].map((quotes) => {
      const { askPrice = 0, bidPrice = 0 } = quotes[middle] ?? {};
      return askPrice - bidPrice;
    });
    expect(after).toBeGreaterThan(2 * (before ?? Number.NaN));
  });

  test("have puts whose marks rise with the strike and calls whose marks fall", () => {
    for (const [index, option] of options.entries()) {
      const next = options[index + 2];
      if (next === undefined || next.expiry !== option.expiry) continue;
      for (const quotes of [calm, panic]) {
        const rise = (quotes[index + 2]?.markPrice ?? 0) - (quotes[index]?.markPrice ?? 0);
        expect(rise * option.right).toBeLessThan(0);
      }
    }
  });
});
