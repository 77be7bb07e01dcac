import { ConfigError } from "@aftershock/schema";
import { normalCdf, normalPdf } from "./normalDistribution.ts";

/** Which way an option pays: a call 1 (S − K), a put −1 (K − S); the values of `options.right`. */
export type Right = 1 | -1;

/** A European option and the market it is valued in, all in one currency. */
export interface OptionTerms {
  readonly right: Right;
  /** Price of the underlying S, above 0. */
  readonly underlying: number;
  /** Strike K, above 0. */
  readonly strike: number;
  /** Time to expiry T in years, 0 or more; Deribit counts years of 365 days. */
  readonly years: number;
  /** Volatility σ a year, a fraction (0.5 is 50 %), 0 or more. */
  readonly volatility: number;
  /** Continuously compounded interest rate r a year, a fraction. Default 0. */
  readonly rate?: number;
  /** Continuous yield q of the underlying a year, a fraction: the cost of carry is b = r − q. Default 0. */
  readonly dividendYield?: number;
}

/** The sensitivities of an option's value, in the currency of the value. */
export interface Greeks {
  /** ∂V/∂S, −1 … 1. */
  readonly delta: number;
  /** ∂²V/∂S², 0 or more. */
  readonly gamma: number;
  /** ∂V/∂σ for a change of volatility by 1 (100 points), 0 or more. */
  readonly vega: number;
  /** ∂V/∂t as time passes, for a whole year; usually negative. */
  readonly theta: number;
  /** ∂V/∂r for a change of the rate by 1, with the yield q held. */
  readonly rho: number;
}

/** What the formulas share: discounted underlying and strike, and d1, d2. */
interface Moments {
  readonly discountedUnderlying: number;
  readonly discountedStrike: number;
  readonly d1: number;
  readonly d2: number;
  /** σ√T. */
  readonly deviation: number;
}

/** Throws ConfigError when a term is no number or outside its range. */
function checkTerms(terms: OptionTerms): void {
  const { underlying, strike, years, volatility, rate = 0, dividendYield = 0 } = terms;
  const good =
    underlying > 0 &&
    strike > 0 &&
    years >= 0 &&
    volatility >= 0 &&
    [underlying, strike, years, volatility, rate, dividendYield].every(Number.isFinite);
  if (good) return;
  throw new ConfigError(
    `An option cannot be valued at underlying ${underlying}, strike ${strike}, ${years} years, volatility ${volatility}, rate ${rate}, yield ${dividendYield}`,
    { hints: ["Prices must be above 0, time and volatility 0 or more, and everything finite."] },
  );
}

function momentsOf(terms: OptionTerms): Moments {
  checkTerms(terms);
  const { underlying, strike, years, volatility, rate = 0, dividendYield = 0 } = terms;
  const discountedUnderlying = underlying * Math.exp(-dividendYield * years);
  const discountedStrike = strike * Math.exp(-rate * years);
  const deviation = volatility * Math.sqrt(years);
  // The logarithm of the two discounted values is ln(S/K) + bT: no separate carry term is needed.
  const drift = Math.log(discountedUnderlying / discountedStrike);
  // Without any deviation the outcome is certain: d is +∞, −∞, or 0 when the forward is the strike.
  const d1 =
    deviation > 0
      ? drift / deviation + deviation / 2
      : drift === 0
        ? 0
        : Math.sign(drift) * Infinity;
  return { discountedUnderlying, discountedStrike, d1, d2: d1 - deviation, deviation };
}

/**
 * The value of a European option by the generalised Black-Scholes formula with cost of carry b = r − q, in the currency of
 * the strike, 0 or more. With no time or no volatility left it is the discounted intrinsic value.
 *
 * Assumes lognormal prices with one constant volatility and no jumps: wrong in every crash, which is why venues quote a
 * volatility per strike. Source: E. G. Haug, "The Complete Guide to Option Pricing Formulas", 1998, section 1.1.
 * Throws ConfigError for terms outside their range.
 */
export function blackScholes(terms: OptionTerms): number {
  const { discountedUnderlying, discountedStrike, d1, d2 } = momentsOf(terms);
  const { right } = terms;
  const value =
    right *
    (discountedUnderlying * normalCdf(right * d1) - discountedStrike * normalCdf(right * d2));
  // Rounding may leave −1e-17 where an option is worth nothing.
  return Math.max(value, 0);
}

/**
 * The sensitivities of `blackScholes`, per whole unit of what changes (a year, 100 volatility points): divide vega by 100 and
 * theta by 365 for the units that Deribit prints. With no time or no volatility left gamma, vega and theta's decay are 0.
 * Source: Haug, 1998, section 1.3. Throws ConfigError for terms outside their range.
 */
export function blackScholesGreeks(terms: OptionTerms): Greeks {
  const { discountedUnderlying, discountedStrike, d1, d2, deviation } = momentsOf(terms);
  const { right, underlying, years, volatility, rate = 0, dividendYield = 0 } = terms;
  const density = deviation > 0 ? discountedUnderlying * normalPdf(d1) : 0;
  const held = discountedUnderlying * normalCdf(right * d1);
  const owed = discountedStrike * normalCdf(right * d2);
  return {
    delta: (right * held) / underlying,
    gamma: deviation > 0 ? density / (underlying * underlying * deviation) : 0,
    vega: density * Math.sqrt(years),
    theta:
      (years > 0 ? (-density * volatility) / (2 * Math.sqrt(years)) : 0) +
      right * (dividendYield * held - rate * owed),
    rho: right * years * owed,
  };
}
