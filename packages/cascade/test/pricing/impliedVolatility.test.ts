import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blackScholes, blackScholesGreeks, impliedVolatility } from "../../src/index.ts";

const FIRST_ROW = { right: 1, underlying: 60, strike: 65, rate: 0.08, years: 0.25 } as const;

describe("impliedVolatility", () => {
  it("gives the published volatility of Haug's first call at 2.1334", () => {
    expect(impliedVolatility(2.1334, FIRST_ROW)).toBeCloseTo(0.300002779803, 12);
  });

  it("is undefined at and outside the bounds of no arbitrage", () => {
    const put = { right: -1, underlying: 90, strike: 100, years: 0.5 } as const;
    expect(impliedVolatility(10, put)).toBeUndefined();
    expect(impliedVolatility(9.99, put)).toBeUndefined();
    expect(impliedVolatility(100, put)).toBeUndefined();
    expect(impliedVolatility(Number.NaN, put)).toBeUndefined();
    expect(impliedVolatility(-1, FIRST_ROW)).toBeUndefined();
    expect(impliedVolatility(60, FIRST_ROW)).toBeUndefined();
    expect(impliedVolatility(11, { ...put, years: 0 })).toBeUndefined();
  });

  it("finds volatilities far from the usual", () => {
    for (const volatility of [0.001, 0.02, 5, 20]) {
      const at = { right: 1, underlying: 100, strike: 100, years: 0.1 } as const;
      const price = blackScholes({ ...at, volatility });
      expect(impliedVolatility(price, at)! / volatility).toBeCloseTo(1, 9);
    }
  });

  it("gives back the volatility that an option was priced at, as far as its price can tell", () => {
    const options = fc.record({
      right: fc.constantFrom(1 as const, -1 as const),
      underlying: fc.double({ min: 50, max: 200, noNaN: true }),
      strike: fc.double({ min: 50, max: 200, noNaN: true }),
      years: fc.double({ min: 0.01, max: 2, noNaN: true }),
      volatility: fc.double({ min: 0.05, max: 3, noNaN: true }),
    });
    fc.assert(
      fc.property(options, (option) => {
        const price = blackScholes(option);
        const found = impliedVolatility(price, option);
        const { vega } = blackScholesGreeks(option);
        // Where a whole volatility point moves the price by less than 1e-9 of the underlying, the price does not tell.
        if (vega < 1e-7 * option.underlying) return;
        expect(Math.abs(found! - option.volatility)).toBeLessThan(
          1e-12 * (option.underlying / vega) + 1e-12,
        );
      }),
    );
  });
});
