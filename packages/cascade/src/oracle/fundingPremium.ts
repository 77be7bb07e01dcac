import { ConfigError } from "@aftershock/schema";
import type { ContinuousFunding } from "../rules/fundingRule.ts";

/** Prices, in one unit, above 0. */
export interface PremiumPrices {
  readonly impactBid: number;
  readonly impactAsk: number;
  readonly index: number;
}

/**
 * [max(0, impact bid − index) − max(0, index − impact ask)] / index: 0 while the index is between the impact prices. Source: Binance FAQ on
 * funding rates; BitMEX, Bybit, dYdX and Hyperliquid have it alike.
 */
export const impactPremium = ({ impactBid, impactAsk, index }: PremiumPrices): number =>
  (Math.max(0, impactBid - index) - Math.max(0, index - impactAsk)) / index;

/** (mid − index) / index, in OKX's funding before 2025. */
export const midPremium = (mid: number, index: number): number => (mid - index) / index;

/**
 * The rate of a funding that flows all the time: the premium beyond a dampener, 0 within it, a fraction for the rule's period. Source: Deribit on
 * the perpetual, max(d, P) + min(−d, P). Throws ConfigError where the rule does not state the dampener.
 */
export function dampenedRate({ dampenerRate }: ContinuousFunding, premium: number): number {
  if (dampenerRate === undefined) {
    throw new ConfigError("this funding rule does not state its dampener", {
      hints: ["Take rules of a day for which it is known."],
    });
  }
  return Math.max(dampenerRate, premium) + Math.min(-dampenerRate, premium);
}
