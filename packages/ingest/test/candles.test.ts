import { describe, expect, it } from "vitest";
import { decimal, MICROS_PER_HOUR, MICROS_PER_MINUTE } from "@aftershock/schema";
import { candles } from "../src/sources/candles/candles.ts";
import { candleInstrument, readCandleName } from "../src/sources/candles/candleName.ts";
import { percentToFraction, settlementHour } from "../src/sources/candles/fundingRate.ts";
import {
  formatInterval,
  intervalInName,
  parseInterval,
  StepCounter,
} from "../src/sources/read/barInterval.ts";
import { parseUtcTime } from "../src/sources/read/utcTime.ts";
import type { ReadHints } from "../src/source.ts";
import type { MemorySink } from "./memorySink.ts";
import { at, readText, reasonsOf, skipsOf } from "./readWith.ts";

const SPOT = { venue: "binance" };
const FUTURES = { venue: "binance-usdm" };

const read = (name: string, text: string, hints: ReadHints): Promise<MemorySink> =>
  readText(candles, name, text, hints);

const bars = (...rows: readonly (readonly unknown[])[]): string => JSON.stringify(rows);

/** A bar of constant price that opens at an ISO time. */
const flat = (time: string): readonly unknown[] => [Date.parse(time), 10.5, 10.5, 10.5, 10.5, 3];

describe("freqtrade bars", () => {
  it("are bars of the interval in the name, opening at their time, with volume in the base currency", async () => {
    const memory = await read(
      "BTC_USDT-1m.json",
      bars([1_617_321_600_000, 58_720.45, 58_840.43, 58_720.44, 58_760.34, 61.685675]),
      SPOT,
    );
    expect(memory.rows).toEqual([
      {
        stream: "candles",
        venue: "binance",
        symbol: "BTCUSDT",
        row: {
          line: 1,
          tsEvent: at("2021-04-02T00:00:00Z"),
          intervalMicros: MICROS_PER_MINUTE,
          open: decimal("58720.45"),
          high: decimal("58840.43"),
          low: decimal("58720.44"),
          close: decimal("58760.34"),
          volume: 61.685675,
        },
      },
    ]);
    expect(memory.datasets).toEqual(["candles-1m"]);
  });

  it("of the mark price are of an instrument of their own and have no volume", async () => {
    const memory = await read(
      "BTC_USDT_USDT-8h-mark.json",
      bars(flat("2025-10-10T16:00:00Z")),
      FUTURES,
    );
    const [bar] = memory.of("candles", "binance-usdm:BTCUSDT@mark");
    expect(bar).toMatchObject({ intervalMicros: 8 * MICROS_PER_HOUR });
    expect(bar).not.toHaveProperty("volume");
    expect(memory.datasets).toEqual(["candles-8h"]);
    expect(candles.terms("binance-usdm", "BTCUSDT@mark", 0).kind).toBe("index");
    expect(candles.terms("binance-usdm", "AVAXUSDT", 0)).toMatchObject({
      kind: "perpetual",
      contract: "linear",
      base: "AVAX",
    });
  });

  it("that a file holds twice are counted as duplicates", async () => {
    const twice = flat("2021-04-20T00:00:00Z");
    const memory = await read("BTC_USDT-1m.json", bars(twice, twice), SPOT);
    expect(memory.of("candles")).toHaveLength(1);
    expect(skipsOf(memory)).toEqual(["2 duplicate record"]);
  });

  it("that are damaged are quarantined, naming what is wrong", async () => {
    const memory = await read(
      "BTC_USDT-1m.json",
      `[[1617321600,1,1,1,1,1],[1617321600000,1,1,1,1],[1617321600000,"x",1,1,1,1],[1617321600000,1,1,1,1,-1],[1617321600000,1,1,1,1,null],7,,{"a":1},{"__proto__":{"dt":1}}]`,
      SPOT,
    );
    expect(memory.rows).toEqual([]);
    expect(reasonsOf(memory)).toEqual([
      "time is 1617321600, not a time in milliseconds",
      "5 values, not time, open, high, low, close, volume",
      expect.stringMatching(/^open is "x", not a decimal number/),
      "volume is -1, not a volume of zero or more",
      "volume is null, not a number",
      "the record is no bar: a list of six, or an object with time_period_start or dt",
      "the JSON is broken or cut",
      "the record is no bar: a list of six, or an object with time_period_start or dt",
      "the record is no bar: a list of six, or an object with time_period_start or dt",
    ]);
  });
});

describe("funding rates", () => {
  it("in freqtrade's files are the second value, a fraction, exchanged at the full hour", async () => {
    const memory = await read(
      "BTC_USDT_USDT-8h-funding_rate.json",
      "[[1758240000000,-0.00000231,0.0,0.0,0.0,0.0],[1758268800005,0.00002109,0,0,0,0],[1758268800005,0.1,0.2,0,0,0]]",
      FUTURES,
    );
    expect(memory.of("tickers", "binance-usdm:BTCUSDT")).toEqual([
      {
        line: 1,
        tsEvent: at("2025-09-19T00:00:00Z"),
        fundingRate: -0.000_002_31,
        fundingTime: at("2025-09-19T00:00:00Z"),
      },
      {
        line: 2,
        tsEvent: at("2025-09-19T08:00:00.005Z"),
        fundingRate: 0.000_021_09,
        fundingTime: at("2025-09-19T08:00:00Z"),
      },
    ]);
    expect(reasonsOf(memory)).toEqual(["the values after the rate is [0.2,0,0,0], not all 0"]);
    expect(memory.datasets).toEqual(["fundingRate"]);
  });

  it("in percent become fractions, without the noise of a division", async () => {
    const memory = await read(
      "funding_rate_btc_8h_2022.json",
      "[[1667462400016,0.00044],[1668038400006,-0.119172],[1668067200000,1e-7]]",
      { ...FUTURES, symbol: "BTCUSDT" },
    );
    expect(memory.of("tickers").map(({ fundingRate }) => fundingRate)).toEqual([
      0.000_004_4, -0.001_191_72, 1e-9,
    ]);
    expect(percentToFraction(0.07)).toBe(0.0007);
    expect(0.07 / 100).not.toBe(0.0007);
  });

  it("are due at the hour within a minute, else when they are stamped", () => {
    expect(settlementHour(at("2025-09-19T07:59:59.990Z"))).toBe(at("2025-09-19T08:00:00Z"));
    expect(settlementHour(at("2025-09-19T08:20:00Z"))).toBe(at("2025-09-19T08:20:00Z"));
  });
});

describe("CoinAPI bars", () => {
  const bar = (start: string, end: string, trades = 27): unknown => ({
    time_period_start: start,
    time_period_end: end,
    time_open: start,
    time_close: end,
    price_open: 195.21,
    price_high: 195.43,
    price_low: 194.38,
    price_close: 194.52,
    volume_traded: 69.68,
    trades_count: trades,
  });

  it("last from their start to their end, and count their trades", async () => {
    const text = JSON.stringify([
      bar("2020-03-12T00:00:00.0000000Z", "2020-03-12T00:10:00.0000000Z"),
      bar("2020-03-12T00:20:00.0000000Z", "2020-03-12T00:30:00.0000000Z", 0),
      bar("2020-03-12T00:30:00.0000000Z", "2020-03-12T00:30:00.0000000Z"),
      bar("2020-03-12 25:00", "2020-03-12T00:30:00.0000000Z"),
    ]);
    const memory = await read("2020-03-12_eth.json", text, { venue: "coinapi", symbol: "ETH-USD" });
    expect(memory.of("candles", "coinapi:ETH-USD")).toEqual([
      {
        line: 1,
        tsEvent: at("2020-03-12T00:00:00Z"),
        intervalMicros: 10 * MICROS_PER_MINUTE,
        open: decimal("195.21"),
        high: decimal("195.43"),
        low: decimal("194.38"),
        close: decimal("194.52"),
        volume: 69.68,
        trades: 27,
      },
      expect.objectContaining({ line: 2, trades: 0 }),
    ]);
    expect(reasonsOf(memory)).toEqual([
      'time_period_end is "2020-03-12T00:30:00.0000000Z", not after time_period_start',
      'time_period_start is "2020-03-12 25:00", not a UTC time YYYY-MM-DD HH:MM:SS',
    ]);
  });
});

describe("bars of which only some minutes are there", () => {
  it("are as long as most of them are apart where nothing else says it", async () => {
    const dt = (time: string): unknown => ({
      dt: `2023-03-09T${time}:00.000Z`,
      o: 1,
      h: 1,
      l: 1,
      c: 1,
      v: 2,
    });
    const text = JSON.stringify({
      meta: { data: [] },
      data: ["05:00", "05:15", "05:30", "06:30", "06:45"].map(dt),
    });
    const memory = await read("usdc_depeg.json", text, { venue: "mobula", symbol: "USDC" });
    expect(memory.of("candles").map(({ intervalMicros }) => intervalMicros)).toEqual(
      Array.from({ length: 5 }, () => 15 * MICROS_PER_MINUTE),
    );
    expect(memory.datasets).toEqual(["candles-15m"]);
  });
});

describe("tables of bars", () => {
  const table = (...rows: string[]): string =>
    ["timestamp,open,high,low,close,volume", ...rows, ""].join("\n");

  it("have calendar times in UTC or ms; a venue that counts the quote currency gives quote volume", async () => {
    const rows = table(
      "2021-12-31 23:01:00.000000,46319.0,46385.0,46319.0,46377.0,2300413.7295",
      "1640991720000,46377.0,46411.0,46377.0,46411.0,",
      "",
      "2021-12-31 23:03:00,46377.0,46411.0,46377.0",
      "23:04,1,1,1,1,1",
    );
    const memory = await read("btc-perp-1m-2021.csv", rows, { venue: "ftx", symbol: "BTC-PERP" });
    expect(memory.of("candles", "ftx:BTC-PERP")).toEqual([
      expect.objectContaining({
        line: 2,
        tsEvent: at("2021-12-31T23:01:00Z"),
        intervalMicros: MICROS_PER_MINUTE,
        open: decimal("46319"),
        quoteVolume: 2_300_413.7295,
      }),
      expect.objectContaining({ line: 3, tsEvent: at("2021-12-31T23:02:00Z") }),
    ]);
    expect(memory.of("candles")[0]).not.toHaveProperty("volume");
    expect(skipsOf(memory)).toEqual(["1 header", "4 blank line"]);
    expect(reasonsOf(memory)).toEqual([
      "4 columns, not 6",
      'column timestamp: "23:04" is not a UTC time YYYY-MM-DD HH:MM:SS or in ms',
    ]);
    const base = await read("btc_usd_1m.csv", rows, { venue: "kucoin" });
    expect(base.of("candles", "kucoin:BTC-USD")[0]).toMatchObject({ volume: 2_300_413.7295 });
  });

  it("with another header are refused, naming both", async () => {
    await expect(read("x.csv", "a,b\n1,2\n", { venue: "ftx", symbol: "X" })).rejects.toThrow(
      'x.csv:1: "a,b" is neither a JSON list of bars nor the header timestamp,open,high,low,close,volume',
    );
  });
});

describe("the instrument of a file of bars", () => {
  const instrument = (file: string, hints: ReadHints): unknown =>
    candleInstrument(file, readCandleName(file), hints);

  it("is spelled as its venue spells it", () => {
    expect(instrument("BTC_USDT-1m.json", { venue: "okex" })).toEqual({
      venue: "okex",
      symbol: "BTC-USDT",
    });
    expect(instrument("BTC_USD_BTC-1h-futures.json.gz", { venue: "binance-coinm" })).toEqual({
      venue: "binance-coinm",
      symbol: "BTCUSD_PERP",
    });
    expect(instrument("BTC_USDT-1m.json", { venue: "kraken", symbol: "XBTUSDT" })).toEqual({
      venue: "kraken",
      symbol: "XBTUSDT",
    });
  });

  it("must be named where the file does not, by the flag that does", () => {
    expect(() => instrument("BTC_USDT-1m.json", {})).toThrow(
      "BTC_USDT-1m.json: nothing in it says which venue it is of",
    );
    expect(() => instrument("BTC_USDT-1m.json", { venue: "kraken" })).toThrow(
      "its name does not say how kraken calls the instrument",
    );
    expect(() => instrument("2021-01-11_eth.json", { venue: "okex" })).toThrow(/does not say how/);
    expect(() => instrument("x.json", { venue: "okex", symbol: "a/b" })).toThrow(
      "okex:a/b cannot be the name of an instrument",
    );
  });

  it("is not one of spot where the name says futures, and the other way round", () => {
    expect(() => instrument("BTC_USDT_USDT-5m-futures.json", { venue: "binance" })).toThrow(
      "is of futures by its name, and binance is not",
    );
    expect(() => instrument("BTC_USDT-5m.json", { venue: "binance-usdm" })).toThrow(
      "is of a spot market by its name, and binance-usdm is not",
    );
  });
});

describe("recognising bars", () => {
  const recognises = (name: string, text: string): boolean =>
    candles.recognises({ name, text, bytes: Buffer.from(text) });

  it("is certain of numbers only together with a name that says what they are", () => {
    const list = "[[1617321600000,58720.45,58840.43,58720.44,58760.34,61.685675],";
    expect(recognises("BTC_USDT-1m.json.gz", list)).toBe(true);
    expect(recognises("klines.json", list)).toBe(false);
    expect(recognises("BTC_USDT-1m.json", "[[1617321600000,1,2,3,4,5,6]]")).toBe(false);
    expect(recognises("funding_rate_btc_8h.json", "[\n [\n 1667462400016,\n 0.00044\n ],")).toBe(
      true,
    );
    expect(recognises("dvol_btc_daily.json", "[[1667462400016,63.08],")).toBe(false);
  });

  it("is certain of the field names of CoinAPI and of {dt, o, …}, and of the header of a table", () => {
    expect(recognises("x", '[\n  {\n    "time_period_start": "2020')).toBe(true);
    expect(recognises("x", '{"meta": {},\n "data": [{"dt": "2023-03-09T05:00:00Z", "o": 1')).toBe(
      true,
    );
    expect(recognises("x", '[{"dt": 5}]')).toBe(false);
    expect(recognises("x", "timestamp,open,high,low,close,volume\r\n1")).toBe(true);
    expect(recognises("x", "timestamp,open,high,low,close,volume,trades\n1")).toBe(false);
  });
});

describe("intervals", () => {
  it("are read from the parts of a name and written back", () => {
    expect(intervalInName("coinglass_BTC_liquidation_1h_2y.csv")).toBe(MICROS_PER_HOUR);
    expect(intervalInName("coinglass_BTC_liquidation.csv")).toBeUndefined();
    expect(parseInterval("1M")).toBeUndefined();
    expect(
      ["30s", "1m", "90m", "8h", "1d", "1w"]
        .map(parseInterval)
        .map((micros) => formatInterval(micros ?? 0)),
    ).toEqual(["30s", "1m", "90m", "8h", "1d", "1w"]);
  });

  it("are what most times are apart, the shortest of equals", () => {
    const steps = new StepCounter();
    expect(steps.mostCommon()).toBeUndefined();
    for (const time of [0, 60, 60, 120, 240, 360, 300]) steps.add(time);
    expect(steps.mostCommon()).toBe(60);
  });
});

describe("UTC times", () => {
  it("need no zone, may have nine decimals, and are of a day that exists", () => {
    const exact = 1_583_971_495_930_446;
    expect(parseUtcTime("2020-03-12T00:04:55.9304460Z")).toBe(exact);
    expect(parseUtcTime("2020-03-12 00:04:55.930446999")).toBe(exact);
    expect(parseUtcTime("2020-03-12T01:04:55.930446+01:00")).toBe(exact);
    for (const text of [
      "2020-02-30 00:00:00",
      "1970-01-01 00:00:00",
      "2020-03-12",
      "20200312 00:00:00",
      "",
    ]) {
      expect(parseUtcTime(text)).toBeUndefined();
    }
  });
});
