/**
 * What one market did in one interval. Prices are in quote currency, as numbers for plots and tables. Book figures are undefined
 * where the book was not valid or lacked a side. Sums are 0 where nothing happened, and undefined where their stream was not given.
 */
export interface MarketBar {
  /** Start of the bar, µs, a multiple of its length. */
  readonly at: number;
  /** Mid in force when the bar starts, else the first in it. */
  readonly open: number | undefined;
  /** Highest mid, the one at `open` included. */
  readonly high: number | undefined;
  /** Lowest mid, the one at `open` included. */
  readonly low: number | undefined;
  /** Mid in force at the end of the bar. */
  readonly close: number | undefined;
  /** Bids within the band around the mid at the end of the bar, base currency. */
  readonly bidDepth: number | undefined;
  /** Asks within the band around the mid at the end of the bar, base currency. */
  readonly askDepth: number | undefined;
  /** Spread over the mid at the end of the bar, 1e-4: negative when crossed. */
  readonly spreadBps: number | undefined;
  /** Traded by buying aggressors, base currency. */
  readonly buyVolume: number | undefined;
  /** Traded by selling aggressors, base currency. */
  readonly sellVolume: number | undefined;
  /** Traded where the source does not say who was the aggressor, base currency. */
  readonly unknownVolume: number | undefined;
  /** Liquidated longs (forced sells), quote currency. */
  readonly longLiquidations: number | undefined;
  /** Liquidated shorts (forced buys), quote currency. */
  readonly shortLiquidations: number | undefined;
  /** Last mark price up to the end of the bar, quote currency; undefined before the first. */
  readonly markPrice: number | undefined;
  /** Whether the book was valid at the end of the bar; false without a book stream. */
  readonly valid: boolean;
}

/** One recorded forced order. */
export interface LiquidationPrint {
  /** Effective time, µs. */
  readonly at: number;
  /** The forced order's: SELL -1 when a long is liquidated, BUY 1 when a short is, 0 where not said. */
  readonly side: number;
  /** As printed, quote currency; what it is the price of differs by source. */
  readonly price: number;
  /** Quote currency: US dollars, or a currency pegged to them, for the instruments that venues liquidate. */
  readonly sizeUsd: number;
}
