import { type FileHandle, open } from "node:fs/promises";
import { promisify } from "node:util";
import { zstdCompress } from "node:zlib";
import {
  binary,
  encodeStruct,
  i32,
  i64,
  list,
  struct,
  type ThriftStruct,
  type ThriftValue,
} from "./thriftCompact.ts";

const compress = promisify(zstdCompress);

/**
 * A column of a Parquet file, which never lacks a value. Its values are given as Parquet writes them plainly, little-endian: `uint8`
 * in 4 bytes each, `uint64` in 8, `fixed16` in 16, a `text` as the 4 bytes of its length and its UTF-8.
 */
export interface ParquetColumn {
  readonly name: string;
  readonly type: "uint8" | "uint64" | "fixed16" | "text";
}

// Numbers of enums and fields: apache/parquet-format, parquet.thrift, version 2.10.
const REQUIRED = 0;
const DATA_PAGE = 0;
const PLAIN = 0;
const RLE = 3;
const ZSTD = 6;
const PHYSICAL = { uint8: 1, uint64: 2, fixed16: 7, text: 6 } as const;
const CONVERTED = { uint8: 11, uint64: 14, fixed16: undefined, text: 0 } as const;
const MAGIC = Buffer.from("PAR1");

/** One column of one row group, as it lies in the file. */
interface Chunk {
  readonly offset: number;
  readonly size: number;
  readonly packed: number;
  /** The least and the largest value, where they are known: by them readers skip row groups. */
  readonly range: readonly [least: bigint, largest: bigint] | undefined;
}

interface RowGroup {
  readonly rows: number;
  readonly chunks: readonly Chunk[];
}

function schemaOf(columns: readonly ParquetColumn[]): readonly ThriftStruct[] {
  const root: ThriftStruct = [
    [4, binary("schema")],
    [5, i32(columns.length)],
  ];
  const leaves = columns.map(({ name, type }): ThriftStruct => {
    const converted = CONVERTED[type];
    return [
      [1, i32(PHYSICAL[type])],
      ...(type === "fixed16" ? [[2, i32(16)] as const] : []),
      [3, i32(REQUIRED)],
      [4, binary(name)],
      ...(converted === undefined ? [] : [[6, i32(converted)] as const]),
    ];
  });
  return [root, ...leaves];
}

function rangeOf(values: Uint8Array): Chunk["range"] {
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
  let [least, largest] = [view.getBigUint64(0, true), view.getBigUint64(0, true)];
  for (let at = 8; at < values.length; at += 8) {
    const value = view.getBigUint64(at, true);
    if (value < least) least = value;
    if (value > largest) largest = value;
  }
  return [least, largest];
}

function uint64Bytes(value: bigint): ThriftValue {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return { kind: "binary", value: bytes };
}

function chunkStruct({ name, type }: ParquetColumn, chunk: Chunk, rows: number): ThriftStruct {
  const meta: ThriftStruct = [
    [1, i32(PHYSICAL[type])],
    [2, list([i32(PLAIN)])],
    [3, list([binary(name)])],
    [4, i32(ZSTD)],
    [5, i64(rows)],
    [6, i64(chunk.size)],
    [7, i64(chunk.packed)],
    [9, i64(chunk.offset)],
    ...(chunk.range === undefined
      ? []
      : [
          [
            12,
            struct([
              [3, i64(0)],
              [5, uint64Bytes(chunk.range[1])],
              [6, uint64Bytes(chunk.range[0])],
            ]),
          ] as const,
        ]),
  ];
  return [
    [2, i64(chunk.offset)],
    [3, struct(meta)],
  ];
}

/**
 * A Parquet file of required columns, written row group by row group. It exists beside DuckDB's writer because that has no plain
 * fixed-length binary.
 */
export class ParquetFile {
  private readonly handle: FileHandle;
  private readonly columns: readonly ParquetColumn[];
  private readonly metadata: Readonly<Record<string, string>>;
  private readonly groups: RowGroup[] = [];
  private at = 0;
  rows = 0;

  private constructor(
    handle: FileHandle,
    columns: readonly ParquetColumn[],
    metadata: Readonly<Record<string, string>>,
  ) {
    this.handle = handle;
    this.columns = columns;
    this.metadata = metadata;
  }

  /** `metadata` goes into the file as key and value. */
  static async create(
    path: string,
    columns: readonly ParquetColumn[],
    metadata: Readonly<Record<string, string>>,
  ): Promise<ParquetFile> {
    const file = new ParquetFile(await open(path, "wx"), columns, metadata);
    await file.append(MAGIC);
    return file;
  }

  private async append(bytes: Uint8Array): Promise<void> {
    await this.handle.writeFile(bytes);
    this.at += bytes.length;
  }

  private async writeChunk(
    { type }: ParquetColumn,
    values: Uint8Array,
    rows: number,
  ): Promise<Chunk> {
    const packed = await compress(values);
    const header = Buffer.from(
      encodeStruct([
        [1, i32(DATA_PAGE)],
        [2, i32(values.length)],
        [3, i32(packed.length)],
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
    const offset = this.at;
    await this.append(header);
    await this.append(packed);
    const size = header.length + values.length;
    const range = type === "uint64" ? rangeOf(values) : undefined;
    return { offset, size, packed: this.at - offset, range };
  }

  /** Writes rows: the values of each column, in the order of the columns. */
  async writeRows(rows: number, values: readonly Uint8Array[]): Promise<void> {
    if (rows === 0) return;
    const chunks: Chunk[] = [];
    for (const [i, column] of this.columns.entries()) {
      chunks.push(await this.writeChunk(column, values[i] ?? new Uint8Array(), rows));
    }
    this.groups.push({ rows, chunks });
    this.rows += rows;
  }

  /** Writes the footer: without it the file cannot be read. */
  async finish(): Promise<void> {
    const groups = this.groups.map(({ rows, chunks }) =>
      struct([
        [
          1,
          list(
            this.columns.flatMap((column, i) => {
              const chunk = chunks[i];
              return chunk === undefined ? [] : [struct(chunkStruct(column, chunk, rows))];
            }),
          ),
        ],
        [2, i64(chunks.reduce((sum, { size }) => sum + size, 0))],
        [3, i64(rows)],
      ]),
    );
    const pairs = Object.entries(this.metadata).map(([key, value]) =>
      struct([
        [1, binary(key)],
        [2, binary(value)],
      ]),
    );
    const footer = Buffer.from(
      encodeStruct([
        [1, i32(1)],
        [2, list(schemaOf(this.columns).map(struct))],
        [3, i64(this.rows)],
        [4, list(groups)],
        [5, list(pairs)],
        [6, binary("aftershock")],
        // Ranges are by the order of each column's type.
        [7, list(this.columns.map(() => struct([[1, struct([])]])))],
      ]),
    );
    const length = Buffer.alloc(4);
    length.writeUInt32LE(footer.length);
    await this.append(Buffer.concat([footer, length, MAGIC]));
    await this.handle.sync();
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
