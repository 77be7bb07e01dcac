/**
 * Tells a study the best prices at each end of a message, row by row as the merge hands rows over, of a book that has taken a whole block of
 * rows by then: nobody looks at the book itself. Plain twin: a handler of each message. Benchmark: test/bench/pipeline.ts.
 *
 * Layout: `bids`, `asks` Float64 and `firsts` Int32 × the runs of the block (see TouchRuns), and one more whose first message never comes.
 */
import { type Batch, MESSAGE_END, type Micros } from "@aftershock/schema";
import type { FastL2Book } from "./book/l2Book.fast.ts";
import type { Wake } from "./book/l2Book.ts";
import type { TouchRuns } from "./book/touchRuns.fast.ts";
import { firstRowAt } from "./clock/firstRowAt.ts";
import type { OnTouch } from "./replayOptions.ts";
import type { TouchHash } from "./touchHash.fast.ts";

/** Rows that the book is ahead at most. */
const BLOCK_ROWS = 4_096;
/** A message that never comes. */
const NEVER = 0x7fffffff;
/** Places of TouchesAhead.touch. */
const BID = 0;
const ASK = 1;

/** Of what book, to whom, and until when, µs. */
export interface TouchesWanted {
  readonly book: FastL2Book;
  readonly hash: TouchHash;
  readonly onTouch: OnTouch;
  readonly wake: Wake;
  /** The stream's place in the list that is replayed. */
  readonly source: number;
  /** First effective time that is no longer replayed, µs. */
  readonly end: number;
}

export class TouchesAhead {
  private readonly wanted: TouchesWanted;
  private readonly bids = new Float64Array(BLOCK_ROWS + 1);
  private readonly asks = new Float64Array(BLOCK_ROWS + 1);
  private readonly firsts = new Int32Array(BLOCK_ROWS + 1);
  /** The best bid and ask of the run in hand, ticks. */
  readonly touch: Float64Array = Float64Array.of(Number.NaN, Number.NaN);
  private readonly hearsAll: boolean;
  private batch: Batch<"book"> | undefined;
  private flags: Int8Array = new Int8Array(0);
  /** Of the batch: the row that the book takes next, and the first that is not replayed. */
  private applied = 0;
  private limit = 0;
  /** Of the block: how many runs there are, the next of them, its first message, how many messages there are, and the next of them. */
  private runs = 0;
  private run = 0;
  private first = NEVER;
  private messages = 0;
  private message = 0;
  private readonly take = (told: TouchRuns): void => this.takeRuns(told);

  constructor(wanted: TouchesWanted) {
    this.wanted = wanted;
    this.hearsAll = wanted.wake === "message";
  }

  /** Rows from `from` on, which follow on those before, come next: to be called before they are told of. */
  enter(batch: Batch, from: number, times: Float64Array): void {
    if (batch !== this.batch) this.begin(batch as Batch<"book">, from, times);
  }

  /** Tells of the message ends among the rows [from, to). */
  tell(from: number, to: number, times: Float64Array): void {
    const { touch } = this;
    const { onTouch, source } = this.wanted;
    for (let row = from; row < to; row++) {
      if (this.reaches(row, times)) onTouch(touch[BID]!, touch[ASK]!, times[row] as Micros, source);
    }
  }

  /** Goes on to the next row; whether the best prices, which `touch` has then, are to be told. */
  reaches(row: number, times: Float64Array): boolean {
    if (row === this.applied) this.applyBlock(times);
    if ((this.flags[row]! & MESSAGE_END) === 0) return false;
    const message = this.message++;
    const moved = message === this.first && this.nextRun();
    return moved || this.hearsAll;
  }

  private begin(batch: Batch<"book">, from: number, times: Float64Array): void {
    this.batch = batch;
    this.flags = batch.columns.flags;
    this.applied = from;
    this.limit = firstRowAt(times, from, batch.length, this.wanted.end);
  }

  /** Goes on to the next run; true when its best prices are others. */
  private nextRun(): boolean {
    const { touch, run } = this;
    const bid = this.bids[run]!;
    const ask = this.asks[run]!;
    const moved = !Object.is(bid, touch[BID]) || !Object.is(ask, touch[ASK]);
    touch[BID] = bid;
    touch[ASK] = ask;
    this.run = run + 1;
    this.first = this.firsts[run + 1]!;
    return moved;
  }

  private applyBlock(times: Float64Array): void {
    const to = Math.min(this.applied + BLOCK_ROWS, this.limit);
    this.runs = this.run = this.messages = this.message = 0;
    this.wanted.book.applyTouching(this.batch!, this.applied, to, this.take, times);
    this.firsts[this.runs] = NEVER;
    this.first = this.firsts[0]!;
    this.applied = to;
  }

  private takeRuns(told: TouchRuns): void {
    const { bids, asks, firsts } = this;
    const { hash, book } = this.wanted;
    hash.takeRuns(told, book);
    for (let nth = 0; nth < told.count; nth++) {
      const run = this.runs++;
      bids[run] = told.bids[nth]!;
      asks[run] = told.asks[nth]!;
      firsts[run] = this.messages + told.firsts[nth]!;
    }
    this.messages += told.messages;
  }
}
