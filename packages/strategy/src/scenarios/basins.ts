/**
 * An extreme that is deeper by less than this, a logarithm, is not one that liquidations have made: then there is no cascade to be had or avoided. Half a percent: about what the
 * same day differs by with fresh noise under rules that hold nobody up (COUNTERFACTUAL of the prototype: 0.2 … 1.4 %).
 */
export const LEAST_EXCESS = 0.005;
/** Draws straddle two outcomes where at least this share of them lies in each, and so many: one alone may be anything. */
const LEAST_SHARE = 0.05;
const LEAST_DRAWS = 2;
/**
 * Two groups of draws are two outcomes where their means lie this many times their spread apart. Halves of an even spread of draws lie 3.5 times apart, of a normal one 2.7 times: those are one outcome, of which the
 * middle is an estimate.
 */
const LEAST_APART = 4;

/** The extremes of one draw, natural logarithms. */
export interface DrawExtremes {
  /** Of the record. */
  readonly recorded: number;
  /** Of the path without any forced flow. */
  readonly unforced: number;
  /** Of the changed path. */
  readonly changed: number;
}

/** Which way the cascade of a record goes. */
export type CascadeDirection = "down" | "up";

/** What draws say of whether there is a cascade under changed rules. */
export interface Basins {
  /** Share of draws in which there is one; undefined where forced flow moved the record too little for there to have been any. */
  readonly probability: number | undefined;
  /** Whether the draws end in two outcomes so far apart that no value between them is an estimate. */
  readonly straddles: boolean;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const squares = (values: readonly number[]): number => {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
};

/** Whether two groups of values lie apart, measured by their pooled standard deviation. */
function isApart(one: readonly number[], other: readonly number[]): boolean {
  const spread = Math.sqrt((squares(one) + squares(other)) / (one.length + other.length));
  return Math.abs(mean(one) - mean(other)) > LEAST_APART * spread;
}

/**
 * In which basin each draw ends: there is a cascade where the extreme of the changed path lies further than halfway from that of the path without forced flow to that of the record,
 * so that with nothing changed there is one in every draw.
 */
export function basinsOf(draws: readonly DrawExtremes[], direction: CascadeDirection): Basins {
  const sign = direction === "down" ? 1 : -1;
  const material = draws.filter(
    ({ recorded, unforced }) => sign * (unforced - recorded) >= LEAST_EXCESS,
  );
  if (material.length * 2 < draws.length || draws.length === 0) {
    return { probability: undefined, straddles: false };
  }
  const depths = material.map(({ recorded, unforced, changed }) => ({
    changed,
    isCascade: (unforced - changed) / (unforced - recorded) > 0.5,
  }));
  const into = depths.filter(({ isCascade }) => isCascade).map(({ changed }) => changed);
  const out = depths.filter(({ isCascade }) => !isCascade).map(({ changed }) => changed);
  const probability = into.length / material.length;
  const fewer = Math.min(into.length, out.length);
  const isMixed = fewer >= LEAST_DRAWS && fewer >= LEAST_SHARE * material.length;
  return { probability, straddles: isMixed && isApart(into, out) };
}
