import { BUY, SELL } from "@aftershock/schema";
import type { OrderBook } from "../book/orderBook.ts";
import type { SideReads } from "../book/sideReads.ts";
import type { Side } from "./order.ts";
import type { VenueTally } from "./venueTally.ts";

/**
 * What a message end does to what is known of a book: nothing can be known (`none`), it was lost in a gap (`lost`), it is there again
 * (`found`), it was replaced by a snapshot (`replaced`), or it changed (`changed`).
 */
export type BookTurn = "none" | "lost" | "found" | "replaced" | "changed";

/** The side of a book that an order of `side` trades with. */
export const oppositeOf = (book: OrderBook, side: Side): SideReads =>
  side === BUY ? book.askSide : book.bidSide;

/** See StudyVenueOptions. */
export interface RecordedMarketOptions {
  readonly snapshots: "restart" | "update";
  readonly bookLeadMicros: number;
  readonly tally: VenueTally;
}

/** The recorded book of a venue, as far as the recording has one, and what its trades say about their aggressors. */
export class RecordedMarket {
  readonly #snapshotsRestart: boolean;
  readonly #bookLead: number;
  readonly #tally: VenueTally;
  #book: OrderBook | undefined;
  #bookAt = Number.NaN;
  #snapshots = 0;

  constructor({ snapshots, bookLeadMicros, tally }: RecordedMarketOptions) {
    this.#snapshotsRestart = snapshots === "restart";
    this.#bookLead = bookLeadMicros;
    this.#tally = tally;
  }

  /** The book at its last message end; undefined before the first snapshot and in a gap. */
  get book(): OrderBook | undefined {
    return this.#book;
  }

  /** Takes the book at the end of a message. With `isIdle` nobody asks whether it was replaced, and nobody looks. */
  take(book: OrderBook, at: number, isIdle: boolean): BookTurn {
    const before = this.#book;
    this.#bookAt = at;
    this.#book = book.valid ? book : undefined;
    if (this.#book === undefined) return before === undefined ? "none" : "lost";
    if (before === undefined) {
      this.watch();
      return "found";
    }
    return !isIdle && this.#isReplaced(book) ? "replaced" : "changed";
  }

  /** From now on it matters whether a snapshot replaces the book. */
  watch(): void {
    // Counts are made anew each time that they are read, so that they are read only when they matter.
    if (this.#snapshotsRestart) this.#snapshots = this.#book?.counts.snapshots ?? 0;
  }

  #isReplaced(book: OrderBook): boolean {
    if (!this.#snapshotsRestart) return false;
    const { snapshots } = book.counts;
    const isReplaced = snapshots !== this.#snapshots;
    this.#snapshots = snapshots;
    return isReplaced;
  }

  /** Whether the book shows a trade that printed at `at`: the book of one instant comes before its trades, and so does one that leads. */
  shows(at: number): boolean {
    return at - this.#bookAt <= this.#bookLead;
  }

  /** The aggressor of a trade without one, by where it printed; 0 inside the spread and in a gap. */
  inferSide(price: number): Side | 0 {
    const isSale = price <= (this.#book?.bidSide.bestPrice ?? Number.NaN);
    const isPurchase = price >= (this.#book?.askSide.bestPrice ?? Number.NaN);
    if (isSale === isPurchase) {
      this.#tally.tradesWithoutSide += 1;
      return 0;
    }
    this.#tally.inferredSides += 1;
    return isSale ? SELL : BUY;
  }
}
