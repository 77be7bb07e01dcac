import { randomUUID } from "node:crypto";
import { type Duck, sqlName, sqlString } from "../duck.ts";
import { writeInPlace } from "./unfinished.ts";

/** A column of a result table: whole numbers below 2^53, reals, or texts; undefined, null and NaN are NULL. */
export interface ResultColumn {
  readonly name: string;
  readonly type: "BIGINT" | "DOUBLE" | "VARCHAR" | "BOOLEAN";
  readonly values: readonly (number | string | boolean | null | undefined)[];
}

/** DuckDB's vector size: a chunk holds no more. Rows. */
const CHUNK_ROWS = 2_048;

function cell(
  { type, values }: ResultColumn,
  row: number,
): number | bigint | string | boolean | null {
  const value = values[row] ?? null;
  if (typeof value !== "number") return value;
  if (Number.isNaN(value)) return null;
  return type === "BIGINT" ? BigInt(value) : value;
}

/** Writes a result table to a Parquet file, which appears whole or not at all. All columns have the same length. */
export async function writeTable(
  duck: Duck,
  path: string,
  columns: readonly ResultColumn[],
): Promise<void> {
  const api = await import("@duckdb/node-api");
  const table = sqlName(`result_${randomUUID()}`);
  const layout = columns.map(({ name, type }) => `${sqlName(name)} ${type}`).join(", ");
  await duck.run(`CREATE TABLE ${table} (${layout})`);
  const appender = await duck.connection.createAppender(table.slice(1, -1));
  const rows = columns[0]?.values.length ?? 0;
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, rows - from);
    const chunk = api.DuckDBDataChunk.create(
      columns.map(({ type }) => api[type]),
      count,
    );
    columns.forEach((column, i) => {
      chunk.setColumnValues(
        i,
        Array.from({ length: count }, (_, row) => cell(column, from + row)),
      );
    });
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  try {
    await writeInPlace(path, (draft) =>
      duck.run(
        `COPY (FROM ${table}) TO ${sqlString(draft)} (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2)`,
      ),
    );
  } finally {
    await duck.run(`DROP TABLE ${table}`);
  }
}
