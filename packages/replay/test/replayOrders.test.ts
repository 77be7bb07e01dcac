import { micros, type EventStream } from "@aftershock/schema";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bookAt,
  FastL3Book,
  featureBars,
  marketBars,
  replay,
  type OrdersBook,
} from "../src/index.ts";
import { batchOf, streamOf, testInstrument } from "./batchOf.ts";
import { snapshot as bookSnapshot } from "./bookRows.ts";
import { add, cancel, CLEAR, execute, message, modify, snapshot, type OrderRow } from "./l3Rows.ts";

const at = (time: number): OrderRow => ({ tsRecv: time });

const ROWS: readonly OrderRow[] = [
  ...message([add("early", 1, 1, 1)], at(0)),
  ...snapshot([add("a", 1, 1000, 5), add("b", 1, 1000, 7), add("c", -1, 1004, 9)], at(1)),
  ...message([execute("a", 1, 1000, 2)], at(2)),
  ...message([add("d", 1, 1001, 4), modify("b", 1, 1000, 3)], at(3)),
  ...message([cancel("never", 1, 1000), modify("new", -1, 1003, 1)], at(5)),
  ...message([cancel("d", 1, 1001)], at(7)),
  // Comes and goes within one message.
  ...message([add("brief", 1, 999, 1), cancel("brief", 1, 999)], at(9)),
];

const orders = (
  rows: readonly OrderRow[] = ROWS,
  cuts: readonly number[] = [],
): EventStream<"orders"> => streamOf("orders", rows, { cuts });

describe("a replay of orders", () => {
  test("tells of each message with the book of orders after it, and of its levels", async () => {
    const heard: unknown[] = [];
    const { streams, unknownOrders, events } = await replay([orders()], {
      handlers: {
        onOrders: (book: OrdersBook, time) =>
          heard.push([time, book.valid, book.bestBid?.size, book.queueAhead("b")?.sizeAhead]),
        onBook: () => heard.push("a book by price"),
      },
    });
    expect(heard).toEqual([
      [0, false, undefined, undefined],
      [1, true, 12, 5],
      [2, true, 10, 3],
      [3, true, 4, 3],
      [5, true, 4, 3],
      [7, true, 6, 3],
      [9, true, 6, 3],
    ]);
    expect([events, unknownOrders]).toEqual([ROWS.length, 2]);
    expect(streams[0]?.book).toMatchObject({
      rows: ROWS.length,
      messages: 7,
      snapshots: 1,
      rowsBeforeSnapshot: 1,
      unknownCancels: 1,
      unknownModifies: 1,
      unknownDeletes: 0,
    });
  });

  test("takes the book to be empty before the first row where it is told so", async () => {
    const [first] = ROWS;
    const valid: boolean[] = [];
    await replay([orders(first ? [first] : [])], {
      ordersStart: "empty",
      handlers: { onOrders: (book) => valid.push(book.valid && book.orders === 1) },
    });
    expect(valid).toEqual([true]);
  });

  test("has the same hash and tells the same however rows are cut, and from an instant on", async () => {
    const hashOf = async (cuts: readonly number[], from?: number): Promise<unknown> => {
      const seen: unknown[] = [];
      const rows: number[] = [];
      const { stateHash } = await replay([orders(ROWS, cuts)], {
        ...(from === undefined ? {} : { from: micros(from) }),
        handlers: {
          onOrders: (book, time) => seen.push([time, book.digest, rows.length]),
          on: {
            orders: (_, first, to) => rows.push(...Array.from({ length: to - first }, () => 0)),
          },
        },
      });
      return [stateHash, seen];
    };
    const [whole, late] = [await hashOf([]), await hashOf([], 3)];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(ROWS.length), { maxLength: 5 }), async (cuts) => {
        expect(await hashOf(cuts)).toEqual(whole);
        expect(await hashOf(cuts, 3)).toEqual(late);
      }),
    );
    expect(late).not.toEqual(whole);
  });

  test("has another hash when any row is another, also one that leaves no trace in the book", async () => {
    const hashOf = async (rows: readonly OrderRow[]): Promise<string> =>
      (await replay([orders(rows)])).stateHash;
    const hashes = new Set([await hashOf(ROWS)]);
    for (const [row, own] of ROWS.entries()) {
      for (const other of [
        { ...own, orderId: `${own.orderId}x` },
        { ...own, price: (own.price ?? 0) + 1 },
        ...(own.size === 0 ? [] : [{ ...own, size: (own.size ?? 0) + 1 }]),
      ]) {
        hashes.add(await hashOf(ROWS.with(row, other)));
      }
    }
    const cancels = ROWS.filter(({ size }) => size === 0).length;
    expect(hashes.size).toBe(1 + 3 * ROWS.length - cancels);
  });

  test("shows the book at an instant", async () => {
    const { bestBid, bestAsk } = await bookAt([orders()], micros(6));
    expect([bestBid, bestAsk]).toEqual([
      { price: 1001, size: 4 },
      { price: 1003, size: 1 },
    ]);
    await expect(bookAt([orders(), streamOf("book", [])], micros(6))).rejects.toThrow(
      "needs one stream of a book or of orders, and 2 were given",
    );
  });
});

describe("a state of orders that is kept", () => {
  /** A stream that keeps states of its book after every batch, as a lake does. */
  function seekableOrders(rows: readonly OrderRow[], kept: Map<string, Float64Array>) {
    const stream = orders(
      rows,
      rows.map(() => 1),
    );
    return {
      ...stream,
      seekable: {
        seek: async (_: number, clock: string, { withState }: { withState: boolean }) => {
          const state = withState ? kept.get(`${clock} 2`) : undefined;
          const skipped = state === undefined ? 0 : 2;
          const rest = orders(
            rows.slice(skipped),
            rows.map(() => 1),
          );
          return {
            batches: rest.batches(),
            skipped: { batches: skipped, rows: skipped },
            now: skipped === 0 ? Number.NEGATIVE_INFINITY : (rows[skipped - 1]?.tsRecv ?? 0),
            state,
          };
        },
        wants: (batches: number, clock: string) => !kept.has(`${clock} ${batches}`),
        keep: async (batches: number, clock: string, state: Float64Array) => {
          kept.set(`${clock} ${batches}`, state);
        },
      },
    } as unknown as EventStream;
  }

  test("is not taken for a book that starts from another state", async () => {
    const rows = [
      ...message([add("a", 1, 1000, 5)], at(1)),
      ...message([add("b", 1, 1000, 5)], at(2)),
      ...message([add("c", -1, 1004, 9)], at(3)),
      ...message([add("d", -1, 1004, 9)], at(5)),
    ];
    const orderings = [
      ["snapshot", "empty"],
      ["empty", "snapshot"],
    ] as const;
    for (const starts of orderings) {
      const kept = new Map<string, Float64Array>();
      for (const ordersStart of starts) {
        const fresh = await replay([orders(rows)], { ordersStart, from: micros(3) });
        await replay([seekableOrders(rows, kept)], { ordersStart });
        const again = await replay([seekableOrders(rows, kept)], { ordersStart, from: micros(3) });
        expect(again).toEqual(fresh);
        const book = await bookAt([seekableOrders(rows, kept)], micros(4), { ordersStart });
        expect(book.valid).toBe(ordersStart === "empty");
      }
    }
  });

  test("may have a snapshot of many rows open", () => {
    const many = Array.from({ length: 100_000 }, (_, nth) => add(`order-${nth}`, 1, 1000, 1));
    const rows = snapshot([...many, add("last", 1, 1000, 1)], at(1));
    const batch = batchOf("orders", rows);
    const [whole, resumed] = [new FastL3Book(testInstrument()), new FastL3Book(testInstrument())];
    whole.apply(batch, 0, 100_000);
    resumed.restore(whole.encode());
    for (const book of [whole, resumed]) book.apply(batch, 100_000, 100_001);
    expect(resumed.orders).toBe(100_001);
    expect(resumed.digest).toBe(whole.digest);
  });
});

describe("bars", () => {
  const every = micros(4);

  test("have their levels from the orders where there is no book by price", async () => {
    const { bars } = await marketBars([orders()], { every });
    expect(bars.map(({ valid, spreadBps }) => [valid, spreadBps])).toEqual([
      [true, (3 / 1002.5) * 10_000],
      [true, (3 / 1001.5) * 10_000],
      [true, (3 / 1001.5) * 10_000],
    ]);
    const bids: (number | undefined)[] = [];
    await featureBars([orders()], {
      every,
      depth: 1,
      onBars: ({ columns, values, length }) => {
        const bid = columns.findIndex(({ name }) => name === "bidPrice1");
        for (let row = 0; row < length; row += 1) bids.push(values[bid]?.[row] as number);
      },
    });
    expect(bids).toEqual([100.1, 100, 100]);
  });

  test("have them from the book by price where there are both, in whatever order they are given", async () => {
    const levels = bookSnapshot({ at: 1, bids: [[500, 1]], asks: [[501, 1]] });
    const book = streamOf("book", levels);
    for (const streams of [
      [orders(), book],
      [book, orders()],
    ]) {
      const { bars } = await marketBars(streams, { every });
      expect(bars.map(({ spreadBps }) => spreadBps)).toEqual(bars.map(() => (1 / 500.5) * 10_000));
    }
  });

  test("take the orders to start empty where they are told so", async () => {
    const rows = message([add("a", 1, 1000, 5), add("b", -1, 1004, 5)], at(1));
    for (const ordersStart of ["snapshot", "empty"] as const) {
      const { bars } = await marketBars([orders(rows)], { every, ordersStart });
      expect(bars.map(({ valid }) => valid)).toEqual([ordersStart === "empty"]);
    }
  });

  test("are not valid before the orders have a snapshot, and are after a row that clears them", async () => {
    const rows = [
      ...message([add("a", 1, 1000, 5)], at(1)),
      ...message([CLEAR, add("b", 1, 1000, 5)], at(5)),
    ];
    const { bars } = await marketBars([orders(rows)], { every });
    expect(bars.map(({ valid }) => valid)).toEqual([false, true]);
  });
});
