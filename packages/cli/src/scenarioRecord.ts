import {
  type DuckConnections,
  type Lake,
  lakeStream,
  type Manifest,
} from "@aftershock/ingest/lake";
import { RecordedDay, type RecordedDayOptions, type RecordSummary } from "@aftershock/cascade";
import { replay, type ReplayProgress } from "@aftershock/replay";
import {
  DataError,
  type EventStream,
  type Instrument,
  type Micros,
  micros,
  type StreamName,
  utcDate,
} from "@aftershock/schema";
import { type BesideRecord, besideHandlers, joinedStreams } from "./besideRecord.ts";
import { partitionsFor, partitionsOf, recordedSpan } from "./lakeSelection.ts";

/** What tells prices, the best first. */
const PRICE_STREAMS: readonly StreamName[] = ["book", "orders", "quotes"];
/** What else a record is made of. */
const OTHER_STREAMS: readonly StreamName[] = ["trades", "tickers", "liquidations"];

/** What the lake holds of the contract that scenarios are run on. */
export interface ScenarioRecord {
  readonly instrument: Instrument;
  readonly simulated: boolean;
  readonly partitions: readonly Manifest[];
  readonly streams: readonly EventStream[];
  readonly from: Micros;
  readonly to: Micros;
}

/** A window of time, `from` inclusive, `to` exclusive, µs. */
export interface RecordWindow {
  readonly from: Micros;
  readonly to: Micros;
}

/** Finds what a record of a contract is made of. Throws DataError naming what is not there, and for rows of which some are simulated and some are not. */
export async function openScenarioRecord(
  duck: DuckConnections,
  lake: Lake,
  id: string,
  window: RecordWindow,
): Promise<ScenarioRecord> {
  const own = await partitionsOf(lake, id);
  const begun = { from: firstPriceAt(own, window), to: window.to };
  const daysOf = (stream: StreamName): readonly Manifest[] => partitionsFor(own, stream, begun);
  const priced = PRICE_STREAMS.map(daysOf).find((days) => days.length > 0) ?? [];
  const byStream = [priced, ...OTHER_STREAMS.map(daysOf)].filter((days) => days.length > 0);
  const partitions = byStream.flat();
  const first = partitions.find(({ lastTime }) => lastTime >= window.from);
  if (first === undefined) {
    throw new DataError(`the lake holds nothing of ${id} in that window`, {
      hints: [`It was recorded ${recordedSpan(own)}.`],
    });
  }
  const simulated = first.simulated !== null;
  const other = partitions.find((day) => (day.simulated !== null) !== simulated);
  if (other !== undefined) {
    throw new DataError(
      `${id}: ${other.stream} of ${other.date} is ${simulated ? "recorded" : "simulated"}, and ${first.stream} of ${first.date} is not`,
      { hints: ["Keep simulated and recorded days in lakes of their own."] },
    );
  }
  return {
    instrument: first.instrument,
    simulated,
    partitions,
    streams: byStream.flatMap((days) => {
      const [day] = days;
      return day === undefined ? [] : [lakeStream(duck, lake, day.stream, days)];
    }),
    ...begun,
  };
}

/**
 * When the recording of prices begins in a window: a book that was recorded days before, with a hole in between, is not to be gone on with.
 */
function firstPriceAt(own: readonly Manifest[], { from, to }: RecordWindow): Micros {
  const day = utcDate(from);
  const times = own
    .filter(({ stream, date }) => PRICE_STREAMS.includes(stream) && date >= day)
    .map(({ firstTime }) => firstTime)
    .filter((at) => at < to);
  return times.length === 0 ? from : micros(Math.max(from, Math.min(...times)));
}

/** What a replay of a record gave. */
export interface ReplayedRecord {
  readonly summary: RecordSummary;
  readonly stateHash: string;
}

/** Replays a record once: all that listens shares its decode. */
export async function replayRecord(
  record: ScenarioRecord,
  options: Omit<RecordedDayOptions, "instrument"> & {
    readonly onProgress?: (progress: ReplayProgress) => void;
    /** What else is replayed with it; the window is then that of both. */
    readonly beside?: BesideRecord | undefined;
  },
): Promise<ReplayedRecord> {
  const { instrument, from, to } = record;
  const { onProgress, beside, ...listeners } = options;
  const streams = beside === undefined ? record.streams : joinedStreams(record, beside);
  const day = new RecordedDay(streams, { ...listeners, instrument: instrument.id });
  const { stateHash } = await replay(streams, {
    from: beside === undefined ? from : micros(Math.min(from, beside.from)),
    to,
    handlers:
      beside === undefined ? day.handlers : besideHandlers(day.handlers, beside.handlers, from),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const { summary } = day;
  if (summary.steps > 0) return { summary, stateHash };
  const reasons = [...new Set(summary.gaps.map(({ reason }) => reason))].join(", ");
  throw new DataError(
    `No step of ${instrument.id} can be used (${reasons || "nothing in that window"})`,
    {
      hints: ["Scenarios need best prices, a mark and an index: a book or quotes, and tickers."],
    },
  );
}
