import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { detectSource } from "../src/detectSource.ts";
import { SOURCES } from "../src/sources.ts";
import { aavePositions } from "../src/sources/aavePositions/aavePositions.ts";
import { dune } from "../src/sources/dune/dune.ts";
import { aaveV2Liquidations } from "../src/sources/lendingTables/aaveV2Liquidations.ts";
import { compoundV3Liquidations } from "../src/sources/lendingTables/compoundV3Liquidations.ts";
import { crvusdLiquidations } from "../src/sources/lendingTables/crvusdLiquidations.ts";
import { argsOf, byEvent, onDay, tableOf } from "./chainRows.ts";
import type { MemorySink } from "./memorySink.ts";
import { at, notesOf, readPath, reasonsOf, recording } from "./readWith.ts";

const ONCHAIN = recording("onchain");
const CRASH_2023 = recording("crash-2023-08-17");
const CRASH_2025 = recording("crash-2025-04-07");

describe.skipIf(!existsSync(ONCHAIN))("recorded tables of lending", () => {
  it("aave_v2_liquidations: 11,497, of which 6,231 in smallest units; 1,113 on 23 May and 679 on 19 May 2021", async () => {
    const path = join(ONCHAIN, "aave_v2_liquidations_2020-12_2022-02.csv.gz");
    const memory = await readPath(aaveV2Liquidations, path);
    expect(reasonsOf(memory)).toEqual([]);
    const rows = memory.of("chain");
    expect(rows).toHaveLength(11_497);
    const noted = (what: string): number =>
      [...memory.notes].reduce((sum, [key, n]) => sum + (key.endsWith(` ${what}`) ? n : 0), 0);
    expect([noted("rawUnitsScaled"), noted("amountsRounded"), noted("repeatedLine")]).toEqual([
      6_231, 5_266, 7,
    ]);
    expect([onDay(rows, "2021-05-23"), onDay(rows, "2021-05-19")]).toEqual([1_113, 679]);
    const times = rows.map(({ tsEvent = 0 }) => tsEvent);
    expect([Math.min(...times), Math.max(...times)]).toEqual([
      at("2020-12-17T14:19:27Z"),
      at("2022-04-03T22:04:13Z"),
    ]);
    // With the units right, no liquidation repays more than ten million of a stablecoin, in either regime.
    const largest = (scaled: boolean): number =>
      Math.max(
        ...rows
          .map(argsOf)
          .filter((own) => own["principalReserve"] === "USDC" && "liquidator" in own === scaled)
          .map((own) => Number(own["principalAmount"])),
      );
    for (const regime of [false, true]) {
      expect(largest(regime)).toBeGreaterThan(1e5);
      expect(largest(regime)).toBeLessThan(1e7);
    }
  });

  it("compound_v3_liquidations_svr: 661, 25 on 2025-10-10 and 79 on 2026-02-05", async () => {
    const path = join(ONCHAIN, "compound_v3_liquidations_svr_2025-09_2026-06.csv.gz");
    const memory = await readPath(compoundV3Liquidations, path);
    expect(reasonsOf(memory)).toEqual([]);
    const rows = memory.of("chain");
    expect(rows).toHaveLength(661);
    expect([onDay(rows, "2025-10-10"), onDay(rows, "2026-02-05")]).toEqual([25, 79]);
    expect(new Set(rows.map((row) => `${row.txHash} ${argsOf(row)["borrower"]}`)).size).toBe(661);
    const routed = rows.map(argsOf).filter((own) => own["svrRouted"] === "true");
    expect(routed).toHaveLength(198);
    for (const own of routed) {
      const parts = Number(own["daoEth"]) + Number(own["chainlinkEth"]);
      expect(Math.abs(parts - Number(own["grossRecapturedEth"]))).toBeLessThan(2e-8);
    }
    const counts = Map.groupBy(memory.rows, ({ symbol }) => symbol);
    expect(Object.fromEntries([...counts].map(([symbol, own]) => [symbol, own.length]))).toEqual({
      "ethereum-cUSDCv3": 295,
      "base-cUSDCv3": 170,
      "ethereum-cUSDTv3": 134,
      "arbitrum-cUSDCv3": 42,
      "arbitrum-cUSDTv3": 13,
      "base-cAEROv3": 5,
      "arbitrum-cWETHv3": 2,
    });
  });

  it("crvusd_llamalend_hard_liquidations: 1,282; 267 on 2024-08-05, 264 on 2025-02-03, 40 on 2025-04-07", async () => {
    const memory = await readPath(
      crvusdLiquidations,
      join(ONCHAIN, "crvusd_llamalend_hard_liquidations.json.gz"),
    );
    expect(reasonsOf(memory)).toEqual([]);
    const rows = memory.of("chain");
    expect(byEvent(memory)).toEqual({ HardLiquidation: 1_282 });
    expect(["2024-08-05", "2025-02-03", "2025-04-07"].map((day) => onDay(rows, day))).toEqual([
      267, 264, 40,
    ]);
    for (const own of rows.map(argsOf)) {
      const loss = (Number(own["debtRepaid"]) * Number(own["liquidationDiscountPercent"])) / 100;
      expect(Number(own["userLossAmount"])).toBeCloseTo(loss, 6);
    }
  });

  it("crvusd_llamalend_soft_liquidations: 2,824 in whole tokens, 360 of February 2025 with debt and price in 10^-18", async () => {
    const all = await readPath(
      crvusdLiquidations,
      join(ONCHAIN, "crvusd_llamalend_soft_liquidations_2024-07_2025-09.json.gz"),
    );
    expect(reasonsOf(all)).toEqual([]);
    expect(byEvent(all)).toEqual({ SoftLiquidation: 2_824 });
    expect(notesOf(all)).toEqual({});
    const raw = await readPath(
      crvusdLiquidations,
      join(ONCHAIN, "crvusd_llamalend_soft_liquidations_2025-02-01_05.json.gz"),
    );
    expect(reasonsOf(raw)).toEqual([]);
    expect(byEvent(raw)).toEqual({ SoftLiquidation: 360 });
    const notes = Object.entries(notesOf(raw)).filter(([key]) => key.endsWith("rawUnitsScaled"));
    expect(notes.reduce((sum, [, n]) => sum + n, 0)).toBe(360);
    // Debt and price agree with the loans of the same day in the other file; the collateral's unit does not.
    const wbtc = raw
      .of("chain")
      .map(argsOf)
      .filter((own) => own["collateralToken"] === "WBTC");
    for (const own of wbtc) {
      expect(Number(own["priceOracle"])).toBeGreaterThan(90_000);
      expect(Number(own["priceOracle"])).toBeLessThan(105_000);
    }
    const arb = raw
      .of("chain")
      .map(argsOf)
      .filter((own) => own["collateralToken"] === "ARB");
    const cover = arb.map(
      (own) =>
        (Number(own["collateralUpAmountAsStated"]) * Number(own["priceOracle"])) /
        Number(own["debt"]),
    );
    expect(Math.min(...cover)).toBeGreaterThan(1e15);
  });

  it("aave_positions_20230621: 1,309 accounts of v2 and 502 of v3; health is collateral × threshold / debt", async () => {
    const folder = join(ONCHAIN, "aave_positions_20230621");
    const FILES: readonly (readonly [file: string, accounts: number])[] = [
      ["steth_aave", 1_309],
      ["b1", 271],
      ["b2", 700],
      ["b3", 63],
      ["steth_aave_v3", 502],
      ["b1_v3", 124],
      ["b2_v3", 346],
      ["b3_v3", 13],
    ];
    for (const [file, accounts] of FILES) {
      const path = join(folder, `${file}.csv.gz`);
      const memory = await readPath(aavePositions, path, { date: "2023-06-21" });
      expect(reasonsOf(memory)).toEqual([]);
      const venue = file.endsWith("_v3") ? "aave-v3" : "aave-v2";
      const rows = memory.of("positions", `${venue}:ACCOUNTS@${file}`);
      expect(rows).toHaveLength(memory.rows.length);
      const whole = rows.filter(({ asset }) => asset === undefined);
      expect([file, whole.length]).toEqual([file, accounts]);
      for (const {
        collateral = 0,
        debt = 0,
        healthFactor = 0,
        liquidationThreshold = 0,
      } of whole) {
        expect((collateral * liquidationThreshold) / debt / healthFactor).toBeCloseTo(1, 9);
      }
      if (!file.startsWith("b3")) continue;
      // The last bin is broken down wholly: what its assets leave unexplained is what the model's own reconciliation states.
      const recorded = await tableOf(path);
      whole.forEach(({ account, debt = 0, collateral = 0 }, i) => {
        const assets = rows.filter((own) => own.account === account && own.asset !== undefined);
        const rest = (of: "debt" | "collateral", total: number): number =>
          1 - assets.reduce((sum, own) => sum + (own[of] ?? 0), 0) / total;
        const stated = recorded[i] ?? {};
        expect(rest("debt", debt)).toBeCloseTo(Number(stated["eth_wbtc_stablec_debt_diff"]), 12);
        const ofCollateral = Number(stated["eth_steth_wbtc_stablec_collateral_diff"]);
        expect([account, rest("collateral", collateral)]).toEqual([
          account,
          expect.closeTo(ofCollateral, 12),
        ]);
      });
    }
  });

  it("aave_v3_20251224_wick: what has a time and a unit; the whales' two tables have neither and are refused", async () => {
    const folder = join(ONCHAIN, "aave_v3_20251224_wick");
    const read = (file: string): Promise<MemorySink> =>
      readPath(dune, join(folder, file), { venue: "ethereum" });
    const swaps = await read("01_raw_dex_trades.csv");
    expect([reasonsOf(swaps), byEvent(swaps)]).toEqual([[], { DexSwap: 50 }]);
    const blocks = await read("02_block_aggregation.csv");
    expect(reasonsOf(blocks)).toEqual([]);
    expect(blocks.rows).toHaveLength(5 * 100 + 37);
    const debtors = await read("04_initial_debtor_discovery.csv");
    expect([reasonsOf(debtors), byEvent(debtors)]).toEqual([[], { Borrow: 100 }]);
    expect(onDay(debtors.of("chain"), "2025-12-23")).toBe(100);
    const prices = await read("09_oracle_market_benchmarking.csv");
    expect(reasonsOf(prices)).toEqual([]);
    expect(prices.of("measures", "dune:WETH")).toHaveLength(21);
    expect(prices.rows).toHaveLength(63);
    for (const file of [
      "06_final_whale_solvency_parameters.csv",
      "12_whale_liquidation_triggers.csv",
    ]) {
      await expect(read(file)).rejects.toThrow(/unknown header/);
    }
  });
});

describe.skipIf(!existsSync(ONCHAIN))("every recorded file on chain", () => {
  it("is claimed by one source, but for the tables that are not read", async () => {
    const unread: string[] = [];
    for (const folder of [ONCHAIN, CRASH_2023, CRASH_2025]) {
      const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
      for (const name of names.filter((own) => /\.(csv|json)(\.gz)?$/.test(own))) {
        const path = join(folder, name);
        const found = await detectSource(path).catch(() => undefined);
        if (found === undefined) unread.push(name);
        else expect(SOURCES).toContain(found);
      }
    }
    expect(unread.toSorted()).toEqual([
      "aave_v2_tokens.csv",
      "aave_v3_20251224_wick/06_final_whale_solvency_parameters.csv",
      "aave_v3_20251224_wick/12_whale_liquidation_triggers.csv",
    ]);
  });
});
