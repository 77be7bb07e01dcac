import { parseUtcInstant } from "@aftershock/schema";
import {
  type AdlTiming,
  adlTiming,
  resultOf,
  type Row,
  type SecondCount,
  sum,
  tableOf,
  total,
} from "./adlRecord.ts";

/** Totals of one table of the record, USD. */
export interface Totals {
  readonly notionalUsd: number;
  readonly pnlUsd: number;
  readonly fills: number;
  readonly rows: number;
}

/** The same totals by coin, by user and by ticker, which are three exports. */
export function totalsOf(): Readonly<Record<"coins" | "users" | "tickers", Totals>> {
  const of = (name: string, notional: string, pnl: string, fills: string): Totals => {
    const rows = tableOf(name);
    return {
      notionalUsd: total(rows, notional),
      pnlUsd: total(rows, pnl),
      fills: total(rows, fills),
      rows: rows.length,
    };
  };
  return {
    coins: of(
      "hyperliquid-adl/adl_by_coin_REALTIME.csv",
      "adl_notional",
      "closed_pnl",
      "num_events",
    ),
    users: of(
      "hyperliquid-adl/adl_by_user_REALTIME.csv.gz",
      "adl_notional",
      "closed_pnl",
      "num_adl_events",
    ),
    tickers: of(
      "hyperliquid-adl/adl_net_volume_full_12min.csv",
      "net_notional_usd",
      "total_pnl",
      "num_adl_events",
    ),
  };
}

/** What the rows that are called liquidations are. */
export interface Trap {
  readonly liquidationRows: number;
  readonly adlRows: number;
  readonly namedTotalUsd: number;
  /** Fills of forced orders in the market: rows that are no deleveraging, of which there are two a fill. */
  readonly marketFills: number;
  readonly marketUsd: number;
  readonly adlUsd: number;
  /** Seconds in which what is no deleveraging is an odd number of rows: 0 if rows come in pairs. */
  readonly oddSeconds: number;
  readonly oddTickers: number;
  /** Seconds of deleveraging with fewer liquidation rows than fills: 0 if each fill has a row of the liquidated. */
  readonly uncoveredSeconds: number;
}

/** Takes the deleveraged and the second side out of the liquidations. */
export function trapOf({ timeline }: AdlTiming = adlTiming()): Trap {
  const tickers = tableOf("hyperliquid-adl/combined_impact_by_ticker.csv");
  const liquidationRows = total(tickers, "liq_events");
  const adlRows = total(tickers, "adl_events");
  const adlUsd = total(tickers, "adl_notional");
  const isOdd = (rows: number): boolean => rows % 2 !== 0;
  return {
    liquidationRows,
    adlRows,
    namedTotalUsd: total(tickers, "total_notional"),
    marketFills: (liquidationRows - adlRows) / 2,
    marketUsd: (total(tickers, "liq_notional") - adlUsd) / 2,
    adlUsd,
    oddSeconds: timeline.filter(({ liquidations, adls }) => isOdd(liquidations - adls)).length,
    oddTickers: tickers.filter((row) => isOdd(row.number("liq_events") - row.number("adl_events")))
      .length,
    uncoveredSeconds: timeline.filter(({ liquidations, adls }) => liquidations < adls).length,
  };
}

/** A run of deleveraging without a pause. Times: ms since the epoch. */
export interface Wave {
  readonly startMs: number;
  readonly endMs: number;
  readonly fills: number;
}

const millis = (text: string): number => {
  const micros = parseUtcInstant(text.replace(" ", "T").replace("+00:00", "Z"));
  if (micros === undefined) throw new Error(`${text} is no instant`);
  return Math.floor(micros / 1000);
};

/**
 * Waves of deleveraging. Seconds of the timeline say when there was any and how many fills; the ends of the shocks of coins give some of them to the
 * millisecond. `gapMs`: a longer pause ends a wave.
 */
export function wavesOf(gapMs = 5000, timing: AdlTiming = adlTiming()): readonly Wave[] {
  const exact = tableOf("adl-waves/per_shock_metrics_queue.csv.gz")
    .flatMap((row) => [row.text("t_start"), row.text("t_end")])
    .map(millis);
  const startMicros =
    parseUtcInstant(timing.first_liquidation.replace("+00:00", "Z")) ?? Number.NaN;
  const start = startMicros / 1000;
  const bursts = timing.timeline
    .filter(({ adls }) => adls > 0)
    .map(({ second, adls }: SecondCount) => {
      const from = start + second * 1000;
      const known = exact.filter((at) => at + 1 > from && at < from + 1000);
      return { startMs: Math.min(...known, from + 999), endMs: Math.max(...known, from), adls };
    });
  const waves: { startMs: number; endMs: number; fills: number }[] = [];
  for (const { startMs, endMs, adls } of bursts) {
    const last = waves.at(-1);
    if (last === undefined || startMs - last.endMs > gapMs)
      waves.push({ startMs, endMs, fills: adls });
    else {
      last.endMs = endMs;
      last.fills += adls;
    }
  }
  return waves;
}

/** What one of the policies of Chitra et al. cost, USD, λ = 1. */
export interface PolicyCost {
  /** Σ over waves of |removed − needed|. */
  readonly trackingUsd: number;
  /** Σ over waves of needed × |largest burden − that of the min-max programme|, as published. */
  readonly fairnessUsd: number;
  /** The same where only a burden above the programme's counts. */
  readonly unfairnessUsd: number;
  /** Waves in which its largest burden is below the programme's. */
  readonly fairerIn: number;
  readonly overshootUsd: number;
  readonly undershootUsd: number;
  readonly removedUsd: number;
}

/** Policies by the names of their columns. */
export const POLICY_COLUMNS = {
  "production queue": "prod",
  "integer pro-rata": "contract_pr",
  "vector mirror descent": "vector",
  "min-max programme": "fixed_point_ilp_integer",
  "continuous pro-rata": "pr",
} as const;

/** Costs of a policy over the recorded waves. */
export function policyCost(column: string, waves: readonly Row[]): PolicyCost {
  const off = waves.map((row) => row.number(`budget_${column}`) - row.number("budget_needed"));
  const gaps = waves.map((row) => ({
    needed: row.number("budget_needed"),
    gap: row.number(`max_pct_${column}`) - row.number("max_pct_fixed_point_ilp_integer"),
  }));
  return {
    trackingUsd: sum(off.map(Math.abs)),
    fairnessUsd: sum(gaps.map(({ needed, gap }) => needed * Math.abs(gap))),
    unfairnessUsd: sum(gaps.map(({ needed, gap }) => needed * Math.max(0, gap))),
    fairerIn: gaps.filter(({ gap }) => gap < 0).length,
    overshootUsd: sum(off.map((usd) => Math.max(0, usd))),
    undershootUsd: sum(off.map((usd) => Math.max(0, -usd))),
    removedUsd: total(waves, `budget_${column}`),
  };
}

/** The waves with their policies. */
export const policyWaves = (): readonly Row[] => tableOf("adl-waves/policy_per_wave_metrics.csv");

/** Bad debt as the waves have it. */
export interface Deficits {
  readonly totalUsd: number;
  /** The largest loss of a single account, and in how many waves it is the same to the cent. */
  readonly largestUsd: number;
  readonly largestIn: number;
  /** The total with that account counted once. */
  readonly onceUsd: number;
}

/** Deficits of the waves, and the one account that is in nine of them. */
export function deficitsOf(): Deficits {
  const waves = tableOf("adl-waves/bad_debt_loser_waves.csv");
  const losses = waves.map((row) => row.number("max_loss_usd"));
  const largestUsd = Math.max(...losses);
  const largestIn = losses.filter((usd) => usd === largestUsd).length;
  const totalUsd = total(waves, "deficit_usd");
  return { totalUsd, largestUsd, largestIn, onceUsd: totalUsd - (largestIn - 1) * largestUsd };
}

/** What must be closed in a wave and a coin, and what each whole coin of it loses. */
export interface CoinGaps {
  readonly rows: number;
  readonly neededUsd: number;
  readonly byWave: ReadonlyMap<number, number>;
  /** What rounding every quantity up to whole coins adds. */
  readonly roundingUsd: number;
  /** Needed in BTC and ETH. */
  readonly dearUsd: number;
}

/** Needed budgets by wave, from their coins. */
export function coinGapsOf(): CoinGaps {
  const rows = tableOf("adl-waves/two_pass_wave_coin_gap_per_contract.csv");
  const byWave = new Map<number, number>();
  for (const row of rows) {
    const wave = row.number("wave");
    const usd = row.number("qty_contracts") * row.number("gap_per_contract_usd");
    byWave.set(wave, (byWave.get(wave) ?? 0) + usd);
  }
  const rounding = rows.map((row) => {
    const quantity = row.number("qty_contracts");
    return (Math.ceil(quantity) - quantity) * row.number("gap_per_contract_usd");
  });
  return {
    rows: rows.length,
    neededUsd: sum([...byWave.values()]),
    byWave,
    roundingUsd: sum(rounding),
    dearUsd: total(
      rows.filter((row) => ["BTC", "ETH"].includes(row.text("coin"))),
      "gap_usd_x_qty",
    ),
  };
}

/** The queue in dollars of profit of which 653.6 M is the overshoot. */
export interface ShockQueue {
  readonly shocks: number;
  readonly coins: number;
  readonly budgetUsd: number;
  readonly deficitUsd: number;
  readonly overshootUsd: number;
  readonly residualUsd: number;
  /** Coins with a single shock whose budget is the profit realised in the coin to the cent, of how many. */
  readonly singleShockTies: readonly [number, number];
  /** Σ of negative equity over fills, as the summary of the record has it. */
  readonly negativeEquityUsd: number;
}

/** The shocks, tied to the profits by coin and to the equity below 0. */
export function shockQueueOf(): ShockQueue {
  const shocks = tableOf("adl-waves/per_shock_metrics_queue.csv.gz");
  const coins = tableOf("hyperliquid-adl/adl_by_coin_REALTIME.csv");
  const shocksIn = new Map<string, Row[]>();
  for (const row of shocks) {
    const coin = row.text("coin");
    shocksIn.set(coin, [...(shocksIn.get(coin) ?? []), row]);
  }
  const single = coins.filter(
    (row) =>
      shocksIn.get(row.text("coin").toUpperCase())?.length === 1 &&
      row.number("is_negative_equity") === 0,
  );
  const ties = single.filter((row) => {
    const [shock] = shocksIn.get(row.text("coin").toUpperCase()) ?? [];
    const gap = (shock?.number("budget_queue_usd") ?? Number.NaN) - row.number("closed_pnl");
    return Math.abs(gap) < 0.005;
  });
  return {
    shocks: shocks.length,
    coins: shocksIn.size,
    budgetUsd: total(shocks, "budget_queue_usd"),
    deficitUsd: total(shocks, "deficit_usd"),
    overshootUsd: total(shocks, "overshoot_queue_usd"),
    residualUsd: total(shocks, "residual_queue_usd"),
    singleShockTies: [ties.length, single.length],
    negativeEquityUsd: -resultOf(
      "hyperliquid-adl/realtime_analysis_summary.json",
      "key_findings",
      "negative_equity_total",
    ),
  };
}
