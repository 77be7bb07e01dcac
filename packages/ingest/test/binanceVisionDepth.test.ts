import { describe, expect, it } from "vitest";
import {
  ASK,
  BID,
  CALL,
  MESSAGE_END,
  PUT,
  ROWS_LOST,
  SNAPSHOT,
  SNAPSHOT_START,
  decimal,
} from "@aftershock/schema";
import { binanceVision } from "../src/sources/binance-vision/binanceVision.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";

const DEPTH = "symbol,timestamp,first_update_id,last_update_id,side,update_type,price,qty";
/** 2022-11-01 00:00:00 UTC, ms. */
const AT = 1_667_260_800_000;

async function read(name: string, lines: readonly string[]): Promise<MemorySink> {
  const memory = memorySink();
  const file = fileOf(name, `${lines.join("\n")}\n`);
  await binanceVision.createReader({}).read(file, memory.sink);
  return memory;
}

describe("binance-vision tick depth", () => {
  it("cuts lines into messages, chained by pu, with absolute sizes", async () => {
    const memory = await read("BTCUSDT_T_DEPTH_2022-11-01_depth_update.csv", [
      `${DEPTH},pu`,
      `BTCUSDT,${AT},101,103,b,set,20472.70,1.5,100`,
      `BTCUSDT,${AT},101,103,a,set,20472.80,0.000,100`,
      `BTCUSDT,${AT + 1},110,111,a,set,20473,2,103`,
    ]);
    expect(memory.of("book", "binance-usdm:BTCUSDT")).toEqual([
      {
        line: 2,
        tsEvent: AT * 1_000,
        side: BID,
        price: decimal("20472.7"),
        size: decimal("1.5"),
        flags: 0,
        updateId: 103,
        prevUpdateId: 100,
      },
      {
        line: 3,
        tsEvent: AT * 1_000,
        side: ASK,
        price: decimal("20472.8"),
        size: decimal("0"),
        flags: MESSAGE_END,
        updateId: 103,
        prevUpdateId: 100,
      },
      {
        line: 4,
        tsEvent: (AT + 1) * 1_000,
        side: ASK,
        price: decimal("20473"),
        size: decimal("2"),
        flags: MESSAGE_END,
        updateId: 111,
        prevUpdateId: 103,
      },
    ]);
    expect(memory.datasets).toEqual(["T_DEPTH-update"]);
  });

  it("reads snapshots as a set of their own, each discarding the book before it", async () => {
    const memory = await read("BTCUSDT_T_DEPTH_2022-11-01_depth_snap.csv", [
      DEPTH,
      `BTCUSDT,${AT},100,100,b,snap,20472.7,1.5`,
      `BTCUSDT,${AT},100,100,a,snap,20472.8,1`,
      `BTCUSDT,${AT + 60_000},200,200,b,snap,20472.7,1.5`,
    ]);
    expect(memory.of("book").map(({ flags }) => flags)).toEqual([
      SNAPSHOT_START | SNAPSHOT,
      SNAPSHOT | MESSAGE_END,
      SNAPSHOT_START | SNAPSHOT | MESSAGE_END,
    ]);
    expect(memory.of("book").every((row) => row.prevUpdateId === undefined)).toBe(true);
    expect(memory.datasets).toEqual(["T_DEPTH-snap"]);
  });

  it("reads the variant with trans_id, which has no header", async () => {
    const memory = await read("BTCUSD_PERP_T_DEPTH_2021-06-05_depth_update.csv", [
      `BTCUSD_PERP,${AT},5,101,103,b,set,20472.7,15`,
    ]);
    expect(memory.of("book", "binance-coinm:BTCUSD_PERP")).toMatchObject([
      { updateId: 103, size: decimal("15"), flags: MESSAGE_END },
    ]);
  });

  it("says on the next row that a level was lost, and on the last one when none comes after", async () => {
    const bad = `BTCUSDT,${AT},101,103,x,set,20472.70,1.5,100`;
    const good = `BTCUSDT,${AT},101,103,b,set,20472.70,1.5,100`;
    const between = await read("u.csv", [`${DEPTH},pu`, good, bad, good]);
    expect(between.of("book").map(({ flags }) => flags)).toEqual([0, MESSAGE_END | ROWS_LOST]);
    const behind = await read("u.csv", [`${DEPTH},pu`, good, bad]);
    expect(behind.of("book").map(({ flags }) => flags)).toEqual([MESSAGE_END | ROWS_LOST]);
    expect(behind.quarantined.map(({ reason }) => reason)).toEqual([
      'column side: "x" is not one of b, a',
    ]);
  });
});

describe("binance-vision options sets", () => {
  it("reads the volatility index as a measure of the index", async () => {
    const memory = await read("BTCBVOLUSDT-BVOLIndex-2023-07-01.zip", [
      "calc_time,symbol,base_asset,quote_asset,index_value",
      "1688169600000,BTCBVOLUSDT,BTCBVOL,USDT,45.1234",
    ]);
    expect(memory.of("measures", "binance-european-options:BTCBVOLUSDT")).toEqual([
      { line: 2, tsEvent: 1_688_169_600_000_000, measure: "bvolPercent", value: 45.1234 },
    ]);
  });

  const HEADER =
    "date,hour,symbol,underlying,type,strike,open,high,low,close,volume_contracts,volume_usdt,best_bid_price,best_ask_price,best_bid_qty,best_ask_qty,best_buy_iv,best_sell_iv,mark_price,mark_iv,delta,gamma,vega,theta,openinterest_contracts,openinterest_usdt";
  const option = (hour: number, strike: number, right: string, quotes: string): string =>
    `2023-10-23,${hour},BTC-231027-${strike}-${right},BTCUSDT,${right},231027-${strike},1,1,1,900,2,3,${quotes},1000,0.55,0.5,0.0001,20,-30,12.5,400000`;

  it("puts each hour's chain at the end of the hour, sorted, as one message", async () => {
    const memory = await read("BTCUSDT-EOHSummary-2023-10-23.zip", [
      HEADER,
      option(1, 33_000, "C", "950,1050,1,2,0.54,0.56"),
      option(0, 34_000, "C", "950,1050,1,2,0.54,0.56"),
      option(0, 33_000, "C", '0,"",0,0,-1,-1'),
      option(0, 33_000, "P", "950,1050,1,2,0.54,0.56"),
    ]);
    const rows = memory.of("options", "binance-european-options:BTC-OPTIONS");
    expect(rows.map((row) => [row.optionSymbol, row.right, row.flags])).toEqual([
      ["BTC-231027-33000-C", CALL, 0],
      ["BTC-231027-33000-P", PUT, 0],
      ["BTC-231027-34000-C", CALL, MESSAGE_END],
      ["BTC-231027-33000-C", CALL, MESSAGE_END],
    ]);
    expect(rows[0]).toMatchObject({
      tsEvent: Date.parse("2023-10-23T01:00:00Z") * 1_000,
      expiry: Date.parse("2023-10-27T08:00:00Z") * 1_000,
      strike: 33_000,
      lastPrice: 900,
      markPrice: 1_000,
      markIv: 0.55,
      openInterest: 12.5,
      bidPrice: undefined,
      bidIv: undefined,
      askPrice: undefined,
    });
    expect(rows[1]).toMatchObject({
      bidPrice: decimal("950"),
      bidSize: decimal("1"),
      bidIv: 0.54,
      askIv: 0.56,
    });
  });

  it("quarantines a symbol that is no option and an hour that is none", async () => {
    const memory = await read("BTCUSDT-EOHSummary-2023-10-23.zip", [
      HEADER,
      option(24, 33_000, "C", "1,2,1,2,0.5,0.6"),
      option(0, 33_000, "X", "1,2,1,2,0.5,0.6"),
    ]);
    expect(memory.quarantined.map(({ reason }) => reason)).toEqual([
      'column hour: "24" is not an hour 0 … 23',
      'column symbol: "BTC-231027-33000-X" is not an option such as BTC-231027-33000-C',
    ]);
  });
});
