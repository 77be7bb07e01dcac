import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BUY, decimalToNumber } from "@aftershock/schema";
import type { RawRow } from "../src/source.ts";
import { hyperliquidAdl } from "../src/sources/hyperliquid/hyperliquidAdl.ts";
import type { MemorySink } from "./memorySink.ts";
import { at, notesOf, readPath, recording } from "./readWith.ts";

const ADL = "crash-2025-10-10/hyperliquid-adl";
const WAVES = "crash-2025-10-10/adl-waves";

async function readRecorded(path: string): Promise<MemorySink> {
  const memory = await readPath(hyperliquidAdl, recording(path));
  expect(memory.quarantined).toEqual([]);
  return memory;
}

const valuesOf = (rows: readonly RawRow<"measures">[], measure: string): number[] =>
  rows.filter((row) => row.measure === measure).map(({ value }) => value);

const sumOf = (rows: readonly RawRow<"measures">[], measure: string): number =>
  valuesOf(rows, measure).reduce((sum, value) => sum + value, 0);

/** A result that its author published beside the tables, as a second route. */
const published = (path: string): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(recording(path), "utf8")) as Readonly<Record<string, unknown>>;

const isAbsent = (paths: readonly string[]): boolean =>
  paths.some((path) => !existsSync(recording(path)));

describe("recorded analyses of 10 October 2025", () => {
  it.skipIf(
    isAbsent([
      `${ADL}/adl_by_user_REALTIME.csv.gz`,
      `${ADL}/adl_by_coin_REALTIME.csv`,
      `${ADL}/adl_net_volume_full_12min.csv`,
      `${ADL}/adl_net_volume_results.json`,
      `${ADL}/insurance_fund_results.json`,
      `${ADL}/adl_mechanism_results.json`,
      `${ADL}/adl_prioritization_results.json`,
      `${ADL}/realtime_analysis_summary.json`,
    ]),
  )(
    "adl_by_user, adl_by_coin, adl_net_volume: count the same 34,983 events, 2,103,111,430.86 USD and profit by user, by coin and by net volume",
    async () => {
      const users = (await readRecorded(`${ADL}/adl_by_user_REALTIME.csv.gz`)).of(
        "measures",
        "hyperliquid:ACCOUNTS",
      );
      const coins = (await readRecorded(`${ADL}/adl_by_coin_REALTIME.csv`)).of("measures");
      const net = (await readRecorded(`${ADL}/adl_net_volume_full_12min.csv`)).of("measures");
      expect(valuesOf(users, "accountAdlEvents")).toHaveLength(19_337);
      expect(valuesOf(coins, "adlEvents")).toHaveLength(162);
      expect(valuesOf(net, "adlNetEvents")).toHaveLength(162);
      for (const [rows, prefix, pnl] of [
        [users, "accountAdl", "accountAdlClosedPnlUsd"],
        [coins, "adl", "adlClosedPnlUsd"],
        [net, "adlNet", "adlNetPnlUsd"],
      ] as const) {
        expect(sumOf(rows, `${prefix}Events`)).toBe(34_983);
        expect(sumOf(rows, `${prefix}NotionalUsd`)).toBeCloseTo(2_103_111_430.86, 2);
        expect(sumOf(rows, pnl)).toBeCloseTo(834_295_749.29, 2);
      }
      for (const file of [
        "adl_net_volume",
        "insurance_fund",
        "adl_mechanism",
        "adl_prioritization",
      ]) {
        const { total_events: events, total_adl_events: adls } = published(
          `${ADL}/${file}_results.json`,
        );
        expect(events ?? adls).toBe(34_983);
      }
      expect(published(`${ADL}/adl_net_volume_results.json`)["total_notional"]).toBeCloseTo(
        sumOf(net, "adlNetNotionalUsd"),
        2,
      );
      expect(sumOf(coins, "negativeEquityEvents")).toBe(
        published(`${ADL}/insurance_fund_results.json`)["underwater_accounts"],
      );
      const found = published(`${ADL}/realtime_analysis_summary.json`)["key_findings"];
      expect(found).toMatchObject({
        negative_equity_count: 302,
        total_adl_notional: 2_103_111_430.859329,
      });
    },
  );

  it.skipIf(
    isAbsent([`${ADL}/combined_impact_by_ticker.csv`, `${ADL}/cascade_timing_results.json`]),
  )(
    "combined_impact_by_ticker, cascade_timing_results: count the same 63,637 liquidations by coin, for 5,511,042,925 USD, and by second",
    async () => {
      const coins = await readRecorded(`${ADL}/combined_impact_by_ticker.csv`);
      const rows = coins.of("measures");
      expect(new Set(coins.rows.map(({ symbol }) => symbol)).size).toBe(171);
      expect(sumOf(rows, "liquidationEvents")).toBe(63_637);
      expect(sumOf(rows, "liquidationNotionalUsd")).toBeCloseTo(5_511_042_925.05, 2);
      const seconds = (await readRecorded(`${ADL}/cascade_timing_results.json`)).of(
        "measures",
        "hyperliquid:ALL",
      );
      expect(seconds).toHaveLength(2 * 186);
      expect(sumOf(seconds, "liquidationEvents")).toBe(63_637);
      expect(sumOf(seconds, "adlEvents")).toBe(34_983);
      expect(seconds[0]?.tsEvent).toBe(at("2025-10-10T21:15:03Z") + 127_372);
      const firstAdl = seconds.find(({ measure, value }) => measure === "adlEvents" && value > 0);
      expect(firstAdl).toMatchObject({
        value: 11_279,
        tsEvent: at("2025-10-10T21:16:04Z") + 127_372,
      });
    },
  );

  it.skipIf(isAbsent([`${ADL}/high_leverage_outliers_analysis.csv.gz`]))(
    "high_leverage_outliers_analysis: hold 480 deleveraged positions of high leverage, 472 of them short",
    async () => {
      const memory = await readRecorded(`${ADL}/high_leverage_outliers_analysis.csv.gz`);
      const fills = memory.of("liquidations");
      expect(fills).toHaveLength(480);
      expect(memory.of("positions")).toHaveLength(480);
      expect(memory.of("measures")).toHaveLength(960);
      expect(fills.filter(({ side }) => side === BUY)).toHaveLength(472);
      const times = fills.map(({ tsEvent = 0 }) => tsEvent);
      expect([Math.min(...times), Math.max(...times)]).toEqual([
        at("2025-10-10T21:16:04.831Z"),
        at("2025-10-10T21:22:16.308Z"),
      ]);
      // Closed in full or, 36 of them, in part.
      const partial = memory.of("positions").filter((position, place) => {
        const closed = fills[place]?.size;
        return (
          closed !== undefined &&
          position.size !== undefined &&
          decimalToNumber(closed) < decimalToNumber(position.size)
        );
      });
      expect(partial).toHaveLength(36);
      expect(
        Math.min(...memory.of("positions").map(({ leverage }) => leverage ?? 0)),
      ).toBeGreaterThan(40);
    },
  );

  it.skipIf(isAbsent([`${ADL}/positions_FINAL_BTC_SOL.csv.gz`]))(
    "positions_FINAL_BTC_SOL: hold 13,031 positions in BTC and SOL, 9,531 of them closed, on the coins' size grids once they are rounded",
    async () => {
      const memory = await readRecorded(`${ADL}/positions_FINAL_BTC_SOL.csv.gz`);
      const rows = memory.of("positions");
      expect(rows).toHaveLength(13_031);
      expect(rows.filter(({ size }) => size?.mantissa === 0)).toHaveLength(9_531);
      expect(notesOf(memory)).toEqual({
        "positions hyperliquid:BTC sizeRounded": 1_337,
        "positions hyperliquid:SOL sizeRounded": 537,
      });
      expect(memory.of("positions", "hyperliquid:BTC")).toHaveLength(6_925);
      expect(
        new Set(memory.of("positions", "hyperliquid:BTC").map(({ markPrice }) => markPrice)),
      ).toEqual(new Set([108_340]));
      expect(
        new Set(memory.of("positions", "hyperliquid:SOL").map(({ markPrice }) => markPrice)),
      ).toEqual(new Set([169.36]));
      const finest = (id: string): number =>
        Math.max(...memory.of("positions", id).map(({ size }) => size?.decimals ?? 0));
      expect([finest("hyperliquid:BTC"), finest("hyperliquid:SOL")]).toEqual([5, 2]);
      expect(sumOf(memory.of("measures"), "realisedPnlUsd")).toBeCloseTo(27_936_765.79, 2);
      expect(sumOf(memory.of("measures"), "wasLiquidated")).toBe(2_549 + 283 + 51 + 41);
      expect(sumOf(memory.of("measures"), "wasDeleveraged")).toBe(4_340 + 187 + 51 + 41);
      expect(sumOf(memory.of("measures"), "fills")).toBe(199_613);
    },
  );

  it.skipIf(
    isAbsent([
      `${WAVES}/two_pass_equity_delta_by_wave.csv`,
      `${WAVES}/bad_debt_loser_waves.csv`,
      `${WAVES}/policy_per_wave_metrics.csv`,
      `${WAVES}/headlines.json`,
      `${WAVES}/overshoot_robustness.json`,
    ]),
  )(
    "two_pass_equity_delta_by_wave, bad_debt_loser_waves, policy_per_wave_metrics: find the same 16 waves, deficits and budgets in three tables, and 45,028,665.72 USD taken beyond need",
    async () => {
      const equity = (await readRecorded(`${WAVES}/two_pass_equity_delta_by_wave.csv`)).of(
        "measures",
        "hyperliquid:ALL",
      );
      const losers = (await readRecorded(`${WAVES}/bad_debt_loser_waves.csv`)).of(
        "measures",
        "hyperliquid:ALL",
      );
      const policies = (await readRecorded(`${WAVES}/policy_per_wave_metrics.csv`)).of(
        "measures",
        "hyperliquid:ALL",
      );
      const starts = (rows: readonly RawRow<"measures">[]): number[] => [
        ...new Set(rows.map(({ tsEvent = 0 }) => tsEvent)),
      ];
      expect(starts(equity)).toHaveLength(16);
      expect(starts(losers)).toEqual(starts(equity));
      expect(starts(policies)).toEqual(starts(equity));
      expect([starts(equity)[0], starts(equity).at(-1)]).toEqual([
        1_760_130_964_831_000, 1_760_131_535_824_000,
      ]);
      expect(sumOf(losers, "loserDeficitUsd")).toBeCloseTo(sumOf(equity, "deficitUsd"), 6);
      expect(sumOf(policies, "budgetProductionUsd")).toBeCloseTo(
        sumOf(equity, "budgetTakenUsd"),
        5,
      );
      expect(sumOf(policies, "budgetTargetUsd")).toBeCloseTo(sumOf(equity, "budgetNeededUsd"), 5);
      const overshoot = sumOf(equity, "overshootUsd");
      expect(overshoot).toBeCloseTo(45_028_665.72, 2);
      expect(sumOf(policies, "overshootProductionUsd")).toBeCloseTo(overshoot, 4);
      expect(published(`${WAVES}/headlines.json`)["headline"]).toMatchObject({
        prod_overshoot_vs_needed_usd: expect.closeTo(overshoot, 5),
      });
      expect(published(`${WAVES}/overshoot_robustness.json`)["O0"]).toBeCloseTo(overshoot, 5);
    },
  );

  it.skipIf(isAbsent([`${WAVES}/per_shock_metrics_queue.csv.gz`, `${WAVES}/summary_totals.csv`]))(
    "per_shock_metrics_queue: sum up 1,125 shocks to the totals of the queue",
    async () => {
      const rows = (await readRecorded(`${WAVES}/per_shock_metrics_queue.csv.gz`)).of("measures");
      expect(rows).toHaveLength(6 * 1_125);
      const [, residual, overshoot] =
        readFileSync(recording(`${WAVES}/summary_totals.csv`), "utf8")
          .split("\n")[1]
          ?.split(",") ?? [];
      expect(sumOf(rows, "overshootQueueUsd")).toBeCloseTo(Number(overshoot), 4);
      expect(sumOf(rows, "residualQueueUsd")).toBeCloseTo(Number(residual), 4);
    },
  );

  it.skipIf(isAbsent([`${WAVES}/two_pass_wave_coin_gap_per_contract.csv`]))(
    "two_pass_wave_coin_gap_per_contract: hold 728 gaps by wave and coin",
    async () => {
      const rows = (await readRecorded(`${WAVES}/two_pass_wave_coin_gap_per_contract.csv`)).of(
        "measures",
      );
      expect(rows).toHaveLength(4 * 728);
      const [gap = 0, contracts = 0, each = 0] = [
        "gapUsd",
        "gapContracts",
        "gapPerContractUsd",
      ].map((measure) => valuesOf(rows, measure)[0]);
      expect(each).toBeCloseTo(gap / contracts, 9);
    },
  );

  it.skipIf(
    isAbsent([`${WAVES}/per_user_reaction_metrics.csv.gz`, `${WAVES}/strategic_accounts.csv`]),
  )(
    "per_user_reaction_metrics, strategic_accounts: hold the reactions of 19,351 accounts; the 31 strategic ones are among them",
    async () => {
      const all = (await readRecorded(`${WAVES}/per_user_reaction_metrics.csv.gz`)).of(
        "measures",
        "hyperliquid:ACCOUNTS",
      );
      const strategic = (await readRecorded(`${WAVES}/strategic_accounts.csv`)).of(
        "measures",
        "hyperliquid:ACCOUNTS",
      );
      expect(valuesOf(all, "strategicScore")).toHaveLength(19_351);
      expect(valuesOf(all, "medianReactionMillis")).toHaveLength(19_351 - 16_979);
      const keyOf = ({ account, measure, value }: RawRow<"measures">): string =>
        `${account} ${measure} ${value}`;
      const known = new Set(all.map(keyOf));
      expect(valuesOf(strategic, "strategicScore")).toHaveLength(31);
      expect(strategic.every((row) => known.has(keyOf(row)))).toBe(true);
    },
  );
});
