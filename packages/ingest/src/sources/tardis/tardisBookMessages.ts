import { MESSAGE_END, SNAPSHOT, SNAPSHOT_START, instrumentId } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { origin, noteEventTime, type TardisHead } from "./tardisHead.ts";
import { TardisSnapshotRun, type BookLevel } from "./tardisSnapshotRun.ts";

/** One line of an incremental book file. */
export interface BookUpdate extends BookLevel {
  readonly head: TardisHead;
  readonly snapshot: boolean;
}

/** The lines of one book with one `local_timestamp` and one `is_snapshot`. */
interface Message {
  readonly tsRecv: number;
  readonly snapshot: boolean;
  readonly updates: BookUpdate[];
}

/** A message that is complete; whether it ends what the reader may see as one depends on the next. */
interface ReadMessage extends Message {
  /** Its first row discards the book before it. */
  readonly starts: boolean;
}

interface BookState {
  /** The message whose lines are coming. */
  open?: Message | undefined;
  /** The one before it, held until `open` is complete. */
  ready?: ReadMessage | undefined;
  /** Absent unless the last message was of snapshot rows. */
  run?: TardisSnapshotRun | undefined;
  snapshotSeen: boolean;
}

/**
 * Cuts the lines of incremental book files into messages and finds the snapshots among them, for any number of interleaved
 * books, holding two messages a book.
 *
 * - A message is the lines of one `local_timestamp`; its last row carries MESSAGE_END.
 * - Snapshot rows after rows that are none (`is_snapshot` false → true) start a snapshot: SNAPSHOT_START, the book before it is
 *   discarded.
 * - Snapshot rows after snapshot rows of another `local_timestamp` continue the snapshot where they can: MESSAGE_END then comes
 *   only with the last of them. They start a new one where they state a level again or cross what was stated, which no single
 *   snapshot does: venues that send nothing but snapshots (Hyperliquid, options on Binance) have no row that says false, and a
 *   level missing from the next snapshot would otherwise stay for ever. Wrong when a new snapshot lies wholly inside the spread
 *   of the one before it: its levels are then added to the old ones.
 * - Rows before a book's first snapshot are kept and counted as `beforeFirstSnapshot`: a replay ignores them.
 * - A file ends the message of its last lines; a snapshot may continue in the next file.
 */
export class TardisBookMessages {
  private readonly books = new Map<string, BookState>();

  /** Takes the next line of any book. */
  add(sink: RowSink, update: BookUpdate): void {
    const { head, snapshot } = update;
    const book = this.bookOf(head);
    if (book.open?.tsRecv === head.tsRecv && book.open.snapshot === snapshot) {
      book.open.updates.push(update);
      return;
    }
    complete(sink, book);
    book.open = { tsRecv: head.tsRecv, snapshot, updates: [update] };
  }

  /**
   * The next message of a book is at `tsRecv` and no snapshot, and will not come by `add`: emits what is held back of the book. False, and
   * nothing is emitted, where the message may belong to what is held back or no snapshot has been seen: then it must come by `add`.
   */
  settle(sink: RowSink, head: TardisHead, tsRecv: number): boolean {
    const book = this.bookOf(head);
    if (book.open?.tsRecv === tsRecv || book.ready?.tsRecv === tsRecv) return false;
    const seen = book.snapshotSeen || book.ready?.starts === true || book.open?.snapshot === true;
    if (!seen) return false;
    complete(sink, book);
    if (book.ready !== undefined) emit(sink, book, book.ready, MESSAGE_END);
    book.ready = undefined;
    book.run = undefined;
    return true;
  }

  /** Emits everything that is held back. */
  endOfFile(sink: RowSink): void {
    for (const book of this.books.values()) {
      complete(sink, book);
      if (book.ready !== undefined) emit(sink, book, book.ready, MESSAGE_END);
      book.ready = undefined;
    }
  }

  private bookOf(head: TardisHead): BookState {
    const id = instrumentId(head.venue, head.symbol);
    let book = this.books.get(id);
    if (book === undefined) {
      book = { snapshotSeen: false };
      this.books.set(id, book);
    }
    return book;
  }
}

/** The open message is complete: it says whether the one before it was the end of a message. */
function complete(sink: RowSink, book: BookState): void {
  const { open, ready } = book;
  if (open === undefined) return;
  const continues = open.snapshot && (book.run?.canContinueWith(open.updates) ?? false);
  if (ready !== undefined) {
    const ends = !continues && ready.tsRecv !== open.tsRecv;
    emit(sink, book, ready, ends ? MESSAGE_END : 0);
  }
  if (!open.snapshot) book.run = undefined;
  else {
    if (!continues) book.run = new TardisSnapshotRun();
    book.run?.add(open.updates);
  }
  book.ready = { ...open, starts: open.snapshot && !continues };
  book.open = undefined;
}

function emit(sink: RowSink, book: BookState, message: ReadMessage, end: number): void {
  const { updates, snapshot, starts } = message;
  if (starts) book.snapshotSeen = true;
  for (const [place, { head, side, price, size }] of updates.entries()) {
    const start = starts && place === 0 ? SNAPSHOT_START : 0;
    noteEventTime(sink, "book", head);
    if (!book.snapshotSeen) sink.note("book", head.venue, head.symbol, "beforeFirstSnapshot");
    sink.row("book", head.venue, head.symbol, {
      ...origin(head),
      side,
      price,
      size,
      flags: (snapshot ? SNAPSHOT : 0) | start | (place === updates.length - 1 ? end : 0),
    });
  }
}
