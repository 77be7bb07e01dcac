import { isAscii } from "node:buffer";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  absentColumn,
  type ColumnType,
  columnsOf,
  errorCode,
  type IdWords,
  IntegrityError,
  type StreamName,
} from "@aftershock/schema";
import { idWordsOf } from "@aftershock/replay";
import type * as Arrow from "apache-arrow";
import { BATCH_ROWS, type ColumnArrays, damagedRows, readColumns } from "./columnReader.ts";
import { type DuckConnections, parquetRows, sqlName } from "../duck.ts";
import type { Lake } from "./lake.ts";
import type { Manifest } from "./manifest.ts";
import { makeStaging } from "./stagingFolder.ts";
import { indexOf, TapeIndexBuilder } from "./tapeIndex.ts";

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

function columnValues(child: Arrow.Data): Float64Array | Int8Array | (string | undefined)[] {
  if (child.values instanceof Float64Array || child.values instanceof Int8Array) {
    return child.values.subarray(0, child.length);
  }
  throw new IntegrityError("Invariant: a tape column is neither numbers nor text");
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

/** Rows of a partition as they are read. */
export interface TapeRows {
  readonly length: number;
  /** Those of texts are made when they are first looked at. */
  readonly columns: ColumnArrays;
  /** As of a batch. */
  readonly idWords?: IdWords | undefined;
}

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
 * written. `skip`: how many batches are left out.
 */
export async function* readPartition(
  duck: DuckConnections,
  lake: Lake,
  manifest: Manifest,
  skip: number = 0,
): AsyncGenerator<TapeRows> {
  const tape = await tapeOf(duck, lake, manifest);
  if (tape === undefined) {
    const source = readColumns(duck, manifest.stream, lake.rowsFile(manifest), manifest.rows);
    let nth = 0;
    for await (const batch of source) if (nth++ >= skip) yield batch;
    return;
  }
  let rows = skip * BATCH_ROWS;
  for await (const batch of readTape(tape, manifest.stream, skip)) {
    rows += batch.length;
    yield batch;
  }
  if (rows !== manifest.rows) {
    throw new IntegrityError(`${tape}: holds ${rows} rows, the partition has ${manifest.rows}`, {
      hints: ["Delete the file: it is a cache, and is made again."],
    });
  }
}

/** The texts of a column, made when they are first asked for. */
function textsWhenAsked(arrow: typeof Arrow, child: Arrow.Data): () => (string | undefined)[] {
  let made: (string | undefined)[] | undefined;
  return () =>
    (made ??= asciiTexts(child) ?? Array.from(texts(arrow, child), (text) => text ?? undefined));
}

/** A column of a batch as it is defined. */
function columnOf(
  arrow: typeof Arrow,
  child: Arrow.Data | undefined,
  type: ColumnType,
  length: number,
): PropertyDescriptor {
  const shared = { enumerable: true, configurable: true };
  if (child === undefined) return { ...shared, value: absentColumn(length) };
  if (type !== "text") return { ...shared, value: columnValues(child) };
  return { ...shared, get: textsWhenAsked(arrow, child) };
}

/** The order ids of a batch as numbers. */
function orderIdWords(child: Arrow.Data | undefined): IdWords | undefined {
  const { values, valueOffsets, length } = child ?? {};
  if (!(values instanceof Uint8Array) || !(valueOffsets instanceof Int32Array)) return undefined;
  return idWordsOf(values, valueOffsets, length ?? 0);
}

const texts = (arrow: typeof Arrow, child: Arrow.Data): Iterable<string | null> =>
  new arrow.Vector([child]);

/**
 * The texts of a column of which every byte is ASCII, as parts of one text: many times as fast as one by one. Undefined where one is not.
 */
function asciiTexts(child: Arrow.Data): (string | undefined)[] | undefined {
  const { values, valueOffsets, length } = child;
  if (!(values instanceof Uint8Array) || !(valueOffsets instanceof Int32Array)) return undefined;
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  if (!isAscii(bytes)) return undefined;
  const all = bytes.toString("latin1");
  return Array.from({ length }, (_, row) =>
    child.nullCount > 0 && !child.getValid(row)
      ? undefined
      : all.slice(valueOffsets[row], valueOffsets[row + 1]),
  );
}

function countedFrom(first: number, length: number): Float64Array {
  const numbers = new Float64Array(length);
  for (let row = 0; row < length; row++) numbers[row] = first + row;
  return numbers;
}

/** Reads a tape batch by batch; numbers are views of the batch's memory. */
async function* readTape(path: string, stream: StreamName, skip: number): AsyncGenerator<TapeRows> {
  const arrow = await import("apache-arrow");
  const layout = columnsOf(stream);
  const file = await open(path, "r");
  try {
    const reader = await arrow.RecordBatchReader.from(file);
    await reader.open();
    if (!reader.isFile()) throw new IntegrityError(`${path}: is no Arrow file`);
    for (let nth = skip, first = skip * BATCH_ROWS; ; nth += 1) {
      const batch = await reader.readRecordBatch(nth);
      if (batch === null) break;
      const length = batch.numRows;
      const places = new Map(batch.schema.fields.map(({ name }, place) => [name, place]));
      const childOf = (name: string): Arrow.Data | undefined =>
        batch.data.children[places.get(name) ?? -1];
      const columns: Record<string, ColumnArrays[string]> = {};
      for (const [name, { type }] of layout) {
        if (name === "seq") columns[name] = countedFrom(first, length);
        else Object.defineProperty(columns, name, columnOf(arrow, childOf(name), type, length));
      }
      first += length;
      const idWords = stream === "orders" ? orderIdWords(childOf("orderId")) : undefined;
      yield { length, columns, idWords };
    }
  } finally {
    await file.close();
  }
}
