import { ASK, BID, MESSAGE_END, SNAPSHOT, micros } from "@aftershock/schema";
import { describe, expect, test } from "vitest";
import { L2Book } from "../src/index.ts";
import { batchOf, testInstrument, type Row } from "./batchOf.ts";
import { snapshot, update } from "./bookRows.ts";

function bookOf(...messages: readonly (readonly Row<"book">[])[]): L2Book {
  const book = new L2Book(testInstrument());
  const rows = messages.flat();
  book.apply(batchOf("book", rows), 0, rows.length);
  return book;
}

const pairs = (book: L2Book) => ({
  bids: book.bids().map(({ price, size }) => [price, size]),
  asks: book.asks().map(({ price, size }) => [price, size]),
});

const START = snapshot({
  id: 100,
  bids: [
    [99, 5],
    [98, 7],
  ],
  asks: [
    [101, 4],
    [103, 1],
  ],
});

describe("levels", () => {
  test("a snapshot makes the book, best levels first on both sides", () => {
    const book = bookOf(START);
    expect(book.valid).toBe(true);
    expect(pairs(book)).toEqual({
      bids: [
        [99, 5],
        [98, 7],
      ],
      asks: [
        [101, 4],
        [103, 1],
      ],
    });
    expect([book.bestBid, book.bestAsk]).toEqual([
      { price: 99, size: 5 },
      { price: 101, size: 4 },
    ]);
    expect(book.bids(1)).toEqual([{ price: 99, size: 5 }]);
    expect([book.sizeAt(BID, 98), book.sizeAt(ASK, 103), book.sizeAt(ASK, 98)]).toEqual([7, 1, 0]);
  });

  test("sizes are absolute, 0 deletes, and a delete of an unknown level is ignored and counted", () => {
    const book = bookOf(
      START,
      update({
        id: 101,
        prev: 100,
        bids: [
          [99, 2],
          [98, 0],
          [50, 0],
        ],
        asks: [[100, 9]],
      }),
    );
    expect(pairs(book)).toEqual({
      bids: [[99, 2]],
      asks: [
        [100, 9],
        [101, 4],
        [103, 1],
      ],
    });
    expect(book.counts.unknownDeletes).toBe(1);
  });

  test("prices may be zero and negative", () => {
    const book = bookOf(
      snapshot({
        bids: [
          [-3, 1],
          [-5, 1],
        ],
        asks: [
          [0, 2],
          [-2, 1],
        ],
      }),
    );
    expect(pairs(book)).toEqual({
      bids: [
        [-3, 1],
        [-5, 1],
      ],
      asks: [
        [-2, 1],
        [0, 2],
      ],
    });
  });

  test("a second snapshot discards what it does not list", () => {
    const book = bookOf(START, snapshot({ id: 200, bids: [[90, 1]] }));
    expect(pairs(book)).toEqual({ bids: [[90, 1]], asks: [] });
    expect(book.counts.snapshots).toBe(2);
  });

  test("one-sided and empty snapshots are valid books", () => {
    const oneSided = bookOf(snapshot({ asks: [[5, 1]] }));
    expect([oneSided.valid, oneSided.bestBid, oneSided.bestAsk?.price]).toEqual([
      true,
      undefined,
      5,
    ]);
    const empty = bookOf(START, snapshot({ id: 101 }));
    expect([empty.valid, empty.bestBid, empty.bestAsk]).toEqual([true, undefined, undefined]);
  });

  test("a message without levels still carries its ids: the next one follows it", () => {
    const book = bookOf(
      START,
      update({ id: 101, prev: 100 }),
      update({ id: 102, prev: 101, bids: [[97, 1]] }),
    );
    expect(book.gaps).toEqual([]);
    expect([book.updateId, book.sizeAt(BID, 97)]).toEqual([102, 1]);
  });
});

describe("messages", () => {
  const long = update({
    at: 7,
    id: 101,
    prev: 100,
    bids: [
      [99, 0],
      [100, 3],
    ],
    asks: [
      [101, 0],
      [102, 6],
    ],
  });

  test("nothing of a message shows before its end, and one callback comes at its end", () => {
    const rows = [...START, ...long];
    const batch = batchOf("book", rows);
    const book = new L2Book(testInstrument());
    book.apply(batch, 0, START.length);
    const before = book.digest;
    const ends: unknown[] = [];
    for (let row = START.length; row < rows.length; row += 1) {
      expect([book.bestBid?.price, book.bestAsk?.price]).toEqual([99, 101]);
      book.apply(batch, row, row + 1, ({ bestBid, bestAsk }, at) =>
        ends.push([bestBid?.price, bestAsk?.price, at]),
      );
    }
    expect(ends).toEqual([[100, 102, 7]]);
    expect([book.at, book.digest === before]).toEqual([7, false]);
  });

  test("a crossing inside a message is none: only message ends count", () => {
    const book = bookOf(
      START,
      update({
        id: 101,
        prev: 100,
        bids: [
          [102, 1],
          [102, 0],
        ],
      }),
    );
    expect([book.counts.crossed.messages, book.bestBid?.price]).toEqual([0, 99]);
  });

  test("a gap is decided by the whole message also when it is split over batches", () => {
    const lost = update({
      id: 105,
      prev: 104,
      bids: [
        [100, 3],
        [97, 3],
      ],
    });
    const book = bookOf(START);
    book.apply(batchOf("book", lost), 0, 1);
    expect(book.valid).toBe(true);
    book.apply(batchOf("book", lost), 1, 2);
    expect([book.valid, book.gaps.length, book.counts.skippedMessages]).toEqual([false, 1, 1]);
  });

  test("a snapshot drops the open message it interrupts, and says so", () => {
    const open = long.slice(0, 2);
    const book = bookOf(START, open, snapshot({ id: 300, bids: [[10, 1]] }));
    expect(pairs(book)).toEqual({ bids: [[10, 1]], asks: [] });
    expect([book.counts.interruptedRows, book.counts.messages]).toEqual([2, 2]);
  });

  test("snapshot rows that go on after a message end are taken as part of the same snapshot", () => {
    const more = update({ bids: [[95, 3]] }).map((row) => ({
      ...row,
      flags: SNAPSHOT | MESSAGE_END,
    }));
    const book = bookOf(START, more, update({ id: 101, prev: 100, bids: [[99, 0]] }));
    expect(pairs(book).bids).toEqual([
      [98, 7],
      [95, 3],
    ]);
    expect(book.gaps).toEqual([]);
  });
});

describe("sequence", () => {
  test("rows before the first snapshot are ignored and counted", () => {
    const book = bookOf(
      update({
        id: 99,
        prev: 98,
        bids: [
          [1, 1],
          [2, 2],
        ],
      }),
      START,
    );
    expect([book.counts.rowsBeforeSnapshot, book.counts.rows, book.gaps]).toEqual([2, 6, []]);
    expect(book.sizeAt(BID, 1)).toBe(0);
  });

  test("before the first snapshot the book is not valid and empty", () => {
    const book = bookOf(update({ bids: [[1, 1]] }));
    expect([book.valid, book.bestBid, book.bids(), book.updateId]).toEqual([
      false,
      undefined,
      [],
      NaN,
    ]);
  });

  test("messages that the snapshot contains are stale, the one that ends at its id included", () => {
    const book = bookOf(
      START,
      update({ id: 98, prev: 95, bids: [[99, 0]] }),
      update({ id: 100, prev: 98, bids: [[98, 0]] }),
      update({ id: 103, prev: 100, bids: [[97, 1]] }),
    );
    expect(book.counts.staleMessages).toBe(2);
    expect(pairs(book).bids).toEqual([
      [99, 5],
      [98, 7],
      [97, 1],
    ]);
  });

  test("the first message after a snapshot may start before it: it bridges", () => {
    const book = bookOf(
      START,
      update({ id: 104, prev: 96, bids: [[99, 1]] }),
      update({ id: 105, prev: 104 }),
    );
    expect([book.valid, book.updateId, book.sizeAt(BID, 99)]).toEqual([true, 105, 1]);
  });

  test("the first message after a snapshot must not start after it", () => {
    const book = bookOf(START, update({ at: 9, id: 104, prev: 101 }));
    expect(book.gaps).toEqual([
      {
        instrument: "test:BTCUSDT",
        at: 9,
        cause: "sequence",
        updateId: 104,
        expected: 100,
        found: 101,
      },
    ]);
  });

  test("bridging is allowed once: then a message must start exactly where the last one ended", () => {
    const follow = update({ id: 104, prev: 96 });
    expect(bookOf(START, follow, update({ id: 105, prev: 103 })).gaps).toMatchObject([
      { expected: 104, found: 103 },
    ]);
    expect(bookOf(START, follow, update({ id: 106, prev: 105 })).gaps).toMatchObject([
      { expected: 104, found: 105 },
    ]);
    expect(bookOf(START, follow, update({ id: 104, prev: 96 })).gaps).toHaveLength(1);
  });

  test("after a gap the book is empty and not valid until the next snapshot, and messages are counted", () => {
    const lost = update({ at: 4, id: 110, prev: 105, bids: [[99, 1]] });
    const after = update({ at: 5, id: 111, prev: 110, bids: [[99, 2]] });
    const broken = bookOf(START, lost, after);
    expect([broken.valid, broken.bids(), broken.bestAsk, broken.gaps.length]).toEqual([
      false,
      [],
      undefined,
      1,
    ]);
    expect(broken.counts.skippedMessages).toBe(2);
    const healed = bookOf(
      START,
      lost,
      after,
      snapshot({ id: 111, bids: [[80, 1]] }),
      update({ id: 112, prev: 111, bids: [[81, 1]] }),
    );
    expect([healed.valid, pairs(healed).bids, healed.gaps.length]).toEqual([
      true,
      [
        [81, 1],
        [80, 1],
      ],
      1,
    ]);
  });

  test("a snapshot from before the gap does not heal it: the next message shows a gap again", () => {
    const book = bookOf(
      START,
      update({ id: 110, prev: 105 }),
      snapshot({ id: 104 }),
      update({ id: 111, prev: 110 }),
    );
    expect([book.valid, book.gaps.map(({ expected }) => expected)]).toEqual([false, [100, 104]]);
  });

  test("a book that is not valid takes any snapshot, also one older than it was", () => {
    const book = bookOf(
      START,
      update({ id: 110, prev: 105 }),
      snapshot({ id: 90, bids: [[1, 1]] }),
    );
    expect([book.valid, book.updateId, book.counts.staleSnapshots]).toEqual([true, 90, 0]);
  });

  test("a snapshot older than the valid book is ignored whole, and does not roll it back", () => {
    const live = update({ id: 105, prev: 100, bids: [[99, 1]] });
    const old = snapshot({ id: 103, bids: [[99, 8]], asks: [[102, 8]] });
    const oldGoesOn = update({ bids: [[60, 1]] }).map((row) => ({
      ...row,
      flags: SNAPSHOT | MESSAGE_END,
    }));
    const book = bookOf(
      START,
      live,
      old,
      oldGoesOn,
      update({ id: 106, prev: 105, bids: [[97, 1]] }),
    );
    expect(pairs(book).bids).toEqual([
      [99, 1],
      [98, 7],
      [97, 1],
    ]);
    expect([book.counts.staleSnapshots, book.counts.snapshots, book.gaps]).toEqual([1, 1, []]);
  });

  test("a snapshot with the id of the valid book replaces it", () => {
    const book = bookOf(
      START,
      snapshot({ id: 100, bids: [[99, 8]] }),
      update({ id: 101, prev: 100 }),
    );
    expect([pairs(book), book.gaps]).toEqual([{ bids: [[99, 8]], asks: [] }, []]);
  });

  test("without ids there are no checks, and every snapshot applies", () => {
    const book = bookOf(
      snapshot({ bids: [[5, 1]] }),
      update({ bids: [[6, 1]] }),
      snapshot({ bids: [[4, 1]] }),
      update({ bids: [[3, 1]] }),
    );
    expect([pairs(book).bids, book.gaps, book.counts.staleSnapshots]).toEqual([
      [
        [4, 1],
        [3, 1],
      ],
      [],
      0,
    ]);
  });

  test("removing any one message of a chain is found at the next one", () => {
    const chain = Array.from({ length: 8 }, (_, k) =>
      update({ at: k, id: 103 + 3 * k, prev: 100 + 3 * k, bids: [[90 + k, 1]] }),
    );
    expect(bookOf(START, ...chain).gaps).toEqual([]);
    for (let removed = 0; removed < chain.length - 1; removed += 1) {
      const book = bookOf(START, ...chain.filter((_, index) => index !== removed));
      expect(book.gaps).toMatchObject([
        { at: removed + 1, updateId: 106 + 3 * removed, expected: 100 + 3 * removed },
      ]);
      expect(book.valid).toBe(false);
    }
  });
});

describe("counts", () => {
  test("crossed and locked are counted by message and by stretch, and told apart", () => {
    const book = bookOf(
      START,
      update({ at: 1, id: 101, prev: 100, bids: [[101, 1]] }), // locked
      update({ at: 2, id: 102, prev: 101, bids: [[102, 1]] }), // crossed
      update({ at: 3, id: 103, prev: 102, bids: [[97, 1]] }), // crossed still
      update({
        at: 4,
        id: 104,
        prev: 103,
        bids: [
          [102, 0],
          [101, 0],
        ],
      }), // neither
      update({ at: 5, id: 105, prev: 104, asks: [[99, 1]] }), // locked again
    );
    expect(book.counts.crossed).toEqual({ messages: 2, intervals: 1, firstAt: 2 });
    expect(book.counts.locked).toEqual({ messages: 2, intervals: 2, firstAt: 1 });
  });

  test("a gap ends a crossed stretch: what comes after it is another one", () => {
    const crossing = { bids: [[9, 1]], asks: [[8, 1]] } as const;
    const book = bookOf(
      snapshot({ id: 1, ...crossing }),
      update({ id: 9, prev: 8 }),
      snapshot({ id: 9, ...crossing }),
    );
    expect(book.counts.crossed).toMatchObject({ messages: 2, intervals: 2 });
  });

  test("starting counts anew leaves the book as it is", () => {
    const book = bookOf(
      START,
      update({
        id: 103,
        prev: 100,
        bids: [
          [101, 1],
          [7, 0],
        ],
      }),
    );
    const before = book.digest;
    book.resetCounts();
    expect(book.counts).toMatchObject({
      rows: 0,
      messages: 0,
      unknownDeletes: 0,
      locked: { messages: 0 },
    });
    expect([book.digest, book.updateId]).toEqual([before, 103]);
  });
});

describe("refusals", () => {
  test("a batch of another grid or instrument is refused with a hint", () => {
    const book = bookOf(START);
    const finer = batchOf("book", START, testInstrument({ tick: { mantissa: 1, decimals: 2 } }));
    const other = batchOf("book", START, testInstrument({ symbol: "ETHUSDT" }));
    for (const batch of [finer, other])
      expect(() => book.apply(batch, 0, 1)).toThrow("another instrument or price grid");
  });

  test.each([
    [{ side: 3, price: 1, size: 1 }, "Side 3"],
    [{ side: BID, price: 1.5, size: 1 }, "Price 1.5"],
    [{ side: BID, price: NaN, size: 1 }, "Price NaN"],
    [{ side: ASK, price: 1, size: -1 }, "Size -1"],
    [{ side: ASK, price: 1, size: NaN }, "Size NaN"],
  ])("a row that no loader may write is refused: %j", (row, message) => {
    expect(() => bookOf(START, [{ ...row, tsRecv: 1, seq: 77 }])).toThrow(
      `${message} at seq 77 of book test:BTCUSDT`,
    );
  });

  test("gaps are timed by the clock of the book", () => {
    const rows = [...START, ...update({ id: 104, prev: 103 })].map((row) => ({
      ...row,
      tsRecv: 8,
      tsEvent: 3,
    }));
    for (const [clock, at] of [
      ["recv", 8],
      ["event", 3],
    ] as const) {
      const book = new L2Book(testInstrument(), clock);
      book.apply(batchOf("book", rows), 0, rows.length);
      expect(book.gaps[0]?.at).toBe(micros(at));
    }
  });
});
