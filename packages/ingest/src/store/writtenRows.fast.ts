/**
 * Reads a written partition once, chunk by chunk, without making an object or a string of it where that can be avoided: most of the time of
 * reading batches as a replay does, and hashing those, goes into the texts of ids. Part of what test/bench/ingest.ts measures.
 * Its plain twin is `RowsHash` over the values of `readColumns`.
 *
 * Layout: DuckDB's own vectors of at most 2,048 rows, valid until the next chunk: Float64 (absent NaN), Int8, and texts of 16
 * bytes: Int32 length, then the text where it has up to 12 bytes, else a prefix and a pointer that we do not follow.
 */
import { columnsOf, IntegrityError, type StreamName } from "@aftershock/schema";
import type { DuckDBDataChunk } from "@duckdb/node-api";
import type Bindings from "@duckdb/node-bindings";
import { type Duck, parquetRows, sqlName } from "../duck.ts";
import type { NumberColumns } from "../quality/partitionMeasure.ts";
import { RowsHash } from "./rowsHash.ts";

const ABSENT = 0xffffffff;

/** Rows that are read at once: a few vectors. */
const FEW_ROWS = 8_192;

/** The texts of a vector as they are hashed. */
class TextBytes {
  private bytes = Buffer.alloc(1 << 16);
  private view = new DataView(this.bytes.buffer, this.bytes.byteOffset);
  private length = 0;

  private room(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = Buffer.alloc(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
    this.view = new DataView(grown.buffer, grown.byteOffset);
  }

  of(data: Uint8Array, rows: number, long: (row: number) => string): Uint8Array {
    const words = new DataView(data.buffer, data.byteOffset, rows * 16);
    this.length = 0;
    for (let row = 0; row < rows; row++) {
      const size = words.getUint32(row * 16, true);
      this.room(4 + size);
      this.view.setUint32(this.length, size === 0 ? ABSENT : size, true);
      this.length += 4;
      if (size > 12) this.length += this.bytes.write(long(row), this.length, "utf8");
      else {
        const from = row * 16 + 4;
        for (let i = 0; i < size; i++) this.bytes[this.length++] = data[from + i]!;
      }
    }
    return this.bytes.subarray(0, this.length);
  }
}

function expression(name: string, type: string): string {
  if (type === "code") return sqlName(name);
  if (type === "text") return `coalesce(${sqlName(name)}, '') AS ${sqlName(name)}`;
  return `coalesce(${sqlName(name)}::DOUBLE, 'nan'::DOUBLE) AS ${sqlName(name)}`;
}

class WrittenRows {
  private readonly stream: StreamName;
  private readonly bindings: typeof Bindings;
  private readonly hash: RowsHash;
  private readonly text = new TextBytes();
  private read = 0;

  constructor(stream: StreamName, bindings: typeof Bindings) {
    this.stream = stream;
    this.bindings = bindings;
    this.hash = new RowsHash(stream);
  }

  /** Hashes a chunk; returns its numbers. */
  take(chunk: DuckDBDataChunk): NumberColumns {
    const rows = chunk.rowCount;
    const columns: Record<string, Float64Array | Int8Array> = {};
    columnsOf(this.stream).forEach(([name, { type }], place) => {
      const vector = this.bindings.data_chunk_get_vector(chunk.chunk, place);
      const width = type === "text" ? 16 : type === "code" ? 1 : 8;
      const data = this.bindings.vector_get_data(vector, rows * width);
      if (type === "text") {
        const long = (row: number): string => chunk.getColumnVector(place).getItem(row) as string;
        this.hash.add(place, this.text.of(data, rows, long));
        return;
      }
      this.hash.add(place, data);
      columns[name] =
        type === "code"
          ? new Int8Array(data.buffer, data.byteOffset, rows)
          : new Float64Array(data.buffer, data.byteOffset, rows);
    });
    const seq = columns["seq"]!;
    for (let row = 0; row < rows; row++) {
      if (seq[row] !== this.read + row) {
        throw new IntegrityError(`Invariant: row ${this.read + row} has the sequence ${seq[row]}`);
      }
    }
    this.read += rows;
    return columns;
  }

  digest(expected: number): string {
    if (this.read === expected) return this.hash.digest();
    throw new IntegrityError(`Invariant: wrote ${expected} rows, read back ${this.read}`);
  }
}

/**
 * Reads what was written, makes sure that it is all there and in order, hands its numbers to `measure` chunk by chunk, and returns
 * the hash of its rows.
 */
export async function hashWrittenRows(
  duck: Duck,
  options: {
    readonly stream: StreamName;
    readonly parquetFile: string;
    readonly rows: number;
    readonly measure: (columns: NumberColumns, rows: number) => void;
  },
): Promise<string> {
  const { stream, parquetFile, rows, measure } = options;
  const bindings = (await import("@duckdb/node-bindings")).default;
  const select = columnsOf(stream).map(([name, { type }]) => expression(name, type));
  const written = new WrittenRows(stream, bindings);
  // A scan keeps the order of the file, which take() makes sure of.
  const scan = `SELECT ${select.join(", ")} FROM ${parquetRows(parquetFile)}`;
  // A result that is read bit by bit takes a millisecond more to begin, which counts where there are thousands of days of a few rows.
  const result =
    rows <= FEW_ROWS ? await duck.connection.run(scan) : await duck.connection.stream(scan);
  // The next chunk is read while this one is hashed; each is a vector of its own as long as it is held.
  for (let next = result.fetchChunk(); ;) {
    const chunk = await next;
    if (chunk === null || chunk.rowCount === 0) break;
    next = result.fetchChunk();
    measure(written.take(chunk), chunk.rowCount);
  }
  return written.digest(rows);
}
