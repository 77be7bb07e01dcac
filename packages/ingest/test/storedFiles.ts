import { createHash } from "node:crypto";
import { DataError } from "@aftershock/schema";
import { vi } from "vitest";
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
  /** Messages that were parsed as JSON. */
  readonly parsed: number;
}

/** Numbers of a column that are told one by one; of more, only their hash. */
const MOST_TOLD = 1_000;

function told(column: Float64Array | Int8Array | Int32Array): unknown {
  if (column.length <= MOST_TOLD) return [...column];
  const { buffer, byteOffset, byteLength } = column;
  return createHash("sha256")
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest("hex");
}

/** Every column of every row, in order. */
const chunksOf = (rows: FileRows): unknown =>
  [...rows.take(true)].map(({ name, chunk }) => ({
    name,
    columns: chunk.columns.map((column) =>
      "short" in column
        ? [told(column.short.subarray(0, chunk.rows * 4)), ...column.long]
        : told(column.subarray(0, chunk.rows)),
    ),
  }));

/** Reads files through one reader into the store's rows, and tells all that it was given. */
export async function stored(
  source: Source,
  files: readonly SourceFile[],
  reading: Reading,
): Promise<Stored> {
  const reader = source.createReader({});
  const parts: unknown[] = [];
  let [total, error]: [number, string | undefined] = [0, undefined];
  const parse = vi.spyOn(JSON, "parse");
  let openEnded: ReadonlySet<string> = new Set();
  for (const file of files) {
    const rows = new FileRows(openEnded);
    const remarks: string[] = [];
    const sink: RowSink = {
      row: (stream, venue, symbol, row) => rows.add(stream, venue, symbol, row),
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
    if (source.continues === true) openEnded = rows.openEnded;
    parts.push({ chunks: chunksOf(rows), summary: rows.summary(), remarks });
    if (error !== undefined) break;
  }
  const parsed = parse.mock.calls.length;
  parse.mockRestore();
  return { files: parts, error, rows: total, parsed };
}
