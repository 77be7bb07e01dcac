import {
  type Clock,
  DataError,
  isoMicros,
  type Micros,
  MICROS_PER_DAY,
  parseInstrumentId,
  type StreamName,
  utcDate,
} from "@aftershock/schema";
import type { Lake, Manifest } from "@aftershock/ingest/lake";

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

/** From when to when partitions, of which there is one at least, were recorded, in words. */
export function recordedSpan(partitions: readonly Manifest[]): string {
  const first = Math.min(...partitions.map(({ firstTime }) => firstTime));
  const last = Math.max(...partitions.map(({ lastTime }) => lastTime));
  return `${isoMicros(first)} … ${isoMicros(last)}`;
}

/** How many lines of these partitions were bad and are not in them. */
export const quarantinedLines = (partitions: readonly Manifest[]): number =>
  partitions.reduce((lines, { quality }) => lines + quality.quarantined, 0);

/**
 * The first day that a book must be read from to be right at an instant: the last day with a snapshot before it. Undefined when
 * there is none.
 */
function bookStart(days: readonly Manifest[], at: number): string | undefined {
  return days.findLast(({ quality }) => (quality.firstSnapshotTime ?? Infinity) <= at)?.date;
}

/** A window of time: `from` inclusive, `to` exclusive, µs. */
export interface Window {
  readonly from?: Micros;
  readonly to?: Micros;
  /** The clock that shows these times. Default "recv". */
  readonly clock?: Clock;
}

/**
 * How far apart the two clocks may be, µs. Partitions are days by the recorder's clock; a row that the venue dates on one side
 * of midnight may lie on the other.
 */
const CLOCK_SLACK = MICROS_PER_DAY;

const follows = (day: Manifest, before: Manifest): boolean =>
  utcDate(before.firstTime + MICROS_PER_DAY) === day.date;

/** The last of these days, with those before it as far back as no day is missing. */
function unbrokenEnd(days: readonly Manifest[]): readonly Manifest[] {
  const broken = days.findLastIndex((day, i) => {
    const before = days[i - 1];
    return before !== undefined && !follows(day, before);
  });
  return days.slice(Math.max(broken, 0));
}

/** The first day that a window from an instant on needs of a stream. */
function firstDay(days: readonly Manifest[], stream: StreamName, from: number): string {
  const day = utcDate(from);
  if (stream !== "book" && stream !== "orders") return day;
  const start = bookStart(days, from);
  if (start !== undefined || stream === "book") return start ?? day;
  // Without a snapshot orders may still be taken to start from an empty book: then every day counts that no hole parts from the window.
  return unbrokenEnd(days.filter(({ date }) => date <= day))[0]?.date ?? day;
}

/** The partitions of one stream that a replay of a window needs, by date; for books and orders also those before it that build the book. */
export function partitionsFor(
  partitions: readonly Manifest[],
  stream: StreamName,
  { from, to, clock = "recv" }: Window,
): readonly Manifest[] {
  const slack = clock === "event" ? CLOCK_SLACK : 0;
  const earliest = from === undefined ? -Infinity : from - slack;
  const latest = to === undefined ? Infinity : to + slack;
  const days = partitions
    .filter((day) => day.stream === stream)
    .toSorted((a, b) => (a.date < b.date ? -1 : 1));
  const first = from === undefined ? "" : firstDay(days, stream, earliest);
  return days.filter(({ date, firstTime }) => date >= first && firstTime < latest);
}

/**
 * The partitions that show the book at an instant, by price where one was recorded, else by its orders: no day is missing between them, as nothing is known of a book past such a
 * hole. With them comes the day after, where only it tells that the recording went on past `at`. Empty when there is no book.
 */
export function bookDays(
  partitions: readonly Manifest[],
  at: Micros,
  clock: Clock,
): readonly Manifest[] {
  const holds = (stream: StreamName): boolean =>
    partitions.some((day) => day.stream === stream && day.firstTime <= at && at <= day.lastTime);
  const hasBook = partitions.some(({ stream }) => stream === "book");
  const stream = hasBook && (holds("book") || !holds("orders")) ? "book" : "orders";
  const days = partitionsFor(partitions, stream, { from: at, clock });
  const begun = days.filter(({ date }) => date <= utcDate(at));
  const [last, next] = [begun.at(-1), days[begun.length]];
  // Before the recording: its first day is there to say so.
  if (last === undefined) return days.slice(0, 1);
  const goesOn = next !== undefined && follows(next, last);
  const needsNext = clock === "event" || last.lastTime < at;
  return [...unbrokenEnd(begun), ...(goesOn && needsNext ? [next] : [])];
}
