/** Reads tapes: see tape.ts, which makes them. */
import { isAscii } from "node:buffer";
import { type FileHandle, open } from "node:fs/promises";
import { idWordsOf } from "@aftershock/replay";
import {
  type AsciiTexts,
  absentColumn,
  columnsOf,
  type IdWords,
  IntegrityError,
  type StreamName,
} from "@aftershock/schema";
import type * as Arrow from "apache-arrow";
import { freeMemory } from "../freeMemory.ts";
import { BATCH_ROWS, type ColumnArrays } from "./columnReader.ts";

const DAMAGED = ["Delete the file: it is a cache, and is made again."];
/** The bytes that end an Arrow stream. */
const END_BYTES = 8;

/** The message of a schema that an Arrow stream begins with: a file has it at its end alone. */
function schemaMessage(arrow: typeof Arrow, schema: Arrow.Schema): Uint8Array {
  return arrow.tableToIPC(new arrow.Table(schema), "stream").slice(0, -END_BYTES);
}

/** Rows of a partition as they are read. */
export interface TapeRows {
  readonly length: number;
  /** Those of texts are made when they are first looked at. */
  readonly columns: ColumnArrays;
  /** As of a batch. */
  readonly idWords?: IdWords | undefined;
  readonly asciiTexts?: Readonly<Record<string, AsciiTexts>> | undefined;
  readonly release?: () => void;
}

function columnValues(child: Arrow.Data): Float64Array | Int8Array | (string | undefined)[] {
  if (child.values instanceof Float64Array || child.values instanceof Int8Array) {
    return child.values.subarray(0, child.length);
  }
  throw new IntegrityError("Invariant: a tape column is neither numbers nor text");
}

type Texts = (string | undefined)[];

/** How the texts of a batch are made, by column. */
const textsOfBatch = new WeakMap<object, ReadonlyMap<string, () => Texts>>();
/** For each column of texts how it is read: one function for all batches, so that their columns are objects of one shape. */
const textGetters = new Map<string, (this: object) => unknown>();

function textGetter(name: string): (this: object) => unknown {
  const known = textGetters.get(name);
  if (known !== undefined) return known;
  function get(this: object): unknown {
    return textsOfBatch.get(this)?.get(name)?.();
  }
  textGetters.set(name, get);
  return get;
}

/** Makes something when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** The columns of a batch as it lies in its file; those of texts are made when they are first looked at. */
function columnsIn(
  arrow: typeof Arrow,
  layout: ReturnType<typeof columnsOf>,
  childOf: (name: string) => Arrow.Data | undefined,
  {
    path,
    first,
    length,
  }: { readonly path: string; readonly first: number; readonly length: number },
): Pick<TapeRows, "columns" | "asciiTexts"> {
  const columns: Record<string, ColumnArrays[string]> = {};
  const asciiTexts: Record<string, AsciiTexts> = {};
  const texts = new Map<string, () => Texts>();
  for (const [name, { type }] of layout) {
    const child = childOf(name);
    if (name === "seq") columns[name] = countedFrom(first, length);
    else if (child === undefined) columns[name] = absentColumn(length);
    else if (type !== "text") columns[name] = columnValues(child);
    else {
      const ascii = asciiOf(child, path);
      if (ascii !== undefined) asciiTexts[name] = ascii;
      const make = (): Texts =>
        ascii === undefined ? anyTexts(arrow, child) : textsOf(ascii, length);
      texts.set(name, once(make));
      Object.defineProperty(columns, name, { get: textGetter(name), enumerable: true });
    }
  }
  if (texts.size > 0) textsOfBatch.set(columns, texts);
  return { columns, asciiTexts };
}

const anyTexts = (arrow: typeof Arrow, child: Arrow.Data): Texts =>
  Array.from(new arrow.Vector([child]) as Iterable<string | null>, (text) => text ?? undefined);

/** A column of texts of which every byte is ASCII; undefined where one is not. Throws IntegrityError for texts that run backwards or too far. */
function asciiOf(child: Arrow.Data, path: string): AsciiTexts | undefined {
  const { values, valueOffsets, length, nullCount, nullBitmap } = child;
  if (!(values instanceof Uint8Array) || !(valueOffsets instanceof Int32Array)) return undefined;
  for (let row = 0; row < length; row++) {
    const [from = 0, to = 0] = [valueOffsets[row], valueOffsets[row + 1]];
    if (from > to || to > values.length) {
      throw new IntegrityError(
        `${path}: is damaged, text ${row} of a batch is bytes ${from} to ${to}`,
        { hints: DAMAGED },
      );
    }
  }
  if (!isAscii(values)) return undefined;
  return { bytes: values, offsets: valueOffsets, valid: nullCount > 0 ? nullBitmap : undefined };
}

/** The texts of a column as parts of one text: many times as fast as one by one. */
function textsOf({ bytes, offsets, valid }: AsciiTexts, rows: number): Texts {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return Array.from({ length: rows }, (_, row) =>
    valid === undefined || (((valid[row >> 3] ?? 0) >> (row & 7)) & 1) !== 0
      ? all.slice(offsets[row], offsets[row + 1])
      : undefined,
  );
}

function countedFrom(first: number, length: number): Float64Array {
  const numbers = new Float64Array(length);
  for (let row = 0; row < length; row++) numbers[row] = first + row;
  return numbers;
}

/** Bytes of a file from an offset on, in memory of their own. Throws IntegrityError when the file ends before. */
async function bytesAt(
  file: FileHandle,
  path: string,
  from: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, from + done);
    if (bytesRead === 0) {
      throw new IntegrityError(`${path}: ends at byte ${from + done}, within a batch`, {
        hints: DAMAGED,
      });
    }
    done += bytesRead;
  }
  return bytes;
}

/**
 * Reads a tape batch by batch; `skip`: how many are left out. Numbers are views of the batch's memory, which is read at once, so that it comes while
 * the one before is being replayed.
 */
export async function* readTape(
  path: string,
  stream: StreamName,
  skip: number,
): AsyncGenerator<TapeRows> {
  const arrow = await import("apache-arrow");
  const layout = columnsOf(stream);
  const file = await open(path, "r");
  try {
    const reader = await arrow.RecordBatchReader.from(file);
    await reader.open();
    const { footer } = reader;
    if (!reader.isFile() || footer === null) throw new IntegrityError(`${path}: is no Arrow file`);
    const schema = schemaMessage(arrow, footer.schema);
    for (let nth = skip, first = skip * BATCH_ROWS; ; nth += 1) {
      const block = footer.getRecordBatch(nth);
      if (block === null) break;
      const { offset, metaDataLength, bodyLength } = block;
      const bytes = await bytesAt(file, path, offset, metaDataLength + bodyLength);
      const [batch] = arrow.RecordBatchReader.from([schema, bytes]).open();
      if (batch === undefined) throw new IntegrityError(`${path}: batch ${nth} is not there`);
      const length = batch.numRows;
      const places = new Map(batch.schema.fields.map(({ name }, place) => [name, place]));
      const childOf = (name: string): Arrow.Data | undefined =>
        batch.data.children[places.get(name) ?? -1];
      const { columns, asciiTexts } = columnsIn(arrow, layout, childOf, { path, first, length });
      first += length;
      const ids = asciiTexts?.["orderId"];
      const idWords = ids === undefined ? undefined : idWordsOf(ids.bytes, ids.offsets, length);
      const free = (): void => {
        release(columns, bytes.buffer);
        if (idWords !== undefined)
          for (const { buffer } of [idWords.lo, idWords.hi]) freeMemory(buffer);
      };
      yield { length, columns, asciiTexts, idWords, release: free };
    }
  } finally {
    await file.close();
  }
}

/** Frees the memory of a batch: its columns are empty then, and its texts are none. */
function release(columns: ColumnArrays, memory: ArrayBuffer): void {
  textsOfBatch.delete(columns);
  freeMemory(memory);
  // Counted, not read. Absent columns lie in memory that all share.
  const { seq } = columns;
  if (seq instanceof Float64Array) freeMemory(seq.buffer);
}
