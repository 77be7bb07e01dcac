/**
 * A hash of the best prices of a book wherever one of them moves: when, how many messages there were by then, the sizes, and whether the book was
 * valid. Benchmark: test/bench/pipeline.ts.
 */
import type { TouchRuns } from "./book/touchRuns.fast.ts";
import type { ReplayedBook } from "./replayedBook.ts";
import type { StateHash } from "./stateHash.ts";

/** As of StateHash. */
const FACTOR_A = 0x3c6ef373;
const FACTOR_B = 0xa54ff53b;

/** 1 where the high word of a number stands before the low one on this machine. */
const HIGH_FIRST = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1;

/** What is taken in at a move: state, bid and ask in ticks, their sizes in lots, the time in µs, the number of messages. */
const parts = new Float64Array(7);
const words = new Int32Array(parts.buffer);

export class TouchHash {
  /** Best bid and ask, ticks, as they were taken last; NaN for none. */
  private readonly touch = Float64Array.of(Number.NaN, Number.NaN);
  private a = 0x6a09e667 | 0;
  private b = 0xbb67ae85 | 0;

  /** Takes the best prices of a book in, at `at` µs, unless both are as they were. */
  take({ valid, bidSide, askSide, messages }: ReplayedBook, at: number): void {
    const bid = bidSide.bestPrice;
    const ask = askSide.bestPrice;
    if (this.isSame(bid, ask)) return;
    parts[3] = bidSide.bestSize;
    parts[4] = askSide.bestSize;
    parts[5] = at;
    parts[6] = messages;
    this.mix(bid, ask, valid);
  }

  /** As `take`, for the best prices at the ends of the messages that a book has applied last. */
  takeRuns(runs: TouchRuns, { valid, messages }: ReplayedBook): void {
    const { bids, asks, bidSizes, askSizes, firsts } = runs;
    const before = messages - runs.messages;
    for (let nth = 0; nth < runs.count; nth++) {
      const bid = bids[nth]!;
      const ask = asks[nth]!;
      if (this.isSame(bid, ask)) continue;
      parts[3] = bidSizes[nth]!;
      parts[4] = askSizes[nth]!;
      parts[5] = runs.at(nth);
      parts[6] = before + firsts[nth]! + 1;
      this.mix(bid, ask, valid);
    }
  }

  private isSame(bid: number, ask: number): boolean {
    const { touch } = this;
    return Object.is(touch[0], bid) && Object.is(touch[1], ask);
  }

  /** Takes best prices in; all but them and what hangs on them stands in `parts`. */
  private mix(bid: number, ask: number, valid: boolean): void {
    const { touch } = this;
    touch[0] = bid;
    touch[1] = ask;
    const hasBid = !Number.isNaN(bid);
    const hasAsk = !Number.isNaN(ask);
    // Never a NaN, whose bits are anybody's.
    parts[0] = Number(valid) + (hasBid ? 2 : 0) + (hasAsk ? 4 : 0);
    parts[1] = hasBid ? bid : 0;
    parts[2] = hasAsk ? ask : 0;
    if (!hasBid) parts[3] = 0;
    if (!hasAsk) parts[4] = 0;
    let { a, b } = this;
    for (let part = 0; part < words.length; part++) {
      a = Math.imul(a ^ words[part ^ HIGH_FIRST]!, FACTOR_A);
      a ^= a >>> 15;
      b = Math.imul(b + a, FACTOR_B);
      b ^= b >>> 14;
    }
    this.a = a;
    this.b = b;
  }

  /** Takes all of it into a hash. */
  mixInto(hash: StateHash): void {
    hash.mix(this.a);
    hash.mix(this.b);
  }
}
