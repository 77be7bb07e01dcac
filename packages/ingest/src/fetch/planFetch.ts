import { CliError, IntegrityError, isInstrumentName, STREAM_NAMES } from "@aftershock/schema";
import { DATA_SETS } from "./archives.ts";
import type { DataSet } from "./dataSet.ts";
import { addressWords, fillAddress } from "./fillAddress.ts";
import { rawPath } from "./rawPath.ts";
import { type PlannedSlice, slicesOf } from "./slices.ts";

/** What is asked for. */
export interface FetchRequest {
  /** As in an instrument id; `okx` for any of the names that it has there. */
  readonly venue: string;
  /** The venue's symbol. */
  readonly instrument: string;
  /** UTC days, `YYYY-MM-DD`, each once, in order. */
  readonly days: readonly string[];
  /** Streams or data sets (`klines-5m` with the length of the bars); absent: all that the archive has of these days. */
  readonly streams?: readonly string[];
  /** The archive; absent: the venue's own, or else the first that has the venue. */
  readonly via?: string;
}

/** A data set with the length of its bars, where it has bars. */
export interface ChosenSet {
  readonly dataSet: DataSet;
  readonly interval: string;
}

/** One file, or the first page of several, that a plan needs. */
export interface PlannedFile extends ChosenSet {
  /** Where it lies; the next is tried where the first is not there. */
  readonly urls: readonly string[];
  /** Where it goes, below `raw`, with `/` between the parts. Pages get a number before the ending. */
  readonly path: string;
  /** The days asked for of which it has rows. */
  readonly days: readonly string[];
  /** As the ingest source is told it. */
  readonly symbol: string;
}

/** What an archive does not have of what could have been asked for. */
export interface Unplanned {
  readonly set: string;
  readonly days: readonly string[];
  /** The days that the archive has, in words. */
  readonly has: string;
}

/** What a request comes down to. */
export interface FetchPlan {
  readonly archive: string;
  readonly files: readonly PlannedFile[];
  /** Data sets that were not named, and that the archive does not have on these days. */
  readonly left: readonly Unplanned[];
}

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];

/** OKX is one venue to its users, and has several names in recordings, by the kind of the instrument. */
const SEVERAL: Readonly<Record<string, readonly string[]>> = {
  okx: ["okex", "okex-swap", "okex-futures", "okex-options"],
};

/** The data sets of the archive that a request goes to. Throws CliError for a venue or an archive that is not known. */
function setsOfArchive({ venue, instrument, via }: FetchRequest): readonly DataSet[] {
  const venues = SEVERAL[venue] ?? [venue];
  const ofVenue = DATA_SETS.filter((set) => venues.includes(set.venue));
  if (ofVenue.length === 0) {
    throw new CliError(`no archive is known of the venue "${venue}"`, {
      hints: [`Known venues: ${unique(["okx", ...DATA_SETS.map((set) => set.venue)]).join(", ")}.`],
    });
  }
  if (!isInstrumentName(venue, instrument)) {
    throw new CliError(`"${instrument}" is not a symbol`, {
      hints: ["Write it as the venue does, like BTCUSDT, BTC-USDT-SWAP or BTC-PERPETUAL."],
    });
  }
  const archives = unique(ofVenue.map(({ archive }) => archive));
  const archive = via ?? archives[0];
  const found = ofVenue.filter(
    (set) => set.archive === archive && (set.symbols?.test(instrument) ?? true),
  );
  if (found.length > 0) return found;
  throw new CliError(`the archive "${archive}" has nothing of ${venue}:${instrument}`, {
    hints: [`Archives of ${venue}: ${archives.map((name) => `--via ${name}`).join(", ")}.`],
  });
}

/** What the sets of an archive can be called with, and by which other archives there is more. */
function knownNames(sets: readonly DataSet[]): string {
  const names = unique(sets.flatMap(({ set, streams }) => [...streams, set]));
  const others = unique(
    DATA_SETS.filter(
      ({ venue, archive }) => venue === sets[0]?.venue && archive !== sets[0]?.archive,
    ).map(({ archive }) => `--via ${archive}`),
  );
  const more = others.length === 0 ? "" : ` Others: ${others.join(", ")}.`;
  return `Here are: ${names.join(", ")}.${more}`;
}

/** The sets that a name after --streams stands for: a set, a set with the length of its bars, or all that feed a stream. */
function setsNamed(
  name: string,
  sets: readonly DataSet[],
  request: FetchRequest,
): readonly ChosenSet[] {
  const chosen = sets.flatMap((dataSet): ChosenSet[] => {
    const { set, intervals = [""] } = dataSet;
    const interval = intervals.find((length) => name === `${set}-${length}`);
    if (interval !== undefined) return [{ dataSet, interval }];
    return name === set ? [{ dataSet, interval: intervals[0] ?? "" }] : [];
  });
  if (chosen.length > 0) return chosen;
  const feeding = sets.filter(
    ({ streams, onlyWhenNamed }) =>
      onlyWhenNamed === undefined && streams.some((stream) => stream === name),
  );
  if (feeding.length > 0) return feeding.map(byDefault);
  const isStream = STREAM_NAMES.some((stream) => stream === name);
  const archive = sets[0]?.archive ?? "";
  throw new CliError(
    isStream
      ? `${archive} has no ${name} of ${request.venue}:${request.instrument}`
      : `"${name}" is neither a stream nor a data set of ${archive}`,
    { hints: [knownNames(sets)] },
  );
}

const byDefault = (dataSet: DataSet): ChosenSet => ({
  dataSet,
  interval: dataSet.intervals?.[0] ?? "",
});

/** Sets of one name follow each other in time: a set and its bars are chosen together, whatever rows they stand in. */
const nameOf = ({ dataSet, interval }: ChosenSet): string => `${dataSet.set} ${interval}`;

const startsAfter = ({ first }: DataSet, key: string): boolean =>
  first !== undefined && key < first.slice(0, key.length);

const endsBefore = ({ last }: DataSet, key: string): boolean =>
  last !== undefined && key.slice(0, last.length) > last;

/** The row of a set that a slice lies in; where none is known to have it, the one nearest in time, which may have it after all. */
function rowFor(rows: readonly ChosenSet[], key: string): { row: ChosenSet; known: boolean } {
  const covering = rows.find(
    ({ dataSet }) => !startsAfter(dataSet, key) && !endsBefore(dataSet, key),
  );
  if (covering !== undefined) return { row: covering, known: true };
  const earlier = rows.findLast(({ dataSet }) => !startsAfter(dataSet, key));
  const [first] = rows;
  if (first === undefined) throw new IntegrityError("Invariant: a set without rows");
  return { row: earlier ?? first, known: false };
}

/** Page 1 of `x.json` is `x-0001.json`. */
export const pagePath = (path: string, page: number): string =>
  path.replace(/(\.[^./]+)$/, `-${String(page).padStart(4, "0")}$1`);

const hostAndPath = ({ addresses: [first = ""] }: DataSet): string =>
  first.replace(/^https:\/\//, "").replace(/\?.*$/, "");

function planFile(
  { dataSet, interval }: ChosenSet,
  instrument: string,
  { time }: PlannedSlice,
  days: readonly string[],
): PlannedFile {
  const words = addressWords(instrument, time, interval);
  return {
    dataSet,
    interval,
    urls: dataSet.addresses.map((template) => fillAddress(template, words, encodeURIComponent)),
    path: rawPath(fillAddress(dataSet.path ?? hostAndPath(dataSet), words)),
    days,
    symbol: fillAddress(dataSet.readAs ?? "{symbol}", words),
  };
}

/** Plans the slices of a set. A day of which a slice is not known to be there is left out, unless the set was `named`. */
function planSet(
  rows: readonly ChosenSet[],
  { instrument, days }: FetchRequest,
  named: boolean,
): { readonly files: readonly PlannedFile[]; readonly leftDays: ReadonlySet<string> } {
  const [any] = rows;
  const slices = any === undefined ? [] : slicesOf(any.dataSet, days);
  const placed = slices.map((slice) => ({ slice, ...rowFor(rows, slice.key) }));
  const leftDays = new Set(
    placed.flatMap(({ slice, known }) => (known || named ? [] : slice.days)),
  );
  const files = placed.flatMap(({ slice, row }) => {
    const wanted = slice.days.filter((day) => !leftDays.has(day));
    return wanted.length === 0 ? [] : [planFile(row, instrument, slice, wanted)];
  });
  return { files, leftDays };
}

/** The rows of one set, each once, by the time at which they start. */
const inTime = (rows: readonly ChosenSet[]): readonly ChosenSet[] =>
  [...new Map(rows.map((row) => [row.dataSet, row])).values()].toSorted((a, b) =>
    (a.dataSet.first ?? "") < (b.dataSet.first ?? "") ? -1 : 1,
  );

function spanOf(rows: readonly ChosenSet[]): string {
  const first = rows[0]?.dataSet.first ?? "an unknown day";
  const last = rows.at(-1)?.dataSet.last;
  return last === undefined ? `from ${first}` : `${first} … ${last}`;
}

/**
 * Which files a request needs, and where they go. Nothing is asked of anybody. A set that is named is planned also for days that
 * the table does not know it to have; one that is not named is left out on those. Throws CliError for names that are not known.
 */
export function planFetch(request: FetchRequest): FetchPlan {
  const sets = setsOfArchive(request);
  const { streams, days } = request;
  const chosen =
    streams === undefined
      ? sets.filter(({ onlyWhenNamed }) => onlyWhenNamed === undefined).map(byDefault)
      : streams.flatMap((name) => setsNamed(name, sets, request));
  const files: PlannedFile[] = [];
  const left: Unplanned[] = [];
  for (const named of Map.groupBy(chosen, nameOf).values()) {
    const rows = inTime(named);
    const planned = planSet(rows, request, streams !== undefined);
    files.push(...planned.files);
    if (planned.leftDays.size === 0) continue;
    left.push({
      set: rows[0]?.dataSet.set ?? "",
      days: days.filter((day) => planned.leftDays.has(day)),
      has: spanOf(rows),
    });
  }
  return { archive: sets[0]?.archive ?? "", files, left };
}
