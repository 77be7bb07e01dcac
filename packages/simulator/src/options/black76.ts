import { CALL } from "@aftershock/schema";

/** 1/√(2π). */
const DENSITY_AT_ZERO = 0.3989422804014327;
/** Beyond this the distribution function is 0 or 1 in double precision. */
const FURTHEST = 8.3;

/** Density of the standard normal distribution. */
const normalDensity = (x: number): number => DENSITY_AT_ZERO * Math.exp((-x * x) / 2);

/**
 * Distribution function of the standard normal, absolute error about 1e-15.
 * Source: G. Marsaglia, "Evaluating the Normal Distribution", Journal of Statistical Software 11(4), 2004: ½ + φ(x)·(x + x³/3 +
 * x⁵/(3·5) + …).
 */
export function normalDistribution(x: number): number {
  if (x > FURTHEST) return 1;
  if (x < -FURTHEST) return 0;
  let sum = 0;
  let term = x;
  for (let divisor = 3; sum !== sum + term; divisor += 2) {
    sum += term;
    term *= (x * x) / divisor;
  }
  return 0.5 + sum * normalDensity(x);
}

/** The terms of a European option on a forward. */
export interface OptionTerms {
  /** CALL or PUT. */
  readonly right: number;
  /** Forward price and strike, quote currency, above 0. */
  readonly forward: number;
  readonly strike: number;
  /** Years of 365 days to expiry, above 0. */
  readonly years: number;
  /** Volatility, a fraction a year, above 0. */
  readonly iv: number;
}

/** What an option is worth, and how that moves. */
export interface OptionValue {
  /** Quote currency, not discounted. */
  readonly price: number;
  /** ∂price/∂forward, −1 … 1. */
  readonly delta: number;
  /** ∂²price/∂forward². */
  readonly gamma: number;
  /** Change of price for one volatility point (0.01), quote currency. */
  readonly vega: number;
}

/**
 * Black-76 without discounting, as Deribit prices its options (interest rate 0).
 * Source: F. Black, "The pricing of commodity contracts", Journal of Financial Economics 3 (1976).
 */
export function black76({ right, forward, strike, years, iv }: OptionTerms): OptionValue {
  const deviation = iv * Math.sqrt(years);
  const d1 = Math.log(forward / strike) / deviation + deviation / 2;
  const sign = right === CALL ? 1 : -1;
  const delta = sign * normalDistribution(sign * d1);
  const atExpiry = sign * normalDistribution(sign * (d1 - deviation));
  return {
    price: Math.max(0, forward * delta - strike * atExpiry),
    delta,
    gamma: normalDensity(d1) / (forward * deviation),
    vega: forward * normalDensity(d1) * Math.sqrt(years) * 0.01,
  };
}
