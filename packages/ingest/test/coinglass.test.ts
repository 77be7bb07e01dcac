import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decimal, decimalToNumber, MICROS_PER_HOUR, MICROS_PER_MINUTE } from "@aftershock/schema";
import type { ReadHints } from "../src/source.ts";
import { coinglass } from "../src/sources/coinglass/coinglass.ts";
import { COINGLASS_TABLES } from "../src/sources/coinglass/coinglassTables.ts";
import { MissingIntervals } from "../src/sources/coinglass/missingIntervals.ts";
import type { MemorySink } from "./memorySink.ts";
import { at, notesOf, readPath, readText, reasonsOf, recording, skipsOf } from "./readWith.ts";

const [LIQUIDATIONS = "", REGIME = ""] = COINGLASS_TABLES.map(({ columns }) => columns.join(","));
const NAME = "coinglass_BTC_liquidation_1h.csv";

const read = (name: string, lines: readonly string[], hints: ReadHints = {}): Promise<MemorySink> =>
  readText(coinglass, name, `${lines.join("\n")}\n`, hints);

const valuesOf = (memory: MemorySink): Record<string, number> =>
  Object.fromEntries(memory.of("measures").map(({ measure, value }) => [measure, value]));

describe("Coinglass liquidations", () => {
  it("are sums in USD over the interval that starts at their time", async () => {
    const memory = await read(NAME, [
      LIQUIDATIONS,
      "1763874000000,2025-11-23T05:00:00.000Z,702059.93624,79334.1739,781394.11014",
    ]);
    const origin = {
      line: 2,
      tsEvent: at("2025-11-23T05:00:00Z"),
      intervalMicros: MICROS_PER_HOUR,
    };
    expect(memory.of("measures", "coinglass:BTC")).toEqual([
      { ...origin, measure: "longLiquidationsUsd", value: 702_059.93624 },
      { ...origin, measure: "shortLiquidationsUsd", value: 79_334.1739 },
      { ...origin, measure: "totalLiquidationsUsd", value: 781_394.11014 },
    ]);
    expect(memory.datasets).toEqual(["liquidations-1h"]);
    expect(skipsOf(memory)).toEqual(["1 header"]);
  });

  it("count the intervals that lack between others", async () => {
    const lines = ["05", "06", "09"].map(
      (hour) => `${Date.parse(`2025-11-23T${hour}:00:00Z`)},2025-11-23T${hour}:00:00.000Z,1,2,3`,
    );
    const memory = await read(NAME, [LIQUIDATIONS, ...lines]);
    expect(notesOf(memory)).toEqual({ "measures coinglass:BTC missingIntervals": 2 });
  });

  it("have the interval that most lines are apart where the name says none", async () => {
    const lines = ["05:00", "05:30", "06:00", "07:30"].map(
      (time) => `${Date.parse(`2025-11-23T${time}:00Z`)},2025-11-23T${time}:00.000Z,1,2,3`,
    );
    const memory = await read("liquidations.csv", [LIQUIDATIONS, ...lines], { symbol: "BTC" });
    expect(memory.of("measures", "coinglass:BTC")[0]?.intervalMicros).toBe(30 * MICROS_PER_MINUTE);
    await expect(
      read("liquidations.csv", [LIQUIDATIONS, lines[0] ?? ""], { symbol: "BTC" }),
    ).rejects.toThrow("one line does not say how long an interval is");
  });

  it("are quarantined where the two times differ or a figure is none", async () => {
    const memory = await read(NAME, [
      LIQUIDATIONS,
      "1763874000000,2025-11-23T06:00:00.000Z,1,2,3",
      "1763874000,2025-11-23T05:00:00.000Z,1,2,3",
      "1763874000000,2025-11-23T05:00:00.000Z,1,,3",
      "1763874000000,2025-11-23T05:00:00.000Z,1,2",
    ]);
    expect(memory.rows).toEqual([]);
    expect(reasonsOf(memory)).toEqual([
      'column datetime_utc: "2025-11-23T06:00:00.000Z" is not the time that timestamp 1763874000000 says',
      'timestamp is "1763874000", not a time in milliseconds',
      'column shortUsd: "" is not a number',
      "4 columns, not 5",
    ]);
  });

  it("must be of a coin that the name or the user says", async () => {
    await expect(read("x_1h.csv", [LIQUIDATIONS])).rejects.toThrow(
      "x_1h.csv: neither the columns nor the name say of which coin it is",
    );
  });
});

describe("missing intervals", () => {
  it("are none before the first, after a step back or at the same time", () => {
    const missing = new MissingIntervals(10);
    const none = { onLastDay: 0, onThisDay: 0 };
    expect([100, 110, 90, 110].map((time) => missing.before(time))).toEqual([
      none,
      none,
      none,
      none,
    ]);
    expect(missing.before(140)).toEqual({ onLastDay: 2, onThisDay: 0 });
    expect(missing.before(155)).toEqual({ onLastDay: 1, onThisDay: 0 });
  });

  it("over midnight are split between the days", () => {
    const missing = new MissingIntervals(MICROS_PER_HOUR);
    missing.before(at("2025-11-23T20:00:00Z"));
    expect(missing.before(at("2025-11-24T02:00:00Z"))).toEqual({ onLastDay: 3, onThisDay: 2 });
  });
});

describe("Coinglass regime", () => {
  const line = (prices: string): string =>
    `1764828000000,2025-12-04T06:00:00.000Z,${prices},42620.5,1499665.5,1542286,0.004936,0.005673,0.004892,0.0055,8206829667,8258524471,8197246225,8248989576,0.002752,0.003141,-0.002632,0.003141,1,2,3,4`;

  it("gives the price as a bar, funding as fractions, open interest in USD, and no volume delta", async () => {
    const memory = await read("coinglass_BTC_regime_1h.csv", [
      REGIME,
      line("92979.25,93371.12,92824.32,93140.74"),
    ]);
    expect(memory.of("candles", "coinglass:BTC@regime")).toEqual([
      {
        line: 2,
        tsEvent: at("2025-12-04T06:00:00Z"),
        intervalMicros: MICROS_PER_HOUR,
        open: decimal("92979.25"),
        high: decimal("93371.12"),
        low: decimal("92824.32"),
        close: decimal("93140.74"),
      },
    ]);
    expect(valuesOf(memory)).toEqual({
      longLiquidationsUsd: 42_620.5,
      shortLiquidationsUsd: 1_499_665.5,
      totalLiquidationsUsd: 1_542_286,
      fundingRateOpen: 0.000_049_36,
      fundingRateHigh: 0.000_056_73,
      fundingRateLow: 0.000_048_92,
      fundingRateClose: 0.000_055,
      openInterestUsdOpen: 8_206_829_667,
      openInterestUsdHigh: 8_258_524_471,
      openInterestUsdLow: 8_197_246_225,
      openInterestUsdClose: 8_248_989_576,
      oiWeightedFundingRateOpen: 0.000_027_52,
      oiWeightedFundingRateHigh: 0.000_031_41,
      oiWeightedFundingRateLow: -0.000_026_32,
      oiWeightedFundingRateClose: 0.000_031_41,
    });
  });
});

/** File, lines, interval in minutes, first, last, missing intervals, lines of zeros. Counted in the files by another program. */
const LIQUIDATION_FILES = [
  ["liquidation_1h_2y", 4_316, 60, "2025-11-23T05:00Z", "2026-05-22T04:00Z", 4, 14],
  ["liquidation_max_30m", 4_320, 30, "2026-02-27T04:30Z", "2026-05-28T04:00Z", 0, 62],
] as const;

for (const [name, lines, minutes, first, last, missing, zeros] of LIQUIDATION_FILES) {
  const path = recording(`funding-oi/coinglass_BTC_${name}.csv.gz`);
  describe.skipIf(!existsSync(path))(`funding-oi/coinglass_BTC_${name}.csv.gz`, () => {
    it(`holds ${lines} intervals of ${minutes} minutes; longs and shorts make up the total`, async () => {
      const memory = await readPath(coinglass, path);
      expect(memory.quarantined).toEqual([]);
      const rows = memory.of("measures", "coinglass:BTC");
      expect(rows).toHaveLength(3 * lines);
      expect([rows[0]?.tsEvent, rows.at(-1)?.tsEvent]).toEqual([at(first), at(last)]);
      expect(new Set(rows.map((row) => row.intervalMicros))).toEqual(
        new Set([minutes * MICROS_PER_MINUTE]),
      );
      expect(memory.notes.get("measures coinglass:BTC missingIntervals") ?? 0).toBe(missing);
      const sums = Map.groupBy(rows, ({ tsEvent }) => tsEvent);
      for (const [long, short, total] of sums.values()) {
        expect((long?.value ?? 0) + (short?.value ?? 0)).toBeCloseTo(total?.value ?? -1, 5);
      }
      const totals = rows.filter(({ measure }) => measure === "totalLiquidationsUsd");
      expect(totals.filter(({ value }) => value === 0)).toHaveLength(zeros);
    });
  });
}

const HOURS = recording("funding-oi/coinglass_BTC_liquidation_1h_2y.csv.gz");
describe.skipIf(!existsSync(HOURS))(
  "funding-oi/coinglass_BTC_liquidation_1h_2y.csv.gz, the peak",
  () => {
    it("is 142.4 million USD in the hour from 20:00 on 5 February 2026, nearly all of it longs", async () => {
      const memory = await readPath(coinglass, HOURS);
      const totals = memory
        .of("measures")
        .filter(({ measure }) => measure === "totalLiquidationsUsd")
        .toSorted((a, b) => b.value - a.value);
      expect(totals[0]).toMatchObject({
        tsEvent: at("2026-02-05T20:00:00Z"),
        value: 142_378_251.36574,
      });
    });
  },
);

const REGIME_FILE = recording("funding-oi/coinglass_BTC_regime_1h_20251204_20260602.csv.gz");
describe.skipIf(!existsSync(REGIME_FILE))(
  "funding-oi/coinglass_BTC_regime_1h_20251204_20260602.csv.gz",
  () => {
    it("holds 4,312 hours of price, funding and open interest", async () => {
      const memory = await readPath(coinglass, REGIME_FILE);
      expect(memory.quarantined).toEqual([]);
      const id = "coinglass:BTC@regime";
      const bars = memory.of("candles", id);
      expect(bars).toHaveLength(4_312);
      expect(memory.of("measures", id)).toHaveLength(15 * 4_312);
      expect(notesOf(memory)).toEqual({ [`measures ${id} missingIntervals`]: 8 });
      const crash = bars.find(({ tsEvent }) => tsEvent === at("2026-02-05T20:00:00Z"));
      expect(
        [crash?.open, crash?.low, crash?.close].map((price) => price && decimalToNumber(price)),
      ).toEqual([65_265.66, 62_345, 63_775.67]);
      const interest = memory
        .of("measures")
        .filter(({ measure }) => measure === "openInterestUsdClose");
      expect(Math.min(...interest.map(({ value }) => value))).toBe(5_072_422_734);
    });
  },
);
