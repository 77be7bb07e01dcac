import {
  type AsciiTexts,
  absentColumn,
  columnsOf,
  type IdWords,
  type StreamName,
} from "@aftershock/schema";
import type { ColumnArrays } from "./columnReader.ts";

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

/** The texts of a column, row by row. */
export type Texts = (string | undefined)[];

/** What a batch of a tape holds, before it is rows. */
export interface TapeParts {
  readonly length: number;
  /** By name the columns of numbers that rows have, `seq` too. */
  readonly numbers: Readonly<Record<string, Float64Array | Int8Array>>;
  /** By name the columns of texts of which every byte is ASCII. */
  readonly asciiTexts: Readonly<Record<string, AsciiTexts>>;
  /** By name how the other columns of texts are made. */
  readonly otherTexts: Readonly<Record<string, () => Texts>>;
  /** In memory of their own. */
  readonly idWords: IdWords | undefined;
  /** The memory in which all else lies. */
  readonly pieces: readonly ArrayBufferLike[];
}

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

/** The texts of a column as parts of one text: many times as fast as one by one. */
function textsOf({ bytes, offsets, valid }: AsciiTexts, rows: number): Texts {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return Array.from({ length: rows }, (_, row) =>
    valid === undefined || (((valid[row >> 3] ?? 0) >> (row & 7)) & 1) !== 0
      ? all.slice(offsets[row], offsets[row + 1])
      : undefined,
  );
}

/** The rows of a batch of a stream; `free` gives their memory back, which nobody reads any more then. */
export function tapeRows(stream: StreamName, parts: TapeParts, free: () => void): TapeRows {
  const { length, numbers, asciiTexts, otherTexts, idWords } = parts;
  const columns: Record<string, ColumnArrays[string]> = {};
  const texts = new Map<string, () => Texts>();
  for (const [name, { type }] of columnsOf(stream)) {
    const ascii = asciiTexts[name];
    const make = ascii === undefined ? otherTexts[name] : () => textsOf(ascii, length);
    if (type !== "text" || make === undefined)
      columns[name] = numbers[name] ?? absentColumn(length);
    else {
      texts.set(name, once(make));
      Object.defineProperty(columns, name, { get: textGetter(name), enumerable: true });
    }
  }
  if (texts.size > 0) textsOfBatch.set(columns, texts);
  const release = (): void => {
    textsOfBatch.delete(columns);
    free();
  };
  return { length, columns, asciiTexts, idWords, release };
}
