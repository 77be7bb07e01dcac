import { openFile, type OpenedFile, type ReadProgress } from "../files/openFile.ts";
import type { RowSink, Source, SourceFile, SourceLine, SourceReader } from "../source.ts";
import { FileRows, type FileSummary, type PartitionName } from "../store/fileRows.ts";
import { recycleChunk, type RowChunk } from "../store/rowBuffer.fast.ts";

/** A file of an ingest. */
export interface FileToRead {
  /** Its place among the files given. */
  readonly index: number;
  readonly path: string;
}

/** What became of a file that was read whole. */
export interface FileRead {
  readonly index: number;
  readonly summary: FileSummary;
  /** Of its bytes as they lie on disk. */
  readonly sha256: string;
  /** Lines that hold no event by design, by reason. */
  readonly skipped: ReadonlyMap<string, number>;
  /** Its first bad line. */
  readonly example: string | undefined;
}

/** What takes the rows of files. */
export interface RowTaker {
  /** Takes rows; returns whether it keeps the columns, which are filled again otherwise. */
  chunk(file: number, name: PartitionName, chunk: RowChunk): Promise<boolean>;
  file(read: FileRead): Promise<void>;
  /** `rows`: of the files that this reader has read, so far. */
  progress(progress: ReadProgress, rows: number): void;
}

/** What is counted of one file beside its rows. */
class FileTally {
  readonly skipped = new Map<string, number>();
  example: string | undefined;
}

function sinkOf(file: string, rows: FileRows, tally: FileTally): RowSink {
  return {
    row: (stream, venue, symbol, row) => rows.add(stream, venue, symbol, row),
    quarantine: ({ number, text }: SourceLine, reason) => {
      tally.example ??= `${file}:${number}: ${reason}`;
      rows.addBadLine({ file, line: number, reason, text });
    },
    skip: (_line, reason) => {
      if (reason.startsWith("duplicate")) rows.addDuplicate();
      else tally.skipped.set(reason, (tally.skipped.get(reason) ?? 0) + 1);
    },
    note: (stream, venue, symbol, what, count = 1) => rows.note(stream, venue, symbol, what, count),
    dataset: (name) => rows.startDataset(name),
    bulk: (stream, venue, symbol) => rows.of(stream, venue, symbol),
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

/** Reads files one after the other through one reader of a source. */
export async function readFiles(
  files: readonly FileToRead[],
  source: Pick<Source, "continues">,
  reader: SourceReader,
  taker: RowTaker,
): Promise<void> {
  let before = 0;
  let openEnded: ReadonlySet<string> = new Set();
  for (const [nth, { index, path }] of files.entries()) {
    const rows = new FileRows(openEnded);
    const tally = new FileTally();
    const file = await openFile(path, (progress) => taker.progress(progress, before + rows.rows));
    const sink = sinkOf(file.name, rows, tally);
    const drain = async (all: boolean): Promise<void> => {
      for (const { name, chunk } of rows.take(all)) {
        const kept = await taker.chunk(index, name, chunk);
        if (!kept) recycleChunk(name.stream, chunk);
      }
    };
    await reader.read(
      drained(file, () => drain(false)),
      sink,
    );
    // A reader may stop before the end; the hash is of all bytes.
    if (file.sha256() === "") for await (const _ of file.bytes());
    if (nth === files.length - 1) reader.finish?.(sink);
    await drain(true);
    before += rows.rows;
    if (source.continues === true) openEnded = rows.openEnded;
    const { skipped, example } = tally;
    await taker.file({ index, summary: rows.summary(), sha256: file.sha256(), skipped, example });
  }
}
