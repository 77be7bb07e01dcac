import {
  CHECKSUM_FAILED,
  CHECKSUM_MATCHED,
  MESSAGE_END,
  ROWS_LOST,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { BookCheck } from "../src/book/bookCheck.fast.ts";
import { L2Book } from "../src/book/l2Book.ts";
import { batchOf, type Row, testInstrument } from "./batchOf.ts";

const seldom = (flag: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 24 }).map((n) => (n === 0 ? flag : 0));

const level = fc.record({
  side: fc.constantFrom(1, -1, 1, -1, 0),
  price: fc.integer({ min: 100, max: 112 }),
  size: fc.nat(2),
  lost: seldom(ROWS_LOST),
});

const message = fc.record({
  levels: fc.array(level, { minLength: 1, maxLength: 4 }),
  kind: fc.constantFrom(0, 0, 0, 0, 0, 0, SNAPSHOT, SNAPSHOT | SNAPSHOT_START),
  verdict: fc.constantFrom(0, 0, 0, CHECKSUM_MATCHED, CHECKSUM_FAILED),
  chain: fc.constantFrom("next", "next", "next", "next", "lost", "repeated", "none"),
});

/** Rows of messages that mostly follow each other, as a loader may write them. */
const recording = fc.array(message, { maxLength: 60 }).map((messages) => {
  let id = 50;
  return messages.flatMap(({ levels, kind, verdict, chain }, at): Row<"book">[] => {
    const prev = chain === "lost" ? id + 1 : id;
    if (chain !== "repeated" && chain !== "none") id = prev + 2;
    const snapshot = (kind & SNAPSHOT) !== 0;
    const ids =
      chain === "none" ? {} : { updateId: id, ...(snapshot ? {} : { prevUpdateId: prev }) };
    return levels.map(({ side, price, size, lost }, place) => ({
      tsRecv: at,
      tsEvent: at,
      ...ids,
      side,
      price: side === 0 ? 0 : price,
      size: side === 0 ? 0 : size,
      flags:
        lost |
        (place === 0 ? kind : kind & SNAPSHOT) |
        (place === levels.length - 1 ? MESSAGE_END | verdict : 0),
    }));
  });
});

test("a check of a book counts what the book counts, whatever the recording is", () => {
  fc.assert(
    fc.property(recording, (rows) => {
      const batch = batchOf("book", rows);
      const book = new L2Book(testInstrument());
      book.apply(batch, 0, rows.length);
      const check = new BookCheck();
      check.add(batch.columns, rows.length);
      const { crossed, locked, unknownDeletes } = book.counts;
      expect(check.counts).toEqual({ crossed, locked, unknownDeletes, gaps: book.gaps.length });
    }),
    { numRuns: 3_000 },
  );
});
