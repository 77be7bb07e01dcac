import {
  type Batch,
  type Clock,
  type EventStream,
  type Instrument,
  IntegrityError,
  type StreamName,
} from "@aftershock/schema";
import { commonInstrument, onCommonGrid } from "./commonGrid.ts";
import type { DuckConnections } from "../duck.ts";
import { type Lake, keyOf } from "./lake.ts";
import type { Manifest } from "./manifest.ts";
import { DayBatches } from "./dayBatches.ts";
import { Keyframes } from "./keyframes.ts";
import { readPartition, tapeOf } from "./tape.ts";
import { borrowTapeThread, returnTapeThread } from "./readingAhead.ts";
import { readTapeIndex, type TapeIndex } from "./tapeIndex.ts";

/** Where a stream is read from. */
interface LakeSource<S extends StreamName> {
  readonly duck: DuckConnections;
  readonly lake: Lake;
  readonly stream: S;
  readonly readAhead: boolean;
}

/** The batches of some days, but for the first so many, read ahead where that is wanted. */
async function* batchesOf<S extends StreamName>(
  source: LakeSource<S>,
  days: readonly Manifest[],
  instrument: Instrument,
  skipOf: (day: number) => number = () => 0,
): AsyncGenerator<Batch<S>> {
  const { duck, lake, stream, readAhead } = source;
  const thread = readAhead ? borrowTapeThread() : undefined;
  try {
    for (const [nth, day] of days.entries()) {
      const skip = skipOf(nth);
      if (skip === Number.POSITIVE_INFINITY) continue;
      for await (const rows of readPartition(duck, lake, day, { skip, thread })) {
        const aligned = onCommonGrid(stream, rows.columns, day.instrument, instrument);
        const own = aligned as unknown as Batch<S>["columns"];
        yield { ...rows, stream, instrument, columns: own };
      }
    }
  } finally {
    if (thread !== undefined) returnTapeThread();
  }
}

/** How a stream is read. */
export interface LakeStreamOptions {
  /**
   * Whether a thread reads, checks and decodes the tapes ahead, into memory that it shares with the replay; false by default. Rows, order and errors are the
   * same. It takes 3 – 5 % off what the replay's own thread does with a book, 30 % with orders that have long ids, for more CPU time in all and 45 MiB
   * (test/bench/readAhead.ts, 2026-11-22): of use where a core is idle. Without it too each batch is read while the one before is replayed.
   */
  readonly readAhead?: boolean;
}

/**
 * Partitions of one stream of one instrument, day after day, as a replay reads them: by way of the tape, which is compiled
 * when it is first needed. Prices and sizes of all days are on one grid.
 */
export function lakeStream<S extends StreamName>(
  duck: DuckConnections,
  lake: Lake,
  stream: S,
  partitions: readonly Manifest[],
  { readAhead = false }: LakeStreamOptions = {},
): EventStream<S> {
  const days = partitions.toSorted((a, b) => (a.date < b.date ? -1 : 1));
  const instrument = commonInstrument(days.map((day) => day.instrument));
  const foreign = days.find((day) => day.stream !== stream || day.instrument.id !== instrument.id);
  if (foreign !== undefined) {
    throw new IntegrityError(
      `Invariant: ${JSON.stringify(keyOf(foreign))} is not ${stream} of ${instrument.id}`,
    );
  }
  const placed = new DayBatches(days, instrument);
  const keyframes = new Keyframes(lake.paths.tape, (batches) => placed.keyAfter(batches));
  const source = { duck, lake, stream, readAhead };
  return {
    stream,
    instrument,
    simulated: days.some((day) => day.simulated !== null),
    batches: () => batchesOf(source, days, instrument),
    seekable: {
      async seek(at: number, clock: Clock, { withState }) {
        const latest = placed.latest(await indexesOf(duck, lake, days), clock);
        const found = latest.findIndex((time) => time >= at);
        // Of a recording that ends before, the last batch is read: who asks learns where it ends.
        const batch = found < 0 ? Math.max(0, latest.length - 1) : found;
        const kept = withState ? await keyframes.last(batch, clock) : undefined;
        const first = withState ? (kept?.batches ?? 0) : batch;
        const skipOf = (day: number): number => placed.skipIn(day, first);
        return {
          batches: batchesOf(source, days, instrument, skipOf),
          skipped: { batches: first, rows: placed.rowsBefore(first) },
          now: latest[first - 1] ?? Number.NEGATIVE_INFINITY,
          state: kept?.state,
        };
      },
      wants: (batches, clock) => keyframes.wants(batches, clock),
      keep: (batches, clock, state) => keyframes.keep(batches, clock, state),
    },
  };
}

/** The indexes of the days' tapes, which are compiled where they are not there; none where the lake cannot be written. */
async function indexesOf(
  duck: DuckConnections,
  lake: Lake,
  days: readonly Manifest[],
): Promise<readonly TapeIndex[]> {
  const indexes: TapeIndex[] = [];
  for (const day of days) {
    const tape = await tapeOf(duck, lake, day);
    if (tape === undefined) return [];
    indexes.push(await readTapeIndex(tape));
  }
  return indexes;
}
