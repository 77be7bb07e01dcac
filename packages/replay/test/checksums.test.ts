import {
  BID,
  CHECKSUM_FAILED,
  CHECKSUM_MATCHED,
  micros,
  ROWS_LOST,
  SNAPSHOT,
} from "@aftershock/schema";
import { describe, expect, test } from "vitest";
import { L2Book, replay } from "../src/index.ts";
import { batchOf, streamOf, testInstrument, type Row } from "./batchOf.ts";
import { snapshot, update } from "./bookRows.ts";

/** Puts flags on the last row of a message, where the ingest writes its verdict. */
const flagged = (rows: Row<"book">[], flags: number): Row<"book">[] =>
  rows.map((row, i) => (i === rows.length - 1 ? { ...row, flags: (row.flags ?? 0) | flags } : row));
const matched = (rows: Row<"book">[]): Row<"book">[] => flagged(rows, CHECKSUM_MATCHED);
const failed = (rows: Row<"book">[]): Row<"book">[] => flagged(rows, CHECKSUM_FAILED);

function bookOf(...messages: readonly (readonly Row<"book">[])[]): L2Book {
  const book = new L2Book(testInstrument());
  const rows = messages.flat();
  book.apply(batchOf("book", rows), 0, rows.length);
  return book;
}

const START = matched(snapshot({ at: 1, bids: [[99, 5]], asks: [[101, 5]] }));

describe("checksums of the venue", () => {
  test("are counted at ends of messages that have one; a message that matched changes the book as any other", () => {
    const book = bookOf(START, matched(update({ at: 2, bids: [[98, 1]] })), update({ at: 3 }));
    expect(book.counts.checksums).toEqual({ checked: 2, matched: 2 });
    expect([book.valid, book.sizeAt(BID, 98), book.gaps]).toEqual([true, 1, []]);
  });

  test("one that failed is a gap at its message: the book is not valid until the next snapshot", () => {
    const bad = failed(
      update({
        at: 2,
        bids: [
          [98, 1],
          [97, 1],
        ],
      }),
    );
    const book = bookOf(START, bad);
    expect([book.valid, book.bids(), book.asks()]).toEqual([false, [], []]);
    expect(book.gaps).toEqual([
      {
        instrument: "test:BTCUSDT",
        at: 2,
        cause: "checksum",
        updateId: null,
        expected: null,
        found: null,
      },
    ]);
    const healed = bookOf(START, bad, matched(snapshot({ at: 5, bids: [[96, 2]] })));
    expect([healed.valid, healed.sizeAt(BID, 96), healed.gaps.length]).toEqual([true, 2, 1]);
  });

  test("are counted while the book is not valid too, and are then no further gap", () => {
    const book = bookOf(
      START,
      failed(update({ at: 2, bids: [[98, 1]] })),
      failed(update({ at: 3, bids: [[98, 2]] })),
      matched(update({ at: 4, bids: [[98, 3]] })),
    );
    expect(book.counts.checksums).toEqual({ checked: 4, matched: 2 });
    expect([book.valid, book.gaps.length, book.counts.skippedMessages]).toEqual([false, 1, 3]);
  });

  test("one that failed on a snapshot leaves no book", () => {
    const book = bookOf(
      failed(snapshot({ at: 1, bids: [[99, 5]] })),
      update({ at: 2, bids: [[98, 1]] }),
    );
    expect([book.valid, book.gaps.map(({ cause }) => cause)]).toEqual([false, ["checksum"]]);
    expect(book.counts.snapshots).toBe(0);
  });

  test("one that failed on a later part of a snapshot is a gap there", () => {
    const part = update({ at: 2, bids: [[97, 1]] }).map((row) => ({
      ...row,
      flags: (row.flags ?? 0) | SNAPSHOT,
    }));
    expect(bookOf(START, part).sizeAt(BID, 97)).toBe(1);
    expect(bookOf(START, failed(part)).gaps).toMatchObject([{ at: 2, cause: "checksum" }]);
  });

  test("of a message that does not follow, the gap in the ids is what is told", () => {
    const first = matched(snapshot({ at: 1, id: 10, bids: [[99, 5]] }));
    const lost = failed(update({ at: 2, id: 13, prev: 12, bids: [[98, 1]] }));
    expect(bookOf(first, matched(update({ at: 1, id: 11, prev: 10 })), lost).gaps).toMatchObject([
      { cause: "sequence", updateId: 13, expected: 11, found: 12 },
    ]);
  });

  test("where the ids follow, the gap names them", () => {
    const first = matched(snapshot({ at: 1, id: 10, bids: [[99, 5]] }));
    const bad = failed(update({ at: 2, id: 12, prev: 10, bids: [[98, 1]] }));
    expect(bookOf(first, bad).gaps).toMatchObject([
      { cause: "checksum", updateId: 12, expected: 10, found: 10 },
    ]);
  });

  test("of a message that the snapshot contains are counted, and the book stays", () => {
    const first = matched(snapshot({ at: 1, id: 10, bids: [[99, 5]] }));
    const book = bookOf(first, failed(update({ at: 2, id: 9, prev: 8, bids: [[98, 1]] })));
    expect([book.valid, book.counts.staleMessages, book.counts.checksums]).toEqual([
      true,
      1,
      { checked: 2, matched: 1 },
    ]);
  });

  test("rows that were lost are told before a checksum that failed", () => {
    const lost = failed(update({ at: 2, bids: [[98, 1]] })).map((row) => ({
      ...row,
      flags: (row.flags ?? 0) | ROWS_LOST,
    }));
    expect(bookOf(START, lost).gaps).toMatchObject([{ cause: "lostRows" }]);
  });

  test("are summed up over books by a replay, inside its window", async () => {
    const rows = [
      ...START,
      ...failed(update({ at: 20, bids: [[98, 1]] })),
      ...matched(update({ at: 30, bids: [[98, 2]] })),
    ];
    const other = testInstrument({ symbol: "ETHUSDT" });
    const streams = [
      streamOf("book", rows),
      streamOf("book", matched(snapshot({ at: 25, bids: [[9, 1]] })), { instrument: other }),
    ];
    const whole = await replay(streams);
    expect(whole.checksums).toEqual({ checked: 4, matched: 3 });
    expect(whole.gaps).toMatchObject([{ at: 20, cause: "checksum" }]);
    expect(whole.streams.map(({ book }) => book?.checksums.checked)).toEqual([3, 1]);
    const late = await replay(streams, { from: micros(25) });
    expect(late.checksums).toEqual({ checked: 2, matched: 2 });
    expect(late.gaps).toEqual([]);
  });
});
