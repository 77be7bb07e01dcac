import type { EquityPoint } from "./equityPoint.ts";
import { expectedShortfall } from "./expectedShortfall.ts";
import { maxDrawdown, type Drawdown } from "./maxDrawdown.ts";
import { realisedVolatility } from "./realisedVolatility.ts";

/** The level of the expected shortfall: the worst twentieth of the changes between snapshots. */
export const SHORTFALL_LEVEL = 0.95;

/** What a hedged portfolio came to, in USD at marks. */
export interface Metrics {
  /** Equity before anything was traded. */
  readonly startUsd: number;
  /** Equity at the last snapshot, at marks. */
  readonly endUsd: number;
  /** End − start; negative is a loss. */
  readonly pnlUsd: number;
  /** P&L over the start equity. */
  readonly pnlFraction: number;
  /** The deepest fall from a peak, and when; the start equity counts as a first point. */
  readonly maxDrawdown: Drawdown;
  /** Mean of the worst changes from snapshot to snapshot, as a loss. */
  readonly expectedShortfall: {
    /** The share of changes that are not counted, 0.95. */
    readonly level: number;
    /** USD, positive for a loss; null without changes. */
    readonly usd: number | null;
    /** How many changes there were. */
    readonly changes: number;
  };
  /** Realised volatility a year, a fraction; null where it cannot be told. */
  readonly volatility: number | null;
}

/**
 * Sums up an equity curve. `startUsd` is the equity just before the first point's trades, so that what the hedge cost on its
 * first day counts. The curve is in order of time and has a point at least.
 */
export function metricsOf(startUsd: number, curve: readonly EquityPoint[]): Metrics {
  const first = curve[0];
  const last = curve.at(-1);
  if (first === undefined || last === undefined) throw new Error("Invariant: metrics of no points");
  const whole = [{ at: first.at, equityUsd: startUsd }, ...curve];
  // What the first point's trades cost belongs to the first step, so that the changes add up to the P&L.
  const stepped = [
    { at: first.at, equityUsd: startUsd },
    ...(curve.length > 1 ? curve.slice(1) : curve),
  ];
  const changes = stepped
    .slice(1)
    .map((point, i) => point.equityUsd - (stepped[i]?.equityUsd ?? Number.NaN));
  const pnlUsd = last.equityUsd - startUsd;
  const drawdown = maxDrawdown(whole);
  if (drawdown === undefined) throw new Error("Invariant: drawdown of no points");
  return {
    startUsd,
    endUsd: last.equityUsd,
    pnlUsd,
    pnlFraction: pnlUsd / startUsd,
    maxDrawdown: drawdown,
    expectedShortfall: {
      level: SHORTFALL_LEVEL,
      usd: expectedShortfall(changes, SHORTFALL_LEVEL) ?? null,
      changes: changes.length,
    },
    volatility: realisedVolatility(stepped) ?? null,
  };
}
