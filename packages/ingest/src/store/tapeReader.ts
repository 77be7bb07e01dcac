/** Reads tapes: see tape.ts, which makes them. */
import { isAscii } from "node:buffer";
import { type FileHandle, open } from "node:fs/promises";
import type { idWordsOf } from "@aftershock/replay";
import { type AsciiTexts, columnsOf, IntegrityError, type StreamName } from "@aftershock/schema";
import type * as Arrow from "apache-arrow";
import { BATCH_ROWS } from "./columnReader.ts";
import { freeIdWords } from "./freeIdWords.ts";
import { type BatchMemory, SpareMemory } from "./spareMemory.ts";
import { TapeLayout } from "./tapeLayout.ts";
import { type TapeParts, type TapeRows, tapeRows, type Texts } from "./tapeRows.ts";

const DAMAGED = ["Delete the file: it is a cache, and is made again."];
/** The bytes that end an Arrow stream. */
const END_BYTES = 8;

/** The message of a schema that an Arrow stream begins with: a file has it at its end alone. */
function schemaMessage(arrow: typeof Arrow, schema: Arrow.Schema): Uint8Array {
  return arrow.tableToIPC(new arrow.Table(schema), "stream").slice(0, -END_BYTES);
}

function columnValues(child: Arrow.Data): Float64Array | Int8Array {
  if (child.values instanceof Float64Array || child.values instanceof Int8Array) {
    return child.values.subarray(0, child.length);
  }
  throw new IntegrityError("Invariant: a tape column is neither numbers nor text");
}

/** A tape that is being read. */
interface OpenTape {
  readonly arrow: typeof Arrow;
  readonly path: string;
  readonly layout: ReturnType<typeof columnsOf>;
  /** See schemaMessage. */
  readonly schema: Uint8Array;
  readonly memory: BatchMemory;
  /** How ids of orders are made numbers; undefined for a stream without. */
  readonly idWordsOf: typeof idWordsOf | undefined;
  /** How its batches lie, where they are of numbers alone. */
  readonly known: TapeLayout | undefined;
}

/** A batch of it. */
interface TapeBatch {
  readonly bytes: Uint8Array;
  /** Bytes of its head. */
  readonly headLength: number;
  /** The number of its first row. */
  readonly first: number;
}

/** The columns of a batch as it lies in its file. */
function columnsIn(
  { arrow, layout, path }: OpenTape,
  batch: Arrow.RecordBatch,
): Pick<TapeParts, "numbers" | "asciiTexts" | "otherTexts"> {
  const places = new Map(batch.schema.fields.map(({ name }, place) => [name, place]));
  const numbers: Record<string, Float64Array | Int8Array> = {};
  const asciiTexts: Record<string, AsciiTexts> = {};
  const otherTexts: Record<string, () => Texts> = {};
  for (const [name, { type }] of layout) {
    const child = batch.data.children[places.get(name) ?? -1];
    if (child === undefined) continue;
    if (type !== "text") numbers[name] = columnValues(child);
    else {
      const ascii = asciiOf(child, path);
      if (ascii !== undefined) asciiTexts[name] = ascii;
      else otherTexts[name] = () => anyTexts(arrow, child);
    }
  }
  return { numbers, asciiTexts, otherTexts };
}

const anyTexts = (arrow: typeof Arrow, child: Arrow.Data): Texts =>
  Array.from(new arrow.Vector([child]) as Iterable<string | null>, (text) => text ?? undefined);

/** A column of texts of which every byte is ASCII; undefined where one is not. Throws IntegrityError for texts that run backwards or too far. */
function asciiOf(child: Arrow.Data, path: string): AsciiTexts | undefined {
  const { values, valueOffsets, length, nullCount, nullBitmap } = child;
  if (!(values instanceof Uint8Array) || !(valueOffsets instanceof Int32Array)) return undefined;
  for (let row = 0; row < length; row++) {
    const [from = 0, to = 0] = [valueOffsets[row], valueOffsets[row + 1]];
    if (from < 0 || from > to || to > values.length) {
      throw new IntegrityError(
        `${path}: is damaged, text ${row} of a batch is bytes ${from} to ${to}`,
        { hints: DAMAGED },
      );
    }
  }
  if (!isAscii(values)) return undefined;
  return { bytes: values, offsets: valueOffsets, valid: nullCount > 0 ? nullBitmap : undefined };
}

function countedFrom(first: number, length: number, memory: BatchMemory): Float64Array {
  const numbers = new Float64Array(memory.take(8 * length), 0, length);
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

/** A batch that lies as one before it. */
function partsAlike(
  { layout, memory }: OpenTape,
  { bytes, first }: TapeBatch,
  known: TapeLayout,
  length: number,
): TapeParts {
  const seq = countedFrom(first, length, memory);
  const numbers: Record<string, Float64Array | Int8Array> = { seq };
  for (const [name] of layout) {
    const column = known.columnIn(bytes, name);
    if (column !== undefined) numbers[name] = column;
  }
  const pieces = [bytes.buffer, seq.buffer];
  return { length, numbers, asciiTexts: {}, otherTexts: {}, idWords: undefined, pieces };
}

/** What a batch of a tape holds. */
function partsOf(tape: OpenTape, own: TapeBatch): TapeParts {
  const { arrow, path, schema, memory, idWordsOf: wordsOf, known } = tape;
  const { bytes, headLength, first } = own;
  const alike = known?.lengthOf(bytes, headLength);
  if (known !== undefined && alike !== undefined) return partsAlike(tape, own, known, alike);
  const [batch] = arrow.RecordBatchReader.from([schema, bytes]).open();
  if (batch === undefined)
    throw new IntegrityError(`${path}: the batch of row ${first} is not there`);
  const length = batch.numRows;
  const columns = columnsIn(tape, batch);
  known?.keep(bytes, headLength, length, columns.numbers);
  const ids = columns.asciiTexts["orderId"];
  const idWords = ids === undefined ? undefined : wordsOf?.(ids.bytes, ids.offsets, length);
  const seq = countedFrom(first, length, memory);
  const pieces = [bytes.buffer, seq.buffer];
  return { ...columns, length, numbers: { ...columns.numbers, seq }, idWords, pieces };
}

/**
 * Reads a tape batch by batch into memory that is taken for each; `skip`: how many are left out. A batch is read when it is asked for. What was taken
 * for it are its `pieces`, which the caller gives back; the memory is closed at the end.
 */
export async function* readTapeParts(
  path: string,
  stream: StreamName,
  skip: number,
  memory: BatchMemory,
): AsyncGenerator<TapeParts> {
  const arrow = await import("apache-arrow");
  const layout = columnsOf(stream);
  // Loaded for them alone: a thread that reads tapes needs nothing else of that package.
  const hasIds = layout.some(([name]) => name === "orderId");
  const wordsOf = hasIds ? (await import("@aftershock/replay")).idWordsOf : undefined;
  const known = layout.some(([, { type }]) => type === "text") ? undefined : new TapeLayout();
  const file = await open(path, "r");
  try {
    const reader = await arrow.RecordBatchReader.from(file);
    await reader.open();
    const { footer } = reader;
    if (!reader.isFile() || footer === null) throw new IntegrityError(`${path}: is no Arrow file`);
    const schema = schemaMessage(arrow, footer.schema);
    const tape: OpenTape = { arrow, path, layout, schema, memory, idWordsOf: wordsOf, known };
    for (let nth = skip, first = skip * BATCH_ROWS; ; nth += 1) {
      const block = footer.getRecordBatch(nth);
      if (block === null) break;
      const { offset, metaDataLength: headLength, bodyLength } = block;
      const size = headLength + bodyLength;
      const bytes = new Uint8Array(memory.take(size), 0, size);
      await readBytes(file, path, offset, bytes);
      const parts = partsOf(tape, { bytes, headLength, first });
      first += parts.length;
      yield parts;
    }
  } finally {
    memory.close();
    await file.close();
  }
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
  const spare = new SpareMemory();
  for await (const parts of readTapeParts(path, stream, skip, spare)) {
    yield tapeRows(stream, parts, () => {
      for (const piece of parts.pieces) spare.giveBack(piece);
      freeIdWords(parts.idWords);
    });
  }
}
