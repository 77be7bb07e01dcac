import {
  Counterfactual,
  type CounterfactualResult,
  type Draw,
  type EngineFigures,
  type KernelName,
  PathFigures,
  type PathResult,
  type PopulationSource,
  type ResponseFits,
  type ResponseModel,
  responseModels,
  type RunResult,
} from "@aftershock/cascade";
import { type PlantedDay, recordedSteps, STEP_MICROS, tickOf } from "./plantedDay.ts";
import {
  type Family,
  MAIN_RULE_NAMES,
  PLANTED_MITIGATIONS,
  type PlantedRuleName,
} from "./plantedRules.ts";
import { changedOutcome, type Outcome, outcomeOf } from "./plantedStore.ts";

/** The kernels that are tried; a middle estimate is the median over them. */
export const TRIED_KERNELS = [
  "exponential",
  "mixture",
  "powerLaw",
] as const satisfies readonly KernelName[];

/** What is compared, of one path: logarithms of the price, ratios to the recorded forced notional and count. */
export interface Figures {
  /** The furthest mean over 30 s in the direction of the day's move, and the furthest price at the end of a step. */
  readonly extreme: number;
  readonly furthest: number;
  readonly minutes: readonly number[];
  /** The last price, and how far it had come back from `extreme`. */
  readonly last: number;
  readonly overshoot: number;
  readonly notional: number;
  readonly count: number;
  readonly insurance: number;
  readonly badDebt: number;
  readonly diverged?: boolean;
}

/** One rule on one day: what was true, what nothing-changes says, and what the counterfactual says, by view and kernel. */
export interface RuleScore {
  readonly family: string;
  readonly seed: number;
  readonly rule: string;
  readonly record: Figures;
  readonly truth: Figures;
  /** The recorded move: from the first price to the extreme, a logarithm. */
  readonly move: number;
  /** The engine under the rule on the true path. */
  readonly engine: Pick<Figures, "notional" | "count" | "insurance" | "badDebt">;
  /** The kernel with the true forced flow. */
  readonly open: Readonly<Record<string, Figures>>;
  /** All of it. */
  readonly closed: Readonly<Record<string, Readonly<Record<string, Figures>>>>;
  /** The same rule with a nudge, and with fresh noise; where they were simulated. */
  readonly nudged?: Figures;
  readonly fresh?: Figures;
}

type PathPart = Pick<Figures, "extreme" | "furthest" | "minutes" | "last" | "overshoot">;

const pathPart = (
  { low, high, low30, high30, minutes, last }: PathResult,
  { isUpward }: Family,
): PathPart =>
  isUpward === true
    ? { extreme: high30, furthest: high, minutes, last, overshoot: high30 - last }
    : { extreme: low30, furthest: low, minutes, last, overshoot: last - low30 };

/** The figures of an outcome. */
export const figuresOf = (outcome: Outcome, family: Family): Figures => ({
  ...pathPart(outcome.path, family),
  notional: outcome.notional,
  count: outcome.count,
  insurance: outcome.insurancePaid,
  badDebt: outcome.badDebt,
});

/** The figures of a run. */
export const runFigures = ({ path, figures, diverged }: RunResult, family: Family): Figures => ({
  ...pathPart(path, family),
  notional: figures.forcedSold + figures.forcedBought,
  count: figures.liquidated,
  insurance: figures.insurancePaid,
  badDebt: figures.badDebt,
  diverged,
});

/**
 * Those figures with the accounts counted by what the same positions come to under the recorded rules: a count of pins is one of prints by step, of which an account may be several and several may be one, so that it
 * tells of accounts by its ratio alone. Where all accounts are known the two counts are the same.
 */
function countedFigures(
  run: RunResult,
  own: EngineFigures | undefined,
  { family, record }: { readonly family: Family; readonly record: Figures },
): Figures {
  const figures = runFigures(run, family);
  const { liquidated = 0 } = own ?? {};
  return liquidated === 0
    ? figures
    : { ...figures, count: (figures.count / liquidated) * record.count };
}

/** The path that a response makes of the true forced flows of the record and of the rule. */
function openLoop(day: PlantedDay, response: ResponseModel, changed: Float64Array): PathResult {
  const depths = { bid: Number.NaN, ask: Number.NaN };
  const kernel = response.price(depths);
  const path = new PathFigures(STEP_MICROS);
  for (const { at, bid, ask, bidDepth, askDepth } of recordedSteps(day)) {
    const step = Math.round((at - day.from) / STEP_MICROS) - 1;
    depths.bid = bidDepth;
    depths.ask = askDepth;
    path.take(at, Math.log((bid + ask) / 2) + kernel.delta(at));
    const [before, after] = [day.forced[step] ?? 0, changed[step] ?? 0];
    const slope = response.priceSlope(before + after < 0 ? bidDepth : askDepth);
    kernel.add({ at, recorded: before, changed: after, slope });
  }
  return path.result;
}

/** How the mark is rebuilt: the simulator's own terms. */
const MARK = { of: "the simulated venue", bandRate: "none", fairPrice: "mid" } as const;

/** Runs planted rules on a day, each with all draws of positions and responses. */
export function runRules(
  day: PlantedDay,
  draws: readonly Draw[],
  names: readonly PlantedRuleName[] = MAIN_RULE_NAMES,
): CounterfactualResult {
  const counterfactual = new Counterfactual({
    recorded: day.rules,
    scenarios: names.map((name) => ({
      name,
      rules: PLANTED_MITIGATIONS[name].apply(day.rules),
    })),
    draws,
    mark: MARK,
    stepMicros: STEP_MICROS,
    tick: tickOf(day),
  });
  for (const step of recordedSteps(day)) counterfactual.step(step);
  return counterfactual.finish();
}

/** What a view of the record knows of positions. */
export interface View {
  readonly name: string;
  readonly population: (day: PlantedDay) => PopulationSource;
}

/** A day to be scored. */
export interface DayRequest {
  readonly family: Family;
  readonly day: PlantedDay;
  readonly fits: ResponseFits;
  readonly views: readonly View[];
  readonly folder: string | undefined;
  /** Whether the main rules are simulated again with a nudge and with fresh noise. */
  readonly withNoise: boolean;
  readonly rules: readonly PlantedRuleName[];
}

/** Scores rules on a day. */
export function evaluateDay(request: DayRequest): readonly RuleScore[] {
  const { family, day, fits, views, folder, withNoise, rules } = request;
  const { seed } = day.options;
  const record = figuresOf(outcomeOf(day), family);
  const responses = TRIED_KERNELS.flatMap((name) => responseModels(name, fits).slice(0, 1));
  const results = views.map((view) => {
    const population = view.population(day);
    return runRules(
      day,
      responses.map((response) => ({ population, response })),
      rules,
    );
  });
  const first = Math.log(((day.bid[0] ?? 0) + (day.ask[0] ?? 0)) / 2);
  return rules.map((rule, scenario) => {
    const outcome = changedOutcome(family, seed, { rule }, folder);
    const { engine } = outcome;
    const other = (change: { nudge?: boolean; noiseSeed?: number }): Figures =>
      figuresOf(changedOutcome(family, seed, { rule, ...change }, folder), family);
    return {
      family: family.name,
      seed,
      rule,
      record,
      truth: figuresOf(outcome, family),
      move: record.extreme - first,
      engine: {
        notional: engine.forcedSold + engine.forcedBought,
        count: engine.liquidated,
        insurance: engine.insurancePaid,
        badDebt: engine.badDebt,
      },
      open: Object.fromEntries(
        responses.map((response) => {
          const path = openLoop(day, response, outcome.forced);
          return [response.name, { ...figuresOf(outcome, family), ...pathPart(path, family) }];
        }),
      ),
      closed: Object.fromEntries(
        views.map(({ name }, view) => [
          name,
          Object.fromEntries(
            responses.flatMap((response, draw) => {
              const run = results[view]?.scenarios[scenario]?.runs[draw];
              const own = results[view]?.record.engines[draw];
              return run === undefined
                ? []
                : [[response.name, countedFigures(run, own, { family, record })]];
            }),
          ),
        ]),
      ),
      ...(withNoise && MAIN_RULE_NAMES.includes(rule)
        ? { nudged: other({ nudge: true }), fresh: other({ noiseSeed: seed + 100_000 }) }
        : {}),
    };
  });
}
