/** One market as those who trade on it see it. Prices of orders are whole ticks, sizes whole lots, sides BUY/BID 1 and SELL/ASK −1. */
export interface TradingVenue {
  /** The price step, quote currency. */
  readonly tickUsd: number;
  /** What one lot stands for, USD: of a linear contract at the price at which the market started. */
  readonly lotUsd: number;
  /** Natural logarithm of the mid in USD at the end of the last step. */
  readonly logMid: number;
  /** That of so many steps earlier; before the first step, that of the start. */
  logMidBefore(steps: number): number;
  /** Price of the last trade, ticks. */
  readonly lastTrade: number;
  /** Volatility of the mid over the last half minute or so, basis points a √second. */
  readonly sigmaBps: number;
  /** Best price of a side of the book at this moment, ticks; undefined where it is empty. */
  best(side: number): number | undefined;
  /** Signed position of an account, lots. */
  position(account: number): number;
  /** Rests an order, which must not cross; returns its id. */
  place(account: number, side: number, price: number, lots: number): number;
  cancel(restingId: number): void;
  /** What is left of a resting order, lots. */
  restingLots(restingId: number): number;
  /** A market order; returns the lots filled: 0 while trading is halted. */
  take(account: number, side: number, lots: number): number;
}

/** What is known of the coin's value. */
export interface ValueView {
  /** Natural logarithm in USD of the value but for the news, now: everyone sees it at once. */
  readonly logOrdinary: number;
  /** Natural logarithm of what the news have left of the value, as one sees it who is `lagSteps` behind. */
  logNews(lagSteps: number): number;
}

/** One who acts in every step, in a fixed order. */
export interface Agent {
  /** Steps count from the start of the warm-up. */
  act(step: number): void;
}
