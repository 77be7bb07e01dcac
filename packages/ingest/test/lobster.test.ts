import { describe, expect, it } from "vitest";
import fc from "fast-check";
import {
  ASK,
  BID,
  BUY,
  ConfigError,
  decimal,
  MESSAGE_END,
  NO_SIDE,
  ORDER_ADD,
  ORDER_CANCEL,
  ORDER_EXECUTE,
  ORDER_MODIFY,
  ROWS_LOST,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import type { ReadHints } from "../src/source.ts";
import { lobster } from "../src/sources/lobster/lobster.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";
import { at, notesOf, readText, reasonsOf, skipsOf } from "./readWith.ts";

const MESSAGES = "AAPL_2012-06-21_34200000_57600000_message_2.csv";
const BOOK = "AAPL_2012-06-21_34200000_57600000_orderbook_2.csv";
/** Half past nine in New York, in summer. */
const OPEN = at("2012-06-21T13:30:00Z");

const read = (
  lines: readonly string[],
  name = MESSAGES,
  hints: ReadHints = {},
): Promise<MemorySink> => readText(lobster, name, lines.map((line) => `${line}\n`).join(""), hints);

/** Reads files of one ingest, each with its lines. */
async function readFiles(
  files: readonly (readonly [name: string, lines: readonly string[]])[],
  hints: ReadHints = {},
): Promise<MemorySink> {
  const memory = memorySink();
  const reader = lobster.createReader(hints);
  for (const [name, lines] of files) {
    await reader.read(fileOf(name, lines.map((line) => `${line}\n`).join("")), memory.sink);
  }
  return memory;
}

const ordersOf = (memory: MemorySink): unknown[] =>
  memory
    .of("orders", "nasdaq:AAPL")
    .map(({ line, action, orderId, size, flags }) => [line, action, orderId, size.mantissa, flags]);

const tradesOf = (memory: MemorySink): unknown[] =>
  memory.of("trades").map(({ line, side, price, size }) => [line, side, price, size.mantissa]);

describe("a LOBSTER message file", () => {
  it("holds orders in dollars and shares, at New York's time of the day in its name", async () => {
    const memory = await read([
      "34200.004241976,1,16113575,18,5853300,1",
      "34200,1,16120456,7,5859150,-1",
    ]);
    expect(memory.rows).toEqual([
      {
        stream: "orders",
        venue: "nasdaq",
        symbol: "AAPL",
        row: {
          line: 1,
          // 4,241.976 µs later, rounded down.
          tsEvent: OPEN + 4_241,
          orderId: "16113575",
          action: ORDER_ADD,
          side: BID,
          price: decimal("585.33"),
          size: decimal("18"),
          flags: MESSAGE_END,
        },
      },
      expect.objectContaining({
        row: expect.objectContaining({
          tsEvent: OPEN,
          side: ASK,
          price: decimal("585.915"),
        }) as unknown,
      }),
    ]);
  });

  it.each([
    ["2012-06-21", "2012-06-21T13:30:00Z"],
    ["2012-12-21", "2012-12-21T14:30:00Z"],
    // The Fridays before and the Mondays after clocks were changed.
    ["2012-03-09", "2012-03-09T14:30:00Z"],
    ["2012-03-12", "2012-03-12T13:30:00Z"],
    ["2012-11-02", "2012-11-02T13:30:00Z"],
    ["2012-11-05", "2012-11-05T14:30:00Z"],
    // A Sunday on which they are.
    ["2012-03-11", "2012-03-11T13:30:00Z"],
  ])("opens at half past nine of New York's clock on %s", async (date, open) => {
    const memory = await read(["34200,1,1,1,1,1"], `A_${date}_34200000_57600000_message_1.csv`);
    expect(memory.of("orders")[0]?.tsEvent).toBe(at(open));
  });

  it("cancels parts of orders to what is left, and whole ones to nothing", async () => {
    const memory = await read([
      "34200,1,5,10,1000000,1",
      "34201,2,5,4,1000000,1",
      "34202,2,5,6,1000000,1",
      "34203,1,6,10,1000000,1",
      "34204,3,6,10,1000000,1",
      "34205,3,7,10,1000000,1",
      "34206,2,8,10,1000000,1",
    ]);
    expect(ordersOf(memory)).toEqual([
      [1, ORDER_ADD, "5", 10, MESSAGE_END],
      [2, ORDER_MODIFY, "5", 6, MESSAGE_END],
      [3, ORDER_CANCEL, "5", 0, MESSAGE_END],
      [4, ORDER_ADD, "6", 10, MESSAGE_END],
      [5, ORDER_CANCEL, "6", 0, MESSAGE_END],
      [6, ORDER_CANCEL, "7", 0, MESSAGE_END],
    ]);
    expect(skipsOf(memory)).toEqual([
      "7 partial cancel of an order that was added before the file",
    ]);
    expect(notesOf(memory)).toEqual({ "orders nasdaq:AAPL unknownOrder": 1 });
  });

  it("gives trades the side of the aggressor, which is not that of the resting order", async () => {
    const memory = await read([
      "34200,1,5,10,1000000,1",
      "34201,4,5,4,1000000,1",
      "34202,4,5,6,1000000,1",
      "34203,3,5,6,1000000,1",
      "34204,4,9,1,1000100,-1",
      "34205,5,0,100,1000050,1",
      "34206,5,0,100,1000050,-1",
      "34207,6,-1,500,1000000,-1",
    ]);
    expect(tradesOf(memory)).toEqual([
      [2, SELL, decimal("100"), 4],
      [3, SELL, decimal("100"), 6],
      [5, BUY, decimal("100.01"), 1],
      [6, SELL, decimal("100.005"), 100],
      [7, BUY, decimal("100.005"), 100],
      [8, NO_SIDE, decimal("100"), 500],
    ]);
    expect(ordersOf(memory)).toEqual([
      [1, ORDER_ADD, "5", 10, MESSAGE_END],
      [2, ORDER_EXECUTE, "5", 4, MESSAGE_END],
      [3, ORDER_EXECUTE, "5", 6, MESSAGE_END],
      [4, ORDER_CANCEL, "5", 0, MESSAGE_END],
      [5, ORDER_EXECUTE, "9", 1, MESSAGE_END],
    ]);
    // After it was executed whole the order is gone, and so is the one from before the file.
    expect(notesOf(memory)).toEqual({ "orders nasdaq:AAPL unknownOrder": 2 });
  });

  it("says when trading stops and goes on", async () => {
    const memory = await read(["34200,7,0,0,-1,-1", "34300,7,0,0,0,-1", "34400,7,0,0,1,-1"]);
    expect(memory.rows.map(({ stream, row }) => [stream, row])).toEqual(
      [-1, 0, 1].map((value, i) => [
        "measures",
        { line: i + 1, tsEvent: OPEN + i * 100_000_000, measure: "tradingStatus", value },
      ]),
    );
  });

  it("quarantines bad lines, and says that something of the book is missing", async () => {
    const good = "34200,1,5,10,1000000,1";
    const memory = await read([
      good,
      "34200,8,5,10,1000000,1",
      "x,1,5,10,1000000,1",
      "86400.1,1,5,10,1000000,1",
      "34200,1,-5,10,1000000,1",
      "34200,1,5,-10,1000000,1",
      "34200,1,5,10,100.5,1",
      "34200,1,5,10,1000000,0",
      "34200,7,0,0,2,-1",
      "34200,1,5,10,1000000",
      good,
      good,
    ]);
    expect(reasonsOf(memory)).toEqual([
      'column type: "8" is not one of 1, 2, 3, 4, 5, 6, 7',
      'column time: "x" is not seconds after midnight',
      'column time: "86400.1" is not seconds after midnight',
      'column order id: "-5" is not an order id, a whole number',
      'column size: "-10" is not a whole number of shares',
      'column price: "100.5" is not a price in ten-thousandths of a dollar',
      expect.stringMatching(/^column direction: "0" is not one of /),
      expect.stringMatching(/^column price: "2" is not one of /),
      "5 columns, not 6",
    ]);
    expect(memory.of("orders").map(({ flags }) => flags)).toEqual([
      MESSAGE_END,
      MESSAGE_END | ROWS_LOST,
      MESSAGE_END,
    ]);
  });
});

/** What may happen on a made-up day; `pick` chooses the order that it happens to. */
const event = fc.record({
  type: fc.constantFrom(1, 2, 3, 4),
  side: fc.constantFrom(1, -1),
  level: fc.nat(1),
  shares: fc.integer({ min: 1, max: 9 }),
  pick: fc.nat(),
});
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

interface Order {
  readonly id: number;
  readonly side: number;
  readonly dollars: number;
  shares: number;
}

/** Bids stand at 2 and 1 dollars, asks at 3 and 4: two levels show all of them. */
const dollarsOf = (side: number, level: number): number => (side === 1 ? 2 - level : 3 + level);

/** A line of the orderbook file: at most two levels a side, best first, empty ones last. */
function bookLine(orders: readonly Order[]): string {
  const levelsOf = (side: number): string[] => {
    const levels = [0, 1].map((level) => {
      const dollars = dollarsOf(side, level);
      const there = orders.filter((order) => order.side === side && order.dollars === dollars);
      return { dollars, shares: there.reduce((sum, { shares }) => sum + shares, 0) };
    });
    const texts = levels
      .filter(({ shares }) => shares > 0)
      .map(({ dollars, shares }) => `${dollars}0000,${shares}`);
    const none = `${-side * 9_999_999_999},0`;
    return [...texts, none, none];
  };
  const [asks, bids] = [levelsOf(-1), levelsOf(1)];
  return [asks[0], bids[0], asks[1], bids[1]].join(",");
}

/** The two files of a day all of whose orders are in the message file. */
function recordedDay(events: readonly Event[]): { lines: string[]; books: string[] } {
  let orders: Order[] = [];
  const lines: string[] = [];
  const books: string[] = [];
  for (const [i, { type, side, level, shares, pick }] of events.entries()) {
    const added = { id: i + 1, side, dollars: dollarsOf(side, level), shares };
    const picked = type === 1 ? undefined : orders[pick % Math.max(1, orders.length)];
    const order = picked ?? added;
    const size = picked === undefined || type === 3 ? order.shares : Math.min(shares, order.shares);
    lines.push(
      `${34_200 + i},${picked === undefined ? 1 : type},${order.id},${size},${order.dollars}0000,${order.side}`,
    );
    if (picked === undefined) orders.push(added);
    else picked.shares -= size;
    orders = orders.filter((one) => one.shares > 0);
    books.push(bookLine(orders));
  }
  return { lines, books };
}

describe("a LOBSTER orderbook file", () => {
  const messages = [
    "34200,1,1,10,1000000,1",
    "34201,1,2,10,1000100,-1",
    "34202,5,0,1,1000050,1",
    "34203,3,1,10,1000000,1",
  ];
  const none = "9999999999,0";
  const noBid = "-9999999999,0";
  const book = [
    `${none},1000000,10,${none},${noBid}`,
    `1000100,10,1000000,10,${none},${noBid}`,
    `1000100,10,1000000,10,${none},${noBid}`,
    `1000100,10,999900,3,${none},${noBid}`,
  ];

  it("is a snapshot first and then what changed, at the times of its message file", async () => {
    const memory = await readFiles([
      [MESSAGES, messages],
      [BOOK, book],
    ]);
    expect(memory.of("book", "nasdaq:AAPL")).toEqual(
      [
        [1, 0, BID, "100", "10", SNAPSHOT | SNAPSHOT_START | MESSAGE_END],
        [2, 1, ASK, "100.01", "10", MESSAGE_END],
        [4, 3, BID, "100", "0", 0],
        [4, 3, BID, "99.99", "3", MESSAGE_END],
      ].map(([line, seconds, side, price, size, flags]) => ({
        line,
        tsEvent: OPEN + Number(seconds) * 1_000_000,
        side,
        price: decimal(String(price)),
        size: decimal(String(size)),
        flags,
      })),
    );
    expect(memory.quarantined).toEqual([]);
    expect(skipsOf(memory)).toEqual(["3 event that changes none of the levels"]);
  });

  it("may be empty", async () => {
    const memory = await readFiles([
      [MESSAGES, messages.slice(0, 1)],
      [BOOK, [`${none},${noBid},${none},${noBid}`]],
    ]);
    expect(memory.of("book").map(({ side, flags }) => [side, flags])).toEqual([
      [NO_SIDE, SNAPSHOT | SNAPSHOT_START | MESSAGE_END],
    ]);
  });

  it("is refused without its message file, or before it, or with that of another day", async () => {
    const message = `${BOOK}: an orderbook file has no times; its message file does`;
    await expect(readFiles([[BOOK, book]])).rejects.toThrow(message);
    await expect(
      readFiles([
        [BOOK, book],
        [MESSAGES, messages],
      ]),
    ).rejects.toThrow(ConfigError);
    const other = MESSAGES.replace("06-21", "06-22");
    await expect(
      readFiles([
        [other, messages],
        [BOOK, book],
      ]),
    ).rejects.toThrow(message);
    const levels = MESSAGES.replace("message_2", "message_5");
    await expect(
      readFiles([
        [levels, messages],
        [BOOK, book],
      ]),
    ).rejects.toThrow(message);
  });

  it("is refused when it has not as many lines as its message file", async () => {
    await expect(
      readFiles([
        [MESSAGES, messages],
        [BOOK, book.slice(1)],
      ]),
    ).rejects.toThrow(
      `${BOOK}: has 3 lines and its message file 4, though each line stands for one there`,
    );
    await expect(
      readFiles([
        [MESSAGES, messages.slice(1)],
        [BOOK, book],
      ]),
    ).rejects.toThrow(`${BOOK}: has 4 lines and its message file 3`);
  });

  it("loses nothing by bad lines, its own and those of the message file", async () => {
    const bad = "34201,9,2,10,1000100,-1";
    const memory = await readFiles([
      [MESSAGES, [...messages.slice(0, 1), bad, ...messages.slice(2)]],
      [BOOK, [...book.slice(0, 2), book[2]?.replace(none, "9999999999,5") ?? "", ...book.slice(3)]],
    ]);
    expect(reasonsOf(memory)).toEqual([
      'column type: "9" is not one of 1, 2, 3, 4, 5, 6, 7',
      "the message file has no good line for this one, and so no time",
      'column ask size 2: "5" is not 0, for there is no price',
    ]);
    expect(
      memory.of("book").map(({ line, side, price, size }) => [line, side, price, size.mantissa]),
    ).toEqual([
      [1, BID, decimal("100"), 10],
      [4, BID, decimal("100"), 0],
      [4, BID, decimal("99.99"), 3],
      [4, ASK, decimal("100.01"), 10],
    ]);
  });

  it("is what the orders of its message file add up to", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 25 }), async (events) => {
        const { lines, books } = recordedDay(events);
        const memory = await readFiles([
          [MESSAGES, lines],
          [BOOK, books],
        ]);
        expect(reasonsOf(memory)).toEqual([]);
        const resting = new Map<string, { readonly level: string; readonly size: number }>();
        const shown = new Map<string, number>();
        for (let line = 1; line <= lines.length; line += 1) {
          for (const row of memory.of("orders").filter((order) => order.line === line)) {
            const before = resting.get(row.orderId)?.size ?? 0;
            const executed = row.action === ORDER_EXECUTE;
            const size = executed ? before - row.size.mantissa : row.size.mantissa;
            resting.set(row.orderId, { level: `${row.side} ${row.price.mantissa}`, size });
          }
          for (const row of memory.of("book").filter((change) => change.line === line)) {
            if (row.side !== NO_SIDE)
              shown.set(`${row.side} ${row.price.mantissa}`, row.size.mantissa);
          }
          const sums: Record<string, number> = {};
          for (const { level, size } of resting.values()) sums[level] = (sums[level] ?? 0) + size;
          for (const level of new Set([...Object.keys(sums), ...shown.keys()])) {
            expect(shown.get(level) ?? 0, `${level} after line ${line}`).toBe(sums[level] ?? 0);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("a file of LOBSTER", () => {
  const head = (name: string, text: string): boolean =>
    lobster.recognises({ name, bytes: Buffer.from(text), text });

  it("is recognised by its name and its first line together", () => {
    expect(head(MESSAGES, "34200.004241176,1,16113575,18,5853300,1\n")).toBe(true);
    expect(head(`${MESSAGES}.gz`, "34200,6,-1,500,5856100,-1\n")).toBe(true);
    expect(head(BOOK, "5859400,200,5853300,18,9999999999,0,-9999999999,0\n")).toBe(true);
    expect(head("message.csv", "34200.004241176,1,16113575,18,5853300,1\n")).toBe(false);
    expect(head(MESSAGES, "time,type,id,size,price,direction\n")).toBe(false);
    expect(head(BOOK, "34200.004241176,1,16113575,18,5853300,1\n")).toBe(false);
  });

  it("of another name needs a symbol and a day", async () => {
    const lines = ["34200,1,5,10,1000000,1"];
    await expect(read(lines, "m.csv", { symbol: "AAPL" })).rejects.toThrow(
      "m.csv: neither the file nor its name tells the symbol and the day",
    );
    const hints = { symbol: "AAPL", date: "2012-12-21" };
    expect((await read(lines, "m.csv", hints)).of("orders")[0]?.tsEvent).toBe(
      at("2012-12-21T14:30:00Z"),
    );
    const pair = [
      ["m.csv", lines],
      ["b.csv", ["9999999999,0,1000000,10"]],
    ] as const;
    expect((await readFiles(pair, hints)).of("book", "nasdaq:AAPL")).toHaveLength(1);
    await expect(read(lines, "m.csv", { ...hints, date: "2012-02-30" })).rejects.toThrow(
      'm.csv: "2012-02-30" is not a day',
    );
    await expect(read(lines, "m.csv", { ...hints, symbol: "../A" })).rejects.toThrow(ConfigError);
    await expect(read(lines, MESSAGES, { venue: "nyse" })).rejects.toThrow(ConfigError);
  });

  it("with another number of columns is refused", async () => {
    await expect(read(["34200,1,5,10,1000000"])).rejects.toThrow(
      `${MESSAGES}:1: 5 columns, where a message file has 6 and an orderbook file 4 for each level`,
    );
  });
});
