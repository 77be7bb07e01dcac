import { describe, expect, it } from "vitest";
import {
  ASK,
  BID,
  BUY,
  MESSAGE_END,
  ORDER_ADD,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
  decimal,
} from "@aftershock/schema";
import type { ReadHints } from "../src/source.ts";
import { coinbase } from "../src/sources/coinbase/coinbase.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";

async function read(name: string, content: unknown, hints: ReadHints = {}): Promise<MemorySink> {
  const memory = memorySink();
  const text = typeof content === "string" ? content : JSON.stringify(content);
  await coinbase.createReader(hints).read(fileOf(name, text), memory.sink);
  return memory;
}

const snapshot = (fields: Readonly<Record<string, unknown>>): unknown => ({
  product: "BTC-USD",
  level: 2,
  captured_at: "2026-08-07T20:04:08Z",
  sequence: 133_905_821_961,
  l3_depth: null,
  truncated: false,
  bids: [
    ["64930.57", "0.077", 1],
    ["64930", "1.5", 2],
  ],
  asks: [["64931", "2", 3]],
  ...fields,
});

const AT = Date.parse("2026-08-07T20:04:08Z") * 1_000;
const reasons = (memory: MemorySink): string[] => memory.quarantined.map(({ reason }) => reason);
const recognised = (content: unknown): boolean => {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return coinbase.recognises({ name: "x", text, bytes: Buffer.from(text) });
};

describe("coinbase snapshots", () => {
  it("reads level 2 as a snapshot of the book with the product's sequence", async () => {
    const memory = await read("x.json", snapshot({}));
    const common = { line: 1, tsRecv: AT, updateId: 133_905_821_961 };
    expect(memory.of("book", "coinbase:BTC-USD")).toEqual([
      {
        ...common,
        side: BID,
        price: decimal("64930.57"),
        size: decimal("0.077"),
        flags: SNAPSHOT | SNAPSHOT_START,
      },
      { ...common, side: BID, price: decimal("64930"), size: decimal("1.5"), flags: SNAPSHOT },
      {
        ...common,
        side: ASK,
        price: decimal("64931"),
        size: decimal("2"),
        flags: SNAPSHOT | MESSAGE_END,
      },
    ]);
    expect(memory.notes).toEqual(new Map());
  });

  it("reads level 3 as a snapshot of orders, and notes one that was cut", async () => {
    const orders = { bids: [["64930.57", "0.077", "a-1"]], asks: [["64931", "2", "b-2"]] };
    const memory = await read("x.json", snapshot({ ...orders, level: 3, truncated: true }));
    expect(memory.of("orders", "coinbase:BTC-USD")).toEqual([
      {
        line: 1,
        tsRecv: AT,
        updateId: 133_905_821_961,
        orderId: "a-1",
        action: ORDER_ADD,
        side: BID,
        price: decimal("64930.57"),
        size: decimal("0.077"),
        flags: SNAPSHOT | SNAPSHOT_START,
      },
      {
        line: 1,
        tsRecv: AT,
        updateId: 133_905_821_961,
        orderId: "b-2",
        action: ORDER_ADD,
        side: ASK,
        price: decimal("64931"),
        size: decimal("2"),
        flags: SNAPSHOT | MESSAGE_END,
      },
    ]);
    expect(memory.notes.get("orders coinbase:BTC-USD depthLimited")).toBe(1);
  });

  it("reads the API's own reply, its level by its third parts, its product by the name or the user", async () => {
    const reply = {
      bids: [["64930", "1", "a-1"]],
      asks: [],
      sequence: 5,
      time: "2026-08-07T20:04:08.123456Z",
    };
    const memory = await read("BTC-USD-book.json", reply);
    expect(memory.of("orders", "coinbase:BTC-USD")).toMatchObject([
      { tsEvent: AT + 123_456, orderId: "a-1", flags: SNAPSHOT | SNAPSHOT_START | MESSAGE_END },
    ]);
    await expect(read("book.json", reply)).rejects.toThrow(/--symbol is needed/);
    const hinted = await read(
      "book.json",
      { ...reply, bids: [["1", "2", 3]] },
      { symbol: "ETH-USD" },
    );
    expect(hinted.rows).toMatchObject([{ stream: "book", symbol: "ETH-USD" }]);
  });

  it("quarantines a snapshot as a whole", async () => {
    const bad = [
      snapshot({ captured_at: "yesterday" }),
      snapshot({ captured_at: null }),
      snapshot({ sequence: -1 }),
      snapshot({ bids: [["64930", "-1", 1]] }),
      snapshot({ asks: [["0", "1", 1]] }),
      snapshot({ level: 3 }),
      snapshot({ level: 3, bids: [], asks: [] }),
      snapshot({ product: "BTC/USD" }),
      snapshot({ bids: {} }),
    ];
    const found = await Promise.all(bad.map(async (one) => reasons(await read("x.json", one))));
    expect(found.flat()).toEqual([
      'captured_at is "yesterday", not a UTC time YYYY-MM-DD HH:MM:SS',
      "the snapshot has neither time nor captured_at",
      "sequence is -1, not a whole number",
      'a size in bids is "-1", not zero or more',
      'a price in asks is "0", not a price above zero',
      "an id in bids is 1, not text",
      "the snapshot holds no order",
      'product is "BTC/USD", not a product\'s name',
      "bids is {}, not a list of levels",
    ]);
  });
});

describe("coinbase lists", () => {
  const trade = (id: number, side: string, time: string): unknown => ({
    trade_id: id,
    side,
    size: "0.01",
    price: "65000.5",
    time,
  });
  const NOW = "2026-08-07T20:04:08.5Z";

  it("turns the side of a trade round, for the API gives the maker's", async () => {
    const memory = await read("BTC-USD-trades.json", [
      trade(12, "buy", NOW),
      trade(11, "sell", "2026-08-07T20:04:08.25Z"),
    ]);
    expect(memory.of("trades", "coinbase:BTC-USD")).toEqual([
      {
        line: 1,
        tsEvent: AT + 500_000,
        tradeId: "12",
        side: SELL,
        price: decimal("65000.5"),
        size: decimal("0.01"),
      },
      {
        line: 2,
        tsEvent: AT + 250_000,
        tradeId: "11",
        side: BUY,
        price: decimal("65000.5"),
        size: decimal("0.01"),
      },
    ]);
  });

  it("puts trades of one instant into the order of their ids", async () => {
    const memory = await read("BTC-USD-trades.json", [
      trade(14, "buy", NOW),
      trade(13, "buy", NOW),
      trade(12, "buy", NOW),
      trade(11, "buy", "2026-08-07T20:04:08Z"),
    ]);
    expect(memory.of("trades").map(({ tradeId }) => tradeId)).toEqual(["12", "13", "14", "11"]);
  });

  it("reads bars, whose low and high stand before open and close, oldest first", async () => {
    const memory = await read(
      "candles.json",
      [
        [1_786_131_960, 90, 120, 100, 110, 12.5],
        [1_786_131_900, 80, 105, 95, 100, 3],
        [1_786_131_840, 80, 105, 95, 100],
      ],
      { symbol: "BTC-USD" },
    );
    expect(memory.of("candles", "coinbase:BTC-USD")).toMatchObject([
      { tsEvent: 1_786_131_900_000_000, open: decimal("95"), low: decimal("80") },
      {
        line: 1,
        tsEvent: 1_786_131_960_000_000,
        intervalMicros: 60_000_000,
        open: decimal("100"),
        high: decimal("120"),
        low: decimal("90"),
        close: decimal("110"),
        volume: 12.5,
      },
    ]);
    expect(memory.datasets).toEqual(["bars-1m"]);
    expect(reasons(memory)).toEqual(["the bar has 5 values, not 6"]);
  });

  it("quarantines bad trades, and refuses what is no list", async () => {
    const memory = await read("BTC-USD-trades.json", [
      trade(1, "up", NOW),
      trade(-1, "buy", NOW),
      trade(1, "buy", "2026-08-07"),
      { ...(trade(1, "buy", NOW) as object), size: "0" },
      7,
    ]);
    expect(reasons(memory)).toEqual([
      'side is "up", not "buy" or "sell"',
      "trade_id is -1, not a whole number",
      'time is "2026-08-07", not a UTC time YYYY-MM-DD HH:MM:SS',
      'size is "0", not above zero',
      "the record is neither an object nor a bar",
    ]);
    await expect(read("x.json", "hello")).rejects.toThrow(
      "x.json: is neither a snapshot of a book nor a list of trades or bars",
    );
    await expect(read("x.json", [], { venue: "kraken" })).rejects.toThrow(/is of coinbase/);
  });
});

describe("coinbase files", () => {
  it("are recognised as filed snapshots or by the fields of the first trade", () => {
    expect(recognised(snapshot({}))).toBe(true);
    expect(recognised([{ trade_id: 1, side: "buy", size: "1", price: "1", time: "t" }])).toBe(true);
    expect(recognised([{ trade_id: 1, side: "buy", size: "1", price: "1", time: "t", x: 1 }])).toBe(
      false,
    );
    expect(recognised([[1_786_131_960, 90, 120, 100, 110, 12.5]])).toBe(false);
    expect(recognised({ bids: [], asks: [] })).toBe(false);
  });

  it("say that their instruments are spot", () => {
    expect(coinbase.terms("coinbase", "BTC-USD", 0)).toMatchObject({
      kind: "spot",
      contract: "linear",
      base: "BTC",
      quote: "USD",
    });
  });
});
