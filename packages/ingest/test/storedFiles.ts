import { DataError } from "@aftershock/schema";
import type { RowSink, Source, SourceFile } from "../src/source.ts";
import { FileRows } from "../src/store/fileRows.ts";

/** How a file is read: `plain` by a sink that takes objects only. */
export type Reading = "bulk" | "plain";

/** What files come to in the store. */
export interface Stored {
  /** By file: everything that the store keeps of it, in its order. */
  readonly files: readonly unknown[];
  /** What the reader threw, if it did. */
  readonly error: string | undefined;
  /** Rows in all. */
  readonly rows: number;
  /** Rows that came as objects. */
  readonly objects: number;
}

/** Every column of every row, in order. */
const chunksOf = (rows: FileRows): unknown =>
  [...rows.take(true)].map(({ name, chunk }) => ({
    name,
    columns: chunk.columns.map((column) =>
      "short" in column
        ? [...column.short.subarray(0, chunk.rows * 4), ...column.long]
        : [...column.subarray(0, chunk.rows)],
    ),
  }));

/** Reads files through one reader into the store's rows, and tells all that it was given. */
export async function stored(
  source: Source,
  files: readonly SourceFile[],
  reading: Reading,
): Promise<Stored> {
  const reader = source.createReader({});
  const told: unknown[] = [];
  let [total, objects, error]: [number, number, string | undefined] = [0, 0, undefined];
  for (const file of files) {
    const rows = new FileRows();
    const remarks: string[] = [];
    const sink: RowSink = {
      row: (stream, venue, symbol, row) => {
        objects += 1;
        rows.add(stream, venue, symbol, row);
      },
      quarantine: ({ number, text }, reason) => {
        remarks.push(`${number} quarantined: ${reason}: ${text}`);
        rows.addBadLine({ file: file.name, line: number, reason, text });
      },
      skip: ({ number, text }, reason) => {
        remarks.push(`${number} skipped: ${reason}: ${text}`);
        if (reason.startsWith("duplicate")) rows.addDuplicate();
      },
      note: (stream, venue, symbol, what, count = 1) =>
        rows.note(stream, venue, symbol, what, count),
      dataset: (name) => rows.startDataset(name),
      ...(reading === "bulk" && {
        bulk: (stream, venue, symbol) => rows.of(stream, venue, symbol),
      }),
    };
    try {
      await reader.read(file, sink);
    } catch (cause) {
      if (!(cause instanceof DataError)) throw cause;
      error = cause.message;
    }
    total += rows.rows;
    told.push({ chunks: chunksOf(rows), summary: rows.summary(), remarks });
    if (error !== undefined) break;
  }
  return { files: told, error, rows: total, objects };
}
