import { ConfigError, DataError, IntegrityError } from "@aftershock/schema";
import { openFile, type OpenedFile, type ReadProgress } from "./lines.ts";
import type { ReadHints, RowSink, Source, SourceFile, SourceLine, SourceReader } from "./source.ts";
import { FileRows } from "./store/fileRows.ts";
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

/** What is counted over all files. */
interface Tally {
  readonly skipped: Map<string, number>;
  /** The first bad line. */
  readonly examples: string[];
  rows: number;
  quarantined: number;
}

function sinkOf(file: string, rows: FileRows, { skipped, examples }: Tally): RowSink {
  return {
    row: (stream, venue, symbol, row) => rows.add(stream, venue, symbol, row),
    quarantine: ({ number, text }: SourceLine, reason) => {
      if (examples.length === 0) examples.push(`${file}:${number}: ${reason}`);
      rows.addBadLine({ file, line: number, reason, text });
    },
    skip: (_line, reason) => {
      if (reason.startsWith("duplicate")) rows.addDuplicate();
      else skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
    },
    note: (stream, venue, symbol, what, count = 1) => rows.note(stream, venue, symbol, what, count),
    dataset: (name) => rows.startDataset(name),
  };
}

/** Wraps a file so that rows leave the memory whenever the source asks for more of it. */
function drained(file: OpenedFile, drain: () => Promise<void>): SourceFile {
  async function* each<T>(batches: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const batch of batches) {
      yield batch;
      await drain();
    }
  }
  return { name: file.name, bytes: () => each(file.bytes()), lines: () => each(file.lines()) };
}

/** Reads the files one after the other through one reader. */
async function readFiles(
  files: readonly OpenedFile[],
  reader: SourceReader,
  writer: LakeWriter,
  { tally, onBatch }: { readonly tally: Tally; readonly onBatch: (rows: number) => void },
): Promise<void> {
  for (const [index, file] of files.entries()) {
    const rows = new FileRows();
    const sink = sinkOf(file.name, rows, tally);
    const drain = async (): Promise<void> => {
      await writer.drain(index, rows);
      onBatch(tally.rows + rows.rows);
    };
    await reader.read(drained(file, drain), sink);
    if (file.sha256() === "") for await (const _ of file.bytes());
    if (index === files.length - 1) reader.finish?.(sink);
    await writer.drain(index, rows, true);
    await writer.endFile(index, rows.summary());
    tally.rows += rows.rows;
    tally.quarantined += rows.quarantined;
  }
}

/**
 * Ingests files of one format into a lake: all of them, or nothing. The same bytes give the same partitions, and ingested
 * again change nothing. Throws DataError for files that cannot be read whole or hold too many bad lines.
 */
export async function ingest(options: IngestOptions): Promise<IngestResult> {
  const { lake, source, paths, hints = {}, maxQuarantine = 0.001, onProgress } = options;
  if (paths.length === 0) throw new ConfigError("no file to ingest");
  let progress: ReadProgress = { file: "", bytesRead: 0, bytesTotal: 0 };
  const files = await Promise.all(
    paths.map((path) =>
      openFile(path, (read) => {
        progress = read;
      }),
    ),
  );
  const tally: Tally = { skipped: new Map(), examples: [], rows: 0, quarantined: 0 };
  const writer = await LakeWriter.open({
    lake,
    loader: { name: source.name, version: source.version },
    simulated: null,
    terms: (venue, symbol, at) => source.terms(venue, symbol, at),
    lineTexts: (index, lines) => linesOf(source, files[index], lines),
  });
  try {
    await readFiles(files, source.createReader(hints), writer, {
      tally,
      onBatch: (rows) => onProgress?.({ ...progress, rows }),
    });
    checkQuarantine(tally.rows, tally.quarantined, maxQuarantine, tally.examples);
    const identities = files.map((file, index) => ({
      name: file.name,
      sha256: file.sha256(),
      bytes: file.size,
      dataset: writer.datasetOf(index),
    }));
    checkDistinct(identities);
    const { examples, ...totals } = await writer.build(identities);
    const worst = examples.map(({ file, line, reason }) => `${file}:${line}: ${reason}`);
    const good = totals.rows + totals.duplicates;
    checkQuarantine(good, totals.quarantined, maxQuarantine, [...tally.examples, ...worst]);
    const partitions = await writer.commit();
    return {
      source: source.name,
      files: files.length,
      ...totals,
      skipped: Object.fromEntries([...tally.skipped].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      partitions,
    };
  } finally {
    await writer.close();
  }
}
