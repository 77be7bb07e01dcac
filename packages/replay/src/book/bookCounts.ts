import type { Micros } from "@aftershock/schema";
import type { Stretches } from "./touchWatch.ts";

/** Where a recording lacks part of a book: the book is invalid from here to the next snapshot. */
export interface Gap {
  /** `venue:SYMBOL`. */
  readonly instrument: string;
  /** Effective time of the message that showed it, µs. */
  readonly at: Micros;
  /**
   * `sequence`: the message does not follow the one before it. `lostRows`: rows were bad, and stand in quarantine. `checksum`: the
   * venue's checksum of its book, compared when the message was ingested, is not that of the book after the message.
   */
  readonly cause: "sequence" | "lostRows" | "checksum";
  /** The message's update id; null where the source sends none. */
  readonly updateId: number | null;
  /** The id that the book had, which the message should have started from; null where the source sends none. */
  readonly expected: number | null;
  /** The id that it did start from; null where the source sends none. */
  readonly found: number | null;
}

/** What a book has met that its reader must know. All whole numbers from 0. */
export interface BookTally {
  /** Rows given to the book. */
  rows: number;
  /** Complete messages among them. */
  messages: number;
  /** Snapshots that became the book. */
  snapshots: number;
  /** Snapshots older than the valid book they would have replaced: ignored whole. */
  staleSnapshots: number;
  /** Messages that the snapshot already contained: skipped. */
  staleMessages: number;
  /** Messages between a gap and the next snapshot: skipped. The message that showed the gap is one of them. */
  skippedMessages: number;
  /** Rows of messages before the first snapshot: skipped. */
  rowsBeforeSnapshot: number;
  /** Rows of a message that a snapshot cut off before its end: dropped. */
  interruptedRows: number;
  /** Deletes of levels that the book does not have: ignored. */
  unknownDeletes: number;
}

/** Checksums of the venue's book that came with messages. */
export interface Checksums {
  /** Messages whose checksum was compared with the book after them, when they were ingested; whether they were applied or not. */
  readonly checked: number;
  /** Those that agreed. */
  readonly matched: number;
}

/** The tally with what it says of the best bid and ask at the ends of applied messages. */
export interface BookCounts extends Readonly<BookTally> {
  /** Bid above ask: the record lacks something, or the venue was matching. */
  readonly crossed: Stretches;
  /** Bid equal to ask. */
  readonly locked: Stretches;
  readonly checksums: Checksums;
}

/** A tally with nothing in it. */
export const emptyTally = (): BookTally => ({
  rows: 0,
  messages: 0,
  snapshots: 0,
  staleSnapshots: 0,
  staleMessages: 0,
  skippedMessages: 0,
  rowsBeforeSnapshot: 0,
  interruptedRows: 0,
  unknownDeletes: 0,
});
