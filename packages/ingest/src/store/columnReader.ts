import { columnsOf, type ColumnType, IntegrityError, type StreamName } from "@aftershock/schema";
import type { DuckDBDataChunk } from "@duckdb/node-api";
import type Bindings from "@duckdb/node-bindings";
import { type DuckConnections, parquetRows, sqlName } from "../duck.ts";

/** Columns of some rows, by name, as a batch holds them. */
export type ColumnArrays = Readonly<
  Record<string, Float64Array | Int8Array | (string | undefined)[]>
>;

/** Rows in a batch of the tape: large enough to amortise a batch's costs, small enough that many streams fit the memory. */
export const BATCH_ROWS = 65_536;

type MutableColumn = Float64Array | Int8Array | (string | undefined)[];

function emptyColumn(type: ColumnType, rows: number): MutableColumn {
  if (type === "text") return Array.from<string | undefined>({ length: rows });
  return type === "code" ? new Int8Array(rows) : new Float64Array(rows);
}

/** The SQL of a column as it is read: whole numbers as DOUBLE (exact below 2^53), absent as NaN. */
function readExpression(name: string, type: ColumnType): string {
  if (type === "text" || type === "code") return sqlName(name);
  return `coalesce(${sqlName(name)}::DOUBLE, 'nan'::DOUBLE) AS ${sqlName(name)}`;
}

/** A view of a fixed-width column of a chunk; valid until the next chunk is fetched. */
function numbersOf(
  bindings: typeof Bindings,
  chunk: DuckDBDataChunk,
  column: number,
  wide: boolean,
): Float64Array | Int8Array {
  const rows = chunk.rowCount;
  const vector = bindings.data_chunk_get_vector(chunk.chunk, column);
  const bytes = bindings.vector_get_data(vector, wide ? rows * 8 : rows);
  return wide
    ? new Float64Array(bytes.buffer, bytes.byteOffset, rows)
    : new Int8Array(bytes.buffer, bytes.byteOffset, rows);
}

/** Collects chunks of any size into batches of BATCH_ROWS. */
class BatchCollector {
  private readonly names: readonly string[];
  private readonly types: readonly ColumnType[];
  private readonly bindings: typeof Bindings;
  private arrays: MutableColumn[];
  private left: number;
  private read = 0;
  length = 0;

  /** `rows` is how many rows will come in all. */
  constructor(stream: StreamName, bindings: typeof Bindings, rows: number) {
    this.bindings = bindings;
    this.left = rows;
    this.names = columnsOf(stream).map(([name]) => name);
    this.types = columnsOf(stream).map(([, { type }]) => type);
    this.arrays = this.fresh();
  }

  private fresh(): MutableColumn[] {
    return this.types.map((type) => emptyColumn(type, this.capacity));
  }

  private get capacity(): number {
    return Math.min(BATCH_ROWS, this.left);
  }

  get full(): boolean {
    return this.length === this.capacity;
  }

  /** Takes rows of a chunk from `from` on until the batch is full; returns how many. */
  take(chunk: DuckDBDataChunk, from: number): number {
    const count = Math.min(chunk.rowCount - from, this.capacity - this.length);
    this.arrays.forEach((target, column) => {
      if (target instanceof Float64Array || target instanceof Int8Array) {
        const wide = target instanceof Float64Array;
        const source = numbersOf(this.bindings, chunk, column, wide);
        target.set(source.subarray(from, from + count), this.length);
        return;
      }
      const vector = chunk.getColumnVector(column);
      for (let row = 0; row < count; row++) {
        const value = vector.getItem(from + row);
        target[this.length + row] = typeof value === "string" ? value : undefined;
      }
    });
    this.length += count;
    return count;
  }

  /** Hands over the rows collected, and starts anew. A scan keeps the order of the file; that it did, the sequence shows. */
  finish(): { readonly length: number; readonly columns: ColumnArrays } {
    const { length } = this;
    const seq = this.arrays[this.names.indexOf("seq")] ?? [];
    for (let row = 0; row < length; row++) {
      if (seq[row] !== this.read + row) {
        throw new IntegrityError(`Invariant: row ${this.read + row} has the sequence ${seq[row]}`);
      }
    }
    this.read += length;
    const columns = this.names.map((name, i) => [name, this.arrays[i]?.slice(0, length) ?? []]);
    this.left -= length;
    this.arrays = this.fresh();
    this.length = 0;
    return { length, columns: Object.fromEntries(columns) as ColumnArrays };
  }
}

/** What DuckDB could not read, as an error of ours. */
export function damagedRows(parquetFile: string, cause: unknown): IntegrityError {
  return new IntegrityError(`${parquetFile}: the rows cannot be read`, {
    cause,
    hints: [
      "The file is absent or damaged: delete the partition's folder, and ingest its source again.",
    ],
  });
}

/**
 * Reads a partition's Parquet file, which must hold `rows` rows, in batches of BATCH_ROWS, in the order of its rows. The arrays
 * are the caller's to keep. Throws IntegrityError when the file holds more rows.
 */
export async function* readColumns(
  duck: DuckConnections,
  stream: StreamName,
  parquetFile: string,
  rows: number,
): AsyncGenerator<{ readonly length: number; readonly columns: ColumnArrays }> {
  const bindings = (await import("@duckdb/node-bindings")).default;
  const select = columnsOf(stream).map(([name, { type }]) => readExpression(name, type));
  const query = `SELECT ${select.join(", ")} FROM ${parquetRows(parquetFile)}`;
  const connection = await duck.connect();
  try {
    const result = await connection.stream(query).catch((cause: unknown) => {
      throw damagedRows(parquetFile, cause);
    });
    const collector = new BatchCollector(stream, bindings, rows);
    for await (const chunk of result) {
      for (let from = 0; from < chunk.rowCount;) {
        const taken = collector.take(chunk, from);
        if (taken === 0) throw new IntegrityError(`${parquetFile}: holds more than ${rows} rows`);
        from += taken;
        if (collector.full) yield collector.finish();
      }
    }
    if (collector.length > 0) yield collector.finish();
  } finally {
    connection.closeSync();
  }
}
