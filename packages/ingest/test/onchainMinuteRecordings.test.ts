import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { demeter } from "../src/sources/demeter/demeter.ts";
import { argsOf, onDay, USDC_MARKET, WETH_MARKET } from "./chainRows.ts";
import { at, readPath, reasonsOf, recording } from "./readWith.ts";

const CRASH_2023 = recording("crash-2023-08-17");
const CRASH_2025 = recording("crash-2025-04-07");
const POOL_POLYGON = "0x45dda9cb7c25131df268515131f647d726f50608";
const MARKET_GMX = "0x47c031236e19d024b42f8ae6780e44a573170703";

describe.skipIf(!existsSync(CRASH_2023))("recorded minutes crash-2023-08-17", () => {
  const DAYS = ["2023-08-14", "2023-08-15", "2023-08-16", "2023-08-17"] as const;

  it("polygon_aavev3_{usdc,weth}: 1,440 minutes a day, indices never falling", async () => {
    for (const [token, market] of [
      ["usdc", USDC_MARKET],
      ["weth", WETH_MARKET],
    ] as const) {
      let index = 0;
      for (const day of DAYS) {
        const path = join(CRASH_2023, `polygon_aavev3_${token}_${day}.minute.csv.gz`);
        const memory = await readPath(demeter, path, { symbol: market });
        expect(reasonsOf(memory)).toEqual([]);
        const rows = memory.of("measures", `polygon:${market}`);
        expect(rows).toHaveLength(5 * 1_440);
        expect(onDay(rows, day)).toBe(5 * 1_440);
        for (const { value } of rows.filter(({ measure }) => measure === "liquidityIndex")) {
          expect(value).toBeGreaterThanOrEqual(index);
          index = value;
        }
      }
    }
  });

  it("polygon_univ3_usdc_weth: the pool's close gives the recorded price of WETH, lowest 1,595.16 at 21:45", async () => {
    const prices = await readPath(demeter, join(CRASH_2023, "price_weth_usdc_0813_0817.csv.gz"));
    expect(reasonsOf(prices)).toEqual([]);
    const recorded = prices.of("measures", "demeter:WETH-USDC");
    expect(recorded).toHaveLength(7_200);
    const priceAt = new Map(recorded.map(({ tsEvent, value }) => [tsEvent, value]));
    const lowest = recorded.reduce((low, row) => (row.value < low.value ? row : low));
    expect([lowest.tsEvent, lowest.value]).toEqual([at("2023-08-17T21:45:00Z"), 1_595.16]);
    let compared = 0;
    for (const day of DAYS) {
      const path = join(CRASH_2023, `polygon_univ3_usdc_weth_${day}.minute.csv.gz`);
      const memory = await readPath(demeter, path, { symbol: POOL_POLYGON });
      expect(reasonsOf(memory)).toEqual([]);
      const rows = memory.of("measures", `polygon:${POOL_POLYGON}`);
      expect(rows).toHaveLength(9 * (day === "2023-08-14" ? 1_439 : 1_440));
      for (const { tsEvent, value } of rows.filter(({ measure }) => measure === "closeTick")) {
        // USDC has 6 decimals and WETH 18; the recorded price is cut to cents.
        const price = 1e12 / 1.0001 ** value;
        expect(price - (priceAt.get(tsEvent) ?? 0)).toBeGreaterThan(-1e-9);
        expect(price - (priceAt.get(tsEvent) ?? 0)).toBeLessThan(0.01);
        compared += 1;
      }
    }
    expect(compared).toBe(5_759);
  });

  it("ethereum_squeeth_controller and polygon_gas_price: 1,440 minutes a day", async () => {
    for (const day of DAYS) {
      const path = join(CRASH_2023, `ethereum_squeeth_controller_${day}.minute.csv.gz`);
      const memory = await readPath(demeter, path);
      expect(reasonsOf(memory)).toEqual([]);
      const rows = memory.of("measures", "ethereum:squeeth-controller");
      expect(onDay(rows, day)).toBe(3 * 1_440);
      const figure = (name: string): number =>
        rows.find(({ measure }) => measure === name)?.value ?? Number.NaN;
      // The squeeth is worth about WETH² × norm / 10,000 in USD: its price is in WETH.
      const index = (figure("wethPriceUsdc") * figure("normFactor")) / 10_000;
      expect(figure("osqthPriceWeth") / index).toBeGreaterThan(0.95);
      expect(figure("osqthPriceWeth") / index).toBeLessThan(1.05);
    }
    const gas = await readPath(demeter, join(CRASH_2023, "polygon_gas_price_0814_0817.csv.gz"));
    expect(reasonsOf(gas)).toEqual([]);
    const rows = gas.of("gas", "polygon:GAS");
    expect(rows).toHaveLength(4 * 1_440);
    expect(Math.max(...rows.map(({ gasPriceGwei = 0 }) => gasPriceGwei))).toBeCloseTo(9_557.92, 2);
  });
});

describe.skipIf(!existsSync(CRASH_2025))("recorded pool value crash-2025-04-07", () => {
  it("gmxv2_ETH_BTC_pool_value_per_tx: 2,347 transactions; the sums of the pool agree to the last unit", async () => {
    const path = join(CRASH_2025, "gmxv2_ETH_BTC_pool_value_per_tx.csv.gz");
    const memory = await readPath(demeter, path, { symbol: MARKET_GMX });
    expect(reasonsOf(memory)).toEqual([]);
    const rows = memory.of("chain", `arbitrum:${MARKET_GMX}`);
    expect(rows).toHaveLength(2_347);
    expect([rows[0]?.tsEvent, rows.at(-1)?.tsEvent]).toEqual([
      at("2025-04-07T00:00:07Z"),
      at("2025-04-07T23:59:47Z"),
    ]);
    for (const row of rows) {
      const own = argsOf(row);
      const integer = (name: string): bigint => BigInt(own[name] ?? "");
      expect(integer("longPnl") + integer("shortPnl")).toBe(integer("netPnl"));
      const wbtc = own["0x2f2a2543b76a4166549f7aab2e75bef0aefc5b0f"] as unknown as { max: string };
      expect(integer("longTokenAmount") * BigInt(wbtc.max)).toBe(integer("longTokenUsd"));
    }
    const measures = memory.of("measures", `arbitrum:${MARKET_GMX}`);
    expect(measures).toHaveLength(14 * 2_347);
    const lowest = Math.min(
      ...measures.filter(({ measure }) => measure === "btcPriceMinUsd").map(({ value }) => value),
    );
    expect(lowest).toBeCloseTo(74_421.69, 2);
  });
});
