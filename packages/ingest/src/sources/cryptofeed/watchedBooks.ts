import { ROWS_LOST } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { writeBook, type BookMessage } from "../read/bookMessage.ts";

/** A book since its last snapshot: nothing is missing; a loss was found and no row has said so yet; a row has said so. */
type BookState = "whole" | "lossFound" | "lossSaid";

/**
 * The books of one connection. Where a venue's sequence shows that something is missing and no id on a row would tell, the next
 * row of each book concerned gets ROWS_LOST; a snapshot makes the book whole again.
 *
 * Messages of such venues get no `updateId`: the store takes one for a promise that the ids show what is missing, and would not
 * mark the rows after a bad line.
 */
export class WatchedBooks {
  readonly #sink: RowSink;
  readonly #venue: string;
  readonly #states = new Map<string, BookState>();

  constructor(sink: RowSink, venue: string) {
    this.#sink = sink;
    this.#venue = venue;
  }

  /** True where there was a snapshot and nothing is known to be missing since. */
  isWhole(symbol: string): boolean {
    return this.#states.get(symbol) === "whole";
  }

  /** Something of this book is missing here; `what` is noted. A book that is not whole has nothing more to lose. */
  lost(symbol: string, what: string): void {
    if (!this.isWhole(symbol)) return;
    this.#states.set(symbol, "lossFound");
    this.#sink.note("book", this.#venue, symbol, what);
  }

  /** Something of the connection is missing here: it may have been of any of its books. */
  allLost(what: string): void {
    for (const symbol of this.#states.keys()) this.lost(symbol, what);
  }

  /** The next message of a book is a change, and is written: returns the flags by which its first row says what was found missing. */
  changed(symbol: string): typeof ROWS_LOST | 0 {
    if (this.#states.get(symbol) !== "lossFound") return 0;
    this.#states.set(symbol, "lossSaid");
    return ROWS_LOST;
  }

  /** The next message of a book is a snapshot, and is written. */
  restarted(symbol: string): void {
    this.#states.set(symbol, "whole");
  }

  /** Writes a message, with the loss that was found before it. */
  write(symbol: string, message: BookMessage): void {
    if (message.snapshot) this.restarted(symbol);
    const rowsLost = !message.snapshot && this.changed(symbol) !== 0;
    writeBook(this.#sink, this.#venue, symbol, { ...message, rowsLost });
  }
}
