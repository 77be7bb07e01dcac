import type { Instrument, Lots, Micros } from "@aftershock/schema";
import type { BookCounts, Gap } from "./bookCounts.ts";
import type { Level } from "./bookSide.ts";
import type { SideReads } from "./sideReads.ts";

/**
 * A book as studies read it, whatever it is built of. It may be read at ends of messages only, which is when handlers are called. Prices
 * are ticks and sizes lots of `instrument`.
 */
export interface OrderBook {
  readonly instrument: Instrument;
  /** False before the first snapshot, and from a gap to the next snapshot: then there are no levels. */
  readonly valid: boolean;
  /** Effective time of the last message end, µs; undefined before the first. */
  readonly at: Micros | undefined;
  /** The venue's id of the last update in the book; NaN where the source sends none or the book is not valid. */
  readonly updateId: number;
  /** The bids, to be read without making anything; also by the functions of sideReads.ts. */
  readonly bidSide: SideReads;
  /** The asks. */
  readonly askSide: SideReads;
  /** The highest bid; undefined when there is none or the book is not valid. */
  readonly bestBid: Level | undefined;
  /** The lowest ask; undefined when there is none or the book is not valid. */
  readonly bestAsk: Level | undefined;
  /** The best `depth` bids (all by default), highest price first. */
  bids(depth?: number): readonly Level[];
  /** The best `depth` asks (all by default), lowest price first. */
  asks(depth?: number): readonly Level[];
  /** Size resting at a price, lots; 0 where nothing rests. `side` is BID or ASK, `price` in ticks. */
  sizeAt(side: 1 | -1, price: number): Lots;
  /** What the book has met since its start, or since the beginning of the window that is replayed. */
  readonly counts: BookCounts;
  /** The gaps since then, in order. */
  readonly gaps: readonly Gap[];
  /** A hash of the whole state: levels, validity, ids, and the message that is still open. Counts are no part of it. */
  readonly digest: string;
}
