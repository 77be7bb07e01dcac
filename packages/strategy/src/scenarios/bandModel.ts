import type { JsonValue } from "../canonicalJson.ts";
import { quantiles } from "./quantiles.ts";

/** What a band is asked for: a rule of a kind, at the strength that its parameters say. */
export interface BandedRule {
  readonly kind: string;
  readonly parameters: Readonly<Record<string, JsonValue>>;
}

/** An interval that holds the truth in half of all cases, and one that holds it in nine of ten. */
export interface Intervals {
  readonly low50: number;
  readonly high50: number;
  readonly low: number;
  readonly high: number;
}

/** A calibrated band. */
export interface Band extends Intervals {
  readonly mid: number;
}

/** Why there is no band. */
export interface NoBand {
  readonly none: string;
  /** The best single estimate, where something was measured that says more than the middle of the ensemble. Default: that middle. */
  readonly mid?: number;
}

/**
 * Makes error bands out of an ensemble: the one seam through which a band gets into a result. How far an ensemble of draws is from a band that covers is measured where the truth is
 * known, by kind and strength of rule and by metric, and differs between them.
 */
export interface BandModel {
  /**
   * The band of a metric under a mitigation. Prices are natural logarithms, money and counts as they are.
   * `ensemble`: the values of which the middle is made, at least one, none of them of a path that diverged. `recorded`: the value of the record itself.
   */
  band(rule: BandedRule, metric: string, ensemble: Float64Array, recorded: number): Band | NoBand;
  /** The chance of a cascade under a mitigation, 0 … 1, where the middle of the ensemble has a reach (reachOf); undefined where nothing was measured that would say so. */
  readonly chanceOfCascade?: (rule: BandedRule, reach: number) => number | undefined;
}

/** The spread of an ensemble as it is: what its draws differ by, which is less than what an answer may be wrong by. */
export function spreadOf(ensemble: Float64Array): Intervals {
  const [low = Number.NaN, low50 = Number.NaN, high50 = Number.NaN, high = Number.NaN] = quantiles(
    ensemble,
    [0.05, 0.25, 0.75, 0.95],
  );
  return { low, low50, high50, high };
}

/** The range of an ensemble whose draws are bounds: all of it. */
export function rangeOf(ensemble: Float64Array): Intervals {
  const low = ensemble.reduce((least, value) => Math.min(least, value), Infinity);
  const high = ensemble.reduce((most, value) => Math.max(most, value), -Infinity);
  return { low, low50: low, high50: high, high };
}

/** No band for anything, for a reason. */
export const noBands = (none: string): BandModel => ({ band: () => ({ none }) });

/** No band for anything: nothing has been validated. */
export const UNVALIDATED_BANDS: BandModel = noBands("not validated");
