import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { ConfigError, DataError, IntegrityError } from "@aftershock/schema";
import { openFile, type OpenedFile, type ReadProgress } from "./files/openFile.ts";
import { type FileRead, type FileToRead, readFiles, type RowTaker } from "./reading/readFiles.ts";
import { readInWorkers } from "./reading/readInWorkers.ts";
import type { ReadHints, Source } from "./source.ts";
import { SOURCES } from "./sources.ts";
import type { Lake } from "./store/lake.ts";
import { LakeWriter, type PartitionOutcome } from "./store/lakeWriter.ts";
import type { SourceIdentity } from "./store/partitionPlan.ts";

/** What an ingest is given. */
export interface IngestOptions {
  readonly lake: Lake;
  readonly source: Source;
  /** Files, in the order of the recording where one continues another. */
  readonly paths: readonly string[];
  /** What the user says about the files. */
  readonly hints?: ReadHints;
  /** The largest fraction of lines that may go to quarantine, 0 … 1. Default 0.001. */
  readonly maxQuarantine?: number;
  /**
   * Threads that read files side by side, at most; 0 reads in the calling one. Default: as many as the machine has cores, none where the
   * files are too small to pay for them.
   */
  readonly workers?: number;
  /** Called between batches of lines. */
  readonly onProgress?: (progress: ReadProgress & { readonly rows: number }) => void;
}

/** What an ingest did. Rows are those of the files given that are in the lake now. */
export interface IngestResult {
  readonly source: string;
  readonly files: number;
  readonly rows: number;
  readonly quarantined: number;
  readonly duplicates: number;
  readonly outOfOrder: number;
  /** Lines that hold no event by design, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly partitions: readonly PartitionOutcome[];
}

/** Reads records of a file again, in one pass. */
async function linesOf(
  source: Source,
  file: OpenedFile | undefined,
  numbers: readonly number[],
): Promise<readonly string[]> {
  if (file === undefined) throw new IntegrityError("Invariant: a row of no file");
  const wanted = new Set(numbers);
  const texts = new Map<number, string>();
  for await (const lines of source.records?.(file) ?? file.lines()) {
    for (const { number, text } of lines) if (wanted.has(number)) texts.set(number, text);
  }
  return numbers.map((number) => texts.get(number) ?? "");
}

function checkQuarantine(
  rows: number,
  bad: number,
  limit: number,
  examples: readonly string[],
): void {
  if (rows + bad === 0) {
    throw new DataError("the files hold no event", {
      hints: ["Check that they are the right files."],
    });
  }
  const fraction = bad / (rows + bad);
  if (rows === 0 && fraction <= limit) {
    throw new DataError(`no row is left: all ${bad} are bad; first: ${examples[0]}`, {
      hints: ["Nothing was stored. Check the source and the file."],
    });
  }
  if (fraction <= limit) return;
  const percent = (value: number): string => `${Number((value * 100).toPrecision(3))} %`;
  throw new DataError(
    `${bad} of ${rows + bad} rows are bad (${percent(fraction)}), more than the ${percent(limit)} allowed; first: ${examples[0]}`,
    {
      hints: [
        "Nothing was stored. Check the source and the file, or allow more with --max-quarantine.",
      ],
    },
  );
}

/** Refuses a file of which every line is bad: it is not what it is taken for, whatever the others hold. */
function checkEachHasRows(reads: readonly FileRead[], files: readonly OpenedFile[]): void {
  const none = reads.find(({ summary }) => summary.rows === 0 && summary.quarantined > 0);
  if (none === undefined || files.length === 1) return;
  throw new DataError(
    `${files[none.index]?.name ?? ""}: none of its ${none.summary.quarantined} lines can be stored; first: ${none.example ?? ""}`,
    { hints: ["Check that it is the right file, or leave it out. Nothing was stored."] },
  );
}

/** Refuses the same file given twice: rows without an id would be stored twice. */
function checkDistinct(files: readonly SourceIdentity[]): void {
  files.forEach(({ name, sha256 }, i) => {
    const twin = files.slice(0, i).find((other) => other.sha256 === sha256);
    if (twin === undefined) return;
    throw new DataError(`${name} holds the same bytes as ${twin.name}`, {
      hints: ["Name each file once. Nothing was stored."],
    });
  });
}

/** Lines that hold no event by design, by reason, over all files. */
function skippedIn(reads: readonly FileRead[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const [reason, count] of reads.flatMap(({ skipped }) => [...skipped])) {
    sums.set(reason, (sums.get(reason) ?? 0) + count);
  }
  return Object.fromEntries([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Packed bytes from which a thread of its own pays for its start. */
const WORTH_A_WORKER = 4 * 1024 * 1024;

/** Reads the files into the writer; returns what became of each, in their order. */
async function readAll(
  files: readonly OpenedFile[],
  { source, hints = {}, workers, onProgress }: IngestOptions,
  writer: LakeWriter,
): Promise<readonly FileRead[]> {
  const reads: FileRead[] = [];
  const taker: RowTaker = {
    chunk: (file, name, chunk) => writer.append(file, name, chunk),
    async file(read) {
      await writer.endFile(read.index, read.summary);
      reads.push(read);
    },
    progress: (progress, rows) => onProgress?.({ ...progress, rows }),
  };
  const toRead = files.map(({ path, size }, index) => ({ index, path, size }));
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const threads = workers ?? (bytes < WORTH_A_WORKER ? 0 : availableParallelism());
  if (threads > 0 && SOURCES.includes(source)) {
    const chained = ({ path }: FileToRead): boolean =>
      source.continues === true && source.standsAlone?.(basename(path)) !== true;
    await readInWorkers(toRead, { source: source.name, hints, workers: threads, chained }, taker);
  } else await readFiles(toRead, source, source.createReader(hints), taker);
  return reads.toSorted((a, b) => a.index - b.index);
}

/**
 * Ingests files of one format into a lake: all of them, or nothing, but for a partition that another process changed meanwhile or a
 * kill while partitions are put in place; then each is the old or the new one, whole, and the same ingest again finishes. The same
 * bytes give the same partitions, and ingested again change nothing. Throws DataError for files that cannot be read whole or hold too many bad lines.
 */
export async function ingest(options: IngestOptions): Promise<IngestResult> {
  const { lake, source, paths, maxQuarantine = 0.001 } = options;
  if (paths.length === 0) throw new ConfigError("no file to ingest");
  const files = await Promise.all(paths.map((path) => openFile(path)));
  const writer = await LakeWriter.open({
    lake,
    loader: { name: source.name, version: source.version },
    simulated: null,
    terms: (venue, symbol, at) => source.terms(venue, symbol, at),
    lineTexts: (index, lines) => linesOf(source, files[index], lines),
  });
  try {
    const reads = await readAll(files, options, writer);
    const total = (what: "rows" | "quarantined"): number =>
      reads.reduce((sum, { summary }) => sum + summary[what], 0);
    const bad = reads.flatMap(({ example }) => example ?? []);
    checkEachHasRows(reads, files);
    checkQuarantine(total("rows"), total("quarantined"), maxQuarantine, bad);
    const identities = files.map((file, index) => ({
      name: file.name,
      sha256: reads[index]?.sha256 ?? "",
      bytes: file.size,
      dataset: writer.datasetOf(index),
    }));
    checkDistinct(identities);
    const { examples, ...totals } = await writer.build(identities);
    const worst = examples.map(({ file, line, reason }) => `${file}:${line}: ${reason}`);
    const good = totals.rows + totals.duplicates;
    checkQuarantine(good, totals.quarantined, maxQuarantine, [...bad, ...worst]);
    const partitions = await writer.commit();
    return {
      source: source.name,
      files: files.length,
      ...totals,
      skipped: skippedIn(reads),
      partitions,
    };
  } finally {
    await writer.close();
  }
}
