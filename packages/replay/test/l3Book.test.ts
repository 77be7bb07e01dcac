import {
  ASK,
  BID,
  IntegrityError,
  MESSAGE_END,
  NO_SIDE,
  ORDER_ADD,
  ORDER_CANCEL,
  ROWS_LOST,
} from "@aftershock/schema";
import { describe, expect, test } from "vitest";
import { FastL3Book } from "../src/book/l3Book.fast.ts";
import { L3Book } from "../src/book/l3Book.ts";
import type { OrdersBook, OrdersBookOptions } from "../src/book/ordersBook.ts";
import { batchOf, testInstrument } from "./batchOf.ts";
import { CLEAR, add, cancel, execute, message, modify, snapshot, type OrderRow } from "./l3Rows.ts";

const queue = (book: OrdersBook, side: 1 | -1, price: number): unknown =>
  book.ordersAt(side, price).map(({ id, size }) => [id, size]);

const pairs = (book: OrdersBook): unknown => ({
  bids: book.bids().map(({ price, size }) => [price, size]),
  asks: book.asks().map(({ price, size }) => [price, size]),
});

const START = snapshot([
  add("1", BID, 99, 5),
  add("2", BID, 99, 3),
  add("3", BID, 98, 7),
  add("4", ASK, 101, 4),
  add("5", ASK, 101, 1),
]);

describe.each([
  ["plain", L3Book],
  ["fast", FastL3Book],
])("the %s book of orders", (_, Book) => {
  function bookOf(messages: readonly (readonly OrderRow[])[], options?: OrdersBookOptions) {
    const book = new Book(testInstrument(), options);
    const rows = messages.flat();
    book.apply(batchOf("orders", rows), 0, rows.length);
    return book;
  }

  test("a snapshot makes the book, and its levels are the orders summed up by price", () => {
    const book = bookOf([START]);
    expect([book.valid, book.orders]).toEqual([true, 5]);
    expect(pairs(book)).toEqual({
      bids: [
        [99, 8],
        [98, 7],
      ],
      asks: [[101, 5]],
    });
    expect([book.bestBid, book.bestAsk]).toEqual([
      { price: 99, size: 8 },
      { price: 101, size: 5 },
    ]);
    expect([book.sizeAt(BID, 99), book.sizeAt(ASK, 99), book.orderCount(ASK, 101)]).toEqual([
      8, 0, 2,
    ]);
  });

  test("an order is found by its id, and its place is that of its coming", () => {
    const book = bookOf([START, message([add("6", BID, 99, 2)])]);
    expect(book.order("6")).toEqual({ id: "6", side: BID, price: 99, size: 2 });
    expect(book.queueAhead("1")).toEqual({ sizeAhead: 0, ordersAhead: 0 });
    expect(book.queueAhead("6")).toEqual({ sizeAhead: 8, ordersAhead: 2 });
    expect([book.order("7"), book.queueAhead("7")]).toEqual([undefined, undefined]);
    expect(queue(book, BID, 99)).toEqual([
      ["1", 5],
      ["2", 3],
      ["6", 2],
    ]);
    expect(book.ordersAt(BID, 50)).toEqual([]);
  });

  test("an order that is made smaller keeps its place, one that is made larger goes to the back", () => {
    const smaller = bookOf([START, message([modify("1", BID, 99, 4)])]);
    expect(queue(smaller, BID, 99)).toEqual([
      ["1", 4],
      ["2", 3],
    ]);
    const same = bookOf([START, message([modify("1", BID, 99, 5)])]);
    expect(queue(same, BID, 99)).toEqual([
      ["1", 5],
      ["2", 3],
    ]);
    const larger = bookOf([START, message([modify("1", BID, 99, 6)])]);
    expect(queue(larger, BID, 99)).toEqual([
      ["2", 3],
      ["1", 6],
    ]);
    expect(larger.sizeAt(BID, 99)).toBe(9);
  });

  test("what a message does is the same when its rows come in two batches", () => {
    const rows = message([modify("1", BID, 99, 5), modify("2", BID, 99, 1), add("6", BID, 99, 1)]);
    const book = bookOf([START, rows.slice(0, 1)]);
    book.apply(batchOf("orders", rows), 1, rows.length);
    expect(queue(book, BID, 99)).toEqual([
      ["1", 5],
      ["2", 1],
      ["6", 1],
    ]);
  });

  test("an order that moves goes to the back at its new price or side", () => {
    const book = bookOf([START, message([modify("3", BID, 99, 1)])]);
    expect(queue(book, BID, 99)).toEqual([
      ["1", 5],
      ["2", 3],
      ["3", 1],
    ]);
    expect(pairs(book)).toMatchObject({ bids: [[99, 9]] });
    const over = bookOf([START, message([modify("3", ASK, 101, 2)])]);
    expect(over.order("3")).toEqual({ id: "3", side: ASK, price: 101, size: 2 });
    expect(over.queueAhead("3")).toEqual({ sizeAhead: 5, ordersAhead: 2 });
  });

  test("an order moved away and back has lost its place", () => {
    const book = bookOf([
      START,
      message([modify("1", BID, 98, 5)]),
      message([modify("1", BID, 99, 5)]),
    ]);
    expect(queue(book, BID, 99)).toEqual([
      ["2", 3],
      ["1", 5],
    ]);
  });

  test("a cancel takes an order out wherever it stands, and the last of a price takes the level", () => {
    const book = bookOf([
      START,
      message([add("6", BID, 99, 2)]),
      message([cancel("2", BID, 99)]),
      message([cancel("3", BID, 98)]),
    ]);
    expect(queue(book, BID, 99)).toEqual([
      ["1", 5],
      ["6", 2],
    ]);
    expect(pairs(book)).toMatchObject({ bids: [[99, 7]] });
    expect([book.orders, book.order("2")]).toEqual([4, undefined]);
  });

  test("an execution takes its size from an order, which keeps its place, and all of it takes it out", () => {
    const book = bookOf([START, message([execute("1", BID, 99, 2)])]);
    expect(queue(book, BID, 99)).toEqual([
      ["1", 3],
      ["2", 3],
    ]);
    const gone = bookOf([
      START,
      message([execute("1", BID, 99, 2)]),
      message([execute("1", BID, 99, 3)]),
    ]);
    expect(queue(gone, BID, 99)).toEqual([["2", 3]]);
    expect(gone.counts.overExecutions).toBe(0);
  });

  test("what a modification leaves nothing of is gone", () => {
    const book = bookOf([START, message([modify("4", ASK, 101, 0)])]);
    expect(pairs(book)).toMatchObject({ asks: [[101, 1]] });
  });

  test("ids that were never added are counted, and a modification of one adds it", () => {
    const book = bookOf([
      START,
      message([cancel("8", BID, 99)]),
      message([execute("8", BID, 99, 1)]),
      message([modify("9", BID, 99, 4)]),
      message([modify("10", BID, 99, 0)]),
    ]);
    expect(book.counts).toMatchObject({
      unknownCancels: 1,
      unknownExecutions: 1,
      unknownModifies: 2,
      unknownDeletes: 0,
    });
    expect(book.queueAhead("9")).toEqual({ sizeAhead: 8, ordersAhead: 2 });
    expect(book.orders).toBe(6);
  });

  test("an add of a known id replaces the order at the back, and is counted", () => {
    const book = bookOf([START, message([add("1", BID, 99, 9)])]);
    expect(queue(book, BID, 99)).toEqual([
      ["2", 3],
      ["1", 9],
    ]);
    expect([book.counts.duplicateAdds, book.orders]).toEqual([1, 5]);
  });

  test("an add of nothing rests nothing, and an execution of too much takes no more than there is", () => {
    const book = bookOf([
      START,
      message([add("6", ASK, 102, 0)]),
      message([execute("4", ASK, 101, 40)]),
    ]);
    expect(pairs(book)).toMatchObject({ asks: [[101, 1]] });
    expect(book.counts).toMatchObject({ emptyAdds: 1, overExecutions: 1 });
  });

  test("the book changes at ends of messages only, wherever the rows are cut", () => {
    const rows = [
      ...START,
      ...message([cancel("4", ASK, 101), cancel("5", ASK, 101), add("6", ASK, 102, 1)]),
    ];
    const book = new Book(testInstrument());
    const batch = batchOf("orders", rows);
    const asks: unknown[] = [];
    for (let row = 0; row < rows.length; row += 1) {
      book.apply(batch, row, row + 1);
      asks.push(book.bestAsk?.price);
    }
    expect(asks).toEqual([undefined, undefined, undefined, undefined, 101, 101, 101, 102]);
  });

  test("a snapshot in the middle of a message drops the rows before it", () => {
    const open = message([add("6", BID, 97, 1)]).map((row) => ({ ...row, flags: 0 }));
    const book = bookOf([START, open, snapshot([add("7", BID, 90, 1)])]);
    expect(pairs(book)).toEqual({ bids: [[90, 1]], asks: [] });
    expect(book.counts.interruptedRows).toBe(1);
  });

  test("before a snapshot nobody knows the book", () => {
    const book = bookOf([message([add("6", BID, 97, 1)])]);
    expect([book.valid, book.orders, book.counts.rowsBeforeSnapshot]).toEqual([false, 0, 1]);
  });

  test("a book that is said to start empty is valid from its first row", () => {
    const book = bookOf([message([add("6", BID, 97, 1)]), message([cancel("3", BID, 97)])], {
      start: "empty",
    });
    expect([book.valid, pairs(book)]).toEqual([true, { bids: [[97, 1]], asks: [] }]);
    expect(book.counts).toMatchObject({ messages: 2, snapshots: 0, unknownCancels: 1 });
  });

  test("a row that clears the book empties it, makes it valid and ends a gap, whatever its id", () => {
    const first = bookOf([message([CLEAR]), message([add("1", BID, 9, 1)])]);
    expect([first.valid, first.orders, first.counts.snapshots]).toEqual([true, 1, 1]);
    const chained = { updateId: 900 };
    const after = bookOf([
      START,
      message([add("6", BID, 97, 1)], chained),
      message([CLEAR, add("7", ASK, 5, 2)], { updateId: 3 }),
      message([add("8", ASK, 5, 2)], { updateId: 4 }),
    ]);
    expect([pairs(after), after.updateId]).toEqual([{ bids: [], asks: [[5, 4]] }, 4]);
    const lost = message([add("6", BID, 97, 1)], { flags: ROWS_LOST });
    const healed = bookOf([START, lost, message([CLEAR])]);
    expect([healed.valid, healed.orders, healed.gaps.length]).toEqual([true, 0, 1]);
  });

  test("a clear within a message forgets the orders before it", () => {
    const book = bookOf([START, message([add("6", BID, 97, 1), CLEAR, add("7", BID, 96, 2)])]);
    expect(pairs(book)).toEqual({ bids: [[96, 2]], asks: [] });
  });

  test("lost rows and broken chains are gaps: no orders until the next snapshot", () => {
    const lost = message([add("6", BID, 97, 1)], { flags: ROWS_LOST, tsRecv: 7 });
    const book = bookOf([START, lost, message([add("8", BID, 97, 1)])]);
    expect([book.valid, book.orders, book.bestBid]).toEqual([false, 0, undefined]);
    expect(book.gaps).toMatchObject([{ at: 7, cause: "lostRows" }]);
    expect(book.counts.skippedMessages).toBe(2);
    const broken = bookOf([
      START,
      message([add("6", BID, 97, 1)], { updateId: 5, prevUpdateId: 4 }),
      message([add("8", BID, 97, 1)], { updateId: 9, prevUpdateId: 8 }),
    ]);
    expect(broken.gaps).toMatchObject([{ cause: "sequence", updateId: 9, expected: 5, found: 8 }]);
    const healed = bookOf([START, lost, snapshot([add("8", BID, 97, 1)])]);
    expect([healed.valid, healed.orders]).toEqual([true, 1]);
  });

  test("a row whose order was dropped at the ingest carries none", () => {
    const row = { orderId: "6", action: ORDER_ADD, side: NO_SIDE, price: 0, size: 0 };
    const book = bookOf([START, message([row])]);
    expect([book.valid, book.orders, book.counts.emptyAdds]).toEqual([true, 5, 0]);
  });

  test("crossed and locked books are counted, and counts can be started anew", () => {
    const book = bookOf([
      START,
      message([add("6", BID, 102, 1)], { tsRecv: 5 }),
      message([modify("6", BID, 101, 1)], { tsRecv: 6 }),
      message([cancel("6", BID, 101)], { tsRecv: 7 }),
      message([cancel("9", BID, 101)], { tsRecv: 7 }),
    ]);
    expect(book.counts).toMatchObject({
      rows: 9,
      messages: 5,
      crossed: { messages: 1, intervals: 1, firstAt: 5 },
      locked: { messages: 1, intervals: 1, firstAt: 6 },
      unknownCancels: 1,
    });
    book.resetCounts();
    expect(book.counts).toMatchObject({ rows: 0, unknownCancels: 0, crossed: { messages: 0 } });
    expect(book.orders).toBe(5);
  });

  test("ids may be long, signed, padded or no numbers at all, and are not mixed up", () => {
    const ids = [
      "0",
      "00",
      "7",
      "07",
      "-7",
      "+7",
      "7.0",
      "4294967303",
      "18446744073709551615",
      "9999999999999999999",
      "1000000000000000000",
      "9007199254740993",
      "9007199254740992",
      "60de12d8-f80b-4848-adbc-2b17375a9216",
      "\u0667",
      "constructor",
    ];
    const book = bookOf([snapshot(ids.map((id, i) => add(id, BID, 10, i + 1)))]);
    expect(queue(book, BID, 10)).toEqual(ids.map((id, i) => [id, i + 1]));
    expect(ids.map((id) => book.order(id)?.size)).toEqual(ids.map((_id, i) => i + 1));
    expect([book.order("70"), book.order(""), book.order("60de12d8")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("the digest tells books apart that differ in a queue, an id, a size or an open message", () => {
    const digest = (rows: readonly OrderRow[]): string => bookOf([START, rows]).digest;
    const base = bookOf([START]).digest;
    const others = [
      message([modify("1", BID, 99, 4), modify("1", BID, 99, 5)]),
      message([cancel("1", BID, 99), add("6", BID, 99, 5)]),
      message([modify("1", BID, 99, 4), modify("2", BID, 99, 4)]),
      message([add("6", BID, 99, 5)]).map((row) => ({ ...row, flags: 0 })),
      message([add("7", BID, 99, 5)]).map((row) => ({ ...row, flags: 0 })),
      message([modify("7", BID, 99, 5)]).map((row) => ({ ...row, flags: 0 })),
    ].map(digest);
    expect(new Set([base, ...others]).size).toBe(others.length + 1);
    expect(digest(message([cancel("1", BID, 80)]))).toBe(
      bookOf([START, message([modify("2", BID, 99, 3), cancel("1", BID, 99)])]).digest,
    );
  });

  test.each([
    ["an action of no meaning", { action: 6 }],
    ["no action", { action: 0 }],
    ["no id", { orderId: "" }],
    ["a cancel that leaves something", { action: ORDER_CANCEL, size: 2 }],
    ["a side of no meaning", { side: 2 }],
    ["a price off the grid", { price: 1.5 }],
    ["a price that is absent", { price: Number.NaN }],
    ["a size below nothing", { size: -1 }],
    ["a size off the grid", { size: 0.5 }],
    ["a size too large", { size: 2 ** 53 }],
  ])("a row with %s is an error", (_name, part) => {
    const row = { ...add("6", BID, 97, 1), flags: MESSAGE_END, tsRecv: 0, ...part };
    expect(() => bookOf([START, [row]])).toThrow(IntegrityError);
  });

  test("a row without a clock, and rows of another grid, are errors", () => {
    const row = { ...add("6", BID, 97, 1), flags: MESSAGE_END };
    expect(() => bookOf([START, [row]])).toThrow(/neither tsRecv nor tsEvent/);
    const other = batchOf("orders", START, testInstrument({ symbol: "ETHUSDT" }));
    expect(() => new Book(testInstrument()).apply(other, 0, 1)).toThrow(/another instrument/);
  });
});
