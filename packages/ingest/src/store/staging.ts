import type { DuckDBAppender, DuckDBType } from "@duckdb/node-api";
import { type ColumnType, columnsOf, type Decimal, type StreamName } from "@aftershock/schema";
import type { RawRow } from "../source.ts";
import { type Duck, sqlName } from "../duck.ts";

/** DuckDB's vector size: a chunk holds no more. Rows. */
const CHUNK_ROWS = 2_048;

/** A staged column: prices and sizes are a mantissa `name` and a `name_decimals`, all else is as it is stored. */
interface StagedColumn {
  readonly name: string;
  readonly kind: "number" | "mantissa" | "decimals" | "code" | "text";
  /** The column of the row that it is read from. */
  readonly from: string;
}

/** Columns that every staging table has before those of its stream: arrival order, source file, line. */
const ORIGIN = ["ordinal", "source", "line"] as const;

const isGrid = (type: ColumnType): boolean => type === "ticks" || type === "lots";

/** The name of the column that holds a price's or size's number of decimals while it is staged. */
export const decimalsColumn = (name: string): string => `${name}_decimals`;

function stagedColumns(stream: StreamName): readonly StagedColumn[] {
  const own = columnsOf(stream).filter(([name]) => name !== "seq");
  return [
    ...ORIGIN.map((name): StagedColumn => ({ name, kind: "number", from: name })),
    ...own.flatMap(([name, { type }]): StagedColumn[] => {
      if (isGrid(type)) {
        return [
          { name, kind: "mantissa", from: name },
          { name: decimalsColumn(name), kind: "decimals", from: name },
        ];
      }
      return [{ name, kind: type === "code" || type === "text" ? type : "number", from: name }];
    }),
  ];
}

const SQL_TYPE = {
  number: "DOUBLE",
  mantissa: "DOUBLE",
  decimals: "DOUBLE",
  code: "TINYINT",
  text: "VARCHAR",
} as const;

type ColumnBuffer = Float64Array<ArrayBuffer> | Int8Array<ArrayBuffer> | (string | null)[];

function emptyBuffer(kind: StagedColumn["kind"]): ColumnBuffer {
  if (kind === "text") return Array.from<string | null>({ length: CHUNK_ROWS }).fill(null);
  return kind === "code" ? new Int8Array(CHUNK_ROWS) : new Float64Array(CHUNK_ROWS);
}

function numberOf(column: StagedColumn, value: unknown): number {
  if (value === undefined) return Number.NaN;
  if (column.kind === "mantissa") return (value as Decimal).mantissa;
  if (column.kind === "decimals") return (value as Decimal).decimals;
  return value as number;
}

/**
 * Rows of one stream of one instrument on their way into the lake: an unsorted DuckDB table, filled in chunks. Absent numbers
 * are NaN; prices and sizes are exact decimals, because the grid may be known only when all rows have been seen.
 */
export class StagingTable {
  readonly table: string;
  readonly stream: StreamName;
  rows: number = 0;
  private readonly duck: Duck;
  private readonly columns: readonly StagedColumn[];
  private buffers: readonly ColumnBuffer[];
  /** Full chunks that wait for drain(). */
  private readonly pending: (readonly ColumnBuffer[])[] = [];
  private appender: DuckDBAppender | undefined;
  private types: readonly DuckDBType[] = [];
  private filled = 0;

  constructor(duck: Duck, stream: StreamName, table: string) {
    this.duck = duck;
    this.stream = stream;
    this.table = table;
    this.columns = stagedColumns(stream);
    this.buffers = this.columns.map(({ kind }) => emptyBuffer(kind));
  }

  /** Takes a row into memory; drain() moves full chunks into the table. */
  add(ordinal: number, source: number, row: RawRow): void {
    const values = row as unknown as Readonly<Record<string, unknown>>;
    const at = this.filled;
    this.columns.forEach((column, i) => {
      const buffer = this.buffers[i];
      if (column.name === "ordinal") (buffer as Float64Array)[at] = ordinal;
      else if (column.name === "source") (buffer as Float64Array)[at] = source;
      else if (column.kind === "text") {
        (buffer as (string | null)[])[at] = (values[column.from] as string | undefined) ?? null;
      } else (buffer as Float64Array)[at] = numberOf(column, values[column.from]);
    });
    this.rows += 1;
    this.filled += 1;
    if (this.filled < CHUNK_ROWS) return;
    this.pending.push(this.buffers);
    this.buffers = this.columns.map(({ kind }) => emptyBuffer(kind));
    this.filled = 0;
  }

  private async open(): Promise<DuckDBAppender> {
    const api = await import("@duckdb/node-api");
    const typeOf = { DOUBLE: api.DOUBLE, TINYINT: api.TINYINT, VARCHAR: api.VARCHAR };
    this.types = this.columns.map(({ kind }) => typeOf[SQL_TYPE[kind]]);
    const columns = this.columns.map(({ name, kind }) => `${sqlName(name)} ${SQL_TYPE[kind]}`);
    await this.duck.run(`CREATE TABLE ${sqlName(this.table)} (${columns.join(", ")})`);
    return this.duck.connection.createAppender(this.table);
  }

  private async append(buffers: readonly ColumnBuffer[], rows: number): Promise<void> {
    this.appender ??= await this.open();
    const { DuckDBDataChunk } = await import("@duckdb/node-api");
    const bindings = (await import("@duckdb/node-bindings")).default;
    const chunk = DuckDBDataChunk.create(this.types, rows);
    buffers.forEach((buffer, i) => {
      if (Array.isArray(buffer)) {
        chunk.setColumnValues(i, buffer.slice(0, rows));
        return;
      }
      const vector = bindings.data_chunk_get_vector(chunk.chunk, i);
      const bytes = rows * buffer.BYTES_PER_ELEMENT;
      bindings.copy_data_to_vector(vector, 0, buffer.buffer, buffer.byteOffset, bytes);
    });
    this.appender.appendDataChunk(chunk);
  }

  /** Moves full chunks into the table. To be awaited between batches of lines, so that memory stays bounded. */
  async drain(): Promise<void> {
    for (const buffers of this.pending.splice(0)) await this.append(buffers, CHUNK_ROWS);
  }

  /** Ends the filling; the table can be queried after it. */
  async close(): Promise<void> {
    await this.drain();
    if (this.filled > 0) await this.append(this.buffers, this.filled);
    this.filled = 0;
    this.appender ??= await this.open();
    this.appender.closeSync();
    this.appender = undefined;
  }
}
