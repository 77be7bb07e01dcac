import { describe, expect, it } from "vitest";
import { fileHead } from "../src/files/fileHead.ts";
import { demeter } from "../src/sources/demeter/demeter.ts";
import { fileOf } from "./memorySink.ts";
import { at, readText, reasonsOf, skipsOf } from "./readWith.ts";
import {
  AAVE,
  ACTIONS,
  GAS_PRICES,
  GMX,
  PRICES,
  samples,
  SQUEETH,
  UNISWAP,
} from "./samples/demeter.ts";

const token = `0x${"ab".repeat(20)}`;
const account = `0x${"cd".repeat(20)}`;
const MARKET = `polygon-aave_v3-${token}-2024-01-06.minute.csv`;

describe("tables of demeter-fetch", () => {
  it("reads a reserve's minutes, of the market that the file is named for", async () => {
    const memory = await readText(demeter, MARKET, AAVE);
    expect(reasonsOf(memory)).toEqual([]);
    expect(skipsOf(memory)).toEqual(["1 header", "2 minute before the first figure"]);
    const rows = memory.of("measures", `polygon:aave_v3-${token}`);
    expect(rows.map(({ measure, value }) => [measure, value])).toEqual([
      ["liquidityRate", 0.0312],
      ["stableBorrowRate", 0.065],
      ["variableBorrowRate", 0.052],
      ["liquidityIndex", 1.01],
      ["variableBorrowIndex", 1.02],
    ]);
    expect(rows[0]).toMatchObject({
      tsEvent: at("2024-01-06T00:01:00Z"),
      intervalMicros: 60_000_000,
      line: 3,
    });
    expect(memory.datasets).toEqual(["aave minutes"]);
  });

  it("reads a pool's minutes in the tokens' smallest units", async () => {
    const memory = await readText(demeter, `polygon-${token}-2024-01-06.minute.csv`, UNISWAP);
    const rows = memory.of("measures", `polygon:${token}`);
    expect(Object.fromEntries(rows.map(({ measure, value }) => [measure, value]))).toEqual({
      netAmount0: -1_500_000,
      netAmount1: 750_000_000_000_000_000,
      closeTick: -201_000,
      openTick: -201_010,
      lowestTick: -201_012,
      highestTick: -200_999,
      inAmount0: 0,
      inAmount1: 750_000_000_000_000_000,
      currentLiquidity: 9_000_000_000_000_000_001,
    });
  });

  it("reads Squeeth, prices and gas", async () => {
    const squeeth = await readText(demeter, "any.csv", SQUEETH);
    expect(
      squeeth
        .of("measures", "ethereum:squeeth-controller")
        .map(({ measure, value }) => [measure, value]),
    ).toEqual([
      ["normFactor", 0.25],
      ["wethPriceUsdc", 2_200.5],
      ["osqthPriceWeth", 0.05],
    ]);
    const prices = await readText(demeter, "any.csv", PRICES);
    expect(prices.of("measures", "demeter:WETH-USDC")).toMatchObject([
      { measure: "wethPriceUsdc", value: 2_200.51 },
    ]);
    const gas = await readText(demeter, "polygon_gas.csv", GAS_PRICES);
    expect(gas.of("gas", "polygon:GAS")).toEqual([
      { tsEvent: at("2024-01-06T00:00:00Z"), gasPriceGwei: 61.25, line: 2 },
    ]);
    expect(skipsOf(gas)).toEqual(["1 header", "3 minute without a price of gas"]);
  });

  it("reads decoded events of a reserve, amounts to the last digit", async () => {
    const memory = await readText(demeter, MARKET.replace("minute", "tick"), ACTIONS);
    const rows = memory.of("chain", `polygon:aave_v3-${token}`);
    expect(rows[0]).toEqual({
      tsEvent: at("2024-01-06T00:00:01Z"),
      blockNumber: 500,
      logIndex: 7,
      txHash: `0x${"5e".repeat(32)}`,
      event: "Supply",
      args: `{"amount":"123456789012345678901","owner":"${account}","reserve":"${token}"}`,
      line: 2,
    });
    expect(rows.slice(1).map(({ event, args }) => [event, args])).toEqual([
      ["Repay", `{"aToken":true,"amount":"5","owner":"${account}","reserve":"${token}"}`],
      [
        "LiquidationCall",
        `{"aToken":false,"amount":"40","debtAmount":"30","debtAsset":"${token}","liquidator":"${account}","owner":"${account}","reserve":"${token}"}`,
      ],
    ]);
  });

  it("reads the value of a GMX pool exactly, and its figures in USD", async () => {
    const memory = await readText(demeter, `PoolNetValue-${token}-2025-04-07.csv`, GMX);
    expect(reasonsOf(memory)).toEqual([]);
    const id = `arbitrum:${token}`;
    const [row] = memory.of("chain", id);
    expect(row).toMatchObject({
      tsEvent: 1_744_000_000_000_000,
      blockNumber: 320_000_000,
      txHash: `0x${"5e".repeat(32)}`,
      event: "PoolValue",
    });
    expect(JSON.parse(row?.args ?? "")).toMatchObject({
      [token]: { max: "7", min: "7" },
      poolValue: `70${"0".repeat(36)}`,
      impactPoolAmount: "4300000000",
    });
    const figures = memory.of("measures", id).map(({ measure, value }) => [measure, value]);
    expect(Object.fromEntries(figures)).toEqual({
      wbtcPriceMinUsd: 80_000,
      wbtcPriceMaxUsd: 80_000,
      usdcPriceMinUsd: 1,
      usdcPriceMaxUsd: 1,
      marketTokenPriceUsd: 2.1,
      poolValueUsd: 70_000_000,
      longPnlUsd: -2_500_000,
      shortPnlUsd: 0,
      netPnlUsd: -2_500_000,
      longTokenUsd: 36_800_000,
      shortTokenUsd: 35_000_000,
      borrowingFeesUsd: 97_000,
    });
  });

  it("quarantines bad lines", async () => {
    const bad = [
      ACTIONS.trimEnd(),
      ACTIONS.split("\n")[1]?.replace("AAVE_SUPPLY", "AAVE_DANCE"),
      ACTIONS.split("\n")[1]?.replace("123456789012345678901", "1.5"),
      ACTIONS.split("\n")[1]?.replace("00:00:01", "00:61:01"),
    ].join("\n");
    expect(reasonsOf(await readText(demeter, MARKET, bad))).toEqual([
      'column tx_type: "AAVE_DANCE" is not one of AAVE_SUPPLY, AAVE_WITHDRAW, AAVE_BORROW, AAVE_REPAY, AAVE_LIQUIDATION',
      'amount is "1.5", not an integer',
      'column block_timestamp: "2024-01-06 00:61:01" is not a UTC time YYYY-MM-DD HH:MM:SS',
    ]);
    const [header, line = ""] = GMX.split("\n");
    const gmx = [
      header,
      line.replace("'min'", "min"),
      line.replace(",0,-25", ",x,-25"),
      line.replace("1744000000", "1744000000000"),
      line.slice(0, 100),
    ].join("\n");
    expect(reasonsOf(await readText(demeter, `PoolNetValue-${token}.csv`, gmx))).toEqual([
      `column 0x2f2a2543b76a4166549f7aab2e75bef0aefc5b0f: "{min: 800000000000000000000000000, 'max': 800000000000000000" is not {'min': …, 'max': …}`,
      'shortPnl is "x", not an integer',
      'timestamp is "1744000000000", not a time in seconds',
      expect.stringMatching(/columns, not 18|quoted cell/),
    ]);
  });

  it("asks for the chain and the pool where the name tells neither", async () => {
    await expect(readText(demeter, "x.csv", AAVE)).rejects.toThrow(/which chain it is of/);
    await expect(readText(demeter, "polygon.csv", AAVE)).rejects.toThrow(/which pool it is of/);
    await expect(readText(demeter, "x.csv", GMX)).rejects.toThrow(/which pool it is of/);
    const memory = await readText(demeter, "x.csv", AAVE, {
      venue: "base",
      symbol: "0x" + "AB".repeat(20),
    });
    expect(memory.rows[0]).toMatchObject({ venue: "base", symbol: token });
    await expect(readText(demeter, "x.csv", "a,b\n")).rejects.toThrow(/unknown header/);
  });

  it("recognises its tables by their headers", async () => {
    for (const { content } of samples) {
      expect(demeter.recognises(await fileHead(fileOf("x", String(content))))).toBe(true);
    }
    expect(demeter.recognises(await fileHead(fileOf("x", "block_timestamp,price\n")))).toBe(false);
  });
});
