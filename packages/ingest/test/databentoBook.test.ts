import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ASK, BID, decimal, MESSAGE_END, SELL, SNAPSHOT, SNAPSHOT_START } from "@aftershock/schema";
import { dbnFile, mbpBytes, START, type DbnLevel } from "./dbnFile.ts";
import { memoryFile } from "./memoryFile.ts";
import type { MemorySink } from "./memorySink.ts";
import { F_LAST, NANO, readDbn, readFiles } from "./readDatabento.ts";
import { reasonsOf, skipsOf } from "./readWith.ts";

const level = (price: number, size: number): DbnLevel => [BigInt(price) * NANO, size];

describe("Databento's market by price", () => {
  /** Rows of the book as text: side, price, size, flags. */
  const bookOf = (memory: MemorySink): string[] =>
    memory
      .of("book")
      .map(({ line, side, price, size, flags }) =>
        [
          line,
          side === BID ? "bid" : side === ASK ? "ask" : "none",
          price.mantissa,
          size.mantissa,
          flags,
        ].join(" "),
      );

  it("of ten levels is a snapshot first, and then what changed", async () => {
    const asks = [level(101, 5), level(102, 6)];
    const memory = await readDbn([
      mbpBytes({ action: "A", flags: F_LAST, bids: [level(100, 1), level(99, 2)], asks }, 10),
      mbpBytes({ action: "C", flags: F_LAST, bids: [level(99, 2), level(98, 3)], asks }, 10),
      mbpBytes({ action: "M", bids: [level(99, 2), level(98, 3)], asks: [level(101, 4)] }, 10),
      mbpBytes(
        { action: "A", flags: F_LAST, bids: [level(99, 2), level(98, 3)], asks: [level(101, 4)] },
        10,
      ),
      mbpBytes({ action: "R", flags: F_LAST }, 10),
    ]);
    expect(bookOf(memory)).toEqual([
      `1 bid 100 1 ${SNAPSHOT | SNAPSHOT_START}`,
      `1 bid 99 2 ${SNAPSHOT}`,
      `1 ask 101 5 ${SNAPSHOT}`,
      `1 ask 102 6 ${SNAPSHOT | MESSAGE_END}`,
      "2 bid 100 0 0",
      `2 bid 98 3 ${MESSAGE_END}`,
      "3 ask 102 0 0",
      `3 ask 101 4 ${MESSAGE_END}`,
      "5 bid 99 0 0",
      "5 bid 98 0 0",
      `5 ask 101 0 ${MESSAGE_END}`,
    ]);
    expect(skipsOf(memory)).toEqual(["4 no change of what is stored"]);
  });

  it("starts anew each UTC day and each file, also with an empty book", async () => {
    const first = mbpBytes({ action: "A", bids: [level(1, 1)], flags: F_LAST }, 10);
    const next = mbpBytes({ action: "A", tsRecv: START + 86_400n * NANO, flags: F_LAST }, 10);
    const file = dbnFile({ mappings: [] }, [first, first, next]);
    const memory = await readFiles([memoryFile("1", file), memoryFile("2", file)]);
    const whole = SNAPSHOT | SNAPSHOT_START | MESSAGE_END;
    expect(bookOf(memory)).toEqual(
      [1, 2].flatMap(() => [`1 bid 1 1 ${whole}`, `3 none 0 0 ${whole}`]),
    );
  });

  it("gives back the levels that were sent, whatever they are", async () => {
    const side = fc.uniqueArray(
      fc.tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 3 })),
      {
        maxLength: 10,
        selector: ([price]) => price,
      },
    );
    const toLevels = (levels: readonly (readonly [number, number])[], sign: number): DbnLevel[] =>
      levels.toSorted(([a], [b]) => (a - b) * sign).map(([price, size]) => level(price, size));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(side, side), { minLength: 1, maxLength: 8 }),
        async (states) => {
          const records = states.map(([bids, asks]) => ({
            action: "A",
            flags: F_LAST,
            bids: toLevels(bids, -1),
            asks: toLevels(asks, 1),
          }));
          const memory = await readDbn(records.map((record) => mbpBytes(record, 10)));
          const book = new Map<string, number>();
          const rows = memory.of("book");
          for (const [i, { bids, asks }] of records.entries()) {
            for (const row of rows.filter(({ line }) => line === i + 1)) {
              if ((row.flags & SNAPSHOT_START) !== 0) book.clear();
              const key = `${row.side} ${row.price.mantissa}`;
              if (row.size.mantissa === 0) book.delete(key);
              else book.set(key, row.size.mantissa);
            }
            const expected = [
              ...bids.map(([price, size]) => [`${BID} ${price / NANO}`, size] as const),
              ...asks.map(([price, size]) => [`${ASK} ${price / NANO}`, size] as const),
            ];
            expect(Object.fromEntries(book)).toEqual(Object.fromEntries(expected));
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("has trades at any depth, and quotes where it has one level after the event", async () => {
    const trade = {
      action: "T",
      side: "A",
      price: 100n * NANO,
      size: 2,
      bids: [level(99, 1)],
      asks: [level(101, 4)],
    } as const;
    const memory = await readDbn([
      mbpBytes(trade, 0),
      mbpBytes(trade, 10),
      mbpBytes({ ...trade, action: "C", bids: [] }, 1),
    ]);
    expect(
      memory.of("trades").map(({ line, side, price, size }) => [line, side, price, size]),
    ).toEqual([
      [1, SELL, decimal("100"), decimal("2")],
      [2, SELL, decimal("100"), decimal("2")],
    ]);
    expect(memory.of("quotes")).toEqual([
      expect.objectContaining({
        line: 3,
        bidPrice: undefined,
        bidSize: undefined,
        askPrice: decimal("101"),
        askSize: decimal("4"),
      }),
    ]);
    const before = await readDbn([mbpBytes(trade, 1)], { schema: 3 });
    expect(before.rows.map(({ stream }) => stream)).toEqual(["trades"]);
    expect(reasonsOf(await readDbn([mbpBytes({ ...trade, action: "A" }, 0)]))).toEqual([
      "action is A, not T, in a record of a trade",
    ]);
  });
});
