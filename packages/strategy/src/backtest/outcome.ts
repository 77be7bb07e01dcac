import type { CostPart } from "../hedges/coinAccount.ts";
import type { HedgeTrade, PositionValue } from "../hedges/hedge.ts";
import type { Metrics } from "../metrics/metrics.ts";

/** A portfolio at one chain snapshot, after the hedge has acted on it. */
export interface Point {
  /** µs UTC. */
  readonly at: number;
  /** Coins at the index and contracts at their recorded marks, USD. */
  readonly equityUsd: number;
  /** The same with options at the recorded bid, 0 where nobody bids; before the fees of closing. USD. */
  readonly liquidationUsd: number;
  /** Each coin's index, USD. */
  readonly indexPrices: Readonly<Record<string, number>>;
  /** Coins in each account, contracts not counted. */
  readonly balances: Readonly<Record<string, number>>;
  readonly positions: readonly PositionValue[];
}

/**
 * Where the P&L comes from, USD: pnl = coins + hedge − costs + revaluation, up to rounding of the last digits. Costs that are
 * not recorded count as 0 here and are not in the P&L either.
 */
export interface Attribution {
  /** What the coins alone gained or lost: the P&L without any hedge. */
  readonly coinsUsd: number;
  /** What the hedge's contracts paid out, at the index of that moment, and what those still open are worth at the end. */
  readonly hedgeUsd: number;
  /** The sum of `Outcome.costs`, at the index when each was paid. */
  readonly costsUsd: number;
  /** Costs are paid and payouts received in coin: how the USD value of those coins has changed since. */
  readonly revaluationUsd: number;
}

/** What one hedge came to. */
export interface Outcome {
  readonly name: string;
  readonly description: string;
  /** One point a chain snapshot, in order of time. */
  readonly series: readonly Point[];
  readonly metrics: Metrics;
  /** USD by part, positive when paid; null where the record does not hold it. */
  readonly costs: Readonly<Record<CostPart, number | null>>;
  /** Parts of `costs` that are recorded for some coins only, or for some of the time: what is missing is in no figure. */
  readonly partialCosts: readonly CostPart[];
  readonly attribution: Attribution;
  /** In order of time. */
  readonly trades: readonly HedgeTrade[];
  /** What the reader must know of this outcome, in sentences. */
  readonly notes: readonly string[];
}
