import type { Instrument, Micros } from "@aftershock/schema";
import type { Right } from "@aftershock/cascade";

/** One option in one snapshot of a chain, as it was recorded. Premiums are in coin per coin of underlying. */
export interface OptionQuote {
  /** e.g. `BTC-27FEB26-80000-P`. */
  readonly symbol: string;
  readonly right: Right;
  /** USD. */
  readonly strike: number;
  /** µs UTC. */
  readonly expiry: number;
  /** Best bid, coin; absent where there was none. */
  readonly bid: number | undefined;
  /** Best ask, coin; absent where there was none. */
  readonly ask: number | undefined;
  /** Size at the ask, coins of underlying; absent where not recorded. */
  readonly askSize: number | undefined;
  /** The venue's mark, coin. */
  readonly mark: number | undefined;
  /** Implied volatility of the mark, a fraction a year. */
  readonly markIv: number | undefined;
  /** Price of the future that the venue prices the option on, USD. */
  readonly underlyingPrice: number | undefined;
  /** The coin's spot index when this row was taken, USD. */
  readonly indexPrice: number | undefined;
}

/** One recorded snapshot of all options of a coin. */
export interface OptionChain {
  /** When it was received, µs. */
  readonly at: Micros;
  readonly instrument: Instrument;
  readonly coin: string;
  /** By symbol, in the order of the recording. */
  readonly quotes: ReadonlyMap<string, OptionQuote>;
  /**
   * The coin's index, USD: the median over the rows, as a snapshot takes seconds to collect and each row carries the index
   * of its own moment. Absent where no row carries one.
   */
  readonly indexPrice: number | undefined;
}
