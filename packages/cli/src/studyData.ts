import { type Duck, type Lake, lakeStream, type Manifest } from "@aftershock/ingest";
import { DataError, type EventStream, isoMicros } from "@aftershock/schema";
import { matchesRequest, type Study, studyStreams } from "@aftershock/strategy";
import { partitionsFor } from "./lakeSelection.ts";

/** What a study reads: the streams, and the partitions behind them. */
export interface StudyData {
  readonly streams: readonly EventStream[];
  readonly partitions: readonly Manifest[];
}

/**
 * Finds in the lake what a study needs, and opens it. Throws DataError naming what is required and absent.
 */
export async function openStudyData(duck: Duck, lake: Lake, study: Study): Promise<StudyData> {
  const all = await lake.list();
  const streams: EventStream[] = [];
  const partitions: Manifest[] = [];
  for (const request of studyStreams(study)) {
    const { stream, instrument, required } = request;
    const fitting = all.filter((day) => matchesRequest(request, day));
    const days = partitionsFor(fitting, stream, study).filter((day) => !partitions.includes(day));
    if (days.length === 0 && required) {
      throw new DataError(
        `the lake holds no ${stream} of ${instrument} between ${isoMicros(study.from)} and ${isoMicros(study.to)}`,
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
