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
import { SpareMemory } from "./spareMemory.ts";
import { TapeLayout } from "./tapeLayout.ts";

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

/** A tape that is being read. */
interface OpenTape {
  readonly arrow: typeof Arrow;
  readonly path: string;
  readonly layout: ReturnType<typeof columnsOf>;
  /** See schemaMessage. */
  readonly schema: Uint8Array;
  readonly spare: SpareMemory;
  /** How its batches lie, where they are of numbers alone. */
  readonly known: TapeLayout | undefined;
}

/** A batch of it. */
interface TapeBatch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes of its head. */
  readonly headLength: number;
  /** The number of its first row. */
  readonly first: number;
}

/** The columns of a batch as it lies in its file; those of texts are made when they are first looked at. */
function columnsIn(
  { arrow, layout, path, spare }: OpenTape,
  batch: Arrow.RecordBatch,
  first: number,
): Pick<TapeRows, "columns" | "asciiTexts"> {
  const length = batch.numRows;
  const places = new Map(batch.schema.fields.map(({ name }, place) => [name, place]));
  const columns: Record<string, ColumnArrays[string]> = {};
  const asciiTexts: Record<string, AsciiTexts> = {};
  const texts = new Map<string, () => Texts>();
  for (const [name, { type }] of layout) {
    const child = batch.data.children[places.get(name) ?? -1];
    if (name === "seq") columns[name] = countedFrom(first, length, spare);
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

function countedFrom(first: number, length: number, spare: SpareMemory): Float64Array {
  const numbers = new Float64Array(spare.take(8 * length), 0, length);
  for (let row = 0; row < length; row++) numbers[row] = first + row;
  return numbers;
}

/** Fills memory with bytes of a file from an offset on. Throws IntegrityError when the file ends before. */
async function readBytes(
  file: FileHandle,
  path: string,
  from: number,
  bytes: Uint8Array,
): Promise<void> {
  const { length } = bytes;
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, from + done);
    if (bytesRead === 0) {
      throw new IntegrityError(`${path}: ends at byte ${from + done}, within a batch`, {
        hints: DAMAGED,
      });
    }
    done += bytesRead;
  }
}

/** The rows of a batch that lies as one before it. */
function rowsAlike(
  { layout, spare }: OpenTape,
  { bytes, first }: TapeBatch,
  known: TapeLayout,
  length: number,
): TapeRows {
  const columns: Record<string, ColumnArrays[string]> = {};
  for (const [name] of layout) {
    if (name === "seq") columns[name] = countedFrom(first, length, spare);
    else columns[name] = known.columnIn(bytes, name) ?? absentColumn(length);
  }
  const free = (): void => release(columns, bytes.buffer, spare);
  return { length, columns, asciiTexts: {}, idWords: undefined, release: free };
}

/** The rows of a batch of a tape. */
function rowsOf(tape: OpenTape, own: TapeBatch): TapeRows {
  const { arrow, path, schema, spare, known } = tape;
  const { bytes, headLength, first } = own;
  const alike = known?.lengthOf(bytes, headLength);
  if (known !== undefined && alike !== undefined) return rowsAlike(tape, own, known, alike);
  const [batch] = arrow.RecordBatchReader.from([schema, bytes]).open();
  if (batch === undefined)
    throw new IntegrityError(`${path}: the batch of row ${first} is not there`);
  const length = batch.numRows;
  const { columns, asciiTexts } = columnsIn(tape, batch, first);
  known?.keep(bytes, headLength, length, columns);
  const ids = asciiTexts?.["orderId"];
  const idWords = ids === undefined ? undefined : idWordsOf(ids.bytes, ids.offsets, length);
  const free = (): void => {
    release(columns, bytes.buffer, spare);
    if (idWords !== undefined)
      for (const { buffer } of [idWords.lo, idWords.hi]) freeMemory(buffer);
  };
  return { length, columns, asciiTexts, idWords, release: free };
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
  const known = layout.some(([, { type }]) => type === "text") ? undefined : new TapeLayout();
  const file = await open(path, "r");
  const spare = new SpareMemory();
  try {
    const reader = await arrow.RecordBatchReader.from(file);
    await reader.open();
    const { footer } = reader;
    if (!reader.isFile() || footer === null) throw new IntegrityError(`${path}: is no Arrow file`);
    const schema = schemaMessage(arrow, footer.schema);
    const tape: OpenTape = { arrow, path, layout, schema, spare, known };
    for (let nth = skip, first = skip * BATCH_ROWS; ; nth += 1) {
      const block = footer.getRecordBatch(nth);
      if (block === null) break;
      const { offset, metaDataLength: headLength, bodyLength } = block;
      const size = headLength + bodyLength;
      const bytes = new Uint8Array(spare.take(size), 0, size);
      await readBytes(file, path, offset, bytes);
      const rows = rowsOf(tape, { bytes, headLength, first });
      first += rows.length;
      yield rows;
    }
  } finally {
    spare.close();
    await file.close();
  }
}

/** Gives the memory of a batch back: its columns are empty then, and its texts are none. */
function release(columns: ColumnArrays, memory: ArrayBuffer, spare: SpareMemory): void {
  textsOfBatch.delete(columns);
  spare.giveBack(memory);
  // Counted, not read. Absent columns lie in memory that all share.
  const { seq } = columns;
  if (seq instanceof Float64Array) spare.giveBack(seq.buffer);
}
