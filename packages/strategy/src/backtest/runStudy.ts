import { replay, type ReplayProgress, StateHash } from "@aftershock/replay";
import { DataError, isoMicros, type EventStream } from "@aftershock/schema";
import { chainDiagnostics, type ChainSnapshot } from "../market/chainDiagnostics.ts";
import { configHash, studyConfig } from "./configHash.ts";
import { dataWarnings } from "./dataWarnings.ts";
import { HedgesReplay } from "./hedgesReplay.ts";
import type { ScenarioResults } from "../scenarios/scenarioOutcome.ts";
import type { Study } from "./study.ts";
import type { StudyResult } from "./studyResult.ts";
import { matchesRequest, studyStreams } from "./studyStreams.ts";
import type { ResultsUnderScenarios } from "./underResults.ts";

/** How to run a study. */
export interface RunStudyOptions {
  /** Called once a batch of rows at most. */
  readonly onProgress?: (progress: ReplayProgress) => void;
  /** What its scenarios came to: they have a replay of their own (ScenarioSession), as they read other streams. */
  readonly scenarios?: ScenarioReplay;
}

/** The scenarios of a study, run. */
export interface ScenarioReplay {
  readonly results: ScenarioResults;
  /** The replay's hash of every row that they read. */
  readonly stateHash: string;
  readonly simulated: boolean;
  /** What is wrong or missing in the record, in sentences. */
  readonly warnings: readonly string[];
  /** What hedges and strategies came to under them, where the study asks for it. */
  readonly under?: ResultsUnderScenarios;
}

/** What every study of hedges takes for granted, whatever it compares. */
const ASSUMPTIONS: readonly string[] = [
  "The portfolio is valued at each recorded snapshot of an option chain; what happened between two snapshots is not seen.",
  "A chain snapshot takes seconds to collect, and its rows carry slightly different index prices: their median values the coins.",
  "The coins are valued at the spot index, without any cost of selling them.",
];

/** The streams that the study reads, out of those given. Throws DataError when one that it needs is not among them. */
function pickStreams(study: Study, streams: readonly EventStream[]): readonly EventStream[] {
  const requests = studyStreams(study);
  for (const request of requests) {
    if (!request.required || streams.some((stream) => matchesRequest(request, stream))) continue;
    throw new DataError(
      `The study needs ${request.stream} of ${request.instrument}, and there are none between ${isoMicros(study.from)} and ${isoMicros(study.to)}`,
      { hints: ["Ingest the recording first, or change the study's venue, coins or hedges."] },
    );
  }
  return streams.filter((stream) => requests.some((request) => matchesRequest(request, stream)));
}

/** What came of the hedges of a study. */
interface HedgesPart extends Pick<StudyResult, "stateHash" | "outcomes" | "chain" | "warnings"> {
  readonly simulated: boolean;
}

const NO_HEDGES: Omit<HedgesPart, "stateHash"> = {
  outcomes: [],
  chain: [],
  warnings: [],
  simulated: false,
};

async function runHedges(
  study: Study,
  streams: readonly EventStream[],
  { onProgress }: RunStudyOptions,
): Promise<HedgesPart> {
  const chosen = pickStreams(study, streams);
  const chain: ChainSnapshot[] = [];
  const hedges = new HedgesReplay(study, (frame) => {
    for (const market of frame.coins.values()) chain.push(chainDiagnostics(market));
  });
  const { stateHash } = await replay(chosen, {
    from: study.from,
    to: study.to,
    handlers: { on: hedges.handlers },
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const { outcomes, warnings } = hedges.finish();
  return {
    stateHash,
    outcomes,
    chain,
    warnings: [...warnings, ...dataWarnings(chain, outcomes)],
    simulated: chosen.some(({ simulated }) => simulated),
  };
}

/** One hash of all that was read: that of the hedges' replay where there are no scenarios. */
function jointHash(hedges: string | undefined, scenarios: string | undefined): string {
  const all = [hedges, scenarios].filter((hash) => hash !== undefined);
  if (all.length === 1) return all[0] ?? "";
  const hash = new StateHash();
  for (const one of all) hash.mixText(one);
  return hash.hex;
}

/**
 * Runs a study over recorded or simulated streams: replays them once by the recorder's clock, lets every hedge act on every snapshot
 * of the option chains, and sums up what each came to. Deterministic: the same study and rows give the same result.
 * Streams that the study does not read are left alone. Scenarios are handed over as they have been run.
 *
 * Throws DataError when a stream that it needs is missing or the window holds no snapshot, ConfigError when a hedge does not fit the instrument.
 */
export async function runStudy(
  study: Study,
  streams: readonly EventStream[],
  options: RunStudyOptions = {},
): Promise<StudyResult> {
  const { scenarios } = options;
  const hedges = study.hedges.length === 0 ? undefined : await runHedges(study, streams, options);
  const { outcomes, chain, warnings, simulated } = hedges ?? NO_HEDGES;
  const assumptions = hedges === undefined ? [] : ASSUMPTIONS;
  return {
    name: study.name,
    day: study.day,
    from: isoMicros(study.from),
    to: isoMicros(study.to),
    venue: study.venue,
    portfolio: study.portfolio,
    simulated: simulated || scenarios?.simulated === true,
    seed: study.seed ?? null,
    config: studyConfig(study),
    configHash: configHash(study),
    stateHash: jointHash(hedges?.stateHash, scenarios?.stateHash),
    outcomes,
    chain,
    warnings: [...warnings, ...(scenarios?.warnings ?? [])],
    assumptions: [
      ...new Set([
        ...assumptions,
        ...[...study.hedges, ...study.strategies].flatMap((one) => one.assumptions),
      ]),
    ],
    ...scenarios?.results,
    ...(scenarios?.under === undefined ? {} : { underScenarios: scenarios.under }),
  };
}
