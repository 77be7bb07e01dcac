import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";

/** What hands out connections to a DuckDB. */
export interface DuckConnections {
  /**
   * A connection of its own, which the caller closes: a result that is read bit by bit ends when its connection is asked for another, and
   * several readings go on side by side.
   */
  connect(): Promise<DuckDBConnection>;
}

/** A private in-memory DuckDB that spills to a folder of its own. */
export interface Duck extends DuckConnections {
  readonly connection: DuckDBConnection;
  /** Runs statements without looking at their result. */
  run(sql: string, values?: DuckDBValue[]): Promise<void>;
  /** Rows as objects; BIGINT below 2^53 as number. */
  rows(
    sql: string,
    values?: DuckDBValue[],
  ): Promise<readonly Readonly<Record<string, PlainValue>>[]>;
  close(): void;
}

/** Memory that DuckDB may use before it spills, and the threads it runs. */
export interface DuckOptions {
  readonly spillFolder?: string;
  readonly memoryLimit?: string;
}

/** An SQL string literal. */
export const sqlString = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A quoted SQL identifier. */
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * SQL: the rows of a Parquet file, and nothing else. Left to itself DuckDB takes columns from the names of the folders
 * (`symbol=…`), and lets them hide those of the file.
 */
export const parquetRows = (path: string): string =>
  `read_parquet(${sqlString(path)}, hive_partitioning = false)`;

/** A value as JSON has it. */
export type PlainValue = string | number | boolean | null;

/** A DuckDB value as JSON can hold it: whole numbers below 2^53 as numbers, larger ones as text. */
export function plainValue(value: DuckDBValue): PlainValue {
  if (typeof value === "bigint") {
    return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(value)
      : String(value);
  }
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  return value.toString();
}

/** Opens a DuckDB. The caller closes it. */
export async function openDuck(options: DuckOptions = {}): Promise<Duck> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: options.memoryLimit ?? "1GB",
    // The bundled extensions suffice; nothing is ever fetched.
    autoinstall_known_extensions: "false",
    preserve_insertion_order: "true",
    ...(options.spillFolder === undefined ? {} : { temp_directory: options.spillFolder }),
  });
  const connection = await instance.connect();
  return {
    connection,
    connect: () => instance.connect(),
    run: async (sql, values) => {
      await connection.run(sql, values);
    },
    rows: async (sql, values) => {
      const reader = await connection.runAndReadAll(sql, values);
      return reader
        .getRowObjects()
        .map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, plainValue(v)])));
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/**
 * A DuckDB that is opened when it is first asked for a connection: reading a tape needs none. The caller closes it; that it could not be opened
 * was told where it was asked for.
 */
export function duckOnDemand(): DuckConnections & { close(): Promise<void> } {
  let opened: Promise<Duck> | undefined;
  return {
    connect: async () => (await (opened ??= openDuck())).connect(),
    close: async () => (await opened?.catch(() => undefined))?.close(),
  };
}
