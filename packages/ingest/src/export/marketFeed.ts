import type { Instrument, StreamName } from "@aftershock/schema";
import type { Duck } from "../duck.ts";
import { commonInstrument, onCommonGrid } from "../store/commonGrid.ts";
import type { Manifest } from "../store/manifest.ts";
import { BookInWindow } from "./bookInWindow.ts";
import { type BookMessage, BookMessages, type BookNotes } from "./bookMessages.ts";
import { type ExportJob, overlapping } from "./exportFormat.ts";
import { type Rows, rowsInWindow } from "./rowsInWindow.ts";

/** What an export has of one instrument. Prices and sizes of all of its days are on one grid. */
export interface InstrumentFeed {
  readonly instrument: Instrument;
  /** By stream, in order of date. */
  readonly days: Readonly<Partial<Record<StreamName, readonly Manifest[]>>>;
}

/**
 * The days that show a book in a window: from the last day with a snapshot at or before its beginning on, else those in the window.
 */
function bookDays(days: readonly Manifest[], { window }: ExportJob): readonly Manifest[] {
  const { from, to = Infinity } = window;
  const start = days.findLast(
    ({ quality }) => from !== undefined && (quality.firstSnapshotTime ?? Infinity) <= from,
  );
  if (start === undefined) return overlapping(days, window);
  return days.filter(({ date, firstTime }) => date >= start.date && firstTime < to);
}

/** What there is of each instrument in a job's window. */
export function feedsOf(job: ExportJob): readonly InstrumentFeed[] {
  const groups = Map.groupBy(job.partitions, ({ instrument }) => instrument.id);
  return [...groups.values()].flatMap((own): InstrumentFeed[] => {
    const streams = [...Map.groupBy(own, ({ stream }) => stream)].map(([stream, days]) => {
      const used = stream === "book" ? bookDays(days, job) : overlapping(days, job.window);
      return [stream, used] as const;
    });
    const days = streams.flatMap(([, used]) => used);
    if (days.length === 0) return [];
    return [
      {
        instrument: commonInstrument(days.map(({ instrument }) => instrument)),
        days: Object.fromEntries(streams),
      },
    ];
  });
}

/** The rows of one stream of a feed, on its grid: in the job's window, or all of its days where `whole`. */
export async function* rowsOfFeed(
  job: ExportJob,
  duck: Duck,
  { instrument, days }: InstrumentFeed,
  stream: StreamName,
  { whole = false }: { readonly whole?: boolean } = {},
): AsyncGenerator<Rows> {
  for (const day of days[stream] ?? []) {
    for await (const { length, columns } of rowsInWindow(
      duck,
      job.lake,
      day,
      whole ? {} : job.window,
    )) {
      yield { length, columns: onCommonGrid(stream, columns, day.instrument, instrument) };
    }
  }
}

/** The messages of a feed's book in the job's window, and what did not become one. */
export async function* messagesOfFeed(
  job: ExportJob,
  duck: Duck,
  feed: InstrumentFeed,
  onNotes: (notes: BookNotes) => void = () => {},
): AsyncGenerator<readonly BookMessage[]> {
  const messages = new BookMessages();
  const window = new BookInWindow(job.window);
  for await (const rows of rowsOfFeed(job, duck, feed, "book", { whole: true })) {
    yield window.take(messages.take(rows));
  }
  yield window.end();
  onNotes(messages.notes);
}
