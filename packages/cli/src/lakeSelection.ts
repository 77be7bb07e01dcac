import {
  DataError,
  type Micros,
  parseInstrumentId,
  type StreamName,
  utcDate,
} from "@aftershock/schema";
import type { Lake, Manifest } from "@aftershock/ingest";

function unknownInstrument(lake: Lake, id: string, all: readonly Manifest[]): DataError {
  const known = [...new Set(all.map(({ instrument }) => instrument.id))];
  const hint =
    known.length === 0
      ? `The lake ${lake.paths.root} is empty: ingest a recording first.`
      : `It holds ${known.slice(0, 8).join(", ")}${known.length > 8 ? " and more; `aftershock lake` lists them" : ""}.`;
  return new DataError(`the lake holds nothing of ${id}`, { hints: [hint] });
}

/** All partitions of an instrument. Throws DataError when there is none, naming what there is. */
export async function partitionsOf(lake: Lake, id: string): Promise<readonly Manifest[]> {
  parseInstrumentId(id);
  const all = await lake.list();
  const found = all.filter(({ instrument }) => instrument.id === id);
  if (found.length === 0) throw unknownInstrument(lake, id, all);
  return found;
}

/**
 * The first day that a book must be read from to be right at an instant: the last day with a snapshot before it. Undefined when
 * there is none.
 */
function bookStart(days: readonly Manifest[], at: Micros): string | undefined {
  return days.findLast(({ quality }) => (quality.firstSnapshotTime ?? Infinity) <= at)?.date;
}

/** A window of time: `from` inclusive, `to` exclusive, µs. */
export interface Window {
  readonly from?: Micros;
  readonly to?: Micros;
}

/** The partitions of one stream that a replay of a window needs; for books also those before it that build the book. */
export function partitionsFor(
  partitions: readonly Manifest[],
  stream: StreamName,
  { from, to }: Window,
): readonly Manifest[] {
  const days = partitions
    .filter((day) => day.stream === stream)
    .toSorted((a, b) => (a.date < b.date ? -1 : 1));
  const start = from === undefined ? undefined : utcDate(from);
  const first = stream === "book" && from !== undefined ? (bookStart(days, from) ?? start) : start;
  return days.filter(
    ({ date, firstTime }) =>
      (first === undefined || date >= first) && (to === undefined || firstTime < to),
  );
}
