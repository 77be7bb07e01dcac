import { micros, type Micros } from "@aftershock/schema";
import { describe, expect, test } from "vitest";
import { bookAt, replay } from "../src/index.ts";
import { streamOf } from "./batchOf.ts";
import { snapshot, update } from "./bookRows.ts";

const ROWS = [
  ...snapshot({ at: 10, id: 1, bids: [[5, 1]], asks: [[9, 1]] }),
  ...update({
    at: 20,
    id: 2,
    prev: 1,
    bids: [
      [6, 1],
      [4, 1],
    ],
  }),
  ...update({ at: 20, id: 3, prev: 2, bids: [[7, 1]] }),
  ...update({ at: 30, id: 5, prev: 4, bids: [[8, 1]] }),
  ...snapshot({ at: 40, id: 6, bids: [[1, 1]], asks: [[2, 1]] }),
];
const CUTS = [[], [1, 1, 1, 1, 1, 1], [3, 0, 2]];
const bidAt = async (at: number, cuts: readonly number[] = []) =>
  (await bookAt([streamOf("book", ROWS, { cuts })], micros(at))).bestBid?.price;

describe("bookAt", () => {
  test.each(CUTS)(
    "is the book after every message at or before the instant, however batches are cut",
    async (...cuts) => {
      expect(await Promise.all([10, 19, 20, 29, 40].map((at) => bidAt(at, cuts)))).toEqual([
        5, 5, 7, 7, 1,
      ]);
    },
  );

  test("is not valid after a gap", async () => {
    const { valid, gaps } = await bookAt([streamOf("book", ROWS)], micros(35));
    expect([valid, gaps.length]).toEqual([false, 1]);
  });

  test("is the book that a replay has at that message", async () => {
    const digests = new Map<Micros, string>();
    await replay([streamOf("book", ROWS)], {
      handlers: { onBook: ({ digest }, at) => digests.set(at, digest) },
    });
    expect(digests.size).toBe(4);
    for (const [at, digest] of digests) {
      expect((await bookAt([streamOf("book", ROWS)], at)).digest).toBe(digest);
    }
  });

  test("follows the clock that is asked for", async () => {
    const rows = ROWS.map((row) => ({ ...row, tsRecv: row.tsRecv! + 5 }));
    const priceAt = async (clock: "recv" | "event") =>
      (await bookAt([streamOf("book", rows)], micros(24), { clock })).bestBid?.price;
    expect([await priceAt("event"), await priceAt("recv")]).toEqual([7, 5]);
  });

  test("never shows a message of which some rows lie after the instant", async () => {
    const rows = [
      ...snapshot({ at: 1, bids: [[5, 1]] }),
      ...update({
        at: 3,
        bids: [
          [6, 1],
          [7, 1],
        ],
      }).map((row, index) => ({ ...row, tsEvent: 2 + 2 * index })),
    ];
    const book = await bookAt([streamOf("book", rows)], micros(3), { clock: "event" });
    expect([book.bestBid?.price, book.at]).toEqual([5, 1]);
  });

  test("closes the stream, and reads no other", async () => {
    const book = streamOf("book", ROWS, { cuts: [2, 3] });
    const trades = streamOf("trades", [{ tsRecv: 1 }]);
    await bookAt([trades, book], micros(15));
    // One more than is needed: the next is read while one is replayed.
    expect([book.closed, book.batchesRead, trades.batchesRead]).toEqual([1, 3, 0]);
  });

  test("outside the recording is an error that says on which side", async () => {
    await expect(bidAt(9)).rejects.toThrow(
      "1970-01-01T00:00:00.000009Z is before the first event of the book of test:BTCUSDT",
    );
    await expect(bidAt(41)).rejects.toThrow("is after the last event");
    await expect(bookAt([streamOf("book", [])], micros(1))).rejects.toThrow(
      "outside the empty recording",
    );
  });

  test("needs exactly one book", async () => {
    await expect(bookAt([streamOf("trades", [])], micros(1))).rejects.toThrow(
      "needs one stream of a book or of orders, and 0 were given",
    );
  });
});
