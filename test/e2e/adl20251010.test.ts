import { parseUtcInstant } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import {
  ADL_RECORD,
  adlTiming,
  hasAdlRecord,
  resultOf,
  tableOf,
  total,
} from "../validation/adlRecord.ts";
import {
  coinGapsOf,
  deficitsOf,
  POLICY_COLUMNS,
  policyCost,
  policyWaves,
  shockQueueOf,
  totalsOf,
  trapOf,
  wavesOf,
} from "../validation/adlFigures.ts";
import {
  burdenOf,
  fillFigures,
  profitRanks,
  recordedUsers,
  USER_POLICIES,
  userFigures,
} from "../validation/adlRankings.ts";

const cents = (usd: number): number => Math.round(usd * 100) / 100;

describe.skipIf(!hasAdlRecord())(`10 October 2025 on Hyperliquid, from ${ADL_RECORD}`, () => {
  it("was 34,983 fills of 19,337 users in 162 coins for 2,103,111,430.86 USD, whichever export is summed", () => {
    const { coins, users, tickers } = totalsOf();
    for (const totals of [coins, users, tickers]) {
      expect(cents(totals.notionalUsd)).toBe(2_103_111_430.86);
      expect(cents(totals.pnlUsd)).toBe(834_295_749.29);
      expect(totals.fills).toBe(34_983);
    }
    expect([coins.rows, users.rows, tickers.rows]).toEqual([162, 19_337, 162]);
    const summary = resultOf(
      "hyperliquid-adl/realtime_analysis_summary.json",
      "key_findings",
      "total_adl_notional",
    );
    expect(cents(summary)).toBe(2_103_111_430.86);
    // Coin by coin too.
    const byCoin = new Map(
      tableOf("hyperliquid-adl/adl_by_coin_REALTIME.csv").map((row) => [row.text("coin"), row]),
    );
    for (const row of tableOf("hyperliquid-adl/adl_net_volume_full_12min.csv")) {
      const coin = byCoin.get(row.text("ticker"));
      expect(coin?.number("adl_notional")).toBeCloseTo(row.number("net_notional_usd"), 2);
      expect(coin?.number("closed_pnl")).toBeCloseTo(row.number("total_pnl"), 2);
      expect(coin?.number("num_events")).toBe(row.number("num_adl_events"));
    }
  });

  it("began with a liquidation at 21:15:03, and 61.70 s later with deleveraging", () => {
    const { first_liquidation, first_adl } = adlTiming();
    const micros = (text: string): number =>
      parseUtcInstant(text.replace("+00:00", "Z")) ?? Number.NaN;
    expect(first_liquidation).toMatch(/^2025-10-10T21:15:03\./);
    expect((micros(first_adl) - micros(first_liquidation)) / 1e6).toBeCloseTo(61.704502, 6);
  });

  it("had 14,327 forced fills in the market, not 63,637: those rows hold both sides, and the deleveraged", () => {
    const trap = trapOf();
    expect(trap).toMatchObject({
      liquidationRows: 63_637,
      adlRows: 34_983,
      marketFills: 14_327,
      oddSeconds: 0,
      oddTickers: 0,
      uncoveredSeconds: 0,
    });
    expect(cents(trap.marketUsd)).toBe(1_703_965_747.1);
    // So summing all rows counts every dollar twice.
    expect(cents(trap.namedTotalUsd)).toBe(7_614_154_355.91);
    expect(trap.namedTotalUsd / (trap.marketUsd + trap.adlUsd)).toBeCloseTo(2, 9);
  });

  it("came in 36 waves 5 s apart, 16 of them with a deficit, tied by number, start, end and fills", () => {
    const waves = wavesOf(5000);
    expect(waves).toHaveLength(36);
    expect(waves.reduce((sum, { fills }) => sum + fills, 0)).toBe(34_983);
    const recorded = tableOf("adl-waves/bad_debt_loser_waves.csv");
    expect(recorded).toHaveLength(16);
    for (const row of recorded) {
      expect(waves[row.number("wave") - 1]).toEqual({
        startMs: row.number("t_start_ms"),
        endMs: row.number("t_end_ms"),
        fills: row.number("n_rows"),
      });
    }
    expect(total(recorded, "n_rows")).toBe(31_152);
  });

  it("left 100.06 M of deficits over the waves, in which one account's 10.93 M is nine times: 12.66 M with it once", () => {
    const deficits = deficitsOf();
    expect(cents(deficits.totalUsd)).toBe(100_063_386.69);
    expect(cents(deficits.largestUsd)).toBe(10_925_707.16);
    expect(deficits.largestIn).toBe(9);
    expect(cents(deficits.onceUsd)).toBe(12_657_729.41);
    // In the first wave nobody else was liquidated, and every detailed fill of it names the same account.
    const [first] = tableOf("adl-waves/bad_debt_loser_waves.csv");
    expect(first?.number("unique_losers")).toBe(1);
    const losers = tableOf("hyperliquid-adl/high_leverage_outliers_analysis.csv.gz")
      .filter((row) => row.text("time") === first?.text("t_start_ms"))
      .map((row) => row.text("liquidated_user"));
    expect([losers.length, new Set(losers).size]).toEqual([44, 1]);
    for (const row of policyWaves()) {
      const loser = tableOf("adl-waves/bad_debt_loser_waves.csv").find(
        (each) => each.text("wave") === row.text("wave"),
      );
      expect(loser?.number("deficit_usd")).toBeCloseTo(row.number("deficit_usd"), 2);
    }
  });

  it("needed 15.08 M, coin by coin and wave by wave", () => {
    const gaps = coinGapsOf();
    expect(gaps.rows).toBe(728);
    expect(cents(gaps.neededUsd)).toBe(15_079_669.61);
    for (const row of policyWaves()) {
      expect(gaps.byWave.get(row.number("wave"))).toBeCloseTo(row.number("budget_needed"), 2);
    }
    expect(cents(gaps.roundingUsd)).toBe(1_832.07);
  });

  it("gives the published costs at λ = 1 to the cent: 64.86, 3.40 and 4.41 M", () => {
    const waves = policyWaves();
    const published = {
      "production queue": [53_782_490.53, 11_077_031.68, 64_859_522.21],
      "integer pro-rata": [3_020_120.65, 384_064.35, 3_404_185.0],
      "vector mirror descent": [1_793_022.03, 2_620_345.57, 4_413_367.61],
      "min-max programme": [106_205.81, 0, 106_205.81],
      "continuous pro-rata": [0, 2_732_437.29, 2_732_437.29],
    } as const;
    for (const [policy, figures] of Object.entries(published)) {
      const column = POLICY_COLUMNS[policy as keyof typeof POLICY_COLUMNS];
      const { trackingUsd, fairnessUsd } = policyCost(column, waves);
      expect([trackingUsd, fairnessUsd, trackingUsd + fairnessUsd].map(cents)).toEqual(figures);
    }
  });

  it("charges mirror descent and pro-rata for being fairer than their benchmark: one-sided, little is left", () => {
    const waves = policyWaves();
    const { vector, pr, contract_pr, prod } = Object.fromEntries(
      Object.values(POLICY_COLUMNS).map((column) => [column, policyCost(column, waves)]),
    );
    expect(cents(vector?.unfairnessUsd ?? Number.NaN)).toBe(4.57);
    expect(cents(pr?.unfairnessUsd ?? Number.NaN)).toBe(779.16);
    expect(cents(contract_pr?.unfairnessUsd ?? Number.NaN)).toBe(319_560.51);
    expect(cents(prod?.unfairnessUsd ?? Number.NaN)).toBe(11_076_752.24);
    expect([vector?.fairerIn, pr?.fairerIn]).toEqual([14, 15]);
  });

  it("overshot by 45.0 to 51.7 M net, which is 49.4 M too much in some waves and 4.4 M too little in others", () => {
    const prod = policyCost("prod", policyWaves());
    const robust = (name: string): number => resultOf("adl-waves/overshoot_robustness.json", name);
    expect(cents(prod.overshootUsd - prod.undershootUsd)).toBe(45_028_665.72);
    expect(cents(robust("O_min_band"))).toBe(45_028_665.72);
    expect(cents(robust("O_max_band"))).toBe(51_673_606.61);
    expect(cents(prod.overshootUsd)).toBe(49_405_578.12);
    expect(cents(prod.undershootUsd)).toBe(4_376_912.41);
    const two = tableOf("adl-waves/two_pass_equity_delta_by_wave.csv");
    expect(total(two, "budget_prod_usd")).toBeCloseTo(prod.removedUsd, 2);
  });

  it("has 653.6 M of overshoot only in a queue of realised profits against equity below 0 counted once a fill", () => {
    const queue = shockQueueOf();
    expect([queue.shocks, queue.coins]).toEqual([1_125, 162]);
    expect(cents(queue.overshootUsd)).toBe(653_552_663.51);
    expect(total(tableOf("adl-waves/summary_totals.csv"), "total_overshoot")).toBeCloseTo(
      queue.overshootUsd,
      2,
    );
    // Budget − deficit = overshoot − residual.
    expect(queue.budgetUsd - queue.deficitUsd).toBeCloseTo(
      queue.overshootUsd - queue.residualUsd,
      2,
    );
    expect(queue.deficitUsd).toBeCloseTo(queue.negativeEquityUsd, 2);
    expect(queue.singleShockTies).toEqual([10, 11]);
  });

  it("ranks the detailed fills by leverage over equity otherwise than by the leverage that is recorded", () => {
    const fills = fillFigures();
    expect(fills).toMatchObject({ fills: 480, wholes: 444, negativeEquity: 22 });
    expect(fills.cashLeverage).toBeCloseTo(990.5, 1);
    expect(fills.equityLeverage).toBeCloseTo(4.079, 3);
    expect(fills.withLiteral).toBeCloseTo(0.9815, 4);
    expect(fills.withCash).toBeCloseTo(-0.2379, 4);
  });

  it("closes the one group of fills that can tell as the queue does and pro-rata does not", () => {
    const { groups, telling, reproduced } = fillFigures();
    expect({ groups, telling, reproduced }).toEqual({
      groups: 61,
      telling: 1,
      reproduced: [1, 1, 0],
    });
  });

  it("cannot tell by profit alone who was deleveraged in BTC and SOL", () => {
    const ranks = profitRanks();
    expect(ranks.map(({ deleveraged, spared }) => [deleveraged, spared])).toEqual([
      [1_699, 741],
      [60, 4_425],
      [2_824, 292],
      [36, 2_954],
    ]);
    expect(ranks.map(({ byRatio }) => byRatio.toFixed(3))).toEqual([
      "0.497",
      "0.522",
      "0.338",
      "0.397",
    ]);
    expect(ranks.map(({ byDollars }) => byDollars.toFixed(3))).toEqual([
      "0.646",
      "0.756",
      "0.545",
      "0.848",
    ]);
    const users = userFigures();
    expect(users.profitWithLeverage).toBeCloseTo(-0.717, 3);
    expect(users.profitWithNotional).toBeCloseTo(-0.113, 3);
    expect(users.notionalWithLeverage).toBeCloseTo(0.147, 3);
    expect(users.equityOverProfit).toBeCloseTo(4.187, 3);
    expect([users.withoutCash, users.losers]).toEqual([124, 107]);
    expect(ranks.map(({ known }) => known)).toEqual([
      [46, 120],
      [18, 502],
      [12, 33],
      [11, 374],
    ]);
    // The record's own figures by fill, and that of Chitra et al. with all open profit.
    const byFill = ["pnl_vs_leverage", "pnl_vs_notional", "notional_vs_leverage"].map((name) =>
      resultOf(
        "hyperliquid-adl/adl_prioritization_local_results.json",
        "spearman_correlations",
        name,
      ).toFixed(3),
    );
    expect(byFill).toEqual(["-0.654", "-0.179", "0.242"]);
    const published = resultOf(
      "adl-waves/headlines.json",
      "headline",
      "winner_overcollateralization_equity_over_pnl",
      "median",
    );
    expect(published).toBeCloseTo(4.41, 2);
  });

  it("takes the needed budget from the recorded users to the cent under every policy, and falls on few or on all", () => {
    const candidates = recordedUsers();
    expect(candidates).toHaveLength(19_198);
    const lots = Math.round(coinGapsOf().neededUsd * 100);
    const expected: Readonly<Record<string, readonly [number, number, string]>> = {
      "queue, Hyperliquid, direction-aware": [1_862, 1_861, "1.0000"],
      "queue, Hyperliquid, as written": [2_040, 2_039, "1.0000"],
      "queue, profit × leverage (OKX)": [1_358, 1_357, "1.0000"],
      "queue, profit (Chitra et al.)": [1, 0, "0.2853"],
      "pro-rata by profit": [19_100, 0, "0.0357"],
      "pro-rata by equity": [19_093, 94, "1.0000"],
      "min-max": [19_066, 0, "0.0182"],
      "mirror descent, one projection": [4_125, 0, "0.0563"],
    };
    for (const [policy, allocate] of Object.entries(USER_POLICIES)) {
      const burden = burdenOf(candidates, allocate({ candidates, lots }));
      expect(cents(burden.takenUsd)).toBe(15_079_669.61);
      expect([burden.payers, burden.emptied, burden.largest.toFixed(4)]).toEqual(expected[policy]);
    }
  });
});
