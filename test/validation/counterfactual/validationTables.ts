import { cascadeChance, type ChanceCurve, LEAST_EXCESS, reachOf } from "@aftershock/strategy";
import { type Figures, type RuleScore, TRIED_KERNELS } from "./evaluateDay.ts";
import {
  type Comparison,
  comparisonsOf,
  coverageOf,
  METRIC_NAMES,
  type MetricName,
  middleOf,
} from "./misses.ts";

/** What is measured of one rule and metric, over days. Prices in percent (of log price), notional and count in percent of the record's, what the fund paid and bad debt in the settle currency. */
export interface MetricRow {
  readonly rule: string;
  readonly metric: MetricName;
  readonly days: number;
  readonly bias: number;
  readonly rmse: number;
  readonly openRmse: number | undefined;
  readonly engineRmse: number | undefined;
  /** Root mean square of "nothing changes". */
  readonly unchanged: number;
  readonly nudged: number | undefined;
  readonly fresh: number | undefined;
  readonly coverage50: number | undefined;
  readonly coverage90: number | undefined;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const rootMeanSquare = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => value * value)));

/** What a metric is told in: prices in percent, amounts in percent of the record's; what the fund paid and bad debt, of which the record may have next to nothing, in coins. */
function unitOf(metric: MetricName, { record }: RuleScore): number {
  if (metric === "extreme" || metric === "path") return 0.01;
  return metric === "insurance" || metric === "badDebt" ? 1 : record[metric] / 100;
}

/** Errors of comparisons in the unit of the table. */
function errorsOf(metric: MetricName, score: RuleScore, found: readonly Comparison[]) {
  const unit = unitOf(metric, score);
  const isUsable = unit > 0;
  return {
    errors: isUsable ? found.map(({ truth, mid }) => (mid - truth) / unit) : [],
    unchanged: isUsable ? found.map(({ truth, recorded }) => (recorded - truth) / unit) : [],
  };
}

/** The middle estimate of a view. */
export const estimateOf = (score: RuleScore, view: string): Figures =>
  middleOf(score.closed[view] ?? {});

const openOf = (score: RuleScore): Figures => middleOf(score.open);

/** Quantiles of misses by rule and metric. */
export type BandQuantiles = (rule: string, metric: MetricName) => readonly number[] | undefined;

/** A row for each rule and metric. */
export function metricRows(
  scores: readonly RuleScore[],
  view: string,
  bands: BandQuantiles,
): readonly MetricRow[] {
  const byRule = Map.groupBy(scores, ({ rule }) => rule);
  return [...byRule].flatMap(([rule, own]) =>
    METRIC_NAMES.map((metric) => metricRow({ rule, metric, own, view, bands })),
  );
}

function metricRow(options: {
  readonly rule: string;
  readonly metric: MetricName;
  readonly own: readonly RuleScore[];
  readonly view: string;
  readonly bands: BandQuantiles;
}): MetricRow {
  const { rule, metric, own, view, bands } = options;
  const against = (of: (score: RuleScore) => Figures | undefined): readonly number[] =>
    own.flatMap((score) => {
      const figures = of(score);
      return figures === undefined
        ? []
        : errorsOf(metric, score, comparisonsOf(score, figures, metric)).errors;
    });
  const closed = against((score) => estimateOf(score, view));
  const unchanged = own.flatMap(
    (score) =>
      errorsOf(metric, score, comparisonsOf(score, estimateOf(score, view), metric)).unchanged,
  );
  const isOfPrice = metric === "extreme" || metric === "path";
  const maybe = (values: readonly number[]): number | undefined =>
    values.length === 0 ? undefined : rootMeanSquare(values);
  const quantiles = bands(rule, metric);
  const coverage =
    quantiles === undefined
      ? undefined
      : coverageOf(
          metric,
          quantiles,
          own.flatMap((score) => comparisonsOf(score, estimateOf(score, view), metric)),
        );
  return {
    rule,
    metric,
    days: own.length,
    bias: mean(closed),
    rmse: rootMeanSquare(closed),
    openRmse: isOfPrice ? maybe(against(openOf)) : undefined,
    engineRmse: isOfPrice
      ? undefined
      : maybe(against((score) => ({ ...score.truth, ...score.engine }))),
    unchanged: rootMeanSquare(unchanged),
    nudged: maybe(against(({ nudged }) => nudged)),
    fresh: maybe(against(({ fresh }) => fresh)),
    coverage50: coverage?.half,
    coverage90: coverage?.ninety,
  };
}

/** Errors by kernel, rule and metric: bias and root mean square. */
export function kernelRows(scores: readonly RuleScore[], view: string) {
  return [...Map.groupBy(scores, ({ rule }) => rule)].flatMap(([rule, own]) =>
    TRIED_KERNELS.map((kernel) => {
      const of = (metric: MetricName) => {
        const errors = own.flatMap((score) => {
          const figures = score.closed[view]?.[kernel];
          return figures === undefined
            ? []
            : errorsOf(metric, score, comparisonsOf(score, figures, metric)).errors;
        });
        return { bias: mean(errors), rmse: rootMeanSquare(errors) };
      };
      const diverged = own.filter((score) => score.closed[view]?.[kernel]?.diverged === true);
      return {
        rule,
        kernel,
        extreme: of("extreme"),
        path: of("path"),
        notional: of("notional"),
        diverged: diverged.length,
      };
    }),
  );
}

/** How far an extreme lies from that without liquidations towards the record's, beyond which there is a cascade. */
const HALF_WAY = 0.5;

/** Where an estimate lies between no cascade (0) and that of the record (1), and whether there was one. */
export interface ReachedCase {
  readonly rule: string;
  readonly reach: number;
  readonly happened: boolean;
  /** Whether the same rule with fresh noise ended in the other basin; undefined where it was not simulated. */
  readonly flipped: boolean | undefined;
}

/** The reach of each estimate and the truth, under all rules that leave something to be liquidated, on days whose record is told to have a cascade at all. */
export function reachedCases(scores: readonly RuleScore[], view: string): readonly ReachedCase[] {
  const days = Map.groupBy(scores, ({ family, seed }) => `${family} ${seed}`);
  return [...days.values()].flatMap((day) => {
    const none = day.find(({ rule }) => rule === "none");
    if (none === undefined) return [];
    const recorded = none.record.extreme;
    const unforced = estimateOf(none, view).extreme;
    const isIn = ({ extreme }: Figures): boolean =>
      reachOf(extreme, { unforced: none.truth.extreme, recorded }) > HALF_WAY;
    return day.flatMap((score): ReachedCase[] => {
      const reach = reachOf(estimateOf(score, view).extreme, { unforced, recorded });
      const isMaterial = Math.abs(unforced - recorded) >= LEAST_EXCESS;
      if (score.rule === "none" || !isMaterial) return [];
      const happened = isIn(score.truth);
      const flipped = score.fresh === undefined ? undefined : isIn(score.fresh) !== happened;
      return [{ rule: score.rule, reach, happened, flipped }];
    });
  });
}

/** Stated chances in bins of a fifth beside how often they came true. */
export function reliability(
  cases: readonly ReachedCase[],
  curveOf: (rule: string) => ChanceCurve | undefined,
) {
  const stated = cases.flatMap(({ rule, reach, happened }) => {
    const curve = curveOf(rule);
    return curve === undefined ? [] : [{ chance: cascadeChance(curve, reach), happened }];
  });
  const bins = Map.groupBy(stated, ({ chance }) => Math.min(4, Math.floor(chance * 5)));
  return [...bins]
    .toSorted(([a], [b]) => a - b)
    .map(([bin, own]) => ({
      from: bin / 5,
      to: (bin + 1) / 5,
      count: own.length,
      stated: mean(own.map(({ chance }) => chance)),
      happened: mean(own.map(({ happened }) => (happened ? 1 : 0))),
    }));
}
