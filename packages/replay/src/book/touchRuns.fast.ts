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
  readonly firsts: Int32Array;
  /** By run: the last row of its first message, from the row that `timesFrom` says. */
  readonly firstRows: Int32Array;
}

/**
 * The best prices at the ends of some messages that follow on each other. The messages [firsts[n], firsts[n + 1]) end with the same best prices, those of the
 * last run up to `messages`; the next run may have the same again. Columns are written anew for the next call.
 */
export interface TouchRuns {
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
  /** By run: its first message, from 0. */
  readonly firsts: Int32Array;
  /** The effective time of the end of the first message of run `nth`, µs. */
  at(nth: number): number;
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
  firsts: new Int32Array(messages),
  firstRows: new Int32Array(messages),
});

/** Runs as they are filled. */
export class TouchRunColumns implements TouchRuns {
  readonly bids: Float64Array;
  readonly asks: Float64Array;
  readonly bidSizes: Float64Array;
  readonly askSizes: Float64Array;
  readonly firsts: Int32Array;
  count = 0;
  messages = 0;
  private readonly firstRows: Int32Array;
  /** Times of those that `add` noted, by run. */
  private readonly own: Float64Array;
  private times: Float64Array;
  private timesFrom = 0;

  /** For at most so many messages at once, in `arrays` if there are. */
  constructor(messages: number, arrays: TouchRunArrays = arraysOf(messages)) {
    this.bids = arrays.bids;
    this.asks = arrays.asks;
    this.bidSizes = arrays.bidSizes;
    this.askSizes = arrays.askSizes;
    this.firsts = arrays.firsts;
    this.firstRows = arrays.firstRows;
    this.times = this.own = new Float64Array(messages);
  }

  /** Notes the best prices of a book as those at the end of the next message, at `at` µs. */
  add(book: BothSides, at: number): void {
    const nth = this.count;
    this.own[nth] = at;
    this.note(nth, book, this.messages, nth);
    this.count += 1;
    this.messages += 1;
  }

  /** Writes run `nth`, which begins with message `first`, whose last row is `row`. */
  note(nth: number, { bids, asks }: BothSides, first: number, row: number): void {
    this.bids[nth] = bids.bestPrice;
    this.asks[nth] = asks.bestPrice;
    this.bidSizes[nth] = bids.bestSize;
    this.askSizes[nth] = asks.bestSize;
    this.firsts[nth] = first;
    this.firstRows[nth] = row;
  }

  at(nth: number): number {
    return this.times[this.timesFrom + this.firstRows[nth]!]!;
  }

  /** Tells of what `add` noted since the last call. */
  tell(onTouches: OnTouchRuns): void {
    if (this.messages > 0) onTouches(this);
    this.count = this.messages = 0;
  }

  /** Tells of so many runs of so many messages that were written, where `times[timesFrom + row]` is the time of a row, µs. */
  tellWritten(
    onTouches: OnTouchRuns,
    count: number,
    messages: number,
    times: Float64Array,
    timesFrom: number,
  ): void {
    this.count = count;
    this.messages = messages;
    this.times = times;
    this.timesFrom = timesFrom;
    this.tell(onTouches);
    this.times = this.own;
    this.timesFrom = 0;
  }
}
