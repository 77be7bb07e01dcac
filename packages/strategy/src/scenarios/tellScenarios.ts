import {
  type BoundReason,
  type CounterfactualResult,
  type EngineFigures,
  type RuleSet,
  type RunSnapshot,
  type ScenarioResult,
  worstIdentification,
} from "@aftershock/cascade";
import { decimalToNumber, MICROS_PER_MINUTE } from "@aftershock/schema";
import type { Mitigation } from "../mitigations/mitigation.ts";
import { type BandedRule, type BandModel, noBands } from "./bandModel.ts";
import { bandedRule } from "./bandedRule.ts";
import { type Basins, basinsOf, type CascadeDirection } from "./basins.ts";
import { KNOWN_BIASES } from "./biases.ts";
import { reachOf } from "./cascadeChance.ts";
import { pathBands } from "./pathBands.ts";
import { chosenOf, medianOf } from "./quantiles.ts";
import type {
  BandStatus,
  HorizonFigures,
  EnginePrintGap,
  ScenarioFigure,
  ScenarioOutcome,
  ScenarioResults,
} from "./scenarioOutcome.ts";
import type { PrintedNotional, ScenarioResponses, ScenarioWorld } from "./scenarioWorld.ts";
import { type FigureSources, figuresOf, judgedFigure, type NoMid } from "./summariseScenario.ts";

/** A change of rules, and what came of it. */
interface Scenario {
  readonly mitigation: Mitigation;
  readonly rules: RuleSet;
}

/** What is told of. */
interface Told {
  /** The scenarios in order, and at the end the one without any liquidation. */
  readonly result: CounterfactualResult;
  readonly scenarios: readonly Scenario[];
  readonly world: ScenarioWorld;
  readonly horizonMinutes: readonly number[];
  readonly printed: PrintedNotional | undefined;
}

const notional = ({ forcedSold, forcedBought }: EngineFigures): number => forcedSold + forcedBought;

/** The way that the record's forced flow went. */
const directionOf = ({ record }: CounterfactualResult): CascadeDirection => {
  const [central] = record.engines;
  return (central?.forcedBought ?? 0) > (central?.forcedSold ?? 0) ? "up" : "down";
};

/** Everything that scenarios run on, and what each of them came to. */
export function tellScenarios(told: Told): ScenarioResults {
  const { result, scenarios, world, printed } = told;
  const { instrument, positions, responses, assumed } = world;
  const { record } = result;
  const tick = decimalToNumber(instrument.tick);
  const direction = directionOf(result);
  const unforced = result.scenarios.at(-1);
  return {
    basis: {
      instrument: instrument.id,
      quote: instrument.quote,
      settle: instrument.settle,
      recordHash: record.recordHash,
      from: record.from,
      to: record.to,
      steps: record.steps,
      path: {
        at: record.path.minutes.map((_, i) => record.path.firstMinute + i * MICROS_PER_MINUTE),
        price: record.path.minutes.map((log) => Math.exp(log) * tick),
      },
      direction,
      kernels: responses.models.slice(0, responses.kernels).map(({ name }) => name),
      calibration: responses.calibration,
      population: positions.says,
      accounts: positions.accounts,
      assumed,
      printGap: gapOf(record.engines[0], printed),
    },
    scenarios: scenarios.flatMap((scenario, i) => {
      const found = result.scenarios[i];
      return found === undefined || unforced === undefined
        ? []
        : [outcomeOf(scenario, found, { ...told, unforced, direction, logTick: Math.log(tick) })];
    }),
    biases: KNOWN_BIASES,
  };
}

function gapOf(
  engine: EngineFigures | undefined,
  printed: PrintedNotional | undefined,
): EnginePrintGap | null {
  if (engine === undefined || printed === undefined) return null;
  const engineNotional = notional(engine);
  const printedNotional = printed.notional;
  return {
    engineNotional,
    printedNotional,
    share: printedNotional > 0 ? engineNotional / printedNotional - 1 : null,
  };
}

/** What outcomes of all scenarios share. */
interface Telling extends Told {
  readonly unforced: ScenarioResult;
  readonly direction: CascadeDirection;
  readonly logTick: number;
}

/**
 * Which draws the middle is made of: the kernels' own estimates with the central population, as it is on the days on which bands and factors were measured. Bootstraps and alternatives only widen the
 * spread; they are taken where nothing else is left, first an alternative's own estimate.
 */
function middleOf(
  draws: readonly number[],
  { models, kernels }: ScenarioResponses,
): readonly boolean[] {
  const isOwn = (draw: number): boolean => draw < kernels;
  const isLinear = (draw: number): boolean => isOwn(draw) && models[draw]?.isAlternative !== true;
  const isIn = [isLinear, isOwn].find((one) => draws.some(one));
  return draws.map((draw) => isIn?.(draw) ?? true);
}

function outcomeOf(
  { mitigation, rules }: Scenario,
  found: ScenarioResult,
  telling: Telling,
): ScenarioOutcome {
  const { result, world, unforced, direction, logTick } = telling;
  const { record } = result;
  const kept = found.runs.flatMap(({ diverged }, draw) => (diverged ? [] : [draw]));
  const isMiddle = middleOf(kept, world.responses);
  const extreme = direction === "down" ? "low30" : "high30";
  const isRecord = rules === world.recorded;
  const basins = basinsOf(
    unforced.runs.flatMap((free, draw) => {
      const changed = isRecord ? record : found.runs[draw];
      if (changed === undefined || free.diverged || isDiverged(found, draw)) return [];
      return [
        {
          recorded: record.path[extreme],
          unforced: free.path[extreme],
          changed: changed.path[extreme],
        },
      ];
    }),
    direction,
  );
  const areBounds = "none" in world.responses.calibration && !isRecord;
  const boundBecause = [
    ...unknownAccounts(rules, found, telling),
    ...(areBounds
      ? ["prices have no calibrated answer: what is told lies between none and all of the move"]
      : []),
    ...(hidesLevels(rules, world.recorded) ? [HIDDEN_LEVELS] : []),
  ];
  const rule = bandedRule(mitigation, rules, world.recorded);
  const sources = {
    rule,
    bands: world.bands,
    direction,
    logTick,
    isRecord,
    noMid: noMidOf(rules, boundBecause, world, basins),
    areBounds,
  } as const;
  // Nothing changed is the record in every draw, those in which it is not run included.
  const at = (runs: readonly RunSnapshot[], records: readonly RunSnapshot[]): FigureSources => ({
    ...sources,
    isMiddle,
    runs: isRecord ? records : kept.flatMap((draw) => runs[draw] ?? []),
    records: isRecord ? records : kept.flatMap((draw) => records[draw] ?? []),
  });
  const recorded = record.engines.map((figures) => ({ path: record.path, figures }));
  const { figures, bands } = figuresOf(at(found.runs, recorded));
  const paths = kept.flatMap((draw) => found.runs[draw]?.path ?? []);
  return {
    name: mitigation.name,
    kind: mitigation.kind,
    description: mitigation.describe(),
    recordHash: record.recordHash,
    pathHash: found.pathHash,
    identical: isIdentical(found, record.recordHash),
    identified: boundBecause.length > 0 ? "bound" : "estimate",
    boundBecause,
    band: divergenceOf(found) ?? bands[extreme] ?? { none: "not validated" },
    bands,
    ...figures,
    horizons: horizonsOf(found, telling, at),
    branchingRatio: branchingOf(found, telling, sources),
    cascadeProbability: isRecord
      ? (basins.probability ?? null)
      : (chanceOf(rule, found, telling, basins.probability) ?? null),
    straddles: basins.straddles,
    divergedShare: found.runs.length === 0 ? 0 : 1 - kept.length / found.runs.length,
    draws: found.runs.length,
    path: pathBands({ paths, isMiddle, ...sources, recorded: record.path }),
  };
}

/**
 * The chance of a cascade, that is of an extreme further than halfway from that without any forced flow to that of the record: how often planted days had one where the estimate reached as far, if this rule was planted; else the
 * share of draws with one.
 */
function chanceOf(
  rule: BandedRule,
  found: ScenarioResult,
  { world: { bands, responses }, unforced, result, direction, logTick }: Telling,
  share: number | undefined,
): number | undefined {
  if (share === undefined) return undefined;
  // Where nobody is forced to sell there is nothing that could be a cascade.
  if (found.runs.every(({ figures }) => notional(figures) === 0)) return 0;
  const extreme = direction === "down" ? "low30" : "high30";
  const of = ({ runs }: ScenarioResult): Float64Array => {
    const kept = runs.flatMap(({ diverged }, draw) => (diverged ? [] : [draw]));
    return chosenOf(
      Float64Array.from(kept, (draw) => (runs[draw]?.path[extreme] ?? Number.NaN) + logTick),
      middleOf(kept, responses),
    );
  };
  const recorded = result.record.path[extreme] + logTick;
  const reach = reachOf(medianOf(of(found)), { unforced: medianOf(of(unforced)), recorded });
  const chance = bands.chanceOfCascade?.(rule, reach);
  return chance === undefined || Number.isNaN(chance) ? share : chance;
}

/** Whether the path is the record in every draw: where prices are taken to answer to nothing the central one always is. */
const isIdentical = ({ pathHash, runs }: ScenarioResult, recordHash: string): boolean =>
  pathHash === recordHash && runs.every(({ largestDelta }) => largestDelta === 0);

/** Whether levels are hidden that were not: who would then not have sold ahead of them, no record tells. */
const hidesLevels = (rules: RuleSet, recorded: RuleSet): boolean =>
  rules.hiddenLevels && !recorded.hiddenLevels;

const HIDDEN_LEVELS =
  "the orders of front-runners are in the record as they were: only a simulation of the day can take them away";

const isDiverged = ({ runs }: ScenarioResult, draw: number): boolean =>
  runs[draw]?.diverged === true;

/** Why a scenario has no single number. */
function noMidOf(
  rules: RuleSet,
  boundBecause: readonly string[],
  { recorded, positions: { source } }: ScenarioWorld,
  { straddles }: Basins,
): NoMid | undefined {
  if (hidesLevels(rules, recorded)) return "untold";
  if (boundBecause.length === 0) return straddles ? "straddles" : undefined;
  return source.evidence === "estimate" || source.evidence === "nothing" ? "untold" : "bound";
}

/** What makes a scenario reach to accounts of which the record says nothing. */
const BOUND_TEXTS: Readonly<Record<BoundReason, string>> = {
  markBeyondRecord:
    "marks go where the record has not been: who would be liquidated there is not known",
  higherMargin: "accounts that the record shows safe may not be under higher margin",
  marginByVolatility: "accounts that the record shows safe may not be where margin rises",
  estimatedFlow:
    "who was liquidated was not printed: the estimate of forced flow finds a part of it",
  unknownFlow:
    "who was liquidated was not printed: nobody is taken to have been, and of milder rules this says nothing",
};

function unknownAccounts(
  rules: RuleSet,
  { runs }: ScenarioResult,
  { world, result }: Telling,
): readonly string[] {
  const { source } = world.positions;
  const known = worstIdentification(
    runs.flatMap(({ figures }, draw) => {
      const recorded = result.record.engines[draw];
      return recorded === undefined ? [] : [source.identify(rules, { recorded, changed: figures })];
    }),
  );
  return known.identified === "estimate" ? [] : known.why.map((why) => BOUND_TEXTS[why]);
}

/** No band can be told where paths left the range in which the model says anything. */
const divergenceOf = ({ runs }: ScenarioResult): BandStatus | undefined => {
  const diverged = runs.filter((run) => run.diverged).length;
  return diverged === 0 ? undefined : { none: `${diverged} of ${runs.length} draws diverge` };
};

/** At a horizon no band was measured. */
const HORIZON_BANDS: BandModel = noBands("bands were measured at the end of the day alone");

function horizonsOf(
  found: ScenarioResult,
  { result, horizonMinutes }: Telling,
  at: (runs: readonly RunSnapshot[], records: readonly RunSnapshot[]) => FigureSources,
): readonly HorizonFigures[] {
  return found.horizons.flatMap((runs, i) => {
    const [minutes, then] = [horizonMinutes[i], result.record.horizons[i]];
    if (minutes === undefined || then === undefined) return [];
    const records = then.engines.map((figures) => ({ path: then.path, figures }));
    const { figures, bands } = figuresOf({ ...at(runs, records), bands: HORIZON_BANDS });
    return [{ minutes, at: then.at, ...figures, bands }];
  });
}

/** 1 − what is forced with no move of its own / what is forced; NaN where nothing is. */
function branchingRatio(open: EngineFigures, closed: EngineFigures | undefined): number {
  const all = notional(closed ?? open);
  return all > 0 ? 1 - notional(open) / all : Number.NaN;
}

function branchingOf(
  { openLoops, runs }: ScenarioResult,
  { result, world }: Telling,
  {
    rule,
    bands,
    isRecord,
    noMid,
    areBounds,
  }: Pick<FigureSources, "rule" | "bands" | "isRecord" | "noMid" | "areBounds">,
): ScenarioFigure | null {
  const known = openLoops.flatMap((open, draw) => {
    const run = runs[draw];
    const ratio = branchingRatio(open, run?.figures);
    return run?.diverged === false && !Number.isNaN(ratio) ? [{ draw, ratio }] : [];
  });
  const values = Float64Array.from(known, ({ ratio }) => ratio);
  if (values.length === 0) return null;
  const [same] = result.scenarios;
  const [open] = same?.openLoops ?? [];
  const recorded = open === undefined ? Number.NaN : branchingRatio(open, result.record.engines[0]);
  return judgedFigure({
    rule,
    metric: "branchingRatio",
    bands,
    values,
    middle: chosenOf(
      values,
      middleOf(
        known.map(({ draw }) => draw),
        world.responses,
      ),
    ),
    recorded,
    isExact: isRecord && noMid !== "untold",
    hasMid: noMid === undefined,
    areBounds,
    shown: (value) => value,
  }).figure;
}
