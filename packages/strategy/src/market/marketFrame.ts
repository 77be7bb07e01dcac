import type { Micros } from "@aftershock/schema";
import type { OptionChain } from "./optionChain.ts";
import type { TickerState } from "./tickerState.ts";

/** What was known of one coin at the instant of a chain snapshot. */
export interface CoinMarket {
  /** The instant, µs: that of the newest chain snapshot of any coin of the study. */
  readonly at: Micros;
  /** e.g. BTC. */
  readonly coin: string;
  /** The coin's spot index, USD. */
  readonly indexPrice: number;
  /** The latest snapshot of its chain. */
  readonly chain: OptionChain;
  /** The latest tickers of the study's perpetuals and futures, of all coins, by instrument id. */
  readonly tickers: ReadonlyMap<string, TickerState>;
}

/** One valuation point: the market of every coin of the study at one instant. */
export interface MarketFrame {
  readonly at: Micros;
  /** By coin, in the order of the portfolio. */
  readonly coins: ReadonlyMap<string, CoinMarket>;
}
