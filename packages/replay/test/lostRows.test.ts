import { BID, ROWS_LOST } from "@aftershock/schema";
import { expect, test } from "vitest";
import { L2Book } from "../src/index.ts";
import { batchOf, testInstrument, type Row } from "./batchOf.ts";
import { snapshot, update } from "./bookRows.ts";

function bookOf(...messages: readonly (readonly Row<"book">[])[]): L2Book {
  const book = new L2Book(testInstrument());
  const rows = messages.flat();
  book.apply(batchOf("book", rows), 0, rows.length);
  return book;
}

test("lost rows are a gap: the book is not valid until the next snapshot, ids or none", () => {
  const lost = (rows: Row<"book">[]): Row<"book">[] =>
    rows.map((row, i) => (i === 0 ? { ...row, flags: (row.flags ?? 0) | ROWS_LOST } : row));
  const book = bookOf(snapshot({ bids: [[99, 5]] }), lost(update({ at: 7, bids: [[98, 1]] })));
  expect([book.valid, book.bids()]).toEqual([false, []]);
  expect(book.gaps).toEqual([
    {
      instrument: "test:BTCUSDT",
      at: 7,
      cause: "lostRows",
      updateId: null,
      expected: null,
      found: null,
    },
  ]);
  const healed = bookOf(
    snapshot({ bids: [[99, 5]] }),
    lost(update({ bids: [[98, 1]] })),
    snapshot({ bids: [[97, 2]] }),
    update({ bids: [[96, 1]] }),
  );
  expect([healed.valid, healed.sizeAt(BID, 96), healed.sizeAt(BID, 99)]).toEqual([true, 1, 0]);
  const partial = bookOf(lost(snapshot({ bids: [[99, 5]] })), update({ bids: [[98, 1]] }));
  expect([partial.valid, partial.gaps.length]).toEqual([false, 1]);
});
