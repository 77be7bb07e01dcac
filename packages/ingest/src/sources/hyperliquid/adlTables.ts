import type { CsvKind } from "../read/csvTable.ts";

/** The tables of figures about the deleveraging of 10 October 2025. */
export type AdlFigures =
  | "by user"
  | "by coin"
  | "net volume"
  | "combined impact"
  | "losers by wave"
  | "equity by wave"
  | "policies by wave"
  | "shocks"
  | "gaps by wave"
  | "reactions";

/** When the figures of a line are of. */
export type AdlTime =
  /** The whole event, as its authors cut it. */
  | { readonly kind: "event" }
  /** From one column to another, ms since the epoch. */
  | { readonly kind: "millis"; readonly start: string; readonly end: string }
  /** From one column to another, calendar times in UTC. */
  | { readonly kind: "calendar"; readonly start: string; readonly end: string };

/** How the lines of a table become measures. */
export interface AdlLayout {
  readonly columns: readonly string[];
  readonly time: AdlTime;
  /** The column with the coin that a line is of; absent for figures of all markets. */
  readonly coin?: string;
  /** The column with the account that a line is of. */
  readonly account?: string;
  /** Columns that become measures, by the name of the measure. */
  readonly measures: readonly (readonly [column: string, measure: string])[];
}

const EVENT: AdlTime = { kind: "event" };
const WAVE_MILLIS: AdlTime = { kind: "millis", start: "t_start_ms", end: "t_end_ms" };
const WAVE_CALENDAR: AdlTime = { kind: "calendar", start: "t_start", end: "t_end" };

const POLICIES: readonly (readonly [suffix: string, name: string])[] = [
  ["prod", "Production"],
  ["pr", "ProRata"],
  ["pnl_pr", "PnlProRata"],
  ["eq_pr", "EquityProRata"],
  ["vector", "Vector"],
  ["contract_pr", "ContractProRata"],
  ["fixed_point_ilp_integer", "FixedPointInteger"],
];

/** What is given for each policy: the column's prefix, the measure's name, its unit. */
const BY_POLICY: readonly (readonly [prefix: string, measure: string, unit: string])[] = [
  ["budget", "budget", "Usd"],
  ["overshoot", "overshoot", "Usd"],
  ["max_pct", "largestShare", ""],
  ["ptsr", "ptsr", ""],
  ["rd_nse", "rdNse", ""],
  ["pmr", "pmr", ""],
];

const byPolicy = ([prefix, measure, unit]: (typeof BY_POLICY)[number]): (readonly [
  string,
  string,
])[] =>
  POLICIES.map(([suffix, name]) => [`${prefix}_${suffix}`, `${measure}${name}${unit}`] as const);

const REACTION_WINDOWS: readonly number[] = [5_000, 60_000, 300_000];

const REACTIONS: readonly (readonly [string, string])[] = REACTION_WINDOWS.flatMap((millis) => [
  [`share_any_nonadl_fill_${millis}ms`, `shareTradingAgainWithin${millis / 1_000}s`] as const,
  [`mean_undo_frac_${millis}ms`, `meanFractionUndoneWithin${millis / 1_000}s`] as const,
]);

/** A table whose measures are all of its columns but those that say when and of whom. */
function layout(
  time: AdlTime,
  owner: Pick<AdlLayout, "coin" | "account">,
  columns: readonly (string | readonly [column: string, measure: string])[],
): AdlLayout {
  return {
    time,
    ...owner,
    columns: columns.map((column) => (typeof column === "string" ? column : column[0])),
    measures: columns.filter((column) => typeof column !== "string"),
  };
}

/** Each table's columns in their order; those with a measure's name beside them become that measure, the others are read otherwise or not. */
export const ADL_LAYOUTS: Readonly<Record<AdlFigures, AdlLayout>> = {
  "by user": layout(EVENT, { account: "user" }, [
    // Of one account: other names than those of a coin, so that a sum over a venue does not count twice.
    "user",
    ["adl_notional", "accountAdlNotionalUsd"],
    ["closed_pnl", "accountAdlClosedPnlUsd"],
    ["leverage_realtime", "meanLeverage"],
    ["pnl_percent", "meanPnlPercent"],
    ["account_value_realtime", "accountValueUsd"],
    ["is_negative_equity", "isNegativeEquity"],
    ["num_adl_events", "accountAdlEvents"],
  ]),
  "by coin": layout(EVENT, { coin: "coin" }, [
    "coin",
    ["adl_notional", "adlNotionalUsd"],
    ["closed_pnl", "adlClosedPnlUsd"],
    ["leverage_realtime", "meanLeverage"],
    ["pnl_percent", "meanPnlPercent"],
    ["is_negative_equity", "negativeEquityEvents"],
    ["num_users", "adlAccounts"],
    ["num_events", "adlEvents"],
  ]),
  "net volume": layout(EVENT, { coin: "ticker" }, [
    "ticker",
    ["net_volume", "adlNetVolumeCoins"],
    ["net_notional_usd", "adlNetNotionalUsd"],
    ["total_pnl", "adlNetPnlUsd"],
    ["num_adl_events", "adlNetEvents"],
    ["avg_price", "adlAveragePriceUsd"],
  ]),
  "combined impact": layout(EVENT, { coin: "ticker" }, [
    "ticker",
    ["liq_notional", "liquidationNotionalUsd"],
    "adl_notional",
    "total_notional",
    ["liq_events", "liquidationEvents"],
    "adl_events",
    "total_events",
    ["liq_pnl", "liquidationPnlUsd"],
    "adl_pnl",
    "total_pnl",
  ]),
  "losers by wave": layout(WAVE_MILLIS, {}, [
    ["wave", "wave"],
    "t_start_ms",
    "t_end_ms",
    ["n_rows", "adlEvents"],
    ["unique_losers", "losers"],
    ["deficit_usd", "loserDeficitUsd"],
    ["max_loss_usd", "largestLossUsd"],
  ]),
  "equity by wave": layout(WAVE_MILLIS, {}, [
    "wave",
    "t_start_ms",
    "t_end_ms",
    "t_eval_end_ms",
    ["deficit_usd", "deficitUsd"],
    "max_loss_usd",
    ["budget_needed_usd", "budgetNeededUsd"],
    ["budget_prod_usd", "budgetTakenUsd"],
    ["overshoot_prod_minus_needed_usd", "overshootUsd"],
    ["max_prod_haircut_usd", "largestHaircutUsd"],
    ["winners_equity_start_usd", "winnersEquityUsd"],
    ["winners_pnl_start_usd", "winnersPnlUsd"],
    ["theta_prod", "thetaTaken"],
    "theta_prod_capped",
    ["theta_needed", "thetaNeeded"],
    "theta_needed_capped",
    ["H_star_equity", "haircutCapacityEquityUsd"],
    ["H_star_pnl", "haircutCapacityPnlUsd"],
  ]),
  "policies by wave": layout(WAVE_CALENDAR, {}, [
    "wave",
    "t_start",
    "t_end",
    "budget_needed",
    ...BY_POLICY.flatMap(byPolicy),
    ["total_cap", "totalCapacityUsd"],
    ["budget_target", "budgetTargetUsd"],
    "fixed_point_ilp_scale",
    "deficit_usd",
    "max_loss_usd",
    "theta_prod_capped",
    "theta_needed_capped",
  ]),
  shocks: layout(WAVE_CALENDAR, { coin: "coin" }, [
    "coin",
    ["cluster_id", "shock"],
    "t_start",
    "t_end",
    ["deficit_usd", "deficitUsd"],
    ["total_capacity_usd", "totalCapacityUsd"],
    ["budget_queue_usd", "budgetQueueUsd"],
    ["overshoot_queue_usd", "overshootQueueUsd"],
    ["residual_queue_usd", "residualQueueUsd"],
  ]),
  "gaps by wave": layout(WAVE_MILLIS, { coin: "coin" }, [
    ["wave", "wave"],
    "t_start_ms",
    "t_end_ms",
    "coin",
    ["gap_usd_x_qty", "gapUsd"],
    ["qty_contracts", "gapContracts"],
    ["gap_per_contract_usd", "gapPerContractUsd"],
  ]),
  reactions: layout(EVENT, { account: "user" }, [
    "user",
    ["n_adl_events", "reactionAdlEvents"],
    ["median_latency_ms", "medianReactionMillis"],
    ...REACTIONS,
    ["strategic_score", "strategicScore"],
  ]),
};

/** Tables whose lines are positions, not figures. */
export type AdlPositions = "deleveraged positions" | "final positions";

/** A table of the analyses. */
export type AdlTable = AdlFigures | AdlPositions;

const FIGURES: readonly CsvKind<AdlTable>[] = [
  { name: "by user", columns: ADL_LAYOUTS["by user"].columns },
  { name: "by coin", columns: ADL_LAYOUTS["by coin"].columns },
  { name: "net volume", columns: ADL_LAYOUTS["net volume"].columns },
  { name: "combined impact", columns: ADL_LAYOUTS["combined impact"].columns },
  { name: "losers by wave", columns: ADL_LAYOUTS["losers by wave"].columns },
  { name: "equity by wave", columns: ADL_LAYOUTS["equity by wave"].columns },
  { name: "policies by wave", columns: ADL_LAYOUTS["policies by wave"].columns },
  { name: "shocks", columns: ADL_LAYOUTS.shocks.columns },
  { name: "gaps by wave", columns: ADL_LAYOUTS["gaps by wave"].columns },
  { name: "reactions", columns: ADL_LAYOUTS.reactions.columns },
];

/** The exact header of every table. */
export const ADL_TABLES: readonly CsvKind<AdlTable>[] = [
  ...FIGURES,
  {
    name: "deleveraged positions",
    columns: [
      "user",
      "coin",
      "time",
      "adl_price",
      "adl_size",
      "adl_notional",
      "closed_pnl",
      "position_size",
      "entry_price",
      "account_value_realtime",
      "total_unrealized_pnl",
      "total_equity",
      "is_negative_equity",
      "leverage_realtime",
      "position_unrealized_pnl",
      "pnl_percent",
      "liquidated_user",
      "timestamp",
      "time_str",
    ],
  },
  {
    name: "final positions",
    columns: [
      "user_address",
      "asset",
      "side",
      "position_size",
      "entry_price",
      "mark_price",
      "absolute_pnl",
      "pnl_percent",
      "realized_pnl",
      "unrealized_pnl",
      "leverage_ratio",
      "is_negative_equity",
      "was_liquidated",
      "was_adl",
      "trades_count",
      "had_pre_existing_position",
    ],
  },
];
