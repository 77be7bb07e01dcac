/**
 * The colours of the hedges, in order. Told apart under the common colour deficiencies; each variable has a light and a dark
 * value in the style sheet. Source: Okabe and Ito, "Color Universal Design" (2008), darkened where their contrast to white
 * is low.
 */
const SERIES: readonly string[] = [
  "var(--s0)",
  "var(--s1)",
  "var(--s2)",
  "var(--s3)",
  "var(--s4)",
  "var(--s5)",
];

/** The colour of the n-th hedge, coin or line, from 0. Repeats after six. */
export const seriesColor = (index: number): string =>
  SERIES[index % SERIES.length] ?? "currentColor";

/** What was bought, bids, and liquidated shorts. */
export const BUY_COLOR = "var(--buy)";
/** What was sold, asks, and liquidated longs. */
export const SELL_COLOR = "var(--sell)";
/** Marks whose side a source does not say. */
export const UNKNOWN_COLOR = "var(--soft)";
