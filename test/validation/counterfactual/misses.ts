import { bandOf, scaledMiss } from "@aftershock/strategy";
import { type Figures, type RuleScore } from "./evaluateDay.ts";
import { FAMILIES } from "./plantedRules.ts";

/** The metrics that have bands, by the names that results have. */
export const METRIC_NAMES = [
  "extreme",
  "path",
  "notional",
  "count",
  "insurance",
  "badDebt",
] as const;
export type MetricName = (typeof METRIC_NAMES)[number];

/** What a metric is called in the product's results: of the extremes the one in the direction of the move, of which misses are alike on both sides. */
export const PRODUCT_METRICS: Readonly<Record<MetricName, readonly string[]>> = {
  extreme: ["low30", "high30"],
  path: ["path"],
  notional: ["forcedNotional"],
  count: ["liquidated"],
  insurance: ["insurancePaid"],
  badDebt: ["badDebt"],
};

/** One comparison: the record's value, the truth, and the estimate. */
export interface Comparison {
  readonly recorded: number;
  readonly truth: number;
  readonly mid: number;
}

/** The kernel that widens the spread of an ensemble and is no part of its middle. */
const ALTERNATIVE = "powerLaw";

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [
    sorted[sorted.length % 2 === 0 ? half - 1 : half],
    sorted[half],
  ];
  return (low + high) / 2;
};

/** The middle estimate of kernels: the median of those that are no mere alternative and did not diverge, path by path minute by minute. */
export function middleOf(byKernel: Readonly<Record<string, Figures>>): Figures {
  const kernels = Object.entries(byKernel).flatMap(([kernel, figures]) =>
    kernel === ALTERNATIVE || figures.diverged === true ? [] : [figures],
  );
  const of = (value: (figures: Figures) => number): number => median(kernels.map(value));
  const length = Math.min(...kernels.map(({ minutes }) => minutes.length));
  return {
    extreme: of(({ extreme }) => extreme),
    minutes: Array.from({ length }, (_, i) => of(({ minutes }) => minutes[i] ?? Number.NaN)),
    notional: of(({ notional }) => notional),
    count: of(({ count }) => count),
    insurance: of(({ insurance }) => insurance),
    badDebt: of(({ badDebt }) => badDebt),
  };
}

/** Who pays what accounts could not: where there is a fund and auto-deleveraging it is the fund, and there is no bad debt; elsewhere it is the other way round. */
const PAID_BY: Partial<Readonly<Record<MetricName, "fund" | "nobody">>> = {
  insurance: "fund",
  badDebt: "nobody",
};
const payerOf = (family: string): "fund" | "nobody" =>
  FAMILIES.some(({ name, isWithoutAdl }) => name === family && isWithoutAdl === true)
    ? "nobody"
    : "fund";

/** The comparisons that a metric of a score gives: one, or one a minute from the first in which prices move on. */
export function comparisonsOf(
  { family, record, truth }: Pick<RuleScore, "family" | "record" | "truth">,
  estimate: Figures,
  metric: MetricName,
): readonly Comparison[] {
  if (metric in PAID_BY && PAID_BY[metric] !== payerOf(family)) return [];
  if (metric !== "path") {
    return [{ recorded: record[metric], truth: truth[metric], mid: estimate[metric] }];
  }
  return estimate.minutes.flatMap((mid, i): Comparison[] => {
    const [recorded, now] = [record.minutes[i], truth.minutes[i]];
    // Minutes before anything differs are known exactly.
    return recorded === undefined || now === undefined || (recorded === now && recorded === mid)
      ? []
      : [{ recorded, truth: now, mid }];
  });
}

/** The product's name of the metric by which misses are scaled. */
const scaleName = (metric: MetricName): string => PRODUCT_METRICS[metric][0] ?? metric;

/** Misses in the scale of the bands; none where record and estimate are both nothing, which has no scale. */
export const missesOf = (
  metric: MetricName,
  comparisons: readonly Comparison[],
): readonly number[] =>
  comparisons
    .map(({ recorded, truth, mid }) => scaledMiss(scaleName(metric), mid, recorded, truth))
    .filter(Number.isFinite);

/** Steps of the quantiles that are kept. */
const STEPS = 40;

/** Quantiles of misses from 0 to 1. */
export function missQuantiles(misses: readonly number[]): readonly number[] {
  const sorted = misses.toSorted((a, b) => a - b);
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    // Of n misses the k-th is the quantile k/(n + 1): a new one lies below it with that chance.
    const place = Math.min(
      sorted.length - 1,
      Math.max(0, (step / STEPS) * (sorted.length + 1) - 1),
    );
    const below = Math.floor(place);
    const low = sorted[below] ?? 0;
    const value = low + ((sorted[below + 1] ?? low) - low) * (place - below);
    return Number(value.toPrecision(6));
  });
}

/** The shares of comparisons in which the bands of a cell hold the truth. */
export function coverageOf(
  metric: MetricName,
  quantiles: readonly number[],
  comparisons: readonly Comparison[],
): { readonly half: number; readonly ninety: number } {
  let [half, ninety] = [0, 0];
  for (const { recorded, truth, mid } of comparisons) {
    const band = bandOf({ metric: scaleName(metric), quantiles }, mid, recorded);
    if (truth >= band.low50 && truth <= band.high50) half += 1;
    if (truth >= band.low && truth <= band.high) ninety += 1;
  }
  const count = Math.max(1, comparisons.length);
  return { half: half / count, ninety: ninety / count };
}
