/**
 * A hash of the best prices of a book wherever one of them moves: when, how many messages there were by then, the sizes, and whether the book was
 * valid. Benchmark: test/bench/pipeline.ts.
 */
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
    const { touch } = this;
    const bid = bidSide.bestPrice;
    const ask = askSide.bestPrice;
    if (Object.is(touch[0], bid) && Object.is(touch[1], ask)) return;
    touch[0] = bid;
    touch[1] = ask;
    const hasBid = !Number.isNaN(bid);
    const hasAsk = !Number.isNaN(ask);
    // Never a NaN, whose bits are anybody's.
    parts[0] = Number(valid) + (hasBid ? 2 : 0) + (hasAsk ? 4 : 0);
    parts[1] = hasBid ? bid : 0;
    parts[2] = hasAsk ? ask : 0;
    parts[3] = hasBid ? bidSide.bestSize : 0;
    parts[4] = hasAsk ? askSide.bestSize : 0;
    parts[5] = at;
    parts[6] = messages;
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
