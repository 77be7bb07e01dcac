import { black76 as valueOf, black76Greeks } from "@aftershock/cascade";
import { CALL } from "@aftershock/schema";

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
 * Throws ConfigError for terms outside their range.
 */
export function black76({ right, forward, strike, years, iv }: OptionTerms): OptionValue {
  const terms = {
    right: right === CALL ? 1 : -1,
    underlying: forward,
    strike,
    years,
    volatility: iv,
  } as const;
  const { delta, gamma, vega } = black76Greeks(terms);
  return { price: valueOf(terms), delta, gamma, vega: vega * 0.01 };
}
