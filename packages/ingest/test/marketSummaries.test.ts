import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MICROS_PER_DAY, MICROS_PER_MINUTE } from "@aftershock/schema";
import { marketSummaries } from "../src/sources/summaries/marketSummaries.ts";
import type { MemorySink } from "./memorySink.ts";
import { at, readPath, readText, reasonsOf, recording } from "./readWith.ts";

const read = (...lines: readonly string[]): Promise<MemorySink> =>
  readText(marketSummaries, "s.csv", `${lines.join("\n")}\n`);

const RANGES =
  "table_name,exchange,market,timeframe,n_candles_on_day,day_high,day_low,intraday_drop_pct";
const VOLUMES = "exchange,type,table,base,quote,usd_volume";

describe("summaries of every market of a day", () => {
  it("give the range of each market of an exchange under its name", async () => {
    const memory = await read(
      RANGES,
      "binance_atom_usdt_1d,binance,atom_usdt,1d,1,4.188,1E-03,99.976",
      "binance_atom_usdt_1h,binance,atom_usdt,1h,1,4.188,1,99.976",
      "binance_a_b_1d,binance,a b,1d,1,4.188,1,99.976",
      "binance_atom_usdt_1d,bin ance,atom_usdt,1d,1,4.188,1,99.976",
      "binance_atom_usdt_1d,binance,atom_usdt,1d,1,4.188,-1,99.976",
    );
    const day = { line: 2, tsEvent: at("2025-10-10T00:00:00Z"), intervalMicros: MICROS_PER_DAY };
    expect(memory.of("measures", "binance:SPOT-MARKETS")).toEqual([
      { ...day, measure: "dayHigh:atom_usdt", value: 4.188 },
      { ...day, measure: "dayLow:atom_usdt", value: 0.001 },
    ]);
    expect(reasonsOf(memory)).toEqual([
      'column timeframe: "1h" is not one of 1d',
      'column market: "a b" is not the name of a market',
      'column exchange: "bin ance" is not the name of an exchange',
      'column day_low: "-1" is not a number of zero or more',
    ]);
  });

  it("give the volume of each market in the window, contracts of one pair apart", async () => {
    const memory = await read(
      VOLUMES,
      "Binance,futures,binance_btc_usdt:usdt_1m,btc,usdt,100.5",
      "Binance,futures,binance_btc_usdt:usdt-251226_1m,btc,usdt,7",
      "Binance,swap,binance_btc_usdt_1m,btc,usdt,7",
      "Binance,spot,kraken_btc_usdt_1m,btc,usdt,7",
      "Binance,spot,binance_btc_usdt_1m,btc,usdt,",
    );
    const window = {
      tsEvent: at("2025-10-10T21:09:00Z"),
      intervalMicros: 51 * MICROS_PER_MINUTE,
    };
    expect(memory.of("measures", "binance:FUTURES-MARKETS")).toEqual([
      { line: 2, ...window, measure: "volumeUsd:btc_usdt:usdt", value: 100.5 },
      { line: 3, ...window, measure: "volumeUsd:btc_usdt:usdt-251226", value: 7 },
    ]);
    expect(reasonsOf(memory)).toEqual([
      'column type: "swap" is not one of spot, futures',
      'column table: "kraken_btc_usdt_1m" is not a table binance_…_1m',
      'column usd_volume: "" is not a number of zero or more',
    ]);
  });
});

const DROPS = recording("crash-2025-10-10/binance_spot_oct10_drops.csv");
describe.skipIf(!existsSync(DROPS))("crash-2025-10-10/binance_spot_oct10_drops.csv", () => {
  it("holds the range of 1,581 spot markets: BTC down to 102,000 USDT, ATOM to 0.001", async () => {
    const memory = await readPath(marketSummaries, DROPS);
    expect(memory.quarantined).toEqual([]);
    const rows = memory.of("measures", "binance:SPOT-MARKETS");
    expect(rows).toHaveLength(2 * 1_581);
    expect(new Set(rows.map(({ measure }) => measure)).size).toBe(2 * 1_581);
    const valueOf = (measure: string): number | undefined =>
      rows.find((row) => row.measure === measure)?.value;
    expect([valueOf("dayHigh:btc_usdt"), valueOf("dayLow:btc_usdt")]).toEqual([122_550, 102_000]);
    expect(valueOf("dayLow:atom_usdt")).toBe(0.001);
  });
});

const WINDOW = recording("crash-2025-10-10/all_exchanges_window_volume_2109_2200.csv.gz");
describe.skipIf(!existsSync(WINDOW))(
  "crash-2025-10-10/all_exchanges_window_volume_2109_2200.csv.gz",
  () => {
    it("holds 10,433 markets of 12 exchanges, 168.6 billion USD", async () => {
      const memory = await readPath(marketSummaries, WINDOW);
      expect(memory.quarantined).toEqual([]);
      const rows = memory.of("measures");
      expect(rows).toHaveLength(10_433);
      expect(new Set(memory.rows.map(({ venue }) => venue)).size).toBe(12);
      const names = new Set(
        memory.rows.map(({ venue, symbol }, i) => `${venue} ${symbol} ${rows[i]?.measure}`),
      );
      expect(names.size).toBe(10_433);
      expect(rows.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(168_612_877_150.864, 1);
      expect(memory.of("measures", "binance:SPOT-MARKETS")).toHaveLength(713);
    });
  },
);
