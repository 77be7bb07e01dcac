import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type ColumnType,
  columnsOf,
  errorCode,
  IntegrityError,
  type StreamName,
} from "@aftershock/schema";
import type * as Arrow from "apache-arrow";
import { BATCH_ROWS, type ColumnArrays, damagedRows, readColumns } from "./columnReader.ts";
import { type DuckConnections, parquetRows, sqlName } from "../duck.ts";
import type { Lake } from "./lake.ts";
import type { Manifest } from "./manifest.ts";
import { makeStaging } from "./stagingFolder.ts";
import { readTapeAhead } from "./readingAhead.ts";
import { indexOf, TapeIndexBuilder } from "./tapeIndex.ts";
import type { TapeRows } from "./tapeRows.ts";
import type { TapeThread } from "./tapeThread.ts";

/** Raised when the layout of the tape changes. */
const TAPE_VERSION = 2;

/** The tape of a partition: named by what it was made from, so that an old one is never read for new rows. */
function tapeFile(lake: Lake, manifest: Manifest): string {
  const key = createHash("sha256")
    .update(`${TAPE_VERSION} ${manifest.stream} ${manifest.rowsSha256}`)
    .digest("hex");
  return join(lake.paths.tape, `${manifest.stream}-${key.slice(0, 32)}.arrow`);
}

function arrowType(arrow: typeof Arrow, type: ColumnType): Arrow.DataType {
  if (type === "text") return new arrow.Utf8();
  return type === "code" ? new arrow.Int8() : new arrow.Float64();
}

/** A column as Arrow data; numbers are taken as they are, NaN for absent. */
function arrowData(
  arrow: typeof Arrow,
  values: Float64Array | Int8Array | (string | undefined)[],
): Arrow.Data {
  if (values instanceof Float64Array) {
    return arrow.makeData({ type: new arrow.Float64(), length: values.length, data: values });
  }
  if (values instanceof Int8Array) {
    return arrow.makeData({ type: new arrow.Int8(), length: values.length, data: values });
  }
  const texts = values.map((value) => value ?? null);
  const [data] = arrow.vectorFromArray(texts, new arrow.Utf8()).data;
  if (data === undefined) throw new IntegrityError("Invariant: a text column has no data");
  return data;
}

function recordBatch(
  arrow: typeof Arrow,
  schema: Arrow.Schema,
  rows: { readonly length: number; readonly columns: ColumnArrays },
): Arrow.RecordBatch {
  const children = schema.fields.map(({ name }) => arrowData(arrow, rows.columns[name] ?? []));
  const type = new arrow.Struct(schema.fields);
  return new arrow.RecordBatch(
    schema,
    arrow.makeData({ type, length: rows.length, nullCount: 0, children }),
  );
}

/** The bytes that every Arrow file ends with: one that does not was cut. */
const ARROW_END = "ARROW1";

async function isWhole(path: string): Promise<boolean> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { size } = await file.stat();
    const end = Buffer.alloc(ARROW_END.length);
    if (size > end.length) await file.read(end, 0, end.length, size - end.length);
    return end.toString("latin1") === ARROW_END;
  } finally {
    await file.close();
  }
}

/** The columns that a partition's tape holds: not those that no row has, and not the sequence, which is the row's number. */
async function tapeColumns(
  duck: DuckConnections,
  stream: StreamName,
  rowsFile: string,
): Promise<readonly (readonly [name: string, type: ColumnType])[]> {
  const columns = columnsOf(stream).filter(([name]) => name !== "seq");
  const counts = columns.map(([name]) => `count(${sqlName(name)})`);
  const query = `SELECT ${counts.join(", ")} FROM ${parquetRows(rowsFile)}`;
  const connection = await duck.connect();
  const [counted = []] = await connection
    .runAndReadAll(query)
    .then((reader) => reader.getRows())
    .catch((cause: unknown) => {
      throw damagedRows(rowsFile, cause);
    })
    .finally(() => connection.closeSync());
  return columns
    .filter(([, { type }], i) => type === "text" || type === "code" || counted[i] !== 0n)
    .map(([name, { type }]) => [name, type]);
}

/** Compiles a partition to its tape, unless a whole one is there. Returns the tape's path. */
async function compileTape(duck: DuckConnections, lake: Lake, manifest: Manifest): Promise<string> {
  const path = tapeFile(lake, manifest);
  if ((await isWhole(path)) && existsSync(indexOf(path))) return path;
  const arrow = await import("apache-arrow");
  await mkdir(lake.paths.tape, { recursive: true });
  const staging = await makeStaging(lake);
  const part = join(staging, "tape.arrow");
  const present = await tapeColumns(duck, manifest.stream, lake.rowsFile(manifest));
  const fields = present.map(
    ([name, type]) => new arrow.Field(name, arrowType(arrow, type), type === "text"),
  );
  const index = new TapeIndexBuilder();
  const schema = new arrow.Schema(fields);
  async function* batches(): AsyncGenerator<Arrow.RecordBatch> {
    let rows = 0;
    const source = readColumns(duck, manifest.stream, lake.rowsFile(manifest), manifest.rows);
    for await (const columns of source) {
      rows += columns.length;
      index.add(columns.length, columns.columns);
      yield recordBatch(arrow, schema, columns);
    }
    if (rows !== manifest.rows) {
      throw new IntegrityError(
        `${lake.rowsFile(manifest)}: holds ${rows} rows, its manifest says ${manifest.rows}`,
        { hints: ["Delete the partition's folder and ingest its source again."] },
      );
    }
  }
  try {
    const writer = new arrow.RecordBatchFileWriter();
    const file = await open(part, "w");
    // The bytes are taken from the writer by hand: its stream raises an error of its own, which nobody can catch, when it is cut off.
    const state = { failed: false };
    const written = (async (): Promise<void> => {
      for await (const bytes of writer) await file.write(bytes);
    })();
    written.catch(() => {
      state.failed = true;
    });
    try {
      for await (const batch of batches()) {
        writer.write(batch);
        // The writer queues without bound: let the file catch up after each batch.
        await new Promise((resolve) => setImmediate(resolve));
        if (state.failed) break;
      }
    } finally {
      writer.close();
      try {
        await written;
      } finally {
        await file.close();
      }
    }
    await index.write(part);
    await rename(indexOf(part), indexOf(path));
    await rename(part, path);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return path;
}

/** Codes of errors that say that nothing can be written here. */
export const NOT_WRITABLE: ReadonlySet<string | undefined> = new Set([
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOSPC",
  "EDQUOT",
  "EFBIG",
]);

/** The path of a partition's tape, compiled where it is not there yet; undefined where the lake cannot be written. */
export async function tapeOf(
  duck: DuckConnections,
  lake: Lake,
  manifest: Manifest,
): Promise<string | undefined> {
  return compileTape(duck, lake, manifest).catch((error: unknown) => {
    if (NOT_WRITABLE.has(errorCode(error))) return undefined;
    throw error;
  });
}

/**
 * A partition's rows batch by batch, by way of its tape; straight from its Parquet file, more slowly, where the lake cannot be
 * written. `skip`: how many batches are left out; `thread`: reads the tape ahead, where there is one.
 */
export async function* readPartition(
  duck: DuckConnections,
  lake: Lake,
  manifest: Manifest,
  { skip, thread }: { readonly skip: number; readonly thread: TapeThread | undefined },
): AsyncGenerator<TapeRows> {
  const tape = await tapeOf(duck, lake, manifest);
  if (tape === undefined) {
    const source = readColumns(duck, manifest.stream, lake.rowsFile(manifest), manifest.rows);
    let nth = 0;
    for await (const batch of source) if (nth++ >= skip) yield batch;
    return;
  }
  let rows = skip * BATCH_ROWS;
  for await (const batch of readTapeAhead(tape, manifest.stream, skip, thread)) {
    rows += batch.length;
    yield batch;
  }
  if (rows !== manifest.rows) {
    throw new IntegrityError(`${tape}: holds ${rows} rows, the partition has ${manifest.rows}`, {
      hints: ["Delete the file: it is a cache, and is made again."],
    });
  }
}
