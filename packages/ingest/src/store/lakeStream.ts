import { type Batch, type EventStream, IntegrityError, type StreamName } from "@aftershock/schema";
import { commonInstrument, onCommonGrid } from "./commonGrid.ts";
import type { Duck } from "../duck.ts";
import { type Lake, keyOf } from "./lake.ts";
import type { Manifest } from "./manifest.ts";
import { readPartition } from "./tape.ts";

/**
 * Partitions of one stream of one instrument, day after day, as a replay reads them: by way of the tape, which is compiled
 * when it is first needed. Prices and sizes of all days are on one grid.
 */
export function lakeStream<S extends StreamName>(
  duck: Duck,
  lake: Lake,
  stream: S,
  partitions: readonly Manifest[],
): EventStream<S> {
  const days = partitions.toSorted((a, b) => (a.date < b.date ? -1 : 1));
  const instrument = commonInstrument(days.map((day) => day.instrument));
  const foreign = days.find((day) => day.stream !== stream || day.instrument.id !== instrument.id);
  if (foreign !== undefined) {
    throw new IntegrityError(
      `Invariant: ${JSON.stringify(keyOf(foreign))} is not ${stream} of ${instrument.id}`,
    );
  }
  async function* batches(): AsyncGenerator<Batch<S>> {
    for (const day of days) {
      for await (const { length, columns } of readPartition(duck, lake, day)) {
        const aligned = onCommonGrid(stream, columns, day.instrument, instrument);
        yield { stream, instrument, length, columns: aligned as unknown as Batch<S>["columns"] };
      }
    }
  }
  return { stream, instrument, simulated: days.some((day) => day.simulated !== null), batches };
}
