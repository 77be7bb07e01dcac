import { replay, type ReplayProgress } from "@aftershock/replay";
import { DataError, isoMicros, type EventStream } from "@aftershock/schema";
import { chainDiagnostics, type ChainSnapshot } from "../market/chainDiagnostics.ts";
import { FrameBuilder } from "../market/frameBuilder.ts";
import { configHash, studyConfig } from "./configHash.ts";
import { dataWarnings } from "./dataWarnings.ts";
import { HedgeRun } from "./hedgeRun.ts";
import type { Study } from "./study.ts";
import type { StudyResult } from "./studyResult.ts";
import { matchesRequest, studyStreams } from "./studyStreams.ts";

/** How to run a study. */
export interface RunStudyOptions {
  /** Called once a batch of rows at most. */
  readonly onProgress?: (progress: ReplayProgress) => void;
}

/** What every study takes for granted, whatever it compares. */
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

/**
 * Runs a study over recorded or simulated streams: replays them once by the recorder's clock, lets every hedge act on every snapshot
 * of the option chains, and sums up what each came to. Deterministic: the same study and rows give the same result.
 * Streams that the study does not read are left alone.
 *
 * Throws DataError when a stream that it needs is missing or the window holds no snapshot, ConfigError when a hedge does not fit the instrument.
 */
export async function runStudy(
  study: Study,
  streams: readonly EventStream[],
  options: RunStudyOptions = {},
): Promise<StudyResult> {
  const chosen = pickStreams(study, streams);
  const runs = study.hedges.map((hedge) => new HedgeRun(hedge, study));
  const chain: ChainSnapshot[] = [];
  let frames = 0;
  const builder = new FrameBuilder(Object.keys(study.portfolio), (frame) => {
    frames += 1;
    for (const run of runs) run.step(frame);
    for (const market of frame.coins.values()) {
      chain.push(chainDiagnostics(market));
    }
  });
  const { stateHash } = await replay(chosen, {
    from: study.from,
    to: study.to,
    handlers: {
      on: {
        options: (batch, from, to, times) => builder.takeOptions(batch, from, to, times),
        tickers: (batch, from, to, times) => builder.takeTickers(batch, from, to, times),
      },
    },
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  });
  const recordingWarnings = builder.finish();
  if (frames === 0) {
    throw new DataError(
      `No complete snapshot of the option chains between ${isoMicros(study.from)} and ${isoMicros(study.to)}`,
      {
        hints: [
          "Choose a window that the recording covers (`aftershock lake` lists it), with chain snapshots of all coins at the same instants; options recorded update by update (Tardis) are no snapshots.",
        ],
      },
    );
  }
  const outcomes = runs.map((run) => run.outcome());
  return {
    name: study.name,
    day: study.day,
    from: isoMicros(study.from),
    to: isoMicros(study.to),
    venue: study.venue,
    portfolio: study.portfolio,
    simulated: chosen.some(({ simulated }) => simulated),
    seed: study.seed ?? null,
    config: studyConfig(study),
    configHash: configHash(study),
    stateHash,
    outcomes,
    chain,
    warnings: [...recordingWarnings, ...dataWarnings(chain, outcomes)],
    assumptions: [...new Set([...ASSUMPTIONS, ...study.hedges.flatMap((h) => h.assumptions)])],
  };
}
