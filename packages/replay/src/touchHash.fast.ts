/**
 * A hash of the best prices of a book wherever one of them moves: when, how many messages there were by then, the sizes, and whether the book was
 * valid. Plain twin: `StateHash.mix` of each of these. Benchmark: test/bench/pipeline.ts.
 */
import type { ReplayedBook } from "./replayedBook.ts";
import type { StateHash } from "./stateHash.ts";

/** As of StateHash. */
const FACTOR_A = 0x3c6ef373;
const FACTOR_B = 0xa54ff53b;
/** Odd 32-bit multipliers that keep the parts apart: 2^32 over the golden ratio, and those of MurmurHash3's finaliser (A. Appleby, 2011). */
const BID_FACTOR = 0x9e3779b1;
const ASK_FACTOR = 0x85ebca6b;
const SIZE_FACTOR = 0xc2b2ae35;

export class TouchHash {
  /** Best bid and ask, ticks, as they were taken last; NaN for none. */
  private readonly touch = Float64Array.of(Number.NaN, Number.NaN);
  private a = 0x6a09e667 | 0;
  private b = 0xbb67ae85 | 0;

  /** Takes the best prices of a book in, at `at` µs, unless both are as they were. */
  take({ valid, bidSide, askSide, messages }: ReplayedBook, at: number): void {
    const { touch } = this;
    const bid = bidSide.bestPrice;
    const ask = askSide.bestPrice;
    if (Object.is(touch[0], bid) && Object.is(touch[1], ask)) return;
    touch[0] = bid;
    touch[1] = ask;
    const state = Number(valid) + (Number.isNaN(bid) ? 2 : 0) + (Number.isNaN(ask) ? 4 : 0);
    const prices = Math.imul(bid, BID_FACTOR) + Math.imul(ask, ASK_FACTOR) + messages;
    const sizes =
      Math.imul(bidSide.bestSize, SIZE_FACTOR) ^ Math.imul(askSide.bestSize, BID_FACTOR);
    this.a = Math.imul(this.a ^ prices ^ state, FACTOR_A);
    this.a ^= this.a >>> 15;
    this.b = Math.imul((this.b + this.a) ^ sizes ^ Math.imul(at, ASK_FACTOR), FACTOR_B);
    this.b ^= this.b >>> 14;
  }

  /** Takes all of it into a hash. */
  mixInto(hash: StateHash): void {
    hash.mix(this.a);
    hash.mix(this.b);
  }
}
