import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decimal, MICROS_PER_MINUTE } from "@aftershock/schema";
import { fileHead } from "../src/files/fileHead.ts";
import { openFile } from "../src/files/openFile.ts";
import type { ReadHints } from "../src/source.ts";
import { lean } from "../src/sources/lean/lean.ts";
import { leanInstrument, readLeanName } from "../src/sources/lean/leanName.ts";
import type { MemorySink } from "./memorySink.ts";
import { at, readPath, readText, reasonsOf, recording, skipsOf } from "./readWith.ts";

const read = (name: string, lines: readonly string[], hints: ReadHints = {}): Promise<MemorySink> =>
  readText(lean, name, `${lines.join("\n")}\n`, hints);

const TRADES = "cryptofuture_binance_minute_adausdt_20221213_trade.zip";
const QUOTES = "cryptofuture_binance_minute_adausdt_20221213_quote.zip";

describe("Lean trade bars", () => {
  it("open at their time of the day in the name, UTC, with volume in the base currency", async () => {
    const memory = await read(TRADES, ["60000,0.3067,0.3072,0.3066,0.3071,1031647"]);
    expect(memory.rows).toEqual([
      {
        stream: "candles",
        venue: "binance-usdm",
        symbol: "ADAUSDT",
        row: {
          line: 1,
          tsEvent: at("2022-12-13T00:01:00Z"),
          intervalMicros: MICROS_PER_MINUTE,
          open: decimal("0.3067"),
          high: decimal("0.3072"),
          low: decimal("0.3066"),
          close: decimal("0.3071"),
          volume: 1_031_647,
        },
      },
    ]);
    expect(memory.datasets).toEqual(["candles-1m"]);
  });

  it("of a COIN-M perpetual count contracts, which are given in the USD that they are worth", async () => {
    const memory = await read("cryptofuture_binance_minute_btcusd_20221213_trade.zip", [
      "0,17204,17207.6,17203.9,17207.6,4242",
    ]);
    const [bar] = memory.of("candles", "binance-coinm:BTCUSD_PERP");
    expect(bar?.quoteVolume).toBe(424_200);
    expect(bar).not.toHaveProperty("volume");
  });

  it("count repeated lines, and quarantine what is no bar", async () => {
    const memory = await read(TRADES, [
      "0,1,1,1,1,5",
      "0,1,1,1,1,5",
      "180000,1,1,1,1,5",
      "86400000,1,1,1,1,5",
      "-60000,1,1,1,1,5",
      "240000,1,1,1,1",
      "240000,1,one,1,1,5",
      "240000,1,1,1,1,-5",
    ]);
    expect(memory.of("candles")).toHaveLength(2);
    expect(skipsOf(memory)).toEqual(["2 duplicate row"]);
    expect(reasonsOf(memory)).toEqual([
      'column millis: "86400000" is not a time of day in ms',
      'column millis: "-60000" is not a time of day in ms',
      "5 columns, not 6",
      expect.stringMatching(/^column high: "one" is not a decimal number/),
      'column volume: "-5" is not a volume of zero or more',
    ]);
  });
});

describe("Lean quote bars", () => {
  it("are bars of bid and ask, and a quote with sizes when the minute is over", async () => {
    const memory = await read(QUOTES, [
      "60000,0.3067,0.3071,0.3066,0.307,342957,0.3068,0.3072,0.3067,0.3071,125790",
    ]);
    const minute = {
      line: 1,
      tsEvent: at("2022-12-13T00:01:00Z"),
      intervalMicros: MICROS_PER_MINUTE,
    };
    expect(memory.of("candles", "binance-usdm:ADAUSDT@bid")).toEqual([
      {
        ...minute,
        open: decimal("0.3067"),
        high: decimal("0.3071"),
        low: decimal("0.3066"),
        close: decimal("0.307"),
      },
    ]);
    expect(memory.of("candles", "binance-usdm:ADAUSDT@ask")).toEqual([
      {
        ...minute,
        open: decimal("0.3068"),
        high: decimal("0.3072"),
        low: decimal("0.3067"),
        close: decimal("0.3071"),
      },
    ]);
    expect(memory.of("quotes", "binance-usdm:ADAUSDT")).toEqual([
      {
        line: 1,
        tsEvent: at("2022-12-13T00:02:00Z"),
        bidPrice: decimal("0.307"),
        bidSize: decimal("342957"),
        askPrice: decimal("0.3071"),
        askSize: decimal("125790"),
      },
    ]);
  });

  it("may lack a side, but not both", async () => {
    const memory = await read(QUOTES, ["0,,,,,,0.3068,0.3072,0.3067,0.3071,125790", "0,,,,,,,,,,"]);
    expect(memory.rows.map(({ stream, symbol }) => `${stream} ${symbol}`)).toEqual([
      "candles ADAUSDT@ask",
      "quotes ADAUSDT",
    ]);
    expect(memory.of("quotes")[0]).toMatchObject({ bidPrice: undefined, bidSize: undefined });
    expect(reasonsOf(memory)).toEqual(['column bid_open: "" is not a bid or an ask']);
  });
});

describe("Lean margin interest", () => {
  it("is the funding rate that was exchanged, a fraction", async () => {
    const memory = await read("cryptofuture_binance_margin_interest_btcusd.csv", [
      "20201229 08:00:00,0.00046053",
      "2020-12-29 08:00:00,0.1",
      "20201329 08:00:00,0.1",
      "20201229 08:00:00,",
    ]);
    expect(memory.of("tickers", "binance-coinm:BTCUSD_PERP")).toEqual([
      {
        line: 1,
        tsEvent: at("2020-12-29T08:00:00Z"),
        fundingRate: 0.000_460_53,
        fundingTime: at("2020-12-29T08:00:00Z"),
      },
    ]);
    expect(reasonsOf(memory)).toEqual([
      'column time: "2020-12-29 08:00:00" is not a time YYYYMMDD HH:MM:SS',
      'column time: "20201329 08:00:00" is not a time YYYYMMDD HH:MM:SS',
      'column rate: "" is not a number',
    ]);
  });
});

describe("Lean names", () => {
  it("say set, market, symbol and day, in a path, inside the archive and in Lean's own folders", () => {
    expect(readLeanName(QUOTES)).toEqual({
      set: "quote",
      market: "binance",
      symbol: "adausdt",
      date: "2022-12-13",
    });
    expect(readLeanName("20221213_btcusd_minute_trade_perp.csv")).toEqual({
      set: "trade",
      market: undefined,
      symbol: "btcusd",
      date: "2022-12-13",
    });
    expect(readLeanName("20260101_quote.zip")).toMatchObject({ set: "quote", date: "2026-01-01" });
    expect(readLeanName("btcusd.csv")).toBeUndefined();
  });

  it("become the venue's own name of a known perpetual; what is not known must be named", () => {
    const instrument = (file: string, hints: ReadHints = {}): unknown => {
      const name = readLeanName(file);
      return name === undefined ? undefined : leanInstrument(file, name, hints);
    };
    expect(instrument("cryptofuture_dydx_minute_btcusd_20260101_trade.zip")).toEqual({
      venue: "dydx",
      symbol: "BTC-USD",
    });
    expect(instrument("20221213_btcusd_minute_trade_perp.csv", { venue: "binance" })).toEqual({
      venue: "binance-coinm",
      symbol: "BTCUSD_PERP",
    });
    expect(() => instrument("20260101_trade.zip")).toThrow(
      "20260101_trade.zip: its name does not say which instrument it is of",
    );
  });

  it("are needed: without one the day must be said, and the file must look like one of Lean's", async () => {
    const dydx = { venue: "dydx", symbol: "BTC-USD" };
    const bar = ["0,87489,87496,87463,87488,1.9414"];
    await expect(read("bars.csv", bar, dydx)).rejects.toThrow(
      "bars.csv: the bars have times of day, and nothing says the day",
    );
    const memory = await read("bars.csv", bar, { ...dydx, date: "2026-01-01" });
    expect(memory.of("candles", "dydx:BTC-USD")[0]?.tsEvent).toBe(at("2026-01-01T00:00:00Z"));
    await expect(read("bars.csv", ["a,b,c"], dydx)).rejects.toThrow(
      /bars.csv:1: "a,b,c" is no line of Lean's/,
    );
  });
});

/** Zipped bars: market, symbol, day, trade bars, quote bars, last minute, instrument. Counted in the files by another program. */
const RECORDED = [
  ["binance", "adausdt", "20221213", 1_440, 1_100, "23:59", "binance-usdm:ADAUSDT"],
  ["binance", "btcusd", "20221213", 1_439, 1_104, "23:59", "binance-coinm:BTCUSD_PERP"],
  ["bybit", "btcusdt", "20221213", 721, 460, "12:00", "bybit:BTCUSDT"],
  ["dydx", "btcusd", "20260101", 1_410, 1_440, "23:59", "dydx:BTC-USD"],
] as const;

for (const [market, symbol, day, trades, quotes, last, id] of RECORDED) {
  const path = (set: string): string =>
    recording(`klines/lean-minute/cryptofuture_${market}_minute_${symbol}_${day}_${set}.zip`);
  const lastAt = at(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T${last}:00Z`);

  describe.skipIf(!existsSync(path("trade")))(
    `klines/lean-minute/cryptofuture_${market}_minute_${symbol}_${day}_trade.zip`,
    () => {
      it(`holds ${trades} minutes`, async () => {
        expect(lean.recognises(await fileHead(await openFile(path("trade"))))).toBe(true);
        const memory = await readPath(lean, path("trade"));
        expect(memory.quarantined).toEqual([]);
        const rows = memory.of("candles", id);
        expect(rows).toHaveLength(trades);
        expect(rows.at(-1)?.tsEvent).toBe(lastAt);
        expect(rows.every(({ volume, quoteVolume }) => (volume ?? quoteVolume ?? -1) >= 0)).toBe(
          true,
        );
      });
    },
  );

  describe.skipIf(!existsSync(path("quote")))(
    `klines/lean-minute/cryptofuture_${market}_minute_${symbol}_${day}_quote.zip`,
    () => {
      it(`holds ${quotes} minutes with a change of the quote`, async () => {
        const memory = await readPath(lean, path("quote"));
        expect(memory.quarantined).toEqual([]);
        for (const side of ["bid", "ask"]) {
          const rows = memory.of("candles", `${id}@${side}`);
          expect(rows).toHaveLength(quotes);
          expect(rows.at(-1)?.tsEvent).toBe(lastAt);
        }
        const rows = memory.of("quotes", id);
        expect(rows).toHaveLength(quotes);
        expect(rows.at(-1)?.tsEvent).toBe(lastAt + MICROS_PER_MINUTE);
      });
    },
  );
}

for (const [name, rates, id, lastRate] of [
  ["binance_margin_interest_btcusd", 12, "binance-coinm:BTCUSD_PERP", -0.000_029_83],
  ["bybit_margin_interest_btcusdt", 3, "bybit:BTCUSDT", -0.000_385_55],
] as const) {
  const path = recording(`klines/lean-minute/cryptofuture_${name}.csv`);
  describe.skipIf(!existsSync(path))(`klines/lean-minute/cryptofuture_${name}.csv`, () => {
    it(`holds ${rates} settlements`, async () => {
      const memory = await readPath(lean, path);
      expect(memory.quarantined).toEqual([]);
      const rows = memory.of("tickers", id);
      expect(rows).toHaveLength(rates);
      expect(rows.at(-1)).toMatchObject({
        tsEvent: at("2022-12-13T16:00:00Z"),
        fundingRate: lastRate,
      });
    });
  });
}
