import { type Duck, type Lake, lakeStream, type Manifest } from "@aftershock/ingest";
import { DataError, type EventStream } from "@aftershock/schema";
import { type Study, studyStreams } from "@aftershock/strategy";
import { partitionsFor, type Window } from "./lakeSelection.ts";

/** What a study reads: the streams, and the partitions behind them. */
export interface StudyData {
  readonly streams: readonly EventStream[];
  readonly partitions: readonly Manifest[];
}

const matches = (pattern: string, id: string): boolean =>
  pattern.endsWith("*") ? id.startsWith(pattern.slice(0, -1)) : pattern === id;

/**
 * Finds in the lake what a study needs, and opens it. Throws DataError naming what is required and absent.
 */
export async function openStudyData(
  duck: Duck,
  lake: Lake,
  study: Study,
  window: Required<Window>,
): Promise<StudyData> {
  const all = await lake.list();
  const streams: EventStream[] = [];
  const partitions: Manifest[] = [];
  for (const { stream, instrument: pattern, required } of studyStreams(study)) {
    const fitting = all.filter(
      (day) => day.stream === stream && matches(pattern, day.instrument.id),
    );
    const days = partitionsFor(fitting, stream, window).filter((day) => !partitions.includes(day));
    if (days.length === 0 && required) {
      throw new DataError(
        `the lake holds no ${stream} of ${pattern} between ${study.from} and ${study.to}`,
        { hints: ["Ingest it first; `aftershock lake` lists what is there."] },
      );
    }
    for (const id of new Set(days.map((day) => day.instrument.id))) {
      const own = days.filter((day) => day.instrument.id === id);
      streams.push(lakeStream(duck, lake, stream, own));
      partitions.push(...own);
    }
  }
  return { streams, partitions };
}
