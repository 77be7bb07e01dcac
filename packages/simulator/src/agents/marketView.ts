import type { RestingOrder } from "../market/orderBook.ts";

/** What an agent can see and do in one step. Steps count from the start of the warm-up. */
export interface MarketView {
  /** The step that is under way. */
  readonly step: number;
  /** Natural logarithm of the mid price in USD at the end of a step; before the first step, that of the start. */
  logMidAt(step: number): number;
  /** Natural logarithm in USD of the value but for the news, now. */
  readonly logOrdinary: number;
  /** Natural logarithm of what the news have left of the value, as one sees it who is `lagSteps` behind. */
  logNews(lagSteps: number): number;
  /** Volatility of the mid over the last half minute or so, basis points a √second. */
  readonly sigmaBps: number;
  /** Best price of a side of the book (BID or ASK) at this moment, ticks; undefined where it is empty. */
  best(side: number): number | undefined;
  /** Position in lots. */
  position(account: number): number;
  place(order: RestingOrder): void;
  cancel(order: RestingOrder): void;
  /** A market order of whole lots; returns the lots filled. */
  take(account: number, side: number, sizeLots: number): number;
}

/** One who acts at every step, in a fixed order. */
export interface Agent {
  act(market: MarketView): void;
}
