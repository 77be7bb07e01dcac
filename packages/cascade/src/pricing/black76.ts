import { blackScholes, blackScholesGreeks, type Greeks, type OptionTerms } from "./blackScholes.ts";

/** An option on a future: its underlying is the future's price, which has no carry of its own. */
export type FutureOptionTerms = Omit<OptionTerms, "dividendYield">;

/**
 * The value of a European option on a future, in the currency of the strike: Black-Scholes with q = r, so that b = 0.
 * Deribit values its options on the future of the same expiry with r = 0, so that the premium in USD is this value and the
 * premium in coin is this value over the future's price (`inversePremium`).
 * Source: F. Black, "The pricing of commodity contracts", Journal of Financial Economics 3, 1976.
 * Throws ConfigError for terms outside their range.
 */
export const black76 = (terms: FutureOptionTerms): number =>
  blackScholes({ ...terms, dividendYield: terms.rate ?? 0 });

/**
 * The sensitivities of `black76`. Rho differs from `blackScholesGreeks`: the rate only discounts, so that ∂V/∂r = −T·V.
 * Throws ConfigError for terms outside their range.
 */
export function black76Greeks(terms: FutureOptionTerms): Greeks {
  const onSpot = blackScholesGreeks({ ...terms, dividendYield: terms.rate ?? 0 });
  return { ...onSpot, rho: -terms.years * black76(terms) };
}

/**
 * The premium in coin of an inverse option: its value in USD over the price of the coin's future it is written on. This is
 * how Deribit quotes BTC and ETH options: a premium of 0.0125 on a future at 80,000 USD is 1,000 USD.
 */
export const inversePremium = (valueUsd: number, underlyingPrice: number): number =>
  valueUsd / underlyingPrice;
