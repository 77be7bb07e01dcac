import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileHead } from "../src/files/fileHead.ts";
import { aavePositions } from "../src/sources/aavePositions/aavePositions.ts";
import { dune } from "../src/sources/dune/dune.ts";
import { aaveV2Liquidations } from "../src/sources/lendingTables/aaveV2Liquidations.ts";
import { compoundV3Liquidations } from "../src/sources/lendingTables/compoundV3Liquidations.ts";
import { crvusdLiquidations } from "../src/sources/lendingTables/crvusdLiquidations.ts";
import { canonicalJson } from "../src/sources/onchain/canonicalJson.ts";
import { decimalText } from "../src/sources/onchain/decimalText.ts";
import { quotedCells } from "../src/sources/read/quotedCells.ts";
import { SOURCES } from "../src/sources.ts";
import { fileOf } from "./memorySink.ts";
import { at, notesOf, readText, reasonsOf, skipsOf } from "./readWith.ts";
import {
  AAVE_V2,
  COMPOUND_V3,
  CRVUSD_HARD,
  CRVUSD_SOFT,
  DUNE_EVENTS,
  DUNE_PRICES,
  FLIPSIDE_BLOCKS,
  FLIPSIDE_SWAPS,
  HASH,
  LIQUIDATOR,
  MAIN_MARKET,
  POSITIONS_V2,
  POSITIONS_V3,
  samples,
  USER,
} from "./samples/lendingTables.ts";

describe("liquidations of Aave v2", () => {
  it("up to 2021-07-27 are in smallest units, and are scaled exactly", async () => {
    const memory = await readText(aaveV2Liquidations, "l.csv", AAVE_V2);
    const [raw] = memory.of("chain", `aave-v2:${MAIN_MARKET}`);
    expect(raw).toEqual({
      tsEvent: 1_621_400_000_000_000,
      event: "LiquidationCall",
      args: `{"collateralAmount":"1.250000000000000001","collateralReserve":"WETH","principalAmount":"2500.05","principalReserve":"GUSD","user":"${USER}"}`,
      line: 2,
    });
  });

  it("from 2021-07-28 are decimals, with the liquidator and figures in ETH and USD", async () => {
    const memory = await readText(aaveV2Liquidations, "l.csv", AAVE_V2);
    expect(reasonsOf(memory)).toEqual([]);
    expect(JSON.parse(memory.of("chain")[1]?.args ?? "")).toEqual({
      amountEthCollateral: "11.625",
      amountEthPrincipal: "0.000000008",
      amountUsdCollateral: "27000",
      amountUsdPrincipal: "20000",
      collateralAmount: "0.75",
      collateralReserve: "WBTC",
      liquidator: LIQUIDATOR,
      principalAmount: "0.00002",
      principalReserve: "USDC",
      reservePriceEthCollateral: "15.5",
      reservePriceEthPrincipal: "0.0004",
      reservePriceUsdCollateral: "36000",
      reservePriceUsdPrincipal: "1",
      user: USER,
    });
    expect(notesOf(memory)).toEqual({
      [`chain aave-v2:${MAIN_MARKET} rawUnitsScaled`]: 1,
      [`chain aave-v2:${MAIN_MARKET} priceFieldsLeftOut`]: 1,
      [`chain aave-v2:${MAIN_MARKET} amountsRounded`]: 1,
    });
  });

  it("all stay where they are equal, and are counted", async () => {
    const [, raw = ""] = AAVE_V2.split("\n");
    const memory = await readText(aaveV2Liquidations, "l.csv", `${AAVE_V2}${raw}\n${raw}\n`);
    expect(memory.rows).toHaveLength(4);
    expect(memory.notes.get(`chain aave-v2:${MAIN_MARKET} repeatedLine`)).toBe(2);
  });

  it("whose unit cannot be told go to quarantine", async () => {
    const [header, raw = "", scaled = ""] = AAVE_V2.split("\n");
    const text = [
      header,
      raw.replace("1621400000", "1642900000"),
      scaled.replace("1642900000", "1621400000"),
      scaled.replace(LIQUIDATOR, ""),
      raw.replace(",GUSD,", ",UST,"),
      raw.replace("250005", "250005.5"),
      raw.replace(",liquidation,", ",borrow,"),
      raw.replace("1621400000", "1621400000000"),
      scaled.replace("0.75", "x"),
      scaled.replace("WBTC", "W/BTC"),
    ].join("\n");
    const memory = await readText(aaveV2Liquidations, "l.csv", text);
    expect(memory.rows).toEqual([]);
    const unit = expect.stringMatching(/^the unit of the amounts cannot be told/);
    expect(reasonsOf(memory)).toEqual([
      unit,
      unit,
      unit,
      'column principalReserve: "UST" is not a reserve whose decimals are known',
      unit,
      'column type: "borrow" is not one of liquidation',
      'timestamp is "1621400000000", not a time in seconds',
      'collateralAmount is "x", not a decimal number',
      'column collateralReserve: "W/BTC" is not a token\'s symbol',
    ]);
  });
});

describe("liquidations of Compound v3", () => {
  it("are of a chain's market, with what was recaptured where it is known", async () => {
    const memory = await readText(compoundV3Liquidations, "l.csv", COMPOUND_V3);
    expect(memory.rows.map(({ venue, symbol }) => `${venue}:${symbol}`)).toEqual([
      "compound-v3:base-cUSDCv3",
      "compound-v3:ethereum-cUSDTv3",
    ]);
    expect(memory.of("chain")[0]).toEqual({
      tsEvent: 1_760_131_200_000_000,
      txHash: HASH,
      event: "AbsorbDebt",
      args: `{"availableIncentiveUsd":"61.7","borrower":"${USER}","svrRouted":"unknown","valueLiquidatedUsd":"1234.5"}`,
      line: 2,
    });
    expect(memory.of("chain")[1]?.args).toBe(
      `{"availableIncentiveUsd":"45","borrower":"${USER}","chainlinkEth":"0.0045","daoEth":"0.0055","grossRecapturedEth":"0.01","svrRouted":"true","valueLiquidatedUsd":"900"}`,
    );
  });

  it("go to quarantine with a wrong day, chain or market", async () => {
    const [header, line = ""] = COMPOUND_V3.split("\n");
    const text = [
      header,
      line.replace("2025-10-10", "2025-10-11"),
      line.replace("Base", "Moon"),
      line.replace("cUSDCv3", "../v3"),
      line.replace("unknown", "maybe"),
    ].join("\n");
    expect(reasonsOf(await readText(compoundV3Liquidations, "l.csv", text))).toEqual([
      "date 2025-10-11 is not that of timestamp, 2025-10-10",
      'column chain: "Moon" is not a known chain',
      'column comet: "../v3" is not a market of Compound v3',
      'column svr_routed: "maybe" is not one of true, false, unknown',
    ]);
  });
});

describe("liquidations of crvUSD and LlamaLend", () => {
  it("that are hard are of the controller", async () => {
    const memory = await readText(crvusdLiquidations, "hard.json", CRVUSD_HARD);
    expect(memory.of("chain", `llamalend:arbitrum-0x${"ab".repeat(20)}`)).toEqual([
      {
        tsEvent: at("2024-08-05T06:07:08Z"),
        blockNumber: 300,
        txHash: HASH,
        address: `0x${"ab".repeat(20)}`,
        event: "HardLiquidation",
        args: canonicalJson({
          collateralReceived: "2.5",
          collateralToken: "WETH",
          debtRepaid: "5000.25",
          liquidationDiscountPercent: "6",
          liquidator: LIQUIDATOR,
          stablecoinReceived: "10",
          totalLossValue: "5300.265",
          user: USER,
          userLossAmount: "300.015",
          userLossPercent: "6",
        }),
        line: 1,
      },
    ]);
  });

  it("that are soft are segments of time, whose units are told by the price", async () => {
    const memory = await readText(crvusdLiquidations, "soft.json", CRVUSD_SOFT);
    const rows = memory.of("chain", "crvusd:ethereum-7-WETH-crvUSD");
    expect(rows.map(({ tsEvent, event }) => [tsEvent, event])).toEqual([
      [at("2025-02-03T02:00:00Z"), "SoftLiquidation"],
      [at("2025-02-03T02:00:00Z"), "SoftLiquidation"],
    ]);
    const common = {
      collateralToken: "WETH",
      dataPoints: "2",
      debt: "4000.5",
      endTime: "2025-02-03T04:00:00Z",
      priceOracle: "2500.25",
      softLiquidationCount: "2",
      user: USER,
    };
    expect(rows.map(({ args }) => JSON.parse(args) as unknown)).toEqual([
      { ...common, collateralAmount: "1.5", collateralUpAmount: "2", tvlUsd: "3750.375" },
      { ...common, collateralAmountAsStated: "1.5", collateralUpAmountAsStated: "2" },
    ]);
    expect(notesOf(memory)).toEqual({
      "chain crvusd:ethereum-7-WETH-crvUSD rawUnitsScaled": 1,
      "chain crvusd:ethereum-7-WETH-crvUSD collateralUnitNotTold": 1,
      "chain crvusd:ethereum-7-WETH-crvUSD tvlLeftOut": 1,
    });
  });

  it("go to quarantine with bad fields", async () => {
    const [hard] = JSON.parse(CRVUSD_HARD) as Record<string, unknown>[];
    const [soft] = JSON.parse(CRVUSD_SOFT) as Record<string, unknown>[];
    const text = JSON.stringify([
      { ...hard, platform: "__proto__" },
      { ...hard, network: "moon" },
      { ...hard, debt_repaid: null },
      { ...hard, liquidation_time: "yesterday" },
      { ...soft, end_time: "2025-02-03T01:00:00Z" },
      { ...soft, market_name: "a/b" },
      7,
    ]);
    expect(reasonsOf(await readText(crvusdLiquidations, "x.json", text))).toEqual([
      'platform is "__proto__", not crvUSD or LlamaLend',
      'network is "moon", not a known chain',
      "debt_repaid is null, not a decimal number",
      'liquidation_time is "yesterday", not a UTC time YYYY-MM-DD HH:MM:SS',
      'end_time is "2025-02-03T01:00:00Z", not after start_time',
      'market_name is "a/b", not a name of letters, digits and -',
      "the record is no JSON object",
    ]);
  });
});

describe("positions on Aave", () => {
  const DATE = { date: "2023-06-21" };

  it("of v2 are in ETH, an account and then its assets, of the day that is named", async () => {
    const memory = await readText(aavePositions, "bin.csv.gz", POSITIONS_V2, DATE);
    const common = { tsEvent: at("2023-06-21T00:00:00Z"), account: USER, side: 0, line: 2 };
    expect(memory.of("positions", "aave-v2:ACCOUNTS@bin")).toEqual([
      {
        ...common,
        collateral: 100.5,
        debt: 40.25,
        healthFactor: 2.0474534161490683,
        liquidationThreshold: 0.82,
      },
      { ...common, asset: "stETH", collateral: 90.25, debt: undefined },
      { ...common, asset: "WETH", collateral: undefined, debt: 40.25 },
    ]);
    expect(notesOf(memory)).toEqual({ "positions aave-v2:ACCOUNTS@bin timeOfDayUnknown": 1 });
    expect(aavePositions.terms("aave-v2", "ACCOUNTS@bin", 0).quote).toBe("ETH");
  });

  it("of v3 are in USD, tokens at their recorded prices", async () => {
    const memory = await readText(aavePositions, "bin_v3.csv", POSITIONS_V3, DATE);
    const rows = memory.of("positions", "aave-v3:ACCOUNTS@bin_v3");
    expect(rows.map(({ asset, collateral, debt }) => [asset, collateral, debt])).toEqual([
      [undefined, 200_000, 50_000],
      ["wstETH", 194_000, undefined],
      ["USDC", 6_000 * 0.9999, expect.closeTo(50_005 * 0.9999, 6)],
    ]);
    expect(aavePositions.terms("aave-v3", "ACCOUNTS@bin_v3", 0).quote).toBe("USD");
  });

  it("need the day, and may be named", async () => {
    await expect(readText(aavePositions, "b.csv", POSITIONS_V2)).rejects.toThrow(/of which day/);
    await expect(
      readText(aavePositions, "b.csv", POSITIONS_V2, { date: "2023-06-31" }),
    ).rejects.toThrow(/of which day/);
    const memory = await readText(aavePositions, "b.csv", POSITIONS_V2, { ...DATE, symbol: "ALL" });
    expect(memory.rows[0]?.symbol).toBe("ALL");
    await expect(readText(aavePositions, "b.csv", "a,b\n1,2\n", DATE)).rejects.toThrow(
      /no table of positions/,
    );
  });

  it("go to quarantine with bad cells", async () => {
    const [header, line = ""] = POSITIONS_V2.split("\n");
    const text = [
      header,
      line.replace(USER, "0x1"),
      line.replace(",100.5,", ",-1,"),
      line.replace(",8200,", ",82000,"),
      line.replace(",8200,", ",,"),
      line.replace("2.0474534161490683", "inf"),
    ].join("\n");
    expect(reasonsOf(await readText(aavePositions, "b.csv", text, DATE))).toEqual([
      'user is "0x1", not an address, 0x and 40 hex digits',
      'column collateral: "-1" is not a number of zero or more',
      'column threshold: "82000" is not at most 10000 basis points',
      'column threshold: "" is not a number of zero or more',
      'column healthf: "inf" is not a number',
    ]);
    const decimals = POSITIONS_V3.replace(",99990000,6,", ",99990000,-300,");
    expect(reasonsOf(await readText(aavePositions, "b.csv", decimals, DATE))).toEqual([
      'column usdc_decimals: "-300" is not a whole number of at most 36',
    ]);
  });
});

describe("results of queries on Dune and Flipside", () => {
  const ETHEREUM = { venue: "ethereum" };

  it("with a decoded event are as its logs, what a spreadsheet cut or rounded being counted", async () => {
    const memory = await readText(dune, "events.csv", DUNE_EVENTS, ETHEREUM);
    expect(reasonsOf(memory)).toEqual([]);
    const rows = memory.of("chain", `ethereum:${LIQUIDATOR}`);
    expect(rows[0]).toEqual({
      tsEvent: at("2025-12-23T09:16:00Z"),
      blockNumber: 24_070_000,
      logIndex: 702,
      txHash: HASH,
      address: LIQUIDATOR,
      event: "Borrow",
      args: canonicalJson({
        amount: "30000000",
        borrowRate: "40800000000000000000000000",
        interestRateMode: "2",
        onBehalfOf: USER,
        referralCode: "0",
        reserve: LIQUIDATOR,
        user: USER,
      }),
      line: 2,
    });
    expect(rows[1]?.tsEvent).toBe(at("2025-12-23T09:16:23Z"));
    expect(rows[1]?.args).toContain('"borrowRate":"40800000000000000000000001"');
    expect(notesOf(memory)).toEqual({
      [`chain ethereum:${LIQUIDATOR} timeCutToMinute`]: 1,
      [`chain ethereum:${LIQUIDATOR} roundedBySpreadsheet`]: 1,
    });
  });

  it("with prices, swaps and blocks", async () => {
    const prices = await readText(dune, "p.csv", DUNE_PRICES);
    expect(prices.of("measures", "dune:WETH")).toEqual([
      { tsEvent: at("2025-12-24T09:30:00Z"), measure: "priceUsd", value: 2_900.5, line: 2 },
      { tsEvent: at("2025-12-24T09:31:00Z"), measure: "priceUsd", value: 2_901, line: 3 },
    ]);
    const swaps = await readText(dune, "s.csv", FLIPSIDE_SWAPS, ETHEREUM);
    expect(swaps.of("chain", "ethereum:BTC-SWAPS")).toEqual([
      {
        tsEvent: at("2025-12-24T09:18:23Z"),
        blockNumber: 24_080_000,
        txHash: HASH,
        event: "DexSwap",
        args: '{"btcSpotPriceUsd":"86900.5","platform":"uniswap-v3","symbolIn":"WETH","symbolOut":"WBTC"}',
        line: 2,
      },
    ]);
    const blocks = await readText(dune, "b.csv", FLIPSIDE_BLOCKS, { ...ETHEREUM, symbol: "X" });
    expect(blocks.of("measures", "ethereum:X").map(({ measure }) => measure)).toEqual([
      "averagePriceUsd",
      "highestPriceUsd",
      "lowestPriceUsd",
      "priceDeviationUsd",
      "swaps",
      "volumeUsd",
      "averagePriceUsd",
      "highestPriceUsd",
      "lowestPriceUsd",
      "swaps",
      "volumeUsd",
    ]);
    expect(skipsOf(blocks)).toEqual(["1 header"]);
  });

  it("of an event that is not known are refused, and bad cells quarantined", async () => {
    const unknown = DUNE_EVENTS.replace(",borrowRate,", ",dance,");
    await expect(readText(dune, "e.csv", unknown, ETHEREUM)).rejects.toThrow(
      /no event has the arguments amount,dance/,
    );
    const [header, line = ""] = DUNE_EVENTS.split("\n");
    const text = [
      header,
      line.replace("23/12/2025 9:16", "12/23/2025 9:16"),
      line.replace("4.08E+25", "4.085"),
      line.replace(/,30000000,/, ",,"),
    ].join("\n");
    expect(reasonsOf(await readText(dune, "e.csv", text, ETHEREUM))).toEqual([
      'column evt_block_time: "12/23/2025 9:16" is not a UTC time, or one as d/m/Y H:MM',
      'column borrowRate: "4.085" is not an integer',
      'amount is "", not a decimal number',
    ]);
    await expect(readText(dune, "e.csv", DUNE_EVENTS)).rejects.toThrow(/which chain it is of/);
  });
});

describe("recognising", () => {
  it("claims each table for one source and no other", async () => {
    for (const { source, name, content } of samples) {
      const head = await fileHead(fileOf(name, String(content)));
      const claimed = SOURCES.filter((known) => known.recognises(head)).map((known) => known.name);
      expect(claimed).toEqual([source.name]);
    }
  });
});

describe("decimal text", () => {
  it("is exact for any shift of the point", () => {
    const digits = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n });
    fc.assert(
      fc.property(digits, fc.integer({ min: 0, max: 30 }), (integer, shift) => {
        const text = decimalText(String(integer), shift) ?? "";
        const [whole = "", fraction = ""] = text.replace("-", "").split(".");
        expect(fraction.endsWith("0")).toBe(false);
        expect(BigInt(whole + fraction.padEnd(shift, "0"))).toBe(integer < 0n ? -integer : integer);
        expect(text.startsWith("-")).toBe(integer < 0n);
        expect(decimalText(`${integer}e-${shift}`)).toBe(text);
      }),
    );
  });

  it("is plain", () => {
    const CASES: readonly (readonly [string, number, string | undefined])[] = [
      ["1.50", 0, "1.5"],
      ["2e-05", 0, "0.00002"],
      ["1.25E+3", 0, "1250"],
      ["-0.0", 0, "0"],
      ["007", 0, "7"],
      ["5", 3, "0.005"],
      ["4.0005e+21", 18, "4000.5"],
      ["1e99", 0, `1${"0".repeat(99)}`],
      ["1e999", 0, undefined],
      ["", 0, undefined],
      [".5", 0, undefined],
      ["0x1", 0, undefined],
      ["NaN", 0, undefined],
    ];
    for (const [text, shift, plain] of CASES) expect(decimalText(text, shift)).toBe(plain);
  });
});

describe("cells in quotes", () => {
  it("may hold commas and doubled quotes", () => {
    expect(quotedCells('a,"b,""c""",,"",d')).toEqual(["a", 'b,"c"', "", "", "d"]);
    expect(quotedCells('"a"')).toEqual(["a"]);
    expect(quotedCells('"a",')).toEqual(["a", ""]);
    expect(quotedCells("a,b,")).toEqual(["a", "b", ""]);
  });

  it("are read back as they were written", () => {
    const cell = fc.string().filter((text) => !/[\r\n]/.test(text));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 6 }), (cells) => {
        const line = cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(",");
        expect(quotedCells(line)).toEqual(cells);
      }),
    );
  });

  it("that do not end are an error", () => {
    for (const bad of ['"a', '"a"b', 'a"b', 'x,"a""']) {
      expect(() => quotedCells(bad)).toThrow(/quote/);
    }
  });
});

describe("canonical JSON", () => {
  it("has the keys of every object by their UTF-16 code units", () => {
    const members = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.boolean()));
    fc.assert(
      fc.property(members, (object) => {
        const text = canonicalJson(object);
        expect(JSON.parse(text)).toEqual(object);
        const shuffled = Object.fromEntries(Object.entries(object).toReversed());
        expect(canonicalJson(shuffled)).toBe(text);
      }),
    );
    expect(canonicalJson({ b: [true, { z: "1", a: "2" }], B: "x" })).toBe(
      '{"B":"x","b":[true,{"a":"2","z":"1"}]}',
    );
  });
});
