import { closeSync, fsyncSync, openSync, writeFileSync } from "node:fs";
import { zstdCompressSync } from "node:zlib";
import {
  type Metadata,
  numbersOf,
  presenceOf,
  type TableColumn,
  type TableDraft,
  type TableRows,
  textsOf,
} from "./tableDraft.ts";
import {
  binary,
  encodeStruct,
  i32,
  i64,
  list,
  struct,
  type ThriftStruct,
} from "./thriftCompact.ts";

// Numbers of enums and fields: apache/parquet-format, parquet.thrift, version 2.10.
const REQUIRED = 0;
const OPTIONAL = 1;
const DATA_PAGE = 0;
const PLAIN = 0;
const RLE = 3;
const ZSTD = 6;
const UTF8 = 0;
const PHYSICAL = { flag: 0, count: 2, real: 5, text: 6 } as const;
const MAGIC = Buffer.from("PAR1");

/** One column of one row group, as it lies in the file. */
interface Chunk {
  readonly offset: number;
  /** Bytes, before and after compression. */
  readonly size: number;
  readonly packed: number;
  readonly nulls: number;
  /** The least and the largest value of whole numbers, where there are any: by them readers skip row groups. */
  readonly range: readonly [least: number, largest: number] | undefined;
}

interface RowGroup {
  readonly rows: number;
  readonly chunks: readonly Chunk[];
}

/** A column's values as a page holds them, and what is said of them. */
type Page = Pick<Chunk, "nulls" | "range"> & { readonly bytes: Buffer };

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return Buffer.from([...bytes, left]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes;
}

/** Which values are there, as definition levels: a run of bits, packed by eight. */
function levels(bits: Uint8Array): Buffer {
  const run = varint(bits.length * 2 + 1);
  return Buffer.concat([int32(run.length + bits.length), run, bits]);
}

const bytesOf = (values: Float64Array | BigInt64Array | Uint8Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);

function textPage(texts: readonly string[]): Page {
  const cells = texts.map((text) => {
    const bytes = Buffer.from(text);
    return Buffer.concat([int32(bytes.length), bytes]);
  });
  return { bytes: Buffer.concat(cells), nulls: 0, range: undefined };
}

function numberPage({ type }: TableColumn, values: Float64Array): Page {
  const present = values.filter((value) => !Number.isNaN(value));
  const head = levels(presenceOf(values));
  const nulls = values.length - present.length;
  if (type === "real") {
    return { bytes: Buffer.concat([head, bytesOf(present)]), nulls, range: undefined };
  }
  if (type === "flag") {
    const bits = presenceOf(present.map((value) => (value === 1 ? 1 : Number.NaN)));
    return { bytes: Buffer.concat([head, bytesOf(bits)]), nulls, range: undefined };
  }
  const range = present.reduce<readonly [number, number]>(
    ([least, largest], value) => [Math.min(least, value), Math.max(largest, value)],
    [Infinity, -Infinity],
  );
  const wholes = bytesOf(BigInt64Array.from(present, BigInt));
  return {
    bytes: Buffer.concat([head, wholes]),
    nulls,
    range: present.length === 0 ? undefined : range,
  };
}

const pageHeader = (rows: number, size: number, packed: number): Buffer =>
  Buffer.from(
    encodeStruct([
      [1, i32(DATA_PAGE)],
      [2, i32(size)],
      [3, i32(packed)],
      [
        5,
        struct([
          [1, i32(rows)],
          [2, i32(PLAIN)],
          [3, i32(RLE)],
          [4, i32(RLE)],
        ]),
      ],
    ]),
  );

function statistics({ nulls, range }: Chunk): ThriftStruct {
  if (range === undefined) return [[3, i64(nulls)]];
  const [least, largest] = range;
  return [
    [3, i64(nulls)],
    [5, { kind: "binary", value: int64(largest) }],
    [6, { kind: "binary", value: int64(least) }],
  ];
}

const chunkStruct = ({ name, type }: TableColumn, chunk: Chunk, rows: number): ThriftStruct => [
  [2, i64(chunk.offset)],
  [
    3,
    struct([
      [1, i32(PHYSICAL[type])],
      [2, list([i32(PLAIN), i32(RLE)])],
      [3, list([binary(name)])],
      [4, i32(ZSTD)],
      [5, i64(rows)],
      [6, i64(chunk.size)],
      [7, i64(chunk.packed)],
      [9, i64(chunk.offset)],
      [12, struct(statistics(chunk))],
    ]),
  ],
];

function schemaOf(columns: readonly TableColumn[]): readonly ThriftStruct[] {
  const root: ThriftStruct = [
    [4, binary("schema")],
    [5, i32(columns.length)],
  ];
  const leaves = columns.map(({ name, type }): ThriftStruct => {
    const isText = type === "text";
    return [
      [1, i32(PHYSICAL[type])],
      [3, i32(isText ? REQUIRED : OPTIONAL)],
      [4, binary(name)],
      ...(isText ? [[6, i32(UTF8)] as const] : []),
    ];
  });
  return [root, ...leaves];
}

/**
 * A Parquet file with columns that may lack values: a row group a call, on the disk when the call returns. It exists beside DuckDB's writer,
 * which takes a table that is all there: one that grows to a day would be held, or written twice.
 */
export class ParquetDraft implements TableDraft {
  private readonly file: number;
  private readonly columns: readonly TableColumn[];
  private readonly metadata: Metadata;
  private readonly groups: RowGroup[] = [];
  private at = 0;

  constructor(columns: readonly TableColumn[], path: string, metadata: Metadata) {
    this.columns = columns;
    this.metadata = metadata;
    this.file = openSync(path, "wx");
    this.append(MAGIC);
  }

  private append(bytes: Uint8Array): void {
    writeFileSync(this.file, bytes);
    this.at += bytes.length;
  }

  private writeChunk(rows: number, { bytes, nulls, range }: Page): Chunk {
    const packed = zstdCompressSync(bytes);
    const header = pageHeader(rows, bytes.length, packed.length);
    const offset = this.at;
    this.append(header);
    this.append(packed);
    return {
      offset,
      size: header.length + bytes.length,
      packed: this.at - offset,
      nulls,
      range,
    };
  }

  write({ length, values }: TableRows): void {
    if (length === 0) return;
    const chunks = this.columns.map((column, i) => {
      const page =
        column.type === "text"
          ? textPage(textsOf(column, values[i]))
          : numberPage(column, numbersOf(column, values[i]));
      return this.writeChunk(length, page);
    });
    this.groups.push({ rows: length, chunks });
  }

  private groupStruct({ rows, chunks }: RowGroup): ThriftStruct {
    const columns = this.columns.flatMap((column, i) => {
      const chunk = chunks[i];
      return chunk === undefined ? [] : [struct(chunkStruct(column, chunk, rows))];
    });
    return [
      [1, list(columns)],
      [2, i64(chunks.reduce((sum, { size }) => sum + size, 0))],
      [3, i64(rows)],
    ];
  }

  finish(): void {
    const pairs = Object.entries(this.metadata).map(([key, text]) =>
      struct([
        [1, binary(key)],
        [2, binary(text)],
      ]),
    );
    const footer = Buffer.from(
      encodeStruct([
        [1, i32(1)],
        [2, list(schemaOf(this.columns).map(struct))],
        [3, i64(this.groups.reduce((sum, { rows }) => sum + rows, 0))],
        [4, list(this.groups.map((group) => struct(this.groupStruct(group))))],
        [5, list(pairs)],
        [6, binary("aftershock")],
        // Ranges are by the order of each column's type.
        [7, list(this.columns.map(() => struct([[1, struct([])]])))],
      ]),
    );
    this.append(Buffer.concat([footer, int32(footer.length), MAGIC]));
    fsyncSync(this.file);
  }

  close(): void {
    closeSync(this.file);
  }
}
