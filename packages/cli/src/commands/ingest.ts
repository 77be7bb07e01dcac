import { AftershockError, CliError, DataError } from "@aftershock/schema";
import {
  detectSource,
  ingest,
  type IngestResult,
  type Lake,
  type ReadHints,
  type Source,
  SOURCES,
} from "@aftershock/ingest";
import { userPath } from "../lakeArgument.ts";
import { grouped, printJson, printLine, printTable } from "../output.ts";
import { ProgressLine, say } from "../progressLine.ts";

/** Says of which files the lake no longer has the rows. */
export function warnOfDisplaced({ partitions }: IngestResult): void {
  for (const { stream, instrument, date, displaced } of partitions) {
    if (displaced.length === 0) continue;
    say(
      `warning: replaced in ${stream} of ${instrument} on ${date}: the rows of ${displaced.join(", ")}`,
    );
  }
}

function sourceNamed(name: string): Source {
  const source = SOURCES.find((known) => known.name === name);
  if (source !== undefined) return source;
  throw new CliError(`there is no source "${name}"`, {
    hints: [`Known sources: ${SOURCES.map((known) => known.name).join(", ")}.`],
  });
}

/** The files by their formats, in the order in which the formats come first. */
async function bySource(paths: readonly string[]): Promise<ReadonlyMap<Source, string[]>> {
  const groups = new Map<Source, string[]>();
  for (const path of paths) {
    const source = await detectSource(path);
    groups.set(source, [...(groups.get(source) ?? []), path]);
  }
  return groups;
}

/** Prints what an ingest did: a table of partitions, and the totals. */
export function printResult(result: IngestResult): void {
  printTable(
    ["stream", "instrument", "date", "rows", "status", "sha256"],
    result.partitions.map((one) => [
      one.stream,
      one.instrument,
      one.date,
      grouped(one.rows),
      one.status,
      one.sha256.slice(0, 12),
    ]),
  );
  const { source, files, rows, quarantined, duplicates, outOfOrder } = result;
  printLine(
    `\n${source}: ${grouped(files)} files, ${grouped(rows)} rows; quarantined ${grouped(quarantined)}, duplicates dropped ${grouped(duplicates)}, out of order and sorted ${grouped(outOfOrder)}`,
  );
}

/** What `aftershock ingest` takes. */
export interface IngestCommandOptions {
  /** The format of all files; without it, each file's is detected. */
  readonly source?: string;
  readonly hints: ReadHints;
  readonly maxQuarantine?: number;
  readonly json: boolean;
}

/** Says which hints no file needed: they may be meant for another file, or wrong. */
function warnOfUnusedHints({ venue, symbol }: ReadHints, results: readonly IngestResult[]): void {
  const ids = results.flatMap(({ partitions }) => partitions.map(({ instrument }) => instrument));
  // An archive may be named for all of its markets: okx for okex-swap.
  const isOf = (id: string): boolean =>
    id.startsWith(`${venue}:`) || (venue === "okx" && id.startsWith("okex"));
  if (ids.length === 0) return;
  if (venue !== undefined && !ids.some(isOf)) {
    say(
      `warning: --venue ${venue} was not used: the files say themselves that they are of ${ids[0]?.split(":", 1)[0]}`,
    );
  }
  const last = symbol?.toLowerCase().split("@", 1)[0];
  if (last !== undefined && !ids.some((id) => id.toLowerCase().includes(last))) {
    say(
      `warning: --symbol ${symbol} was not used: the files say themselves that they are of ${ids[0]}`,
    );
  }
}

/** A format whose files were not stored. */
interface FailedIngest {
  readonly source: string;
  readonly files: readonly string[];
  readonly error: AftershockError;
}

/** What to throw when formats failed: with one, its own error. */
function failure(
  failed: readonly FailedIngest[],
  stored: readonly IngestResult[],
): AftershockError {
  const [first] = failed;
  const where = failed.map(({ source }) => source).join(", ");
  const kept = stored.map(({ source }) => source).join(", ");
  const message = first?.error.message ?? "";
  if (failed.length === 1 && stored.length === 0 && first !== undefined) return first.error;
  return new DataError(`${where} not stored: ${message}`, {
    cause: first?.error,
    hints: [
      [first?.error.hints[0] ?? "", kept === "" ? "" : `The files of ${kept} are in the lake.`]
        .join(" ")
        .trim(),
    ],
  });
}

/** `aftershock ingest FILE…`: the files of each format together, all or nothing. */
export async function ingestCommand(
  lake: Lake,
  files: readonly string[],
  { source, hints, maxQuarantine, json }: IngestCommandOptions,
): Promise<void> {
  const paths = files.map(userPath);
  const groups =
    source === undefined ? await bySource(paths) : new Map([[sourceNamed(source), paths]]);
  const results: IngestResult[] = [];
  const failed: FailedIngest[] = [];
  for (const [format, own] of groups) {
    const progress = new ProgressLine(`ingest ${format.name}`);
    try {
      const result = await ingest({
        lake,
        source: format,
        paths: own,
        hints,
        ...(maxQuarantine === undefined ? {} : { maxQuarantine }),
        onProgress: ({ file, bytesRead, bytesTotal, rows }) =>
          progress.file(file, bytesRead, bytesTotal, rows),
      });
      progress.done();
      warnOfDisplaced(result);
      results.push(result);
      if (!json) printResult(result);
    } catch (error) {
      progress.done();
      if (!(error instanceof AftershockError)) throw error;
      failed.push({ source: format.name, files: own, error });
    }
  }
  warnOfUnusedHints(hints, results);
  if (json && (results.length > 0 || failed.length === 0)) {
    const told = failed.map(({ source: name, files: paths_, error }) => ({
      source: name,
      files: paths_,
      error: error.message,
      hint: error.hints[0] ?? "",
    }));
    printJson({ ingests: results, ...(failed.length === 0 ? {} : { failed: told }) });
  }
  if (failed.length > 0) throw failure(failed, results);
}
