import {
  BUY,
  METHOD_MARKET,
  PRICE_BANKRUPTCY,
  ROWS_LOST,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { cryptofeed } from "../src/sources/cryptofeed/cryptofeed.ts";
import { at, capture, messagesOf, plain, START } from "./captured.ts";
import { captureVenue, lossesOf, venueLines } from "./capturedVenue.ts";
import { notesOf, reasonsOf } from "./readWith.ts";

const ID = "bybit:ABCUSDT";
const SAMPLE = "BYBIT.ws.1.0";
const LAST = venueLines(SAMPLE).length;

const level = (price: string, side: string, size?: unknown): object => ({
  price,
  symbol: "ABCUSDT",
  id: price,
  side,
  size,
});

/** An update of the book as the inverse feed writes it: numbers, not text. */
const delta = (sequence: number, changes: object): string =>
  at(9, {
    topic: "orderBookL2_25.ABCUSDT",
    type: "delta",
    data: { delete: [], update: [], insert: [], ...changes },
    cross_seq: sequence,
    timestamp_e6: 1_700_000_009_000_001,
  });

describe("cryptofeed: Bybit", () => {
  it("reads snapshot and deltas: delete, update, insert; the venue's clock is in µs", async () => {
    const memory = await captureVenue(SAMPLE);
    expect(messagesOf(memory, ID)).toEqual([
      {
        flags: [SNAPSHOT | SNAPSHOT_START, SNAPSHOT, SNAPSHOT],
        levels: ["bid 9.95 12.5", "bid 10 642.60004", "ask 10.05 7"],
      },
      { flags: [0, 0, 0], levels: ["bid 9.95 0", "ask 10.05 8.25", "ask 10.1 3"] },
    ]);
    expect(memory.of("book").map(({ tsEvent }) => tsEvent)).toEqual([
      ...Array.from({ length: 3 }, () => START + 1_001_000),
      ...Array.from({ length: 3 }, () => START + 2_001_500),
    ]);
    expect(memory.quarantined).toEqual([]);
  });

  it("gives rows no id: cross_seq chains nothing", async () => {
    const memory = await captureVenue(SAMPLE);
    expect(memory.of("book").every((row) => row.updateId === undefined)).toBe(true);
  });

  it("reads the snapshot of the inverse feed, a list, and its numbers", async () => {
    const memory = await captureVenue(SAMPLE, [
      at(9, {
        topic: "orderBookL2_25.XYZUSD",
        type: "snapshot",
        data: [{ price: "60591.50", symbol: "XYZUSD", id: 605915000, side: "Buy", size: 6005 }],
        cross_seq: 5,
        timestamp_e6: 1_700_000_009_000_001,
      }),
    ]);
    expect(messagesOf(memory, "bybit:XYZUSD")).toMatchObject([{ levels: ["bid 60591.5 6005"] }]);
  });

  it("takes the trade's side as the taker's, and its own time in ms", async () => {
    const memory = await captureVenue(SAMPLE);
    expect(memory.of("trades", ID).map(plain)).toEqual([
      {
        tsEvent: START + 3_123_000,
        tsRecv: START + 3_250_000,
        line: 6,
        tradeId: "t-1",
        side: SELL,
        price: 10.05,
        size: 0.5,
      },
    ]);
  });

  it("turns the side of a liquidation: Buy is a long, whose forced order sells", async () => {
    const v5 = {
      updatedTime: 1_700_000_009_001,
      symbol: "ABCUSDT",
      side: "Sell",
      size: "0.003",
      price: "11.5",
    };
    const memory = await captureVenue(SAMPLE, [
      at(9, { topic: "liquidation.ABCUSDT", type: "snapshot", ts: 1_700_000_009_002, data: v5 }),
    ]);
    const how = { method: METHOD_MARKET, priceKind: PRICE_BANKRUPTCY };
    expect(memory.of("liquidations", ID).map(plain)).toMatchObject([
      { side: SELL, price: 9.5, size: 25, tsEvent: START + 4_001_000, ...how },
      { side: BUY, price: 11.5, size: 0.003, tsEvent: START + 9_001_000, ...how },
    ]);
  });

  it("leaves out trades from before the connection, alone or among others", async () => {
    const trade = (id: string, time: number): object => ({
      symbol: "ABCUSDT",
      price: 10,
      size: 1,
      trade_time_ms: time,
      side: "Buy",
      trade_id: id,
    });
    const memory = await captureVenue(SAMPLE, [
      at(9, { topic: "trade.ABCUSDT", data: [trade("old", 1_699_999_990_000)] }),
      at(9, {
        topic: "trade.ABCUSDT",
        data: [trade("old", 1_699_999_990_000), trade("new", 1_700_000_008_000)],
      }),
    ]);
    expect(memory.of("trades").map(({ tradeId }) => tradeId)).toEqual(["t-1", "new"]);
    expect(memory.skipped.at(-1)).toMatchObject({ reason: "trade from before the connection" });
  });

  it.each([
    ["an insertion of a level that is there", { insert: [level("10.05", "Sell", 1)] }],
    ["an update of one that is not", { update: [level("10.15", "Sell", 1)] }],
    ["a deletion of one that is not", { delete: [level("10.05", "Buy")] }],
  ])("marks the row at which %s shows that a message is missing", async (_, changes) => {
    const memory = await captureVenue(SAMPLE, [
      delta(105, { update: [level("10.05", "Sell", 2)] }),
      delta(106, changes),
      delta(107, { insert: [level("9.90", "Buy", 2)] }),
    ]);
    expect(lossesOf(memory)).toEqual([LAST + 2]);
    expect(notesOf(memory)).toEqual({ [`book ${ID} contradictions`]: 1 });
  });

  it("finds the message that was left out: its level is deleted without having been there", async () => {
    const lines = [
      ...venueLines(SAMPLE),
      delta(105, { insert: [level("9.90", "Buy", 2)] }),
      delta(106, { delete: [level("9.90", "Buy")] }),
    ];
    expect(lossesOf(await capture([SAMPLE, lines]))).toEqual([]);
    const cut = lines.toSpliced(-2, 1);
    expect(lossesOf(await capture([SAMPLE, cut]))).toEqual([LAST + 1]);
  });

  it("marks a step back of cross_seq, once, until the next snapshot", async () => {
    const snapshot = venueLines(SAMPLE)[3] ?? "";
    const memory = await captureVenue(SAMPLE, [
      delta(104, { update: [level("10.05", "Sell", 1)] }),
      delta(90, { update: [level("10.05", "Sell", 2)] }),
      snapshot,
      delta(99, { update: [level("10.05", "Sell", 3)] }),
    ]);
    expect(lossesOf(memory)).toEqual([LAST + 2, LAST + 4]);
    expect(messagesOf(memory, ID).at(-1)).toEqual({ flags: [ROWS_LOST], levels: ["ask 10.05 3"] });
  });

  it("marks what comes after the connection was opened again, up to the snapshot", async () => {
    const again = "wss://stream.bybit.com/realtime_public <-> 1700000008.5";
    const update = delta(200, { update: [level("10.05", "Sell", 1)] });
    expect(lossesOf(await captureVenue(SAMPLE, [again, update]))).toEqual([LAST + 2]);
    const snapshot = venueLines(SAMPLE)[3] ?? "";
    expect(lossesOf(await captureVenue(SAMPLE, [again, snapshot, update]))).toEqual([]);
  });

  it("stores one of two depths of a book, and skips topics it does not know", async () => {
    const other = delta(105, { update: [level("10.05", "Sell", 1)] }).replace(
      "orderBookL2_25",
      "orderBook_200.100ms",
    );
    const memory = await captureVenue(SAMPLE, [
      other,
      at(9, { topic: "instrument_info.100ms.ABCUSDT", type: "snapshot", data: {} }),
    ]);
    expect(memory.skipped.slice(-2).map(({ reason }) => reason)).toEqual([
      "orderBook_200.100ms of an instrument whose orderBookL2_25 is stored",
      "topic instrument_info.100ms",
    ]);
  });

  it.each([
    ["a side in another language", level("10", "buy", 1), 'side is "buy", not "Buy" or "Sell"'],
    ["a price of zero", level("0", "Buy", 1), 'price is "0", not a price above zero'],
    ["a size below zero", level("10", "Buy", -1), "size is -1, not zero or more"],
    ["a size that is missing", level("10", "Buy"), "size is missing, not a decimal number"],
    ["another symbol", { ...level("10", "Buy", 1), symbol: "XYZ" }, 'symbol is "XYZ", not ABCUSDT'],
    ["a level that is null", null, "a level is null, not an object"],
  ])("quarantines an update with %s, whole", async (_, bad, reason) => {
    const memory = await captureVenue(SAMPLE, [
      delta(105, { update: [level("10.05", "Sell", 1), bad] }),
    ]);
    expect(reasonsOf(memory)).toEqual([expect.stringContaining(reason)]);
    expect(memory.of("book").every(({ line }) => line <= LAST)).toBe(true);
  });

  it("says what the names say of the contracts", () => {
    const terms = (symbol: string): unknown => cryptofeed.terms("bybit", symbol, START);
    expect(terms("ABCUSDT")).toMatchObject({ kind: "perpetual", contract: "linear", base: "ABC" });
    expect(terms("ABCUSD")).toMatchObject({
      kind: "perpetual",
      contract: "inverse",
      settle: "ABC",
    });
    expect(terms("ABCUSDM21")).toMatchObject({ kind: "future", contract: "inverse" });
  });
});
