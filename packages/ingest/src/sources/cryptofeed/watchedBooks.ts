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

  /** Writes a message, with the loss that was found before it. */
  write(symbol: string, message: BookMessage): void {
    const rowsLost = !message.snapshot && this.#states.get(symbol) === "lossFound";
    if (message.snapshot) this.#states.set(symbol, "whole");
    if (rowsLost) this.#states.set(symbol, "lossSaid");
    writeBook(this.#sink, this.#venue, symbol, { ...message, rowsLost });
  }
}
