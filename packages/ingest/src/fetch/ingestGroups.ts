import type { FetchedFile } from "./fetchRaw.ts";
import type { DataSet } from "./dataSet.ts";
import { daysAfter } from "./utcDays.ts";

/** Files that are ingested together, because they share a day or a day goes on in the next. */
export interface IngestGroup {
  readonly dataSet: DataSet;
  /** As the source is told it. */
  readonly symbol: string;
  /** In the order of the recording. */
  readonly files: readonly string[];
  /** The days that are to go into the lake. */
  readonly days: readonly string[];
}

/** A day of a data set of which files are lacking. */
export interface PartDay {
  readonly set: string;
  readonly day: string;
  /** Below `raw`. */
  readonly lacking: readonly string[];
}

/** What is to be ingested of a fetch, and what is not. */
export interface IngestGroups {
  readonly groups: readonly IngestGroup[];
  /** Not ingested: a day with a hole would look like a whole one. */
  readonly partDays: readonly PartDay[];
}

const isThere = ({ status }: FetchedFile): boolean => status === "fetched" || status === "present";

interface DayFiles {
  readonly day: string;
  readonly files: readonly FetchedFile[];
}

/** The files of each day of a set, in order. */
function filesByDay(files: readonly FetchedFile[]): readonly DayFiles[] {
  const days = [...new Set(files.flatMap(({ planned }) => planned.days))].toSorted();
  return days.map((day) => ({
    day,
    files: files.filter(({ planned }) => planned.days.includes(day)),
  }));
}

/** True when two days, the second the later, must go through one reader. */
const belongTogether = (a: DayFiles, b: DayFiles, continues: boolean): boolean =>
  a.files.some((file) => b.files.includes(file)) || (continues && daysAfter(a.day, 1) === b.day);

/** Cuts days into runs that belong together. */
function runsOf(days: readonly DayFiles[], continues: boolean): readonly (readonly DayFiles[])[] {
  const runs: DayFiles[][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && belongTogether(last, day, continues)) {
      run.push(day);
    } else runs.push([day]);
  }
  return runs;
}

/** The files of a run, each once: not those without data, nor two of the same bytes, which hold the same. */
function pathsOf(run: readonly DayFiles[]): readonly string[] {
  const files = [...new Set(run.flatMap((day) => day.files))].filter(
    (file) => isThere(file) && !file.empty,
  );
  const isFirst = ({ sha256 }: FetchedFile, at: number): boolean =>
    files.findIndex((other) => other.sha256 === sha256) === at;
  return files.filter(isFirst).map(({ file }) => file);
}

/**
 * What to ingest of a fetch: the days of which all files are there, each with the least that must be read together, so that a bad
 * file keeps no other day out of the lake. `continues`: whether a source goes on over midnight. `partDays`: also days of which
 * files are lacking.
 */
export function ingestGroups(
  fetched: readonly FetchedFile[],
  {
    continues,
    partDays: takePartDays = false,
  }: { readonly continues: (source: string) => boolean; readonly partDays?: boolean },
): IngestGroups {
  const groups: IngestGroup[] = [];
  const partDays: PartDay[] = [];
  const setOf = ({ planned }: FetchedFile): string =>
    `${planned.dataSet.set} ${planned.interval} ${planned.symbol}`;
  for (const files of Map.groupBy(fetched, setOf).values()) {
    const [first] = files;
    if (first === undefined) continue;
    const { dataSet, symbol } = first.planned;
    const whole: DayFiles[] = [];
    for (const day of filesByDay(files)) {
      const lacking = day.files.filter((file) => !isThere(file)).map(({ path }) => path);
      if (lacking.length === 0 || (takePartDays && lacking.length < day.files.length)) {
        whole.push(day);
      } else partDays.push({ set: dataSet.set, day: day.day, lacking });
    }
    for (const run of runsOf(whole, continues(dataSet.source))) {
      const paths = pathsOf(run);
      if (paths.length === 0) continue;
      groups.push({ dataSet, symbol, files: paths, days: run.map(({ day }) => day) });
    }
  }
  return { groups, partDays };
}

/** True when the files of a set may hold rows of other days than those they are named for. */
export const holdsOtherDays = ({ slice, dayStartsAt, pages }: DataSet): boolean =>
  slice === "month" || slice === "halfDay" || dayStartsAt !== undefined || pages !== undefined;
