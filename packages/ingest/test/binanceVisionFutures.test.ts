import { describe, expect, it } from "vitest";
import { BUY, PRICE_FILL, PRICE_LIMIT, SELL, decimal } from "@aftershock/schema";
import { binanceVision } from "../src/sources/binance-vision/binanceVision.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";

const METRICS =
  "create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio";
const DAY = "2024-08-05";
/** 2024-08-05 00:00:00 UTC, ms. */
const MIDNIGHT = 1_722_816_000_000;

async function read(name: string, lines: readonly string[]): Promise<MemorySink> {
  const memory = memorySink();
  const file = fileOf(name, `${lines.join("\n")}\n`);
  await binanceVision.createReader({}).read(file, memory.sink);
  return memory;
}

const reasons = (memory: MemorySink): string[] => memory.quarantined.map(({ reason }) => reason);
const skips = (memory: MemorySink): string[] =>
  memory.skipped.map(({ line, reason }) => `${line.number} ${reason}`);

describe("binance-vision funding, metrics and depth bands", () => {
  it("gives settled funding with the full hour it was due at, and its interval", async () => {
    const memory = await read("BTCUSDT-fundingRate-2024-08.zip", [
      "calc_time,funding_interval_hours,last_funding_rate",
      `${MIDNIGHT + 7},8,-0.00012345`,
      `${MIDNIGHT + 7},8,-0.00012345`,
    ]);
    expect(memory.of("tickers", "binance-usdm:BTCUSDT")).toEqual([
      {
        line: 2,
        tsEvent: (MIDNIGHT + 7) * 1_000,
        fundingRate: -0.00012345,
        fundingTime: MIDNIGHT * 1_000,
      },
    ]);
    expect(memory.of("measures")).toMatchObject([{ measure: "fundingIntervalHours", value: 8 }]);
    expect(skips(memory)).toEqual(["1 header", "3 duplicate row"]);
  });

  const figures = "100.5,5829000,1.5,1.25,0.75,0.9";

  it("puts the figures of an older USD-M row at its label, and the taker ratio over the five minutes before", async () => {
    const memory = await read(`BTCUSDT-metrics-${DAY}.zip`, [
      METRICS,
      `${DAY} 00:05:00,BTCUSDT,${figures}`,
      `${DAY} 00:05:00,BTCUSDT,${figures}`,
    ]);
    const at = (MIDNIGHT + 300_000) * 1_000;
    expect(memory.of("tickers", "binance-usdm:BTCUSDT")).toEqual([
      { line: 2, tsEvent: at, openInterest: 100.5 },
    ]);
    expect(memory.of("measures")).toEqual([
      { line: 2, tsEvent: at, measure: "openInterestValue", value: 5_829_000 },
      { line: 2, tsEvent: at, measure: "topTraderAccountLongShortRatio", value: 1.5 },
      { line: 2, tsEvent: at, measure: "topTraderPositionLongShortRatio", value: 1.25 },
      { line: 2, tsEvent: at, measure: "accountLongShortRatio", value: 0.75 },
      {
        line: 2,
        tsEvent: at - 300_000_000,
        intervalMicros: 300_000_000,
        measure: "takerBuySellRatio",
        value: 0.9,
      },
    ]);
    expect(skips(memory)).toEqual(["1 header", "3 duplicate row"]);
  });

  it("puts the figures of newer USD-M files and of COIN-M files five minutes after their label", async () => {
    const opens = async (name: string, label: string, symbol: string): Promise<unknown> =>
      (await read(name, [METRICS, `${label},${symbol},${figures}`])).of("tickers")[0]?.tsEvent;
    const changed = Date.parse("2026-06-25T00:00:00Z") * 1_000;
    const label = "2026-06-25 00:00:00";
    expect(await opens("BTCUSDT-metrics-2026-06-24.zip", label, "BTCUSDT")).toBe(changed);
    expect(await opens("BTCUSDT-metrics-2026-06-25.zip", label, "BTCUSDT")).toBe(
      changed + 300_000_000,
    );
    expect(await opens("metrics.csv", "2026-06-25 00:05:00", "BTCUSDT")).toBe(
      changed + 600_000_000,
    );
    expect(await opens("x.csv", "2023-06-25 00:00:00", "BTCUSD_PERP")).toBe(
      Date.parse("2023-06-25T00:05:00Z") * 1_000,
    );
  });

  it("leaves empty and quoted empty cells out", async () => {
    const memory = await read("BTCUSD_PERP-metrics-2023-06-25.zip", [
      METRICS,
      '2023-06-25 00:00:00,BTCUSD_PERP,5578700.0,182.5,"","","",0.5',
      "2023-06-25 00:05:00,BTCUSD_PERP,,182.5,,,,0.5",
    ]);
    expect(memory.of("measures").map(({ measure }) => measure)).toEqual([
      "openInterestValue",
      "takerBuySellRatio",
    ]);
    expect(reasons(memory)).toEqual(['column sum_open_interest: "" is not a number']);
  });

  it("names depth bands by side and distance", async () => {
    const memory = await read(`BTCUSDT-bookDepth-${DAY}.csv`, [
      "timestamp,percentage,depth,notional",
      `${DAY} 00:00:07,-1.00,120.5,6989000.25`,
      `${DAY} 00:00:07,0.20,30.5,1770000`,
      `${DAY} 00:00:07,0,30.5,1770000`,
    ]);
    expect(
      memory.of("measures", "binance-usdm:BTCUSDT").map(({ measure, value }) => [measure, value]),
    ).toEqual([
      ["bidDepth1pct", 120.5],
      ["bidNotional1pct", 6_989_000.25],
      ["askDepth0.2pct", 30.5],
      ["askNotional0.2pct", 1_770_000],
    ]);
    expect(memory.of("measures")[0]?.tsEvent).toBe((MIDNIGHT + 7_000) * 1_000);
    expect(reasons(memory)).toEqual([
      'column percentage: "0" is not a distance from the mid price',
    ]);
  });
});

describe("binance-vision quotes and liquidations", () => {
  const QUOTES =
    "update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time";

  it("reads quotes with their update id by the time of the transaction, and leaves an empty side out", async () => {
    const memory = await read(`BTCUSDT-bookTicker-${DAY}.csv`, [
      QUOTES,
      `100,58000.1,3,58000.2,0.5,${MIDNIGHT + 1},${MIDNIGHT + 4}`,
      `101,0,0,58000.2,0.5,${MIDNIGHT + 2},${MIDNIGHT + 5}`,
      `100,58000.1,3,58000.2,0.5,${MIDNIGHT + 1},${MIDNIGHT + 4}`,
    ]);
    expect(memory.of("quotes", "binance-usdm:BTCUSDT")).toEqual([
      {
        line: 2,
        tsEvent: (MIDNIGHT + 1) * 1_000,
        bidPrice: decimal("58000.1"),
        bidSize: decimal("3"),
        askPrice: decimal("58000.2"),
        askSize: decimal("0.5"),
        updateId: 100,
      },
      {
        line: 3,
        tsEvent: (MIDNIGHT + 2) * 1_000,
        askPrice: decimal("58000.2"),
        askSize: decimal("0.5"),
        updateId: 101,
      },
    ]);
    expect(skips(memory)).toEqual(["1 header", "4 duplicate row"]);
  });

  const HEADER =
    "time,side,order_type,time_in_force,original_quantity,price,average_price,order_status,last_fill_quantity,accumulated_fill_quantity";

  it("gives each forced order once, by its own side, at the average of its fills", async () => {
    const line = `${MIDNIGHT},SELL,LIMIT,IOC,10,57000.5,57900.1,FILLED,3,7`;
    const memory = await read("BTCUSD_PERP-liquidationSnapshot-2024-08-05.zip", [
      HEADER,
      line,
      line,
    ]);
    expect(memory.of("liquidations", "binance-coinm:BTCUSD_PERP")).toEqual([
      {
        line: 2,
        tsEvent: MIDNIGHT * 1_000,
        side: SELL,
        size: decimal("7"),
        price: decimal("57900.1"),
        priceKind: PRICE_FILL,
        method: 1,
      },
    ]);
    expect(skips(memory)).toEqual(["1 header", "3 duplicate row"]);
  });

  it("falls back to the limit where the average lies off the known tick or is missing, and skips an order without a fill", async () => {
    const memory = await read("BTCUSD_PERP-liquidationSnapshot-2024-08-05.zip", [
      HEADER,
      `${MIDNIGHT},BUY,LIMIT,IOC,10,58800.5,57900.12,FILLED,3,10`,
      `${MIDNIGHT + 1},BUY,LIMIT,IOC,10,58800.5,0,FILLED,3,10`,
      `${MIDNIGHT + 2},BUY,LIMIT,IOC,10,58800.5,0,NEW,0,0`,
    ]);
    expect(memory.of("liquidations").map((row) => [row.price, row.priceKind, row.side])).toEqual([
      [decimal("58800.5"), PRICE_LIMIT, BUY],
      [decimal("58800.5"), PRICE_LIMIT, BUY],
    ]);
    expect(skips(memory)).toEqual(["1 header", "4 forced order without a fill"]);
  });
});
