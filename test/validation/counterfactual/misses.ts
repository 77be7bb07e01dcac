import { bandOf, type Misses, scaledMiss } from "@aftershock/strategy";
import { type Figures, type RuleScore } from "./evaluateDay.ts";
import { FAMILIES } from "./plantedRules.ts";

/** The metrics that have bands, by the names that results have. */
export const METRIC_NAMES = [
  "extreme",
  "furthest",
  "path",
  "last",
  "overshoot",
  "notional",
  "count",
  "insurance",
  "badDebt",
] as const;
export type MetricName = (typeof METRIC_NAMES)[number];

/** Those of the path of prices, which are logarithms. */
export const PRICE_METRICS: ReadonlySet<MetricName> = new Set([
  "extreme",
  "furthest",
  "path",
  "last",
  "overshoot",
]);

/** What a metric is called in the product's results: of the extremes the one in the direction of the move, of which misses are alike on both sides. */
export const PRODUCT_METRICS: Readonly<Record<MetricName, readonly string[]>> = {
  extreme: ["low30", "high30"],
  furthest: ["low", "high"],
  path: ["path"],
  last: ["last"],
  overshoot: ["overshoot"],
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
    furthest: of(({ furthest }) => furthest),
    minutes: Array.from({ length }, (_, i) => of(({ minutes }) => minutes[i] ?? Number.NaN)),
    last: of(({ last }) => last),
    overshoot: of(({ overshoot }) => overshoot),
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

/** Minutes of a score's path that are not known exactly: where record, truth and estimate are not one. Those before anything differs are. */
const openMinutes = (
  { record, truth }: Pick<RuleScore, "record" | "truth">,
  estimate: Figures,
): readonly number[] =>
  estimate.minutes.flatMap((mid, minute) => {
    const [recorded, now] = [record.minutes[minute], truth.minutes[minute]];
    const isKnown = recorded === now && recorded === mid;
    return recorded === undefined || now === undefined || isKnown ? [] : [minute];
  });

/**
 * The comparisons that a metric of a score gives of some figures: one, or one a minute. The minutes are those in which record, truth and `estimate` are not one, whatever figures are compared, so that errors of
 * different figures are of the same minutes.
 */
export function comparisonsOf(
  score: Pick<RuleScore, "family" | "record" | "truth">,
  figures: Figures,
  metric: MetricName,
  estimate: Figures = figures,
): readonly Comparison[] {
  const { family, record, truth } = score;
  if (metric in PAID_BY && PAID_BY[metric] !== payerOf(family)) return [];
  if (metric !== "path") {
    return [{ recorded: record[metric], truth: truth[metric], mid: figures[metric] }];
  }
  return openMinutes(score, estimate).flatMap((minute) => {
    const [recorded, now, mid] = [record, truth, figures].map(({ minutes }) => minutes[minute]);
    return recorded === undefined || now === undefined || mid === undefined
      ? []
      : [{ recorded, truth: now, mid }];
  });
}

/** The product's name of the metric by which misses are scaled. */
const scaleName = (metric: MetricName): string => PRODUCT_METRICS[metric][0] ?? metric;

/** What is known of the misses; those where record and estimate are both nothing have no scale and are left out. */
export function missesOf(metric: MetricName, comparisons: readonly Comparison[]): Misses {
  const name = scaleName(metric);
  const misses = comparisons
    .map(({ recorded, truth, mid }) => scaledMiss(name, mid, recorded, truth))
    .filter(Number.isFinite)
    .toSorted((a, b) => a - b);
  return { quantiles: missQuantiles(misses), factor: factorOf(comparisons) };
}

/** True effects over estimated ones: their median weighted by the latter, which makes absolute errors least; no less than 0, and 1 where nothing had an effect. */
function factorOf(comparisons: readonly Comparison[]): number {
  const ratios = comparisons
    .filter(({ mid, recorded }) => mid !== recorded)
    .map(({ recorded, truth, mid }) => ({
      ratio: (truth - recorded) / (mid - recorded),
      weight: Math.abs(mid - recorded),
    }))
    .toSorted((a, b) => a.ratio - b.ratio);
  const half = ratios.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let below = 0;
  for (const { ratio, weight } of ratios) {
    below += weight;
    if (below >= half) return Number(Math.max(0, ratio).toPrecision(6));
  }
  return 1;
}

/** The estimates that are shown: with as much of the effect as was best on the days on which misses were measured. */
export const correctedBy = (
  metric: MetricName,
  misses: Misses,
  comparisons: readonly Comparison[],
): readonly Comparison[] =>
  comparisons.map((one) => ({
    ...one,
    mid: bandOf({ ...misses, metric: scaleName(metric) }, one.mid, one.recorded).mid,
  }));

/** Steps of the quantiles that are kept. */
const STEPS = 40;

/** Quantiles of misses in order from 0 to 1. */
function missQuantiles(sorted: readonly number[]): readonly number[] {
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
  misses: Misses,
  comparisons: readonly Comparison[],
): { readonly half: number; readonly ninety: number } {
  let [half, ninety] = [0, 0];
  for (const { recorded, truth, mid } of comparisons) {
    const band = bandOf({ ...misses, metric: scaleName(metric) }, mid, recorded);
    if (truth >= band.low50 && truth <= band.high50) half += 1;
    if (truth >= band.low && truth <= band.high) ninety += 1;
  }
  const count = Math.max(1, comparisons.length);
  return { half: half / count, ninety: ninety / count };
}
