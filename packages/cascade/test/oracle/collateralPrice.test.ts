import { describe, expect, it } from "vitest";
import { type CollateralPrice, ConversionPrice, OwnBookPrice } from "../../src/index.ts";

/**
 * 2025-10-10, Binance spot, daily candles: the lows of the own books (USDe's as CRASH_DAYS has it), the lows of ETH and SOL, and, for the
 * redemption ratios, the highest price of the day in coin.
 */
const LOWS = [
  { coin: "wBETH", book: 430.65, underlying: 3_435, ratio: 1.0797 },
  { coin: "BNSOL", book: 34.9, underlying: 168.79, ratio: 1.076 },
  { coin: "USDe", book: 0.6567, underlying: 1, ratio: 1 },
] as const;

function tell(price: CollateralPrice, { book, underlying, ratio }: (typeof LOWS)[number]): number {
  price.update("underlying", underlying, 0);
  price.update("ratio", ratio, 1);
  price.update("book", book, 2);
  return price.price(3);
}

describe("a collateral at its own book", () => {
  it.each(LOWS)("is at the bottom of that book: $coin at $book on 2025-10-10", (low) => {
    expect(tell(new OwnBookPrice(), low)).toBe(low.book);
  });
});

describe("a collateral at its conversion ratio", () => {
  it.each(LOWS)("is at what it is redeemed for: $coin", (low) => {
    expect(tell(new ConversionPrice(), low)).toBe(low.underlying * low.ratio);
  });

  it("would have counted for 1.5 to 8.6 times as much at the lows of that day", () => {
    const times = LOWS.map(
      (low) => tell(new ConversionPrice(), low) / tell(new OwnBookPrice(), low),
    );
    expect(times.map((factor) => Math.round(factor * 10) / 10)).toEqual([8.6, 5.2, 1.5]);
  });

  it("is not below its floor, and there without a ratio only where the floor is above", () => {
    const price = new ConversionPrice({ floor: 1 });
    expect(price.price(0)).toBeNaN();
    price.update("underlying", 1, 0);
    price.update("ratio", 0.9, 0);
    expect(price.price(0)).toBe(1);
    price.update("ratio", 1.1, 1);
    expect(price.price(1)).toBe(1.1);
  });
});

describe("a collateral", () => {
  it("refuses bad prices and times, and stays as it was", () => {
    for (const price of [new OwnBookPrice(), new ConversionPrice()]) {
      for (const input of ["book", "underlying", "ratio"] as const) price.update(input, 2, 5);
      const before = price.price(5);
      expect(() => price.update("book", Number.NaN, 6)).toThrow(/book of a collateral is NaN/);
      expect(() => price.update("ratio", 0, 6)).toThrow(/ratio of a collateral is 0/);
      expect(() => price.update("book", 1, 4)).toThrow(/is of 4, after one of 5/);
      expect(price.price(6)).toBe(before);
    }
    expect(() => new ConversionPrice({ floor: -1 })).toThrow(/a floor of -1/);
  });
});
