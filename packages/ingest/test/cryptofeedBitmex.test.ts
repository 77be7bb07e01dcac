import {
  METHOD_MARKET,
  PRICE_LIMIT,
  ROWS_LOST,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { cryptofeed } from "../src/sources/cryptofeed/cryptofeed.ts";
import { at, captureSample, messagesOf, plain, START } from "./captured.ts";

const FIRST = SNAPSHOT | SNAPSHOT_START;

describe("cryptofeed: BitMEX", () => {
  const ID = "bitmex:ABCM23";
  const book = (action: string, ...data: object[]): string =>
    at(9, {
      table: "orderBookL2",
      action,
      data: data.map((row) => ({ symbol: "ABCM23", ...row })),
    });

  it("turns ids into absolute sizes at prices", async () => {
    const memory = await captureSample("BITMEX.ws.1.0");
    expect(messagesOf(memory, ID)).toEqual([
      { flags: [FIRST, SNAPSHOT], levels: ["ask 101.5 300", "bid 100.5 200"] },
      { flags: [0], levels: ["bid 101 50"] },
      { flags: [0], levels: ["bid 100.5 75"] },
      { flags: [0], levels: ["ask 101.5 0"] },
    ]);
    expect(memory.notes.size).toBe(0);
  });

  it("deletes a level on the side that it turns away from", async () => {
    const memory = await captureSample("BITMEX.ws.1.0", [
      book("update", { id: 9002, side: "Sell", size: 60 }),
    ]);
    expect(messagesOf(memory, ID).at(-1)?.levels).toEqual(["bid 100.5 0", "ask 100.5 60"]);
  });

  it("notes unknown ids; after an update of one the book says that it lacks a level", async () => {
    const memory = await captureSample("BITMEX.ws.1.0", [
      book("delete", { id: 1, side: "Buy" }),
      book("update", { id: 2, side: "Buy", size: 5 }, { id: 9003, side: "Buy", size: 5 }),
    ]);
    expect(messagesOf(memory, ID).slice(-2)).toEqual([
      { flags: [0], levels: ["nothing"] },
      { flags: [ROWS_LOST], levels: ["bid 101 5"] },
    ]);
    expect(memory.notes.get(`book ${ID} unknownIds`)).toBe(2);
  });

  it("skips changes before a book's snapshot, and takes a partial without rows for an empty book", async () => {
    const memory = await captureSample("BITMEX.ws.1.0", [
      at(9, {
        table: "orderBookL2",
        action: "delete",
        data: [{ symbol: "XYZU23", id: 1, side: "Buy" }],
      }),
      at(9, { table: "orderBookL2", action: "partial", filter: { symbol: "XYZU23" }, data: [] }),
    ]);
    expect(memory.skipped.at(-1)?.reason).toBe("change of a book before its snapshot");
    expect(messagesOf(memory, "bitmex:XYZU23")).toEqual([{ flags: [FIRST], levels: ["nothing"] }]);
  });

  it("gives each instrument of a message a message of its own", async () => {
    const row = { side: "Sell", size: 1, price: 5 };
    const memory = await captureSample("BITMEX.ws.1.0", [
      at(9, {
        table: "orderBookL2",
        action: "partial",
        data: [
          { symbol: "XYZU23", id: 1, ...row },
          { symbol: "XYZZ23", id: 2, ...row },
        ],
      }),
    ]);
    for (const id of ["bitmex:XYZU23", "bitmex:XYZZ23"]) {
      expect(messagesOf(memory, id)).toEqual([{ flags: [FIRST], levels: ["ask 5 1"] }]);
    }
  });

  it("reads trades, quotes with a side that nobody quotes, liquidations without the venue's clock, and marks", async () => {
    const memory = await captureSample("BITMEX.ws.1.0");
    expect(memory.of("trades", ID).map(plain)).toMatchObject([
      { tradeId: "m-1", side: SELL, price: 101, size: 25, tsEvent: START + 5_125_000 },
    ]);
    expect(memory.of("quotes", ID).map(plain)).toMatchObject([
      { bidPrice: 101, bidSize: 50, askPrice: undefined, askSize: undefined },
    ]);
    expect(memory.of("liquidations", ID).map(plain)).toEqual([
      {
        tsRecv: START + 7_250_000,
        line: 9,
        liquidationId: "o-1",
        side: SELL,
        price: 99.5,
        size: 1200,
        method: METHOD_MARKET,
        priceKind: PRICE_LIMIT,
      },
    ]);
    expect(memory.of("tickers", ID)).toMatchObject([{ markPrice: 100.75, openInterest: 5000 }]);
  });

  it("keeps what was said of an instrument before: a message says only what has changed", async () => {
    const instrument = (values: object): string =>
      at(9, {
        table: "instrument",
        action: "update",
        data: [{ symbol: "ABCM23", timestamp: "2023-11-14T22:13:29.125Z", ...values }],
      });
    const memory = await captureSample("BITMEX.ws.1.0", [
      instrument({ fundingRate: 0.0003, fundingTimestamp: "2023-11-15T04:00:00.000Z" }),
      instrument({ volume: 5 }),
    ]);
    expect(memory.of("tickers").at(-1)).toMatchObject({
      markPrice: 100.75,
      fundingRate: 0.0003,
      fundingTime: START + 20_800_000_000,
    });
    expect(memory.of("tickers")).toHaveLength(2);
    expect(memory.skipped.at(-1)?.reason).toBe("instrument without a price, rate or open interest");
  });

  it("stores prints of an index, whose names begin with a dot, as an instrument of their own", async () => {
    const timestamp = "2023-11-14T22:13:29.125Z";
    const memory = await captureSample("BITMEX.ws.1.0", [
      at(9, {
        table: "trade",
        action: "insert",
        data: [{ timestamp, symbol: ".BABC", side: "Buy", size: 0, price: 5.25 }],
      }),
    ]);
    expect(memory.of("tickers", "bitmex:BABC@index")).toMatchObject([{ indexPrice: 5.25 }]);
    expect(memory.of("trades")).toHaveLength(1);
    expect(cryptofeed.terms("bitmex", "BABC@index", START).kind).toBe("index");
  });

  it("skips trades off the book, and keeps one without an aggressor", async () => {
    const row = { timestamp: "2023-11-14T22:13:29.125Z", symbol: "ABCM23", size: 1, price: 5 };
    const memory = await captureSample("BITMEX.ws.1.0", [
      at(9, { table: "trade", action: "insert", data: [{ ...row, trdType: "Settlement" }] }),
      at(9, {
        table: "trade",
        action: "insert",
        data: [{ ...row, side: "", trdMatchID: "00000000-0000-0000-0000-000000000000" }],
      }),
    ]);
    expect(memory.skipped.at(-1)?.reason).toBe("trade off the book (Settlement)");
    expect(memory.of("trades").slice(1)).toMatchObject([{ side: 0, tradeId: undefined }]);
  });

  it.each([
    [book("insert", { id: 5, side: "Buy", size: 1 }), "price is missing"],
    [book("insert", { id: 5, side: "Both", size: 1, price: 1 }), "side is"],
    [book("insert", { id: "x", side: "Buy", size: 1, price: 1 }), "id is"],
    [book("upsert"), "action is"],
    [at(9, { table: "trade", action: "insert", data: [5] }), "a row of data"],
    [at(9, {}), "neither of a table nor a reply"],
  ])("quarantines %s", async (line, reason) => {
    const memory = await captureSample("BITMEX.ws.1.0", [line]);
    expect(memory.quarantined).toMatchObject([{ reason: expect.stringContaining(reason) }]);
  });
});
