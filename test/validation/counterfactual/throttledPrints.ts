import {
  EVERY_PRINT,
  type KappaBand,
  type ResponseFits,
  type ResponseModel,
  responseModels,
} from "@aftershock/cascade";
import { type Figures, figuresOf, runFigures, runRules, TRIED_KERNELS } from "./evaluateDay.ts";
import { type Comparison, comparisonsOf, type MetricName, middleOf } from "./misses.ts";
import type { PlantedDay } from "./plantedDay.ts";
import type { Family, PlantedRuleName } from "./plantedRules.ts";
import { changedOutcome, outcomeOf } from "./plantedStore.ts";
import { pinnedPrints, type PrintsSold } from "./printsView.ts";

/** Rules that are tried on thinned prints. */
export const THROTTLED_RULES = [
  "none",
  "tranches",
  "twap",
] as const satisfies readonly PlantedRuleName[];

/** How forced flow is scaled: by the middle of a band, or not at all. */
export type Scaling = "band" | "naive";

/** What is left out of the prints, and what is made of it. */
export interface ThrottledCase {
  readonly dropped: number;
  readonly scaling: Scaling;
}

export const THROTTLED_CASES: readonly ThrottledCase[] = [
  { dropped: 0, scaling: "naive" },
  ...[0.5, 0.75, 0.9].flatMap((dropped): ThrottledCase[] => [
    { dropped, scaling: "band" },
    { dropped, scaling: "naive" },
  ]),
];

/** What is taken of κ where a share of the prints is known to be left out: its inverse, within a factor of two. */
export function bandOfShare(dropped: number): KappaBand {
  const mid = 1 / (1 - dropped);
  return { low: Math.max(1, mid / 2), mid, high: 2 * mid, everySeconds: 1, doubts: [] };
}

const soldOf = ({ dropped, scaling }: ThrottledCase): PrintsSold => ({
  dropped,
  kappa: scaling === "band" ? bandOfShare(dropped) : EVERY_PRINT,
});

/** One rule on one day with thinned prints. */
export interface ThrottledScore extends ThrottledCase {
  readonly family: string;
  readonly seed: number;
  readonly rule: PlantedRuleName;
  readonly record: Figures;
  readonly truth: Figures;
  /** The median over kernels, κ in the middle. */
  readonly estimate: Figures;
  /** Forced notional on the recorded path under the recorded rules, over what was forced. */
  readonly reproduced: number;
  /** Forced notional by draws of κ from its band and of triggers; none where there is no band. */
  readonly notionals: readonly number[];
}

/** What is needed to score a day. */
export interface ThrottledRequest {
  readonly family: Family;
  readonly day: PlantedDay;
  readonly fits: ResponseFits;
  /** Draws of κ within its band. */
  readonly draws: number;
  readonly folder: string | undefined;
}

const KERNEL_OF_DRAWS = "mixture";

/** Scores a day with all cases and rules. */
export function throttledScores(request: ThrottledRequest): readonly ThrottledScore[] {
  const { family, day, fits, folder } = request;
  const { seed } = day.options;
  const record = figuresOf(outcomeOf(day), family);
  const responses = TRIED_KERNELS.flatMap((name) => responseModels(name, fits).slice(0, 1));
  const drawn = responses.find(({ name }) => name === KERNEL_OF_DRAWS) ?? responses[0];
  return THROTTLED_CASES.flatMap((tried) => {
    const pins = pinnedPrints(day, soldOf(tried));
    const count = tried.scaling === "band" ? request.draws : 0;
    const draws = [
      ...responses.map((response) => ({ population: pins.population(0), response })),
      ...drawsOf(drawn, count).map(({ draw, response }) => ({
        population: pins.population(draw),
        response,
      })),
    ];
    const { record: own, scenarios } = runRules(day, draws, THROTTLED_RULES);
    const [engine] = own.engines;
    const reproduced =
      engine === undefined
        ? Number.NaN
        : (engine.forcedSold + engine.forcedBought) / record.notional;
    return THROTTLED_RULES.map((rule, scenario): ThrottledScore => {
      const figures = (scenarios[scenario]?.runs ?? []).map((run) => runFigures(run, family));
      const byKernel = Object.fromEntries(
        responses.flatMap(({ name }, draw) => {
          const found = figures[draw];
          return found === undefined ? [] : [[name, found]];
        }),
      );
      return {
        ...tried,
        family: family.name,
        seed,
        rule,
        record,
        truth: figuresOf(changedOutcome(family, seed, { rule }, folder), family),
        estimate: middleOf(byKernel),
        reproduced,
        notionals: figures.slice(responses.length).map(({ notional }) => notional),
      };
    });
  });
}

const drawsOf = (response: ResponseModel | undefined, count: number) =>
  response === undefined
    ? []
    : Array.from({ length: count }, (_, i) => ({ draw: i + 1, response }));

/** Bias and root mean square of the errors, and root mean square of "nothing changes": percent, of the price or of the record's amount. */
export interface ThrottledError {
  readonly bias: number;
  readonly rmse: number;
  readonly unchanged: number;
}

/** The errors of a metric over days; those of the path over all minutes. */
export function throttledError(
  scores: readonly ThrottledScore[],
  metric: MetricName,
): ThrottledError {
  const errors = scores.flatMap((score) => {
    const unit = metric === "extreme" || metric === "path" ? 0.01 : score.record[metric] / 100;
    return comparisonsOf(score, score.estimate, metric).map((one) => errorOf(one, unit));
  });
  const mean = (of: (one: { error: number; unchanged: number }) => number): number =>
    errors.reduce((sum, one) => sum + of(one), 0) / errors.length;
  return {
    bias: mean(({ error }) => error),
    rmse: Math.sqrt(mean(({ error }) => error ** 2)),
    unchanged: Math.sqrt(mean(({ unchanged }) => unchanged ** 2)),
  };
}

const errorOf = ({ mid, truth, recorded }: Comparison, unit: number) => ({
  error: (mid - truth) / unit,
  unchanged: (recorded - truth) / unit,
});
