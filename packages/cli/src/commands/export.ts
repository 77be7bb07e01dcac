import { basename, dirname } from "node:path";
import {
  CliError,
  DataError,
  type Micros,
  STREAM_NAMES,
  type StreamName,
} from "@aftershock/schema";
import {
  type ExportFormat,
  exportLake,
  type ExportResult,
  FORMAT_STREAMS,
  type Lake,
  type Manifest,
} from "@aftershock/ingest";
import { isDay } from "../dayArgument.ts";
import { userPath } from "../lakeArgument.ts";
import { partitionsOf } from "../lakeSelection.ts";
import { makeOutFolder } from "../makeOutFolder.ts";
import { grouped, printJson, printLine, printTable } from "../output.ts";
import { ProgressLine, say } from "../progressLine.ts";

/** What `aftershock export` takes. */
export interface ExportCommandOptions {
  readonly format: ExportFormat;
  readonly out: string;
  /** Streams separated by commas; absent: all that the format can hold. */
  readonly streams: string | undefined;
  /** Days separated by commas; absent: all. */
  readonly date: string | undefined;
  readonly from?: Micros;
  readonly to?: Micros;
  readonly force: boolean;
  readonly json: boolean;
}

const parts = (text: string): readonly string[] => text.split(",").map((part) => part.trim());

const isStream = (name: string): name is StreamName =>
  STREAM_NAMES.some((stream) => stream === name);

/** The streams wanted. Throws CliError for one that does not exist or that the format cannot hold. */
function wantedStreams({ format, streams }: ExportCommandOptions): readonly StreamName[] {
  const possible = FORMAT_STREAMS[format];
  if (streams === undefined) return possible;
  return parts(streams).map((name) => {
    if (!isStream(name)) {
      throw new CliError(`there is no stream "${name}"`, {
        hints: [`Streams are ${STREAM_NAMES.join(", ")}.`],
      });
    }
    if (possible.includes(name)) return name;
    throw new CliError(`${format} has no place for ${name}`, {
      hints: [`It takes ${possible.join(", ")}.`],
    });
  });
}

/** The days wanted; undefined for all. Throws CliError for a text that is no day. */
function wantedDays({ date }: ExportCommandOptions): ReadonlySet<string> | undefined {
  if (date === undefined) return undefined;
  const days = parts(date);
  const wrong = days.find((day) => !isDay(day));
  if (wrong === undefined) return new Set(days);
  throw new CliError(`"${wrong}" is not a day`, {
    hints: ["Write days as YYYY-MM-DD, several with commas between them."],
  });
}

/** The partitions of an instrument that are wanted. Throws DataError when there are none. */
async function selected(
  lake: Lake,
  id: string,
  options: ExportCommandOptions,
): Promise<readonly Manifest[]> {
  const streams = wantedStreams(options);
  const days = wantedDays(options);
  const own = await partitionsOf(lake, id);
  const found = own.filter(
    ({ stream, date }) => streams.includes(stream) && (days?.has(date) ?? true),
  );
  if (found.length > 0) return found;
  const held = [...new Set(own.map(({ stream, date }) => `${stream} ${date}`))];
  throw new DataError(`the lake holds nothing of ${id} that was asked for`, {
    hints: [`It holds ${held.slice(0, 12).join(", ")}${held.length > 12 ? ", …" : ""}.`],
  });
}

/** What notes of an export mean, in words that follow a number. */
const NOTES: Readonly<Record<string, string>> = {
  rowsBeforeSnapshot: "book rows left out: before the first snapshot the book is not known",
  gaps: "gaps: there the book is cleared until its next snapshot",
  messagesInGaps: "book messages left out: between a gap and the next snapshot",
  staleMessages: "book messages left out: the snapshot before them contains them",
  exchClockHeld: "events held: the venue's clock ran back there, and stands still",
  withoutLocalClock: "events without a recorder's clock: they have the venue's time",
  withoutExchClock: "events without a venue's clock: they have the recorder's time",
  negativeLatency: "events that the recorder has before the venue: the clocks disagree",
  tradeIdsMadeUp: "trades without an id that fits: they have their place in the recording",
  oneSidedQuotesLeftOut: "quotes left out: one side is absent",
};

function warn({ notes, simulated }: ExportResult): void {
  if (simulated) say("warning: rows of this export are SIMULATED; it says so in it");
  for (const [name, count] of Object.entries(notes)) {
    say(`warning: ${grouped(count)} ${NOTES[name] ?? name}`);
  }
}

function printResult({ out, files, rows, format }: ExportResult): void {
  printTable(
    ["file", "rows", "bytes"],
    files.map((file) => [file.path, grouped(file.rows), grouped(file.bytes)]),
  );
  printLine(`\n${format}: ${grouped(rows)} rows in ${out}`);
}

/** Names of files by which a reader would take them for another format. */
const EXTENSIONS: readonly (readonly [RegExp, ExportFormat])[] = [
  [/\.parquet$/i, "parquet"],
  [/\.(?:arrow|ipc|feather)$/i, "arrow"],
  [/\.csv(?:\.gz)?$/i, "csv"],
  [/\.duckdb$/i, "duckdb"],
  [/\.npz$/i, "hftbacktest"],
];

function checkExtension(out: string, format: ExportFormat): void {
  const named = EXTENSIONS.find(([extension]) => extension.test(out))?.[1];
  if (named === undefined || named === format) return;
  throw new CliError(`--out ends as a file of ${named}, but --format is ${format}`, {
    hints: [`Write --format ${named}, or give the file another name.`],
  });
}

/** `aftershock export ID… --format FORMAT --out PATH` */
export async function exportCommand(
  lake: Lake,
  ids: readonly string[],
  options: ExportCommandOptions,
): Promise<void> {
  const { format, from, to, force, json } = options;
  const out = userPath(options.out);
  if (basename(out) === "") throw new CliError("--out names no file and no folder");
  checkExtension(out, format);
  const wanted = await Promise.all([...new Set(ids)].map((id) => selected(lake, id, options)));
  await makeOutFolder(dirname(out));
  const progress = new ProgressLine(`export ${format}`);
  const result = await exportLake({
    lake,
    partitions: wanted.flat(),
    format,
    out,
    replace: force,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    onProgress: ({ what, rows, of }) => progress.file(what, rows, of, rows),
  });
  progress.done();
  warn(result);
  if (json) printJson(result);
  else printResult(result);
}
