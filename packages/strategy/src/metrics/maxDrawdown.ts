import type { EquityPoint } from "./equityPoint.ts";

/** The deepest fall of an equity curve from a peak to a later trough. */
export interface Drawdown {
  /** Peak − trough, USD, 0 or more. */
  readonly usd: number;
  /** The same over the peak, 0 or more (above 1 when the equity went below zero); null where the peak is not above 0. */
  readonly fraction: number | null;
  /** When the peak was, µs. */
  readonly peakAt: number;
  /** When the trough was, µs. */
  readonly troughAt: number;
}

/**
 * The largest fall in USD from a peak to a later point of the curve, among equals the first. Points are in order of time.
 * Only the points count: a deeper fall between two snapshots is not seen. Undefined for an empty curve.
 */
export function maxDrawdown(curve: readonly EquityPoint[]): Drawdown | undefined {
  const first = curve[0];
  if (first === undefined) return undefined;
  let peak = first;
  let deepest = { usd: 0, peak: first, trough: first };
  for (const point of curve) {
    if (point.equityUsd > peak.equityUsd) peak = point;
    const usd = peak.equityUsd - point.equityUsd;
    if (usd > deepest.usd) deepest = { usd, peak, trough: point };
  }
  return {
    usd: deepest.usd,
    fraction: deepest.peak.equityUsd > 0 ? deepest.usd / deepest.peak.equityUsd : null,
    peakAt: deepest.peak.at,
    troughAt: deepest.trough.at,
  };
}
