import { CounterRandom } from "@aftershock/simulator";
import {
  cascadeChance,
  type ChanceCurve,
  LEAST_EXCESS,
  type Misses,
  reachOf,
} from "@aftershock/strategy";
import { type Figures, type RuleScore, TRIED_KERNELS } from "./evaluateDay.ts";
import {
  type Comparison,
  comparisonsOf,
  correctedBy,
  coverageOf,
  METRIC_NAMES,
  type MetricName,
  middleOf,
  PRICE_METRICS,
} from "./misses.ts";

/** What is measured of one rule and metric, over days. Prices in percent (of log price), notional and count in percent of the record's, what the fund paid and bad debt in the settle currency. */
export interface MetricRow {
  readonly rule: string;
  readonly metric: MetricName;
  readonly days: number;
  /** Of what is shown: the middle of the ensemble, its effect multiplied by `factor`. */
  readonly bias: number;
  readonly rmse: number;
  /** Of the middle of the ensemble itself. */
  readonly ensembleBias: number;
  readonly ensembleRmse: number;
  readonly openRmse: number | undefined;
  readonly engineRmse: number | undefined;
  /** Root mean square of "nothing changes". */
  readonly unchanged: number;
  readonly nudged: number | undefined;
  readonly fresh: number | undefined;
  /** Root mean square of "nothing changes" over that of fresh noise, on the days and minutes that have both: how material the effect of the rule is. */
  readonly effect: number | undefined;
  readonly coverage50: number | undefined;
  readonly coverage90: number | undefined;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const rootMeanSquare = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => value * value)));

/** What a metric is told in: prices in percent, amounts in percent of the record's; what the fund paid and bad debt, of which the record may have next to nothing, in coins. */
function unitOf(metric: MetricName, { record }: RuleScore): number {
  if (metric === "path" || PRICE_METRICS.has(metric)) return 0.01;
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

/** What is known of misses by rule and metric. */
export type MissesOf = (rule: string, metric: MetricName) => Misses | undefined;

/** A row for each rule and metric. */
export function metricRows(
  scores: readonly RuleScore[],
  view: string,
  bands: MissesOf,
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
  readonly bands: MissesOf;
}): MetricRow {
  const { rule, metric, own, view, bands } = options;
  const against = (of: (score: RuleScore) => Figures | undefined): readonly number[] =>
    own.flatMap((score) => {
      const figures = of(score);
      return figures === undefined
        ? []
        : errorsOf(metric, score, comparisonsOf(score, figures, metric, estimateOf(score, view)))
            .errors;
    });
  const misses = bands(rule, metric);
  const closed = own.map((score) => {
    const found = comparisonsOf(score, estimateOf(score, view), metric);
    const shown = misses === undefined ? found : correctedBy(metric, misses, found);
    const { errors, unchanged } = errorsOf(metric, score, found);
    const isNoisy = score.fresh !== undefined;
    const errorsShown = errorsOf(metric, score, shown).errors;
    return { found, ensemble: errors, unchanged, isNoisy, shown: errorsShown };
  });
  const unchanged = closed.flatMap((one) => one.unchanged);
  const ensemble = closed.flatMap((one) => one.ensemble);
  const shown = closed.flatMap((one) => one.shown);
  const isOfPrice = PRICE_METRICS.has(metric);
  const maybe = (values: readonly number[]): number | undefined =>
    values.length === 0 ? undefined : rootMeanSquare(values);
  const fresh = maybe(against((score) => score.fresh));
  const onNoisy = maybe(closed.flatMap((one) => (one.isNoisy ? one.unchanged : [])));
  const coverage =
    misses === undefined
      ? undefined
      : coverageOf(
          metric,
          misses,
          closed.flatMap(({ found }) => found),
        );
  return {
    rule,
    metric,
    days: own.length,
    bias: mean(shown),
    rmse: rootMeanSquare(shown),
    ensembleBias: mean(ensemble),
    ensembleRmse: rootMeanSquare(ensemble),
    openRmse: isOfPrice ? maybe(against(openOf)) : undefined,
    engineRmse: isOfPrice
      ? undefined
      : maybe(against((score) => ({ ...score.truth, ...score.engine }))),
    unchanged: rootMeanSquare(unchanged),
    nudged: maybe(against(({ nudged }) => nudged)),
    fresh,
    effect: fresh === undefined || onNoisy === undefined ? undefined : onNoisy / fresh,
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
  /** Family and seed: cases of one day go together. */
  readonly day: string;
  readonly rule: string;
  readonly reach: number;
  readonly happened: boolean;
  /** Whether the same rule with fresh noise ended in the other basin; undefined where it was not simulated. */
  readonly flipped: boolean | undefined;
}

/** The reach of each estimate and the truth, under all rules that leave something to be liquidated, on days whose record is told to have a cascade at all. */
export function reachedCases(scores: readonly RuleScore[], view: string): readonly ReachedCase[] {
  const days = Map.groupBy(scores, ({ family, seed }) => `${family} ${seed}`);
  return [...days].flatMap(([name, day]) => {
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
      return [{ day: name, rule: score.rule, reach, happened, flipped }];
    });
  });
}

/** Bins of stated chances, and days drawn with replacement for the interval of what came true. */
const BINS = 5;
const DAY_DRAWS = 2_000;

interface StatedCase {
  readonly day: string;
  readonly chance: number;
  readonly happened: boolean;
}
const binOf = (chance: number): number => Math.min(BINS - 1, Math.floor(chance * BINS));

/** Stated chances in bins of a fifth beside how often they came true, with the interval that 95 % of bootstraps by day give. */
export function reliability(
  cases: readonly ReachedCase[],
  curveOf: (rule: string) => ChanceCurve | undefined,
) {
  const stated = cases.flatMap(({ day, rule, reach, happened }): readonly StatedCase[] => {
    const curve = curveOf(rule);
    return curve === undefined ? [] : [{ day, chance: cascadeChance(curve, reach), happened }];
  });
  const days = [...Map.groupBy(stated, ({ day }) => day).values()];
  const bins = Map.groupBy(stated, ({ chance }) => binOf(chance));
  return [...bins]
    .toSorted(([a], [b]) => a - b)
    .map(([bin, own]) => ({
      from: bin / BINS,
      to: (bin + 1) / BINS,
      count: own.length,
      stated: mean(own.map(({ chance }) => chance)),
      happened: mean(own.map(({ happened }) => (happened ? 1 : 0))),
      interval: cameTrue(days, bin),
    }));
}

/** How often the cases of a bin came true in 2.5 and 97.5 % of draws of as many days. */
function cameTrue(days: readonly (readonly StatedCase[])[], bin: number): [number, number] {
  const random = new CounterRandom(bin, "reliability");
  const byDay = days.map((day) => {
    const own = day.filter(({ chance }) => binOf(chance) === bin);
    return [own.length, own.filter(({ happened }) => happened).length] as const;
  });
  const shares = Array.from({ length: DAY_DRAWS }, (_, draw) => {
    let [count, happened] = [0, 0];
    for (let day = 0; day < byDay.length; day += 1) {
      const [cases, came] = byDay[random.at(draw, day).integer(0, 0, byDay.length - 1)] ?? [0, 0];
      count += cases;
      happened += came;
    }
    return happened / count;
  }).filter(Number.isFinite);
  const sorted = shares.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * sorted.length)] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}
