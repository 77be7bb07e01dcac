/** Prints the figures of docs/adl-2025-10-10.md from the record: one line each, as the page rounds them. */
import { adlTiming, hasAdlRecord, resultOf, ADL_RECORD } from "./adlRecord.ts";
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
} from "./adlFigures.ts";
import {
  burdenOf,
  fillFigures,
  profitRanks,
  recordedUsers,
  USER_POLICIES,
  userFigures,
} from "./adlRankings.ts";

const usd = (value: number): string => value.toLocaleString("en-GB", { maximumFractionDigits: 2 });
const percent = (value: number): string => `${(value * 100).toFixed(2)} %`;

function printTable(
  title: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
) {
  const lines = [header, header.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`);
  console.log(`\n## ${title}\n\n${lines.join("\n")}`);
}

function printRecord(): void {
  const timing = adlTiming();
  printTable(
    "Totals",
    ["by", "USD", "realised profit", "fills", "rows"],
    Object.entries(totalsOf()).map(([by, { notionalUsd, pnlUsd, fills, rows }]) => [
      by,
      usd(notionalUsd),
      usd(pnlUsd),
      `${fills}`,
      `${rows}`,
    ]),
  );
  const trap = trapOf(timing);
  printTable(
    "The rows that are called liquidations",
    ["figure", "value"],
    [
      ["first liquidation, first deleveraging", `${timing.first_liquidation}, ${timing.first_adl}`],
      ["rows, of which deleveraged", `${trap.liquidationRows}, ${trap.adlRows}`],
      ["USD if all rows are added", usd(trap.namedTotalUsd)],
      ["forced fills in the market", `${trap.marketFills}, ${usd(trap.marketUsd)} USD`],
      ["deleveraged", `${usd(trap.adlUsd)} USD`],
      ["USD once", usd(trap.marketUsd + trap.adlUsd)],
    ],
  );
}

function printWaves(): void {
  const all = wavesOf();
  printTable(
    "Waves with a deficit",
    ["wave", "start ms", "end ms", "fills", "deficit", "needed", "removed"],
    policyWaves().map((row) => {
      const { startMs, endMs, fills } = all[row.number("wave") - 1] ?? {};
      return [
        row.text("wave"),
        `${startMs}`,
        `${endMs}`,
        `${fills}`,
        ...["deficit_usd", "budget_needed", "budget_prod"].map((name) => usd(row.number(name))),
      ];
    }),
  );
  const deficits = deficitsOf();
  const gaps = coinGapsOf();
  const queue = shockQueueOf();
  const robust = (name: string): number => resultOf("adl-waves/overshoot_robustness.json", name);
  printTable(
    "Deficits, budgets, queue",
    ["figure", "value"],
    [
      ["waves, with a deficit", `${all.length}, ${policyWaves().length}`],
      ["Σ deficits", usd(deficits.totalUsd)],
      ["one account", `${usd(deficits.largestUsd)} in ${deficits.largestIn} waves`],
      ["Σ deficits, that account once", usd(deficits.onceUsd)],
      ["needed, from coins", `${usd(gaps.neededUsd)} in ${gaps.rows} rows`],
      ["rounding up to whole coins", usd(gaps.roundingUsd)],
      ["overshoot band", `${usd(robust("O_min_band"))} – ${usd(robust("O_max_band"))}`],
      ["shocks, coins", `${queue.shocks}, ${queue.coins}`],
      ["queue: budget, deficit", `${usd(queue.budgetUsd)}, ${usd(queue.deficitUsd)}`],
      ["queue: overshoot, residual", `${usd(queue.overshootUsd)}, ${usd(queue.residualUsd)}`],
      ["Σ equity below 0 over fills", usd(queue.negativeEquityUsd)],
      ["coins of one shock that tie", queue.singleShockTies.join(" of ")],
    ],
  );
}

function printPolicies(): void {
  const waves = policyWaves();
  printTable(
    "Costs at λ = 1",
    [
      "policy",
      "overshoot",
      "undershoot",
      "tracking",
      "fairness as published",
      "total",
      "total, one-sided",
      "waves fairer than the programme",
    ],
    Object.entries(POLICY_COLUMNS).map(([policy, column]) => {
      const cost = policyCost(column, waves);
      return [
        policy,
        usd(cost.overshootUsd),
        usd(cost.undershootUsd),
        usd(cost.trackingUsd),
        usd(cost.fairnessUsd),
        usd(cost.trackingUsd + cost.fairnessUsd),
        usd(cost.trackingUsd + cost.unfairnessUsd),
        `${cost.fairerIn}`,
      ];
    }),
  );
  const candidates = recordedUsers();
  const lots = Math.round(coinGapsOf().neededUsd * 100);
  printTable(
    `The needed budget on ${candidates.length} recorded users`,
    [
      "policy",
      "taken",
      "payers",
      "emptied",
      "largest burden",
      "largest payment",
      "hundred largest",
    ],
    Object.entries(USER_POLICIES).map(([policy, allocate]) => {
      const burden = burdenOf(candidates, allocate({ candidates, lots }));
      return [
        policy,
        usd(burden.takenUsd),
        `${burden.payers}`,
        `${burden.emptied}`,
        percent(burden.largest),
        usd(burden.largestUsd),
        percent(burden.topHundred),
      ];
    }),
  );
}

/** What the record and the analysis say themselves, beside which ours are set. */
function publishedRows(): readonly (readonly string[])[] {
  const correlations = "hyperliquid-adl/adl_prioritization_local_results.json";
  const byFill = (name: string): readonly string[] => [
    `by fill, ${name}`,
    String(resultOf(correlations, "spearman_correlations", name)),
  ];
  const summary = "hyperliquid-adl/realtime_analysis_summary.json";
  const overProfit = "winner_overcollateralization_equity_over_pnl";
  return [
    ...["pnl_vs_leverage", "pnl_vs_notional", "notional_vs_leverage"].map(byFill),
    [
      "mean leverage over cash",
      String(resultOf(summary, "key_findings", "average_leverage_realtime")),
    ],
    [
      "median equity over open profit",
      String(resultOf("adl-waves/headlines.json", "headline", overProfit, "median")),
    ],
  ];
}

function printRanks(): void {
  printTable(
    "Detailed fills and users",
    ["figure", "value"],
    Object.entries({ ...fillFigures(), ...userFigures() }).map(([name, value]) => [
      name,
      String(value),
    ]),
  );
  printTable("As published", ["figure", "value"], publishedRows());
  printTable(
    "BTC and SOL: who was deleveraged",
    ["coin", "side", "deleveraged", "spared", "ratios known", "by ratio", "by dollars"],
    profitRanks().map((rank) => [
      rank.asset,
      rank.side,
      `${rank.deleveraged}`,
      `${rank.spared}`,
      rank.known.join(" and "),
      rank.byRatio.toFixed(3),
      rank.byDollars.toFixed(3),
    ]),
  );
}

if (hasAdlRecord()) {
  printRecord();
  printWaves();
  printPolicies();
  printRanks();
} else {
  console.log(`The record is not there: ${ADL_RECORD}`);
}
