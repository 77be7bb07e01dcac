import { basename, dirname } from "node:path";
import {
  AttributedMove,
  type ForcedFlow,
  type ForcedPrint,
  type KappaBand,
  printedFlow,
  PRICE_COLUMNS,
  RecordColumns,
  type RecordSummary,
  UNKNOWN_FLOW,
} from "@aftershock/cascade";
import type { Duck, Lake, Manifest } from "@aftershock/ingest";
import {
  AftershockError,
  ConfigError,
  DataError,
  type EventStream,
  isoMicros,
  MICROS_PER_SECOND,
} from "@aftershock/schema";
import {
  type BandModel,
  type CounterfactualSettings,
  type ScenarioPositions,
  runsUnderScenarios,
  type ScenarioReplay,
  type ScenarioResponses,
  ScenarioSession,
  type Study,
  UnderScenarios,
} from "@aftershock/strategy";
import { calibrationPath, readCalibration } from "./calibrationFile.ts";
import { dataHashOf } from "./commands/calibrate.ts";
import { kappaFor } from "./printKappa.ts";
import { ProgressLine } from "./progressLine.ts";
import { recordedRuleSet, type RecordedRules } from "./recordedRuleSet.ts";
import { scenarioBands } from "./scenarioBands.ts";
import {
  accountPositions,
  estimatedFlow,
  estimatedMove,
  pinnedScenarioPositions,
} from "./scenarioPositions.ts";
import { openScenarioRecord, replayRecord, type ScenarioRecord } from "./scenarioRecord.ts";
import { boundResponses, calibratedScenarioResponses } from "./scenarioResponses.ts";
import { studyThrew } from "./studyModule.ts";

/** The scenarios of a study, run, and the partitions that were read for them. */
export interface RunScenarios {
  readonly replay: ScenarioReplay;
  readonly partitions: readonly Manifest[];
}

/** What a replay before that of the scenarios looks for. */
interface FirstLook {
  readonly columns: RecordColumns;
  readonly prints: readonly ForcedPrint[];
  readonly move: AttributedMove;
}

async function lookFirst(
  record: ScenarioRecord,
  settings: CounterfactualSettings,
  isKept: boolean,
): Promise<FirstLook> {
  const { stepMillis, standIns } = settings;
  const isPrinted = settings.positions === "prints" && settings.flow === "printed";
  const columns = isPrinted ? new RecordColumns(PRICE_COLUMNS) : new RecordColumns();
  const prints: ForcedPrint[] = [];
  const move = new AttributedMove();
  const progress = new ProgressLine(`look through ${record.instrument.id}`);
  await replayRecord(record, {
    stepMicros: stepMillis * 1_000,
    standIns,
    onStep: (step, flow) => {
      if (isKept) columns.take(step, flow);
      move.take(step, flow);
    },
    onPrint: (print) => {
      if (isKept) prints.push(print);
    },
    onProgress: ({ events, at }) => progress.events(events, at),
  });
  progress.done();
  return { columns, prints, move };
}

/** What the scenarios of a study run on beside its mitigations. */
interface Prepared {
  readonly record: ScenarioRecord;
  readonly recorded: RecordedRules;
  readonly positions: ScenarioPositions;
  readonly responses: ScenarioResponses;
  readonly kappaMid: number;
  readonly bands: BandModel;
}

/** κ of the prints that are used; undefined where none are. Throws ConfigError for positions pinned to prints that there are not. */
async function kappaOf(
  record: ScenarioRecord,
  { positions, flow, kappa }: CounterfactualSettings,
  isCalibrated: boolean,
): Promise<KappaBand | undefined> {
  const hasPrints = record.partitions.some(({ stream }) => stream === "liquidations");
  if (positions === "prints" && flow === "printed" && !hasPrints) {
    throw new ConfigError(
      `${record.instrument.id} has no prints of forced orders to pin positions to`,
      {
        hints: [
          'Ingest its liquidations, or estimate them from open interest (flow: "estimated"), or take recorded accounts (positions: "snapshot") or a prior of leverage (positions: "shadow").',
        ],
      },
    );
  }
  const isUsed = positions === "snapshot" ? !isCalibrated : flow === "printed";
  return hasPrints && isUsed ? kappaFor(record, kappa) : undefined;
}

/** What was forced on a record: as printed, as estimated, or not known. */
function flowOf(
  { instrument }: ScenarioRecord,
  { flow }: CounterfactualSettings,
  { columns, prints, kappa }: FirstLook & { readonly kappa: KappaBand | undefined },
): ForcedFlow {
  if (flow === "estimated") return estimatedFlow(columns, instrument);
  return kappa === undefined ? UNKNOWN_FLOW : printedFlow(prints, kappa);
}

async function prepare(
  duck: Duck,
  lake: Lake,
  study: Study,
  { settings, folder }: { settings: CounterfactualSettings; folder: string },
): Promise<Prepared> {
  const { instrument, calibration: named } = settings;
  const record = await openScenarioRecord(duck, lake, instrument, study);
  const recorded = await recordedRuleSet(lake, record);
  const file = named === undefined ? undefined : calibrationPath(named, folder);
  const calibration = file === undefined ? undefined : await readCalibration(file);
  const isPinned = settings.positions !== "snapshot";
  const kappa = await kappaOf(record, settings, calibration !== undefined);
  const first =
    isPinned || kappa !== undefined ? await lookFirst(record, settings, isPinned) : undefined;
  const flow = first && flowOf(record, settings, { ...first, kappa });
  const positions =
    isPinned && first !== undefined && flow !== undefined
      ? pinnedScenarioPositions({
          record,
          rules: recorded.rules,
          columns: first.columns,
          flow,
          leveragePrior: settings.leveragePrior,
        })
      : await accountPositions(duck, lake, { record, truth: recorded.truth });
  const move =
    first !== undefined && flow?.kind === "estimate"
      ? estimatedMove(first.columns, flow)
      : first?.move;
  const responses =
    calibration === undefined || named === undefined
      ? boundResponses(move?.slope(kappa?.mid ?? 1))
      : calibratedScenarioResponses(calibration, settings, {
          record,
          dataHash: dataHashOf(record.partitions),
          file: basename(named),
        });
  const bands = await scenarioBands({
    settings,
    instrument,
    kappa: isPinned ? kappa : undefined,
    calibration,
    isLeftOut: !("none" in responses.calibration) && responses.calibration.leftOut !== null,
  });
  return { record, recorded, positions, responses, kappaMid: kappa?.mid ?? 1, bands };
}

/** Where something stood in for what was not recorded; nothing where it never did. */
const stoodIn = (what: string, of: string, count: number, steps: number): readonly string[] =>
  count === 0
    ? []
    : [
        `Scenarios: ${what} stands in for the ${of} in ${((100 * count) / steps).toFixed(1)} % of the record.`,
      ];

/** What is missing in a record, in sentences. */
function recordWarnings({
  gaps,
  stepMicros,
  depth,
  prices,
  prints,
  standIns,
  steps,
}: RecordSummary): readonly string[] {
  const lost = gaps.reduce((sum, gap) => sum + gap.steps, 0);
  const [longest] = gaps.toSorted((a, b) => b.steps - a.steps);
  return [
    ...(longest === undefined
      ? []
      : [
          `Scenarios: ${((lost * stepMicros) / MICROS_PER_SECOND).toFixed(1)} s of the record cannot be used, the longest stretch from ${isoMicros(longest.from)} (${longest.reason}).`,
        ]),
    ...stoodIn("the mid", "mark", standIns.mark, steps),
    ...stoodIn("the mark", "index", standIns.index, steps),
    ...(depth === "proxy"
      ? [`Scenarios: depth is not recorded; a proxy of it from ${prices} stands in.`]
      : []),
    ...(prints === undefined
      ? [
          "Scenarios: no prints of forced orders are recorded: the engine cannot be held against them.",
        ]
      : []),
  ];
}

/** What is of the user's own, mitigations, hedges and strategies, may throw what is no error of ours. */
function ownErrors<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof AftershockError ? error : studyThrew(path, error);
  }
}

const openSession = (
  study: Study,
  settings: CounterfactualSettings,
  { record, recorded, positions, responses, bands }: Prepared,
): ScenarioSession =>
  new ScenarioSession(study.scenarios, settings, {
    instrument: record.instrument,
    recorded: recorded.rules,
    ...(recorded.mark === undefined ? {} : { mark: recorded.mark }),
    positions,
    responses,
    assumed: recorded.assumed,
    bands,
    isShown: runsUnderScenarios(study),
  });

/** The session, and what is run under its scenarios in the same replay. */
interface Opened {
  readonly session: ScenarioSession;
  readonly under: UnderScenarios | undefined;
}

function open(study: Study, settings: CounterfactualSettings, prepared: Prepared): Opened {
  const { record, responses } = prepared;
  const session = openSession(study, settings, prepared);
  if (!runsUnderScenarios(study)) return { session, under: undefined };
  if (study.strategies.length > 0 && !record.streams.some(({ stream }) => stream === "book")) {
    throw new DataError(
      `Strategies trade in the book of ${record.instrument.id}, and the lake has none`,
      {
        hints: ["Ingest its book by price, or leave the strategies out."],
      },
    );
  }
  const hasAnswer = !("none" in responses.calibration);
  const terms = { instrument: record.instrument, hasAnswer };
  return { session, under: new UnderScenarios(study, session, terms) };
}

/** Runs the scenarios of a study on what the lake holds, with the streams of its hedges; undefined where it has none. `path` is that of the study's module. */
export async function runScenarios(
  duck: Duck,
  lake: Lake,
  { study, path, streams }: { study: Study; path: string; streams: readonly EventStream[] },
): Promise<RunScenarios | undefined> {
  const settings = study.counterfactual;
  if (settings === undefined) return undefined;
  const prepared = await prepare(duck, lake, study, { settings, folder: dirname(path) });
  const { record, kappaMid } = prepared;
  const { session, under } = ownErrors(path, () => open(study, settings, prepared));
  const progress = new ProgressLine(`scenarios on ${record.instrument.id}`);
  const { summary, stateHash } = await replayRecord(record, {
    stepMicros: settings.stepMillis * 1_000,
    standIns: settings.standIns,
    onStep: (step) => {
      session.step(step);
      under?.endStep(step);
    },
    onTouch: (bid, ask, at) => session.touch(bid, ask, at),
    onProgress: ({ events, at }) => progress.events(events, at),
    beside: under && {
      streams: study.hedgesUnder === "scenarios" ? streams : [],
      from: study.from,
      handlers: under.handlers,
    },
  })
    .catch((error: unknown) => {
      const isOwn = under !== undefined && !(error instanceof AftershockError);
      throw isOwn ? studyThrew(path, error) : error;
    })
    .finally(() => progress.done());
  const market = summary.prints?.market;
  const printed =
    market === undefined ? undefined : { notional: (market.sold + market.bought) * kappaMid };
  return {
    replay: {
      results: session.finish(settings.horizonMinutes, printed),
      stateHash,
      simulated: record.simulated,
      warnings: recordWarnings(summary),
      ...(under === undefined ? {} : { under: ownErrors(path, () => under.finish()) }),
    },
    partitions: record.partitions,
  };
}
