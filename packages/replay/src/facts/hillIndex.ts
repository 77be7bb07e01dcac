import type { LogHistogram } from "./logHistogram.ts";

/** The share of all observations that is the tail. */
export const TAIL_SHARE = 0.05;
/** Fewest observations in a tail: the standard error of the index is index/√observations. */
export const FEWEST_IN_TAIL = 10;

/** How heavy a tail is. */
export interface TailIndex {
  /** α of P(X > x) ∝ x^−α: 3 is the inverse cubic law of returns; lower is heavier. Above 0. */
  readonly index: number;
  /** How many observations the tail has. */
  readonly observations: number;
}

/**
 * Hill's estimator (Hill 1975, Annals of Statistics 3): k over Σ ln(x_i / x_{k+1}), over the k highest values of a histogram. `count` is the
 * number of observations of which the tail is 5 %. Undefined where that is fewer than ten, where there are not so many values above 0,
 * or where all of them are equal. Assumes a tail that is a power law from there on, and independent observations; wrong for
 * returns of whole ticks where the tail begins within a few ticks.
 */
export function hillIndex(values: LogHistogram, count: number): TailIndex | undefined {
  const observations = Math.floor(TAIL_SHARE * count);
  if (observations < FEWEST_IN_TAIL) return undefined;
  let left = observations;
  let logs = 0;
  let threshold = Number.NaN;
  values.fromTop((mean, weight) => {
    if (!(mean > 0)) return false;
    const taken = Math.min(weight, left);
    logs += taken * Math.log(mean);
    left -= taken;
    if (weight > taken || taken === 0) threshold = mean;
    return Number.isNaN(threshold);
  });
  const excess = logs - observations * Math.log(threshold);
  // Logarithms of equal values differ by their rounding.
  if (!(excess > 1e-9 * observations)) return undefined;
  return { index: observations / excess, observations };
}
