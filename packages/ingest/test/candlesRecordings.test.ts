import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decimalToNumber, MICROS_PER_HOUR, MICROS_PER_MINUTE } from "@aftershock/schema";
import { ingest } from "../src/ingest.ts";
import { candles } from "../src/sources/candles/candles.ts";
import type { RawRow, ReadHints } from "../src/source.ts";
import { Lake } from "../src/store/lake.ts";
import type { MemorySink } from "./memorySink.ts";
import { at, readPath, recording } from "./readWith.ts";

type Candle = RawRow<"candles">;

const lowest = (rows: readonly Candle[]): number =>
  Math.min(...rows.map(({ low }) => decimalToNumber(low)));
const highest = (rows: readonly Candle[]): number =>
  Math.max(...rows.map(({ high }) => decimalToNumber(high)));

async function readBars(path: string, hints: ReadHints): Promise<MemorySink> {
  const memory = await readPath(candles, recording(path), hints);
  expect(memory.quarantined).toEqual([]);
  return memory;
}

/** Coin, bars, last bar, lowest and highest price. Counted in the files by another program. */
const SPOT_2021: readonly (readonly [string, number, string, number, number])[] = [
  ["AAVE", 61_279, "2021-05-14T20:32:00Z", 280.727, 634.32],
  ["BNB", 61_273, "2021-05-14T20:26:00Z", 315.91, 691.77],
  ["BTC", 61_272, "2021-05-14T20:25:00Z", 46_000, 64_854],
  ["COMP", 61_290, "2021-05-14T20:43:00Z", 411.37, 911],
  ["DOGE", 61_272, "2021-05-14T20:25:00Z", 0.055_086_4, 0.739_95],
  ["ETH", 61_273, "2021-05-14T20:26:00Z", 1_930.01, 4_372.72],
  ["LINK", 61_277, "2021-05-14T20:30:00Z", 28.6801, 53],
  ["LUNA", 61_281, "2021-05-14T20:34:00Z", 11.6501, 19.6094],
  ["MKR", 61_285, "2021-05-14T20:38:00Z", 2_017.34, 6_347.94],
  ["SOL", 61_278, "2021-05-14T20:31:00Z", 18.345, 49.99],
];

/** The minutes that a series lacks between its first and its last, as spans. */
function gapsOf(rows: readonly Candle[]): string[] {
  const gaps: string[] = [];
  let before = rows[0]?.tsEvent ?? 0;
  for (const { tsEvent = 0 } of rows) {
    if (tsEvent - before > MICROS_PER_MINUTE) {
      const [from, to] = [before + MICROS_PER_MINUTE, tsEvent - MICROS_PER_MINUTE].map((micros) =>
        new Date(micros / 1_000).toISOString().slice(0, 16),
      );
      gaps.push(`${from} … ${to}`);
    }
    before = tsEvent;
  }
  return gaps;
}

for (const [coin, count, last, low, high] of SPOT_2021) {
  const path = `crash-2021/binance-spot-1m-20210402-20210512/${coin}_USDT-1m.json.gz`;
  describe.skipIf(!existsSync(recording(path)))(`recorded ${path}`, () => {
    it("lacks the minutes of Binance's two maintenances, and no others", async () => {
      const memory = await readBars(path, { venue: "binance" });
      const rows = memory.of("candles", `binance:${coin}USDT`);
      expect(rows).toHaveLength(count);
      expect(memory.rows).toHaveLength(count);
      expect(rows[0]?.tsEvent).toBe(at("2021-04-02T00:00:00Z"));
      expect(rows.at(-1)?.tsEvent).toBe(at(last));
      expect([lowest(rows), highest(rows)]).toEqual([low, high]);
      expect(gapsOf(rows)).toEqual([
        "2021-04-20T02:00 … 2021-04-20T04:29",
        "2021-04-25T04:01 … 2021-04-25T08:44",
      ]);
    });
  });
}

/** File, bars, first and last bar, length in minutes, instrument, lowest price of 21:00 to 22:00 on 10 October. */
const FUTURES_2025: readonly (readonly [string, number, string, string, number, string, number])[] =
  [
    [
      "BTC_USDT_USDT-5m-futures",
      11_123,
      "2025-09-19T00:00:00Z",
      "2025-10-27T14:50:00Z",
      5,
      "BTCUSDT",
      101_516.5,
    ],
    [
      "BTC_USDT_USDT-15m-futures",
      3_355,
      "2025-09-19T00:00:00Z",
      "2025-10-23T22:30:00Z",
      15,
      "BTCUSDT",
      101_516.5,
    ],
    [
      "ETH_USDT_USDT-5m-futures",
      8_819,
      "2025-09-27T00:00:00Z",
      "2025-10-27T14:50:00Z",
      5,
      "ETHUSDT",
      3_400,
    ],
    [
      "BTC_USDT_USDT-8h-mark",
      115,
      "2025-09-19T00:00:00Z",
      "2025-10-27T00:00:00Z",
      480,
      "BTCUSDT@mark",
      Number.POSITIVE_INFINITY,
    ],
    [
      "ETH_USDT_USDT-8h-mark",
      91,
      "2025-09-27T00:00:00Z",
      "2025-10-27T00:00:00Z",
      480,
      "ETHUSDT@mark",
      Number.POSITIVE_INFINITY,
    ],
  ];

for (const [name, count, first, last, minutes, symbol, low] of FUTURES_2025) {
  const path = `crash-2025-10-10/binance-usdm/${name}.json.gz`;
  describe.skipIf(!existsSync(recording(path)))(`recorded ${path}`, () => {
    it("lacks no bar and holds the cascade's low", async () => {
      const memory = await readBars(path, { venue: "binance-usdm" });
      const rows = memory.of("candles", `binance-usdm:${symbol}`);
      expect(rows).toHaveLength(count);
      expect([rows[0]?.tsEvent, rows.at(-1)?.tsEvent]).toEqual([at(first), at(last)]);
      expect(new Set(rows.map((row) => row.intervalMicros))).toEqual(
        new Set([minutes * MICROS_PER_MINUTE]),
      );
      const hour = rows.filter(
        ({ tsEvent = 0 }) =>
          tsEvent >= at("2025-10-10T21:00:00Z") && tsEvent < at("2025-10-10T22:00:00Z"),
      );
      expect(lowest(hour)).toBe(low);
    });
  });
}

for (const [coin, count, first, sum] of [
  ["BTC", 115, "2025-09-19T00:00:00Z", 0.003_645_29],
  ["ETH", 91, "2025-09-27T00:00:00Z", 0.003_088_64],
] as const) {
  const path = `crash-2025-10-10/binance-usdm/${coin}_USDT_USDT-8h-funding_rate.json.gz`;
  describe.skipIf(!existsSync(recording(path)))(`recorded ${path}`, () => {
    it("holds every settlement, stamped up to some ms late, due at the hour", async () => {
      const memory = await readBars(path, { venue: "binance-usdm" });
      const rows = memory.of("tickers", `binance-usdm:${coin}USDT`);
      expect(rows).toHaveLength(count);
      expect(rows[0]?.tsEvent).toBe(at(first));
      rows.forEach(({ fundingTime = 0, tsEvent = 0 }, place) => {
        expect(fundingTime).toBe(at(first) + place * 8 * MICROS_PER_HOUR);
        expect(tsEvent - fundingTime).toBeLessThan(1_000_000);
      });
      const rates = rows.reduce((total, { fundingRate = 0 }) => total + fundingRate, 0);
      expect(rates).toBeCloseTo(sum, 8);
    });
  });
}

const FUNDING = "funding-oi/funding_rate_btc_8h_20221103_20251112.json.gz";
describe.skipIf(!existsSync(recording(FUNDING)))(
  "funding-oi/funding_rate_btc_8h_20221103_20251112.json.gz",
  () => {
    it("holds 3,316 settlements as fractions, the lowest on the day FTX fell", async () => {
      const memory = await readBars(FUNDING, { venue: "binance-usdm", symbol: "BTCUSDT" });
      const rows = memory.of("tickers");
      expect(rows).toHaveLength(3_316);
      const steps = rows.map(
        ({ fundingTime = 0 }, place) => fundingTime - (rows[place - 1]?.fundingTime ?? 0),
      );
      expect(new Set(steps.slice(1))).toEqual(new Set([8 * MICROS_PER_HOUR]));
      const least = rows.toSorted((a, b) => (a.fundingRate ?? 0) - (b.fundingRate ?? 0))[0];
      expect(least?.fundingRate).toBe(-0.001_191_72);
      expect(least?.fundingTime).toBe(at("2022-11-10T00:00:00Z"));
      expect(rows.at(-1)?.fundingTime).toBe(at("2025-11-12T08:00:00Z"));
    });
  },
);

/** Files of StableSims: bars, duplicates, first bar, lowest and highest price. */
const STABLESIMS: readonly (readonly [string, number, number, string, number, number])[] = [
  ["crash-2020-03-12/eth_usd_10m.json", 144, 0, "2020-03-12T00:00:00Z", 101.01, 195.43],
  ["crash-2020-03-12/dai_usd_10m.json", 144, 0, "2020-03-12T00:00:00Z", 1.0081, 1.126_447],
  ["crash-2021/stablesims/2020-09-05_eth.json", 142, 2, "2020-09-05T00:20:00Z", 292, 394.98],
  ["crash-2021/stablesims/2021-01-11_eth.json", 144, 0, "2021-01-11T00:00:00Z", 902, 1_258.83],
  ["crash-2021/stablesims/2021-01-21_eth.json", 144, 0, "2021-01-21T00:00:00Z", 1_083.21, 1_389.56],
  ["crash-2021/stablesims/2021-02-22_eth.json", 144, 0, "2021-02-22T00:00:00Z", 1_507.58, 1_938.2],
  ["crash-2021/stablesims/2021-05-19_eth.json", 144, 0, "2021-05-19T00:00:00Z", 1_862.04, 3_441.29],
  ["crash-2021/stablesims/2021-06-21_eth.json", 144, 0, "2021-06-21T00:00:00Z", 1_865.86, 2_259.47],
];

for (const [path, count, duplicates, first, low, high] of STABLESIMS) {
  describe.skipIf(!existsSync(recording(path)))(`recorded ${path}`, () => {
    it("holds a day of ten-minute bars with their numbers of trades", async () => {
      const memory = await readBars(path, { venue: "coinapi", symbol: "ETH-USD" });
      const rows = memory.of("candles");
      expect(rows).toHaveLength(count);
      expect(memory.skipped.map(({ reason }) => reason)).toEqual(
        Array.from({ length: duplicates }, () => "duplicate record"),
      );
      expect(rows[0]?.tsEvent).toBe(at(first));
      expect(rows.at(-1)?.tsEvent).toBe(at(`${first.slice(0, 10)}T23:50:00Z`));
      expect([lowest(rows), highest(rows)]).toEqual([low, high]);
      expect(rows.every(({ trades = 0 }) => trades > 0)).toBe(true);
    });
  });
}

const USDC = "crash-2023-03-usdc/usdc_price_20230309_20230319.json";
describe.skipIf(!existsSync(recording(USDC)))(
  "crash-2023-03-usdc/usdc_price_20230309_20230319.json",
  () => {
    it("holds 808 bars of which 434 contradict themselves, stored as they are", async () => {
      const memory = await readBars(USDC, { venue: "stablesafe", symbol: "USDC" });
      const rows = memory.of("candles", "stablesafe:USDC");
      expect(rows).toHaveLength(808);
      expect([rows[0]?.tsEvent, rows.at(-1)?.tsEvent]).toEqual([
        at("2023-03-09T05:00:00Z"),
        at("2023-03-18T23:45:00Z"),
      ]);
      expect(lowest(rows)).toBe(0.899_417_794_194_857);
      const contradictory = rows.filter(({ open, high, low, close }) => {
        const [o = 0, h = 0, l = 0, c = 0] = [open, high, low, close].map(decimalToNumber);
        return l > Math.min(o, c) || h < Math.max(o, c);
      });
      expect(contradictory).toHaveLength(434);
      expect(new Set(rows.map((row) => row.intervalMicros))).toEqual(
        new Set([15 * MICROS_PER_MINUTE]),
      );
    });
  },
);

const PERPETUAL = "klines/btc-perp-1m-20211231-20220201.csv.gz";
describe.skipIf(!existsSync(recording(PERPETUAL)))(
  "klines/btc-perp-1m-20211231-20220201.csv.gz",
  () => {
    it("holds every minute of January 2022, volume in USD", async () => {
      const memory = await readBars(PERPETUAL, { venue: "ftx", symbol: "BTC-PERP" });
      const rows = memory.of("candles", "ftx:BTC-PERP");
      expect(rows).toHaveLength(45_031);
      expect([rows[0]?.tsEvent, rows.at(-1)?.tsEvent]).toEqual([
        at("2021-12-31T23:01:00Z"),
        at("2022-02-01T05:31:00Z"),
      ]);
      expect([lowest(rows), highest(rows)]).toEqual([32_837, 48_080]);
      expect(rows[0]?.quoteVolume).toBe(2_300_413.7295);
    });
  },
);

const BITCOIN = "crash-2021/binance-spot-1m-20210402-20210512/BTC_USDT-1m.json.gz";
describe.skipIf(!existsSync(recording(BITCOIN)) || !existsSync(recording(USDC)))(
  "BTC_USDT-1m.json.gz and usdc_price_20230309_20230319.json in a lake",
  () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "aftershock-"));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    /** Days of which a figure of quality is not 0, with the figure. */
    async function daysWith(
      figure: "missingBars" | "badOhlc",
      path: string,
      hints: ReadHints,
    ): Promise<Record<string, number>> {
      const lake = new Lake(join(folder, "lake"));
      await ingest({ lake, source: candles, paths: [recording(path)], hints });
      const days = (await lake.list()).map(
        ({ date, quality }) => [date, quality[figure] ?? 0] as const,
      );
      return Object.fromEntries(days.filter(([, count]) => count > 0));
    }

    it("have their missing minutes in the quality of the days that lack them", async () => {
      expect(await daysWith("missingBars", BITCOIN, { venue: "binance" })).toEqual({
        "2021-04-20": 150,
        "2021-04-25": 284,
      });
      // 43 days are written.
    }, 120_000);

    it("have their contradictory bars in the quality of their days", async () => {
      const days = await daysWith("badOhlc", USDC, { venue: "stablesafe", symbol: "USDC" });
      expect(Object.values(days).reduce((sum, count) => sum + count, 0)).toBe(434);
    });
  },
);
