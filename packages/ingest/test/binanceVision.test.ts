import { describe, expect, it } from "vitest";
import { BUY, SELL, decimal } from "@aftershock/schema";
import type { ReadHints } from "../src/source.ts";
import { binanceVision } from "../src/sources/binance-vision/binanceVision.ts";
import { visionTerms } from "../src/sources/binance-vision/visionTerms.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";

const AGGREGATES =
  "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker";
const TRADES = "id,price,qty,quote_qty,time,is_buyer_maker";
const KLINES =
  "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore";
const DAY = "2024-08-05";
/** 2024-08-05 00:00:00 UTC, ms. */
const MIDNIGHT = 1_722_816_000_000;

async function read(
  name: string,
  lines: readonly string[],
  hints: ReadHints = {},
): Promise<MemorySink> {
  const memory = memorySink();
  const file = fileOf(name, `${lines.join("\n")}\n`);
  await binanceVision.createReader(hints).read(file, memory.sink);
  return memory;
}

const reasons = (memory: MemorySink): string[] => memory.quarantined.map(({ reason }) => reason);
const skips = (memory: MemorySink): string[] =>
  memory.skipped.map(({ line, reason }) => `${line.number} ${reason}`);
const recognised = (name: string, text: string): boolean =>
  binanceVision.recognises({ name, text, bytes: Buffer.from(text) });

describe("binance-vision trades", () => {
  it("reads USD-M aggregates: ms to µs, and a true maker flag is a sell", async () => {
    const memory = await read(`BTCUSDT-aggTrades-${DAY}.zip`, [
      AGGREGATES,
      `7,58000.10,0.015,10,12,${MIDNIGHT + 5},true`,
      `8,58000.20,2,13,13,${MIDNIGHT + 6},false`,
    ]);
    expect(memory.of("trades", "binance-usdm:BTCUSDT")).toEqual([
      {
        line: 2,
        tsEvent: (MIDNIGHT + 5) * 1_000,
        tradeId: "7",
        side: SELL,
        price: decimal("58000.1"),
        size: decimal("0.015"),
      },
      {
        line: 3,
        tsEvent: (MIDNIGHT + 6) * 1_000,
        tradeId: "8",
        side: BUY,
        price: decimal("58000.2"),
        size: decimal("2"),
      },
    ]);
    expect(skips(memory)).toEqual(["1 header"]);
    expect(memory.datasets).toEqual(["trades:aggregated"]);
  });

  it("reads a file without a header from its first line on, and gives aggregates and trades one data set", async () => {
    const aggregates = await read("BTCUSDT-aggTrades-2021-01-02.csv", [
      `7,58000.10,0.015,10,12,${MIDNIGHT},false`,
    ]);
    const trades = await read("BTCUSDT-trades-2021-01-02.csv", [
      `10,58000.1,0.015,870.0,${MIDNIGHT},false`,
    ]);
    expect(aggregates.rows[0]).toMatchObject({
      venue: "binance-usdm",
      row: { line: 1, tradeId: "7" },
    });
    expect(trades.rows[0]).toMatchObject({
      venue: "binance-usdm",
      row: { tradeId: "10", side: BUY },
    });
    expect([...aggregates.datasets, ...trades.datasets]).toEqual([
      "trades:aggregated",
      "trades:single",
    ]);
  });

  it("knows spot by its extra column, and takes µs and ms in one file, each by its digits", async () => {
    const memory = await read("BTCUSDT-aggTrades-2025-01.csv", [
      `7,93000.01,0.1,10,12,1735689600123456,False,True`,
      `8,93000.01,0.1,13,13,1735689599999,True,True`,
    ]);
    expect(
      memory.of("trades", "binance:BTCUSDT").map(({ tsEvent, side }) => [tsEvent, side]),
    ).toEqual([
      [1_735_689_600_123_456, BUY],
      [1_735_689_599_999_000, SELL],
    ]);
    const trades = await read("BTCUSDT-trades-2025-01-01.zip", [
      "1,93000,0.1,9300,1735689600000001,True,True",
    ]);
    expect(trades.of("trades", "binance:BTCUSDT")).toMatchObject([
      { tsEvent: 1_735_689_600_000_001 },
    ]);
  });

  it("knows COIN-M by the symbol and reads its own header; sizes are contracts", async () => {
    const memory = await read(`BTCUSD_PERP-trades-${DAY}.zip`, [
      TRADES.replace("quote_qty", "base_qty"),
      `1,58000.1,83.0,0.14310344,${MIDNIGHT},true`,
    ]);
    expect(memory.of("trades", "binance-coinm:BTCUSD_PERP")).toMatchObject([
      { size: decimal("83"), side: SELL },
    ]);
    const future = await read(`ETHUSD_240927-aggTrades-${DAY}.zip`, [
      `7,2300.1,5,10,12,${MIDNIGHT},false`,
    ]);
    expect(future.rows[0]).toMatchObject({ venue: "binance-coinm", symbol: "ETHUSD_240927" });
  });

  it("quarantines what is no trade, naming the cell, and never reads a side from other words", async () => {
    const memory = await read(`BTCUSDT-aggTrades-${DAY}.csv`, [
      AGGREGATES,
      `7,58000.1,0.015,10,12,${MIDNIGHT},1`,
      `8,58000.1,0,10,12,${MIDNIGHT},true`,
      `9,-1,1,10,12,${MIDNIGHT},true`,
      `-1,58000.1,1,10,12,${MIDNIGHT},true`,
      `11,58000.1,1,10,12,1722816000,true`,
      `12,58000.1,1,10,12,${MIDNIGHT}`,
      `13,5800x,1,10,12,${MIDNIGHT},true`,
      "",
      AGGREGATES,
    ]);
    expect(memory.rows).toEqual([]);
    expect(reasons(memory)).toEqual([
      'column is_buyer_maker: "1" is not one of true, True, false, False',
      'column quantity: "0" is not a size above zero',
      'column price: "-1" is not a price above zero',
      'column agg_trade_id: "-1" is not an id',
      'column transact_time: "1722816000" is not a time in whole ms or µs',
      "6 columns, not 7",
      'column price: "5800x" is not a decimal number of at most 18 decimals that fits 2^53',
    ]);
    expect(skips(memory)).toEqual(["1 header", "9 blank line", "10 repeated header"]);
  });

  it("takes a damaged first line of a file without a header for a bad row, not for a header", async () => {
    const memory = await read("BTCUSDT-trades-2021-01-02.csv", [
      `10,58000.1,0.015,870.0,${MIDNIGHT},fxlse`,
      `11,58000.1,0.015,870.0,${MIDNIGHT},false`,
    ]);
    expect(memory.rows).toHaveLength(1);
    expect(memory.quarantined.map(({ line }) => line.number)).toEqual([1]);
  });

  it("reads the listing of a sweep with calendar times, once told whose it is", async () => {
    const lines = [
      "aggregate_trade_id,price,quantity_atom,first_trade_id,last_trade_id,time_utc,buyer_is_maker",
      "5,1.5,78.85,1,1,2025-10-10T21:20:37.689043Z,True",
    ];
    const memory = await read("sweep.csv", lines, { venue: "binance", symbol: "ATOMUSDT" });
    expect(memory.of("trades", "binance:ATOMUSDT")).toMatchObject([
      { tsEvent: 1_760_131_237_689_043, side: SELL },
    ]);
    await expect(read("sweep.csv", lines, { venue: "binance" })).rejects.toThrow(
      /--symbol is needed/,
    );
    await expect(read("sweep.csv", lines, { symbol: "ATOMUSDT" })).rejects.toThrow(
      /--venue is needed/,
    );
  });
});

describe("binance-vision bars", () => {
  const bar = (open: number, cells = "1,3,0.5,2,10", rest = "20,4,6,12,0"): string =>
    `${open},${cells},${open + 59_999},${rest}`;

  it("reads a bar with its interval, and the data set by the interval", async () => {
    const memory = await read("LUNAUSDT-1m-2022-05.zip", [bar(MIDNIGHT)], { venue: "binance" });
    expect(memory.of("candles", "binance:LUNAUSDT")).toEqual([
      {
        line: 1,
        tsEvent: MIDNIGHT * 1_000,
        intervalMicros: 60_000_000,
        open: decimal("1"),
        high: decimal("3"),
        low: decimal("0.5"),
        close: decimal("2"),
        volume: 10,
        quoteVolume: 20,
        trades: 4,
        takerBuyVolume: 6,
      },
    ]);
    expect(memory.datasets).toEqual(["klines-1m"]);
  });

  it("asks for --venue where spot and USD-M look the same, and not where µs or one second say spot", async () => {
    await expect(read("BTCUSDT-1m-2022-05.zip", [bar(MIDNIGHT)])).rejects.toThrow(
      /BTCUSDT-1m-2022-05\.zip: BTCUSDT could be of Binance spot or of USD-M futures.*--venue is needed/,
    );
    const micros = await read("BTCUSDT-1m-2025-01.zip", [
      "1735689600000000,1,3,0.5,2,10,1735689659999999,20,4,6,12,0",
    ]);
    expect(micros.rows[0]).toMatchObject({
      venue: "binance",
      row: { tsEvent: 1_735_689_600_000_000, intervalMicros: 60_000_000 },
    });
    const second = await read("BTCUSDT-1s-2024-08-05.zip", [
      `${MIDNIGHT},1,3,0.5,2,10,${MIDNIGHT + 999},20,4,6,12,0`,
    ]);
    expect(second.rows[0]).toMatchObject({ venue: "binance", row: { intervalMicros: 1_000_000 } });
  });

  it("refuses a venue that the file contradicts, or that is none of the archive's", async () => {
    const coin = ["BTCUSD_PERP-1m-2024-08-05.zip", [bar(MIDNIGHT)]] as const;
    await expect(read(...coin, { venue: "binance" })).rejects.toThrow(
      "--venue binance: BTCUSD_PERP-1m-2024-08-05.zip is of binance-coinm, as its rows show",
    );
    await expect(read(...coin, { venue: "bybit" })).rejects.toThrow(/a file of Binance's archive/);
    await expect(read(...coin, { symbol: "ETHUSD_PERP" })).rejects.toThrow(
      /is of BTCUSD_PERP by its name/,
    );
  });

  it("turns COIN-M volumes: what the header calls quote is base, and contracts are worth 100 USD", async () => {
    const memory = await read("BTCUSD_PERP-1h-2023-10-27.zip", [
      KLINES,
      `1698364800000,34161.6,34182.5,33977.4,34024.2,400000,1698368399999,1200.5,15095,200000,560.25,0`,
    ]);
    expect(memory.of("candles", "binance-coinm:BTCUSD_PERP")).toMatchObject([
      { volume: 1200.5, quoteVolume: 40_000_000, takerBuyVolume: 560.25, trades: 15_095 },
    ]);
    const ether = await read("ETHUSD_PERP-1h-2023-10-27.zip", [
      `1698364800000,1800,1810,1790,1800,100,1698368399999,0.5,5,50,0.2,0`,
    ]);
    expect(ether.of("candles")).toMatchObject([{ quoteVolume: 1_000 }]);
  });

  it("puts mark, index and premium bars under names of their own, without volumes", async () => {
    const sampled = bar(MIDNIGHT, "-0.0003,0.0001,-0.0005,-0.0002,0", "0,60,0,0,0");
    const name = "BTCUSDT-1m-2024-08-05.zip";
    const memory = await read(name, [KLINES, sampled], { symbol: "BTCUSDT@premium" });
    expect(memory.rows[0]).toMatchObject({
      stream: "candles",
      venue: "binance-usdm",
      symbol: "BTCUSDT@premium",
      row: { open: decimal("-0.0003"), intervalMicros: 60_000_000 },
    });
    expect(memory.rows[0]?.row).not.toHaveProperty("volume");
    expect(memory.rows[0]?.row).not.toHaveProperty("trades");
    await expect(read(name, [KLINES, sampled], { venue: "binance-usdm" })).rejects.toThrow(
      /mark, index or premium prices, and nothing says which: --symbol is needed/,
    );
    const named = await read("BTCUSD-indexPriceKlines-1m-2024-08-05.csv", [sampled]);
    expect(named.rows[0]).toMatchObject({ venue: "binance-coinm", symbol: "BTCUSD@index" });
    await expect(read(name, [sampled], { symbol: "BTCUSDT@bid" })).rejects.toThrow(
      /bars are of mark, index, premium prices/,
    );
  });

  it("does not mix traded and sampled bars in one file", async () => {
    const sampled = bar(MIDNIGHT, "1,3,0.5,2,0", "0,60,0,0,0");
    const traded = await read("BTCUSDT-1m-2024-08-05.zip", [bar(MIDNIGHT), sampled], {
      venue: "binance",
    });
    expect(reasons(traded)).toEqual([
      "columns volume and count: a bar of 60 trades without volume is one of mark, index or premium prices",
    ]);
    const mark = await read("BTCUSDT-1m-2024-08-05.zip", [sampled, bar(MIDNIGHT + 60_000)], {
      symbol: "BTCUSDT@mark",
    });
    expect(reasons(mark)).toEqual(['column volume: "10" is not 0, as bars of mark prices have it']);
  });

  it("keeps a bar without trades, and counts bad prices, odd ends and repeated rows", async () => {
    const memory = await read(
      "BTCUSDT-1m-2024-08-05.zip",
      [
        bar(MIDNIGHT, "1,1,1,1,0", "0,0,0,0,0"),
        bar(MIDNIGHT + 60_000, "1,0.9,0.5,2,10"),
        `${MIDNIGHT + 120_000},1,3,0.5,2,10,${MIDNIGHT + 150_000},20,4,6,12,0`,
        bar(MIDNIGHT, "1,1,1,1,0", "0,0,0,0,0"),
        `${MIDNIGHT},1,3,0.5,2,10,${MIDNIGHT - 1},20,4,6,12,0`,
      ],
      { venue: "binance-usdm" },
    );
    expect(
      memory.of("candles").map(({ volume, intervalMicros }) => [volume, intervalMicros]),
    ).toEqual([
      [0, 60_000_000],
      [10, 60_000_000],
      [10, 60_000_000],
    ]);
    expect(Object.fromEntries(memory.notes)).toEqual({
      "candles binance-usdm:BTCUSDT badOhlc": 1,
      "candles binance-usdm:BTCUSDT irregularCloseTime": 1,
    });
    expect(skips(memory)).toEqual(["4 duplicate row"]);
    expect(reasons(memory)).toEqual([
      `column close_time: "${MIDNIGHT - 1}" is not a time after open_time`,
    ]);
  });

  it("finds the interval of a file without the archive's name, and a month's own length", async () => {
    const hints = { venue: "binance", symbol: "BTCUSDT" };
    const hours = await read(
      "bars.csv",
      [`${MIDNIGHT},1,3,0.5,2,10,${MIDNIGHT + 3_599_999},20,4,6,12,0`],
      hints,
    );
    expect(hours.datasets).toEqual(["klines-1h"]);
    const start = 1_706_745_600_000;
    const month = await read(
      "BTCUSDT-1mo-2024-02.zip",
      [`${start},1,3,0.5,2,10,${start + 29 * 86_400_000 - 1},20,4,6,12,0`],
      {
        venue: "binance",
      },
    );
    expect(month.of("candles")).toMatchObject([{ intervalMicros: 29 * 86_400_000_000 }]);
  });
});

describe("binance-vision files", () => {
  it("are recognised by their header, or by their name and the shape of their first row", () => {
    expect(recognised("x.csv", `${AGGREGATES}\n1,2`)).toBe(true);
    expect(recognised("x.csv", `${KLINES}\r\n`)).toBe(true);
    const row = `7,58000.10,0.015,10,12,${MIDNIGHT},true\n`;
    expect(recognised("BTCUSDT-aggTrades-2021-01-02.csv", row)).toBe(true);
    expect(recognised("BTCUSD_PERP-aggTrades-2021-01.zip", row)).toBe(true);
    expect(recognised("x.csv", row)).toBe(false);
    expect(recognised("BTCUSDT-trades-2021-01-02.csv", row)).toBe(false);
    expect(recognised("BTCUSDT-aggTrades-2021-01-02.csv", "a,b,c\n")).toBe(false);
  });

  it("are refused with what was found when the first line is of no set, or of another than the name says", async () => {
    await expect(read("BTCUSDT-aggTrades-2024-08-05.csv", ["id,px,sz"])).rejects.toThrow(
      /BTCUSDT-aggTrades-2024-08-05\.csv:1: "id,px,sz" is neither the header nor a row of a set of Binance's archive; expected one of aggTrades, trades, klines/,
    );
    await expect(
      read("BTCUSDT-trades-2024-08-05.csv", [`7,58000.10,0.015,10,12,${MIDNIGHT},true`]),
    ).rejects.toThrow(/is one of aggTrades, not of trades as the file's name says/);
    await expect(read("x.csv", [])).rejects.toThrow("x.csv: the file holds no line");
  });

  it("say what their instruments are, where the venue's naming leaves no doubt", () => {
    const at = MIDNIGHT * 1_000;
    expect(visionTerms("binance-usdm", "PEPEUSDT", at)).toMatchObject({
      kind: "perpetual",
      contract: "linear",
      base: "PEPE",
      settle: "USDT",
    });
    expect(visionTerms("binance-usdm", "BTCUSDT_240927", at)).toMatchObject({ kind: "future" });
    expect(visionTerms("binance-coinm", "SOLUSD_PERP", at)).toMatchObject({
      contract: "inverse",
      multiplier: 10,
      base: "SOL",
      settle: "SOL",
    });
    expect(visionTerms("binance", "WBETHETH", at)).toMatchObject({ base: "WBETH", quote: "ETH" });
    expect(visionTerms("binance-usdm", "BTCUSDT@mark", at)).toMatchObject({ kind: "index" });
    expect(
      visionTerms("binance", "LUNAUSDT", Date.parse("2022-05-13T00:00:00Z") * 1_000),
    ).toMatchObject({
      validTo: Date.parse("2022-05-13T00:40:00Z") * 1_000,
    });
    expect(
      visionTerms("binance", "LUNAUSDT", Date.parse("2022-05-31T06:00:00Z") * 1_000),
    ).toMatchObject({
      validFrom: Date.parse("2022-05-31T06:00:00Z") * 1_000,
    });
    expect(
      visionTerms("binance", "LUNAUSDT", Date.parse("2022-05-20T00:00:00Z") * 1_000),
    ).not.toHaveProperty("validFrom");
  });
});
