import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MICROS_PER_MINUTE } from "@aftershock/schema";
import { curveMetrics } from "../src/sources/curve/curveMetrics.ts";
import { shiftPoint } from "../src/sources/read/shiftPoint.ts";
import type { MemorySink } from "./memorySink.ts";
import { at, readPath, readText, reasonsOf, recording, skipsOf } from "./readWith.ts";

const read = (name: string, lines: readonly string[]): Promise<MemorySink> =>
  readText(curveMetrics, name, `${lines.join("\n")}\n`);

const POOL =
  ",giniCoefficient,shannonsEntropy,FRAX.netSwapFlow,FRAX.netLPFlow,USDC.netSwapFlow,USDC.netLPFlow";
const RETURNS = "timestamp,USDC.logReturns";
const PRICES = ",token_id,symbol,timestamp,open,high,low,close,volume";

describe("Curve pool minutes", () => {
  it("give balance figures and flows in tokens, though flows of liquidity are recorded in smallest units", async () => {
    const memory = await read("crvFRAX.csv.gz", [
      POOL,
      "2023-03-11 00:01:00,0.156,0.928,-2500.5,7.091983413519705e+19,2500.25,-32020669.0",
    ]);
    const minute = {
      line: 2,
      tsEvent: at("2023-03-11T00:01:00Z"),
      intervalMicros: MICROS_PER_MINUTE,
    };
    expect(memory.of("measures", "curve:crvFRAX")).toEqual([
      { ...minute, measure: "giniCoefficient", value: 0.156 },
      { ...minute, measure: "shannonEntropyBits", value: 0.928 },
      { ...minute, measure: "netSwapFlowFRAX", value: -2_500.5 },
      { ...minute, measure: "netLiquidityFlowFRAX", value: 70.919_834_135_197_05 },
      { ...minute, measure: "netSwapFlowUSDC", value: 2_500.25 },
      { ...minute, measure: "netLiquidityFlowUSDC", value: -32.020_669 },
    ]);
    expect(memory.datasets).toEqual(["pool"]);
  });

  it("are quarantined where a cell is no number or time", async () => {
    const memory = await read("crvFRAX.csv", [
      POOL,
      "2023-03-11 00:01:00,0.156,,0.0,0,0.0,0.0",
      "11.03.2023,0.156,0.9,0.0,0,0.0,0.0",
      "2023-03-11 00:01:00,0.156,0.9,0.0,1e+999,0.0,0.0",
      "2023-03-11 00:01:00,0.156,0.9,0.0,0,0.0",
    ]);
    expect(memory.rows).toEqual([]);
    expect(reasonsOf(memory)).toEqual([
      'column shannonsEntropy: "" is not a number',
      'column time: "11.03.2023" is not a UTC time YYYY-MM-DD HH:MM:SS',
      'column FRAX.netLPFlow: "1e+999" is not a number',
      "6 columns, not 7",
    ]);
  });

  it("are refused for a token whose decimals are not known, and for another header", async () => {
    const other = POOL.replaceAll("FRAX", "XYZ");
    await expect(read("p.csv", [other])).rejects.toThrow(
      "the decimals of the token XYZ are not known",
    );
    await expect(read("p.csv", [POOL.replace("USDC.netLP", "DAI.netLP")])).rejects.toThrow(
      /p.csv:1: unknown header ",giniCoefficient/,
    );
    await expect(read("p.csv", ["a,b", "1,2"])).rejects.toThrow('p.csv:1: unknown header "a,b"');
  });
});

describe("Curve token returns", () => {
  it("span the minute before their time; the first of a file is an artefact", async () => {
    const memory = await read("USDC.csv", [
      RETURNS,
      "2023-03-01 00:01:00,0.08763890930767336",
      "2023-03-01 00:02:00,-0.000300015001000042",
    ]);
    expect(memory.of("measures", "curve-lp-metrics:USDC")).toEqual([
      {
        line: 3,
        tsEvent: at("2023-03-01T00:01:00Z"),
        measure: "logReturn",
        value: -0.000_300_015_001_000_042,
        intervalMicros: MICROS_PER_MINUTE,
      },
    ]);
    expect(skipsOf(memory)).toEqual(["1 header", "2 first return of the file: an artefact"]);
  });
});

describe("Curve token prices", () => {
  it("are last prices at their second", async () => {
    const line = (rest: string): string => `0,0xa693,UST/USD,${rest}`;
    const memory = await read("ust.csv", [
      PRICES,
      line("1652400000,,,,0.1873,"),
      line("1652400000,1,,,0.1873,"),
      line("1652400000,,,,0,"),
      line("1652400000000,,,,0.1,"),
      "0,0xa693,UST USD,1652400000,,,,0.1,",
    ]);
    expect(memory.of("tickers", "curve-lp-metrics:UST-USD")).toEqual([
      { line: 2, tsEvent: 1_652_400_000_000_000, lastPrice: 0.1873 },
    ]);
    expect(reasonsOf(memory)).toEqual([
      'column open: "1" is not empty, as in every row',
      'column close: "0" is not a price above zero',
      'timestamp is "1652400000000", not a time in seconds',
      'column symbol: "UST USD" is not the name of a pair',
    ]);
  });
});

describe("moving a decimal point", () => {
  it("rounds once, whatever exponent the text has", () => {
    expect(shiftPoint("2.601873275225e+25", -18)).toBe(26_018_732.752_25);
    expect(shiftPoint("1E-7", -2)).toBe(1e-9);
    expect(shiftPoint("-123", 2)).toBe(-12_300);
    expect(shiftPoint("x", 2)).toBeNaN();
  });
});

/** Pool, number of tokens, largest flow of swaps and of liquidity of its USDC or ETH in a minute, tokens. Counted by another program. */
const POOLS = [
  ["3Crv", 3, "USDC", 81_577_466.341_313, 27_116_638.581_61],
  ["crvFRAX", 2, "USDC", 4_101_752.451_773_999_7, 3_468_879.879_166],
  ["crvPlain3andSUSD", 4, "USDC", 38_430_734.193_904_996, 25_578.559_754],
  ["steCRV", 2, "ETH", 354_860.537_311_837_3, 7_678.866_131_853_92],
] as const;

for (const [pool, tokens, token, swaps, liquidity] of POOLS) {
  const path = recording(`crash-2023-03-usdc/curve-1m/${pool}.csv.gz`);
  describe.skipIf(!existsSync(path))(`crash-2023-03-usdc/curve-1m/${pool}.csv.gz`, () => {
    it("holds every minute of March 2023", async () => {
      const memory = await readPath(curveMetrics, path);
      expect(memory.quarantined).toEqual([]);
      const rows = memory.of("measures", `curve:${pool}`);
      expect(rows).toHaveLength(46_081 * (2 + 2 * tokens));
      expect([rows[0]?.tsEvent, rows.at(-1)?.tsEvent]).toEqual([
        at("2023-03-01T00:00:00Z"),
        at("2023-04-02T00:00:00Z"),
      ]);
      let [flow, provided, distinct, before] = [0, 0, 0, 0];
      for (const { measure, value, tsEvent = 0 } of rows) {
        if (measure === `netSwapFlow${token}`) flow = Math.max(flow, Math.abs(value));
        if (measure === `netLiquidityFlow${token}`) provided = Math.max(provided, Math.abs(value));
        if (tsEvent !== before) distinct += 1;
        before = tsEvent;
      }
      expect([flow, provided, distinct]).toEqual([swaps, liquidity, 46_081]);
    });
  });
}

/** Token, lines, last time, smallest sum of returns since the first. Counted by another program. */
const TOKENS = [
  ["USDC", 46_635, "2023-04-02T09:14:00Z", -0.343_366_232_355_002_96],
  ["USDT", 46_635, "2023-04-02T09:14:00Z", -0.002_600_730_248_796_46],
  ["DAI", 42_315, "2023-03-30T09:14:00Z", -0.283_608_233_568_874_1],
  ["ETH", 46_635, "2023-04-02T09:14:00Z", -0.270_707_422_507_951_77],
  ["CRV", 46_635, "2023-04-02T09:14:00Z", -0.343_021_723_099_368_07],
] as const;

for (const [token, lines, last, least] of TOKENS) {
  const path = recording(`crash-2023-03-usdc/curve-1m/${token}.csv.gz`);
  describe.skipIf(!existsSync(path))(`crash-2023-03-usdc/curve-1m/${token}.csv.gz`, () => {
    it(`holds ${lines} returns, of which the first is none`, async () => {
      const memory = await readPath(curveMetrics, path);
      expect(memory.quarantined).toEqual([]);
      const rows = memory.of("measures", `curve-lp-metrics:${token}`);
      expect(rows).toHaveLength(lines - 1);
      expect(rows[0]?.tsEvent).toBe(at("2023-03-01T00:01:00Z"));
      expect(rows.at(-1)?.tsEvent).toBe(at(last));
      let [sum, lowest] = [0, 0];
      for (const { value } of rows) {
        sum += value;
        lowest = Math.min(lowest, sum);
      }
      expect(lowest).toBeCloseTo(least, 10);
    });
  });
}

const UST = recording("crash-2022-05-luna/ust_usd_oracle_2022.csv.gz");
describe.skipIf(!existsSync(UST))("crash-2022-05-luna/ust_usd_oracle_2022.csv.gz", () => {
  it("holds 8,419 prices, down to 0.0546", async () => {
    const memory = await readPath(curveMetrics, UST);
    expect(memory.quarantined).toEqual([]);
    const rows = memory.of("tickers", "curve-lp-metrics:UST-USD");
    expect(rows).toHaveLength(8_419);
    expect([rows[0]?.tsEvent, rows.at(-1)?.tsEvent]).toEqual([
      at("2022-04-06T17:08:45Z"),
      at("2022-05-20T00:03:07Z"),
    ]);
    expect(Math.min(...rows.map(({ lastPrice }) => lastPrice ?? 0))).toBe(0.054_591_54);
    const busiest = Map.groupBy(rows, ({ tsEvent = 0 }) => Math.floor(tsEvent / 86_400_000_000));
    expect(Math.max(...[...busiest.values()].map((day) => day.length))).toBe(1_305);
  });
});
