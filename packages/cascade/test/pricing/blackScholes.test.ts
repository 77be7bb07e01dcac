import { ConfigError } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  black76,
  black76Greeks,
  blackScholes,
  blackScholesGreeks,
  inversePremium,
  type OptionTerms,
  type Right,
} from "../../src/index.ts";

const CALL: Right = 1;
const PUT: Right = -1;

const terms = (
  right: Right,
  [underlying, strike, dividendYield, rate, years, volatility]: readonly [
    number,
    number,
    number,
    number,
    number,
    number,
  ],
): OptionTerms => ({ right, underlying, strike, dividendYield, rate, years, volatility });

/** How far a value may be from a published one of 12 significant digits, relative to it. */
const DIGITS = 1e-11;
const expectDigits = (value: number, published: number): void => {
  expect(Math.abs(value / published - 1)).toBeLessThan(DIGITS);
};

// E. G. Haug, "The Complete Guide to Option Pricing Formulas" (1998), examples of chapter 1, with more digits.
const HAUG: readonly (readonly [string, Right, Parameters<typeof terms>[1], number])[] = [
  ["call on a stock", CALL, [60, 65, 0, 0.08, 0.25, 0.3], 2.13336844492],
  ["put on a stock with a yield", PUT, [100, 95, 0.05, 0.1, 0.5, 0.2], 2.46478764676],
  ["call on a future", CALL, [19, 19, 0.1, 0.1, 0.75, 0.28], 1.70105072524],
  ["put on a future", PUT, [19, 19, 0.1, 0.1, 0.75, 0.28], 1.70105072524],
  ["call on a currency", CALL, [1.56, 1.6, 0.08, 0.06, 0.5, 0.12], 0.0290992531494],
  ["put with q 5 %", PUT, [75, 70, 0.05, 0.1, 0.5, 0.35], 4.08695382864],
  ["call with q 4 %", CALL, [42, 40, 0.08, 0.04, 0.75, 0.35], 5.09754771773],
  ["call on a future at the money", CALL, [100, 100, 0.1, 0.1, 0.5, 0.25], 6.69969696353],
  ["put on a future in the money", PUT, [90, 100, 0.1, 0.1, 0.5, 0.25], 12.2148879754],
];

describe("blackScholes", () => {
  it.each(HAUG)("gives the published value of a %s", (_, right, numbers, published) => {
    expectDigits(blackScholes(terms(right, numbers)), published);
  });

  it("is Black-76 where the yield is the rate", () => {
    const published = HAUG[8]![3];
    const future = { right: PUT, underlying: 90, strike: 100, rate: 0.1, years: 0.5 };
    expectDigits(black76({ ...future, volatility: 0.25 }), published);
  });

  it("is the discounted intrinsic value with no volatility or no time left", () => {
    const base = { underlying: 90, strike: 100, rate: 0.1 };
    expect(blackScholes({ ...base, right: PUT, years: 0, volatility: 0.5 })).toBe(10);
    expect(blackScholes({ ...base, right: CALL, years: 0, volatility: 0.5 })).toBe(0);
    expect(blackScholes({ ...base, right: PUT, years: 1, volatility: 0 })).toBeCloseTo(
      100 * Math.exp(-0.1) - 90,
      12,
    );
    expect(blackScholes({ right: CALL, underlying: 5, strike: 5, years: 0, volatility: 0 })).toBe(
      0,
    );
  });

  it("refuses terms that make no sense", () => {
    const good = { right: CALL, underlying: 100, strike: 100, years: 1, volatility: 0.2 } as const;
    for (const bad of [
      { underlying: 0 },
      { strike: -1 },
      { years: -0.1 },
      { volatility: Number.NaN },
      { rate: Infinity },
    ]) {
      expect(() => blackScholes({ ...good, ...bad })).toThrow(ConfigError);
    }
  });

  it("gives the premium in coin as the value over the underlying", () => {
    expect(inversePremium(1_000, 80_000)).toBe(0.0125);
  });
});

describe("blackScholesGreeks", () => {
  it("gives the published delta, gamma, vega, theta and rho", () => {
    const delta: Parameters<typeof terms>[1] = [105, 100, 0.1, 0.1, 0.5, 0.36];
    expectDigits(blackScholesGreeks(terms(CALL, delta)).delta, 0.59462865973);
    expectDigits(blackScholesGreeks(terms(PUT, delta)).delta, -0.356600764771);
    const { gamma, vega } = blackScholesGreeks(terms(CALL, [55, 60, 0, 0.1, 0.75, 0.3]));
    expectDigits(gamma, 0.0278211604769);
    expectDigits(vega, 18.9357773496);
    const theta = terms(PUT, [430, 405, 0.05, 0.07, 1 / 12, 0.2]);
    expectDigits(blackScholesGreeks(theta).theta, -31.1923503043);
    expectDigits(blackScholesGreeks(terms(CALL, [72, 75, 0, 0.09, 1, 0.19])).rho, 38.7325050173);
  });

  it("has no gamma, vega or decay left at expiry", () => {
    const atExpiry = terms(PUT, [90, 100, 0, 0, 0, 0.5]);
    expect(blackScholesGreeks(atExpiry)).toMatchObject({ delta: -1, gamma: 0, vega: 0 });
    expect(Math.abs(blackScholesGreeks(atExpiry).theta)).toBe(0);
  });
});

const anyTerms = fc.record({
  underlying: fc.double({ min: 10, max: 1_000, noNaN: true }),
  strike: fc.double({ min: 10, max: 1_000, noNaN: true }),
  years: fc.double({ min: 0.01, max: 3, noNaN: true }),
  volatility: fc.double({ min: 0.05, max: 3, noNaN: true }),
  rate: fc.double({ min: -0.05, max: 0.2, noNaN: true }),
  dividendYield: fc.double({ min: -0.05, max: 0.2, noNaN: true }),
});

describe("any option", () => {
  it("keeps put-call parity", () => {
    fc.assert(
      fc.property(anyTerms, (any) => {
        const { underlying, strike, years, rate, dividendYield } = any;
        const parity =
          underlying * Math.exp(-dividendYield * years) - strike * Math.exp(-rate * years);
        const difference =
          blackScholes({ ...any, right: CALL }) - blackScholes({ ...any, right: PUT });
        expect(Math.abs(difference - parity)).toBeLessThan(1e-11 * (underlying + strike));
      }),
    );
  });

  it("is worth more with volatility, a call with the underlying, a put with the strike", () => {
    fc.assert(
      fc.property(anyTerms, fc.constantFrom(CALL, PUT), (any, right) => {
        const value = blackScholes({ ...any, right });
        const slack = -1e-11 * (any.underlying + any.strike);
        const more = { ...any, right, volatility: any.volatility * 1.01 };
        expect(blackScholes(more) - value).toBeGreaterThanOrEqual(slack);
        const higher = blackScholes({ ...any, right, underlying: any.underlying * 1.01 });
        expect(right * (higher - value)).toBeGreaterThanOrEqual(slack);
        const dearer = blackScholes({ ...any, right, strike: any.strike * 1.01 });
        expect(right * (value - dearer)).toBeGreaterThanOrEqual(slack);
      }),
    );
  });

  it("has Greeks that are the slopes of its value", () => {
    fc.assert(
      fc.property(anyTerms, fc.constantFrom(CALL, PUT), (any, right) => {
        const slope = (key: "underlying" | "volatility" | "years" | "rate", step: number): number =>
          (blackScholes({ ...any, right, [key]: any[key] + step }) -
            blackScholes({ ...any, right, [key]: any[key] - step })) /
          (2 * step);
        const greeks = blackScholesGreeks({ ...any, right });
        const scale = any.underlying + any.strike;
        const near = (value: number, expected: number, size: number): void => {
          expect(Math.abs(value - expected)).toBeLessThan(1e-4 * size);
        };
        near(greeks.delta, slope("underlying", 1e-4 * any.underlying), 1);
        near(greeks.vega, slope("volatility", 1e-5), scale);
        near(-greeks.theta, slope("years", 1e-5), scale * 10);
        near(greeks.rho, slope("rate", 1e-5), scale);
        const { dividendYield: _, ...future } = any;
        const rate = 1e-5;
        const futureRho =
          (black76({ ...future, right, rate: any.rate + rate }) -
            black76({ ...future, right, rate: any.rate - rate })) /
          (2 * rate);
        near(black76Greeks({ ...future, right }).rho, futureRho, scale);
      }),
    );
  });
});
