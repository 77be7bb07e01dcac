import { MICROS_PER_DAY, MICROS_PER_YEAR } from "@aftershock/schema";
import { black76, inversePremium } from "@aftershock/cascade";
import { median } from "./median.ts";
import { nearest } from "./nearest.ts";
import type { CoinMarket } from "./marketFrame.ts";
import type { OptionQuote } from "./optionChain.ts";

/** The tenor at which the at-the-money volatility is read, days: that of the venues' own volatility indices. */
const ATM_TENOR_DAYS = 30;

/** One recorded chain snapshot summed up: what there was to trade, and whether our pricing agrees with the venue's. */
export interface ChainSnapshot {
  /** µs UTC. */
  readonly at: number;
  readonly coin: string;
  /** Spot index, USD. */
  readonly index: number;
  /** How many options were recorded. */
  readonly options: number;
  /** How many of them nobody bid for. */
  readonly withoutBid: number;
  /** How many of them nobody offered. */
  readonly withoutAsk: number;
  /** Recorded mark volatility at the money at the expiry nearest to 30 days, a fraction a year; null where not recorded. */
  readonly atmIv: number | null;
  /** The expiry that `atmIv` is of, µs. */
  readonly atmExpiry: number | null;
  /** Median of |Black-76 at the recorded volatility − recorded mark|, coin; null where none could be compared. */
  readonly medianMarkError: number | null;
  /** How many options that median is over. */
  readonly priced: number;
}

/**
 * What an option is worth by Black-76 at its recorded volatility and underlying, r = 0 and 365-day years, in coin. Undefined
 * where the record lacks one of them, or at and after expiry.
 */
export function modelPremium(quote: OptionQuote, at: number): number | undefined {
  const { right, strike, expiry, markIv, underlyingPrice } = quote;
  const years = (expiry - at) / MICROS_PER_YEAR;
  if (markIv === undefined || underlyingPrice === undefined || years <= 0) return undefined;
  const value = black76({ right, underlying: underlyingPrice, strike, years, volatility: markIv });
  return inversePremium(value, underlyingPrice);
}

/** The expiry nearest to 30 days among quotes that have what an at-the-money volatility needs; the earlier of two as near. */
function atmExpiryOf(quotes: readonly OptionQuote[], at: number): number | undefined {
  const usable = quotes.filter(
    (q) => q.markIv !== undefined && q.underlyingPrice !== undefined && q.expiry > at,
  );
  const target = at + ATM_TENOR_DAYS * MICROS_PER_DAY;
  return nearest(
    usable.map(({ expiry }) => expiry),
    target,
  );
}

/** The mean recorded volatility of the call and put at the strike nearest to the underlying; the lower of two as near. */
function atmVolatility(quotes: readonly OptionQuote[], expiry: number): number | undefined {
  const ofExpiry = quotes.filter((quote) => quote.expiry === expiry && quote.markIv !== undefined);
  // Rows of one snapshot carry slightly different underlying prices, each of its own moment.
  const underlying = median(ofExpiry.flatMap(({ underlyingPrice }) => underlyingPrice ?? []));
  if (underlying === undefined) return undefined;
  const strike = nearest(
    ofExpiry.map((quote) => quote.strike),
    underlying,
  );
  const volatilities = ofExpiry.flatMap((q) => (q.strike === strike ? (q.markIv ?? []) : []));
  return volatilities.reduce((sum, iv) => sum + iv, 0) / volatilities.length;
}

/** Sums up the chain of one coin at one instant. */
export function chainDiagnostics(market: CoinMarket): ChainSnapshot {
  const quotes = [...market.chain.quotes.values()];
  const errors = quotes.flatMap((quote) => {
    const model = modelPremium(quote, market.chain.at);
    return model === undefined || quote.mark === undefined ? [] : Math.abs(model - quote.mark);
  });
  const atmExpiry = atmExpiryOf(quotes, market.chain.at);
  const atmIv = atmExpiry === undefined ? undefined : atmVolatility(quotes, atmExpiry);
  return {
    at: market.at,
    coin: market.coin,
    index: market.indexPrice,
    options: quotes.length,
    withoutBid: quotes.filter(({ bid }) => bid === undefined).length,
    withoutAsk: quotes.filter(({ ask }) => ask === undefined).length,
    atmIv: atmIv ?? null,
    atmExpiry: atmExpiry ?? null,
    medianMarkError: median(errors) ?? null,
    priced: errors.length,
  };
}
