/**
 * The best prices at ends of messages, as runs of messages that end with the same ones: nine in ten messages move neither. Plain twin: a
 * handler of each message. Benchmark: test/bench/books.ts.
 */
import type { SideReads } from "./sideReads.ts";

/** Where the runs lie in memory: see TouchRuns. */
export interface TouchRunArrays {
  readonly bids: Float64Array;
  readonly asks: Float64Array;
  readonly bidSizes: Float64Array;
  readonly askSizes: Float64Array;
  readonly at: Float64Array;
  readonly firsts: Int32Array;
}

/**
 * The best prices at the ends of some messages that follow on each other. The messages [firsts[n], firsts[n + 1]) end with the same best prices, those of the
 * last run up to `messages`; the next run may have the same again. Columns are written anew for the next call.
 */
export interface TouchRuns extends TouchRunArrays {
  /** How many runs there are. */
  readonly count: number;
  /** How many messages there are. */
  readonly messages: number;
  /** By run: the best prices, ticks, NaN for an empty side. */
  readonly bids: Float64Array;
  readonly asks: Float64Array;
  /** By run: the sizes there at the end of its first message, lots, 0 for an empty side. */
  readonly bidSizes: Float64Array;
  readonly askSizes: Float64Array;
  /** By run: the effective time of the end of its first message, µs. */
  readonly at: Float64Array;
  /** By run: its first message, from 0. */
  readonly firsts: Int32Array;
}

/** Hears of the best prices at the ends of messages, in their order. */
export type OnTouchRuns = (runs: TouchRuns) => void;

/** Both sides of a book as they are read. */
export type BothSides = Readonly<Record<"bids" | "asks", SideReads>>;

const arraysOf = (messages: number): TouchRunArrays => ({
  bids: new Float64Array(messages),
  asks: new Float64Array(messages),
  bidSizes: new Float64Array(messages),
  askSizes: new Float64Array(messages),
  at: new Float64Array(messages),
  firsts: new Int32Array(messages),
});

/** Runs as they are filled. */
export class TouchRunColumns implements TouchRuns {
  readonly bids: Float64Array;
  readonly asks: Float64Array;
  readonly bidSizes: Float64Array;
  readonly askSizes: Float64Array;
  readonly at: Float64Array;
  readonly firsts: Int32Array;
  count = 0;
  messages = 0;

  /** For so many messages at once, or in memory of which there is enough for those to come. */
  constructor(memory: number | TouchRunArrays) {
    const arrays = typeof memory === "number" ? arraysOf(memory) : memory;
    this.bids = arrays.bids;
    this.asks = arrays.asks;
    this.bidSizes = arrays.bidSizes;
    this.askSizes = arrays.askSizes;
    this.at = arrays.at;
    this.firsts = arrays.firsts;
  }

  /** Notes the best prices of a book as those at the end of the next message, at `at` µs. */
  add(book: BothSides, at: number): void {
    this.note(this.count, book, this.messages, at);
    this.count += 1;
    this.messages += 1;
  }

  /** Writes run `nth`, which begins with message `first`. */
  note(nth: number, { bids, asks }: BothSides, first: number, at: number): void {
    this.bids[nth] = bids.bestPrice;
    this.asks[nth] = asks.bestPrice;
    this.bidSizes[nth] = bids.bestSize;
    this.askSizes[nth] = asks.bestSize;
    this.at[nth] = at;
    this.firsts[nth] = first;
  }

  /** Tells of what was noted since the last call. */
  tell(onTouches: OnTouchRuns): void {
    if (this.messages > 0) onTouches(this);
    this.count = this.messages = 0;
  }
}
