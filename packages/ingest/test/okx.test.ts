import { describe, expect, it } from "vitest";
import {
  ASK,
  BID,
  BUY,
  MESSAGE_END,
  NO_SIDE,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
  decimal,
} from "@aftershock/schema";
import type { ReadHints } from "../src/source.ts";
import { okx } from "../src/sources/okx/okx.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";

const TRADES = "instrument_name,trade_id,side,price,size,created_time";
const LEGACY = "trade_id/撮合id,side/交易方向,size/数量,price/价格,created_time/成交时间";
/** 2025-10-10 21:15:00 UTC, ms. */
const AT = 1_760_130_900_000;

async function read(
  name: string,
  lines: readonly string[],
  hints: ReadHints = {},
): Promise<MemorySink> {
  const memory = memorySink();
  const file = fileOf(name, `${lines.join("\n")}\n`);
  await okx.createReader(hints).read(file, memory.sink);
  return memory;
}

const reasons = (memory: MemorySink): string[] => memory.quarantined.map(({ reason }) => reason);
const recognised = (name: string, text: string): boolean =>
  okx.recognises({ name, text, bytes: Buffer.from(text) });

describe("okx trades", () => {
  it("reads trades of any market, with or without the source column, by the instrument's id", async () => {
    const memory = await read("BTC-USDT-SWAP-trades-2025-10-11.zip", [
      `${TRADES},source`,
      `BTC-USDT-SWAP,2885385355,sell,113000.2,14.07,${AT},0`,
      `BTC-USDT,11,buy,113010.5,7.98e-05,${AT + 1},1`,
      `BTC-USD-251226,12,buy,113010.5,1.0,${AT + 2},0`,
      `BTC-USD-251226-60000-C,485,buy,0.0001,15.0,${AT + 3},0`,
    ]);
    expect(memory.rows.map(({ venue, symbol }) => `${venue}:${symbol}`)).toEqual([
      "okex-swap:BTC-USDT-SWAP",
      "okex:BTC-USDT",
      "okex-futures:BTC-USD-251226",
      "okex-options:BTC-USD-251226-60000-C",
    ]);
    expect(memory.of("trades")[0]).toEqual({
      line: 2,
      tsEvent: AT * 1_000,
      tradeId: "2885385355",
      side: SELL,
      price: decimal("113000.2"),
      size: decimal("14.07"),
    });
    expect(memory.of("trades")[1]).toMatchObject({ side: BUY, size: decimal("0.0000798") });
    const plain = await read("x.csv", [TRADES, `BTC-USDT,11,buy,113010.5,1,${AT}`]);
    expect([plain.rows.length, ...plain.datasets]).toEqual([1, "trades:single"]);
  });

  it("reads older files: a header with Chinese names in any encoding, the size before the price", async () => {
    for (const header of [LEGACY, LEGACY.replaceAll(/\/[^,]*/g, "/\uFFFD\uFFFD")]) {
      const memory = await read("BTC-USDT-SWAP-aggtrades-2022-05-12.csv", [
        header,
        `719977054,buy,5,29000.5,1652313600000`,
        `719977050,SELL,6,29000.4,1652313599000`,
      ]);
      expect(memory.of("trades", "okex-swap:BTC-USDT-SWAP")).toMatchObject([
        { tradeId: "719977054", side: BUY, size: decimal("5"), price: decimal("29000.5") },
        { tradeId: "719977050", side: SELL, tsEvent: 1_652_313_599_000_000 },
      ]);
      expect(memory.datasets).toEqual(["trades:aggregated"]);
    }
  });

  it("reads the oldest files, which have no header, and asks for the symbol that neither rows nor name say", async () => {
    const row = "719977054,buy,5,61000.5,1640908800000";
    const memory = await read("BTC-USD-220325-trades-2021-12-31.csv", [row]);
    expect(memory.rows[0]).toMatchObject({
      venue: "okex-futures",
      symbol: "BTC-USD-220325",
      row: { line: 1 },
    });
    await expect(read("trades.csv", [row])).rejects.toThrow(/--symbol is needed/);
    await expect(read("BTC-USD-futureschain-trades-2021-12-31.csv", [row])).rejects.toThrow(
      /--symbol is needed/,
    );
    const hinted = await read("trades.csv", [row], { symbol: "BTC-USDT" });
    expect(hinted.rows[0]).toMatchObject({ venue: "okex", symbol: "BTC-USDT" });
  });

  it("quarantines bad cells, and refuses a venue that the ids contradict", async () => {
    const memory = await read("x.csv", [
      TRADES,
      `BTC/USDT,11,buy,1,1,${AT}`,
      `BTC-USDT,x,buy,1,1,${AT}`,
      `BTC-USDT,11,both,1,1,${AT}`,
      `BTC-USDT,11,buy,1,0,${AT}`,
      `BTC-USDT,11,buy,1,1,1760130900`,
      `BTC-USDT,11,buy,1,1`,
    ]);
    expect(memory.rows).toEqual([]);
    expect(reasons(memory)).toEqual([
      'column instrument_name: "BTC/USDT" is not the id of an instrument',
      'column trade_id: "x" is not an id',
      'column side: "both" is not one of buy, sell, BUY, SELL',
      'column size: "0" is not above zero',
      'column created_time: "1760130900" is not a time in whole ms or µs',
      "5 columns, not 6",
    ]);
    await expect(
      read("x.csv", [TRADES, `BTC-USDT,11,buy,1,1,${AT}`], { venue: "okex-swap" }),
    ).rejects.toThrow("--venue okex-swap: x.csv is of okex, as it shows itself");
    const archive = await read("x.csv", [TRADES, `BTC-USDT,11,buy,1,1,${AT}`], { venue: "okx" });
    expect(archive.rows[0]?.venue).toBe("okex");
  });
});

describe("okx candlesticks and funding", () => {
  it("takes the base volume from the column that holds it, which differs between spot and contracts", async () => {
    const memory = await read("ETH-USDT-SWAP-candlesticks-2025-10-11.zip", [
      "instrument_name,open,high,low,close,vol,vol_ccy,vol_quote,open_time,confirm",
      `ETH-USDT-SWAP,3839.44,3843.58,3836.71,3838.16,23503.2,2350.32,9024127.3,${AT},1`,
      `ETH-USDT,3839.44,3843.58,3836.71,3838.16,12.5,47977,47977,${AT},1`,
      `ETH-USDT,3839.44,3843.58,3836.71,3838.16,12.5,47977,47977,${AT},0`,
    ]);
    expect(memory.of("candles", "okex-swap:ETH-USDT-SWAP")).toEqual([
      {
        line: 2,
        tsEvent: AT * 1_000,
        intervalMicros: 60_000_000,
        open: decimal("3839.44"),
        high: decimal("3843.58"),
        low: decimal("3836.71"),
        close: decimal("3838.16"),
        volume: 2_350.32,
        quoteVolume: 9_024_127.3,
      },
    ]);
    expect(memory.of("candles", "okex:ETH-USDT")).toMatchObject([{ volume: 12.5 }]);
    expect(memory.skipped.map(({ reason }) => reason)).toEqual([
      "header",
      "bar that was not finished",
    ]);
  });

  it("gives the funding of every swap at its settlement", async () => {
    const memory = await read("allswap-fundingrates-2025-10-11.csv", [
      "instrument_name,funding_rate,funding_time",
      "BTC-USDT-SWAP,-0.0001,1760140800000",
      "BTC-USD-SWAP,,1760140800000",
    ]);
    expect(memory.of("tickers", "okex-swap:BTC-USDT-SWAP")).toEqual([
      {
        line: 2,
        tsEvent: 1_760_140_800_000_000,
        fundingRate: -0.0001,
        fundingTime: 1_760_140_800_000_000,
      },
    ]);
    expect(reasons(memory)).toEqual(['column funding_rate: "" is not a number']);
  });
});

describe("okx books", () => {
  const message = (
    action: string,
    bids: unknown,
    asks: unknown,
    ts: unknown = String(AT),
  ): string => JSON.stringify({ instId: "BTC-USDT-SWAP", action, ts, asks, bids });

  it("reads snapshots and updates without ids", async () => {
    const memory = await read("book.data", [
      message("snapshot", [["113000", "5", "2"]], [["113001", "7", "1"]]),
      message("update", [["113000", "0", "0"]], []),
      message("update", [], [], AT + 5),
    ]);
    const rows = memory.of("book", "okex-swap:BTC-USDT-SWAP");
    expect(rows.map(({ side, size, flags }) => [side, size.mantissa, flags])).toEqual([
      [BID, 5, SNAPSHOT_START | SNAPSHOT],
      [ASK, 7, SNAPSHOT | MESSAGE_END],
      [BID, 0, MESSAGE_END],
      [NO_SIDE, 0, MESSAGE_END],
    ]);
    expect(rows[0]).toMatchObject({ tsEvent: AT * 1_000, updateId: undefined, tsRecv: undefined });
    expect(rows[3]?.tsEvent).toBe((AT + 5) * 1_000);
  });

  it("quarantines broken messages whole", async () => {
    const memory = await read("book.data", [
      message("snapshot", [["113000", "5", "2"]], []),
      message("replace", [], []),
      message("update", [["113000", "-5", "2"]], []),
      message("update", [["-1", "5", "2"]], []),
      message("update", {}, []),
      message("update", [], [], "2025-10-10"),
      message("update", [], []).replace("BTC-USDT-SWAP", "BTC"),
    ]);
    expect(memory.rows).toHaveLength(1);
    expect(reasons(memory)).toEqual([
      'action is "replace", not "snapshot" or "update"',
      'a size in bids is "-5", not zero or more',
      'a price in bids is "-1", not a price above zero',
      "bids is {}, not a list of levels",
      'ts is "2025-10-10", not a whole number',
      'instId is "BTC", not the id of an instrument',
    ]);
  });
});

describe("okx files", () => {
  it("are recognised by header or message, and without a header by name and row", () => {
    expect(recognised("x", `${TRADES},source\n`)).toBe(true);
    expect(recognised("x", `${LEGACY}\n`)).toBe(true);
    expect(recognised("x", "instrument_name,funding_rate,funding_time\n")).toBe(true);
    const row = "719977054,buy,5,61000.5,1640908800000\n";
    expect(recognised("BTC-USD-220325-trades-2021-12-31.csv", row)).toBe(true);
    expect(recognised("x", row)).toBe(false);
    expect(
      recognised("x", `{"instId":"BTC-USDT","action":"snapshot","ts":"${AT}","asks":[["1"`),
    ).toBe(true);
    expect(
      recognised("x", '{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"snapshot"'),
    ).toBe(false);
  });

  it("are refused when they hold something else", async () => {
    await expect(read("t.csv", ["a,b,c"])).rejects.toThrow(
      /t\.csv:1: "a,b,c" is no message of OKX's order book archive and begins none of its tables; expected trades \(instrument_name,/,
    );
  });

  it("say what their instruments are as far as the id tells", () => {
    expect(okx.terms("okex", "WBETH-ETH", 0)).toMatchObject({
      kind: "spot",
      contract: "linear",
      base: "WBETH",
      quote: "ETH",
    });
    expect(okx.terms("okex-swap", "PEPE-USDT-SWAP", 0)).toMatchObject({
      kind: "perpetual",
      contract: "unknown",
    });
    expect(okx.terms("okex-swap", "BTC-USDT-SWAP", 0)).toMatchObject({
      contract: "linear",
      multiplier: 0.01,
    });
    expect(okx.terms("okex-options", "BTC-USD-251226-60000-C", 0)).toMatchObject({
      kind: "option",
    });
  });
});
