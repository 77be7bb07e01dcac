import type { DuckDBAppender, DuckDBDataChunk, DuckDBType } from "@duckdb/node-api";
import type Bindings from "@duckdb/node-bindings";
import { type Duck, sqlName } from "../duck.ts";
import { CHUNK_ROWS, type RowChunk } from "./rowBuffer.fast.ts";
import { SQL_TYPE, type StagedLayout } from "./stagedLayout.ts";

/** Bytes of a text in DuckDB's vectors: its length, and up to 12 bytes of it. */
const SHORT_TEXT_BYTES = 16;

/**
 * Rows of one partition from one file on their way into the lake: an unsorted DuckDB table, filled in chunks, in the order of the
 * file (`rowid`). Absent numbers are NaN and absent texts empty; prices and sizes are exact decimals, because the grid may be known only
 * when all rows have been seen.
 */
export class StagedTable {
  readonly table: string;
  readonly layout: StagedLayout;
  private readonly duck: Duck;
  private appender: DuckDBAppender | undefined;
  private chunk: DuckDBDataChunk | undefined;
  private bindings: typeof Bindings | undefined;

  /** Whether it is there already. */
  begun: boolean = false;

  constructor(duck: Duck, layout: StagedLayout, table: string) {
    this.duck = duck;
    this.layout = layout;
    this.table = table;
  }

  private async open(): Promise<DuckDBAppender> {
    this.begun = true;
    const api = await import("@duckdb/node-api");
    this.bindings = (await import("@duckdb/node-bindings")).default;
    const typeOf = { DOUBLE: api.DOUBLE, TINYINT: api.TINYINT, VARCHAR: api.VARCHAR };
    const types: DuckDBType[] = this.layout.columns.map(({ kind }) => typeOf[SQL_TYPE[kind]]);
    const columns = this.layout.columns.map(
      ({ name, kind }) => `${sqlName(name)} ${SQL_TYPE[kind]}`,
    );
    await this.duck.run(`CREATE TABLE ${sqlName(this.table)} (${columns.join(", ")})`);
    this.chunk = api.DuckDBDataChunk.create(types, CHUNK_ROWS);
    return this.duck.connection.createAppender(this.table);
  }

  /** Appends rows. */
  async append({ rows, columns }: RowChunk): Promise<void> {
    this.appender ??= await this.open();
    const { bindings, chunk } = this;
    if (bindings === undefined || chunk === undefined) return;
    chunk.reset();
    chunk.rowCount = rows;
    columns.forEach((column, i) => {
      const vector = bindings.data_chunk_get_vector(chunk.chunk, i);
      if (column instanceof Float64Array || column instanceof Int8Array) {
        const bytes = rows * column.BYTES_PER_ELEMENT;
        bindings.copy_data_to_vector(vector, 0, column.buffer, column.byteOffset, bytes);
        return;
      }
      const { short, long } = column;
      const bytes = rows * SHORT_TEXT_BYTES;
      bindings.copy_data_to_vector(vector, 0, short.buffer, short.byteOffset, bytes);
      for (const [row, text] of long) bindings.vector_assign_string_element(vector, row, text);
    });
    this.appender.appendDataChunk(chunk);
  }

  /** Ends the filling; the table can be queried after it. */
  async close(): Promise<void> {
    this.appender ??= await this.open();
    this.appender.closeSync();
    this.appender = undefined;
    this.chunk = undefined;
  }

  /** Gives the memory back. */
  async drop(): Promise<void> {
    if (this.begun) await this.duck.run(`DROP TABLE IF EXISTS ${sqlName(this.table)}`);
  }
}
