import {
  columnsOf,
  type Instrument,
  MESSAGE_END,
  MICROS_PER_DAY,
  NO_SIDE,
  SNAPSHOT_START,
  type StreamName,
} from "@aftershock/schema";
import { type Duck, parquetRows, sqlName, sqlString } from "../duck.ts";
import { AT, finestDecimals, type Grid, gridColumns, onGrid, steps } from "./gridSql.ts";
import type { StagingTable } from "./staging.ts";

/** The days that a staging table has rows of, as days since 1970-01-01, with the first time in each (µs). */
export async function stagedDays(
  duck: Duck,
  staging: StagingTable,
): Promise<readonly { readonly day: number; readonly firstTime: number }[]> {
  const rows = await duck.rows(
    `SELECT floor((${AT}) / ${MICROS_PER_DAY}) AS day, min(${AT}) AS first
     FROM ${sqlName(staging.table)} GROUP BY 1 ORDER BY 1`,
  );
  return rows.map((row) => ({ day: Number(row["day"]), firstTime: Number(row["first"]) }));
}

/** What a table of one day holds. */
export interface TableSummary {
  readonly rows: number;
  /** First and last time, µs; not finite when there is no row. */
  readonly firstTime: number;
  readonly lastTime: number;
  /** Rows that came later than a row with a later time. */
  readonly outOfOrder: number;
  /** By source index. */
  readonly rowsBySource: ReadonlyMap<number, number>;
}

/** A table with the rows of one day, on their grid or not yet. */
const DAY_TABLE = "day_rows";

const powerOfTenStep = (decimals: number): Grid["tick"] => ({ mantissa: 1, decimals });

/** One day of a staging table, on its way to Parquet. One at a time: the table's name is fixed. */
export class PartitionTable {
  private readonly duck: Duck;
  readonly stream: StreamName;

  private constructor(duck: Duck, stream: StreamName) {
    this.duck = duck;
    this.stream = stream;
  }

  static async ofDay(duck: Duck, staging: StagingTable, day: number): Promise<PartitionTable> {
    await duck.run(
      `CREATE OR REPLACE TABLE ${DAY_TABLE} AS SELECT *, ${AT} AS moment
       FROM ${sqlName(staging.table)} WHERE floor((${AT}) / ${MICROS_PER_DAY}) = ${day}`,
    );
    return new PartitionTable(duck, staging.stream);
  }

  /** Takes in the rows of a partition that is in the lake already; they keep their order before the new ones. */
  async include(parquetFile: string, grid: Grid): Promise<void> {
    const columns = columnsOf(this.stream).flatMap(([name, { type }]) => {
      const column = sqlName(name);
      if (name === "seq") return [];
      if (type === "code" || type === "text") return [column];
      if (type !== "ticks" && type !== "lots") {
        return [`coalesce(${column}::DOUBLE, 'nan'::DOUBLE) AS ${column}`];
      }
      const step = type === "ticks" ? grid.tick : grid.lot;
      return [
        `coalesce(${column}::DOUBLE * ${step.mantissa}, 'nan'::DOUBLE) AS ${column}`,
        `${step.decimals}::DOUBLE AS ${sqlName(`${name}_decimals`)}`,
      ];
    });
    await this.duck.run(
      `INSERT INTO ${DAY_TABLE} BY NAME SELECT *, ${AT} AS moment FROM (
         SELECT seq::DOUBLE - 1e15 AS ordinal, -1::DOUBLE AS source, 0::DOUBLE AS line, ${columns.join(", ")}
         FROM ${parquetRows(parquetFile)})`,
    );
  }

  /** The grid of the rows: what is known of the instrument, else the finest decimal among them. */
  async grid(known: Partial<Grid>): Promise<Grid> {
    if (known.tick !== undefined && known.lot !== undefined) {
      return { tick: known.tick, lot: known.lot };
    }
    const [finest] = await this.duck.rows(
      `SELECT ${finestDecimals(gridColumns(this.stream, "ticks"))} AS tick,
              ${finestDecimals(gridColumns(this.stream, "lots"))} AS lot FROM ${DAY_TABLE}`,
    );
    return {
      tick: known.tick ?? powerOfTenStep(Number(finest?.["tick"])),
      lot: known.lot ?? powerOfTenStep(Number(finest?.["lot"])),
    };
  }

  private gridChecks(grid: Grid): readonly string[] {
    return [
      ...gridColumns(this.stream, "ticks").map((name) => onGrid(name, grid.tick)),
      ...gridColumns(this.stream, "lots").map((name) => onGrid(name, grid.lot)),
    ];
  }

  /** The rows that are off the grid: by source and line. */
  async offGrid(grid: Grid): Promise<readonly { source: number; line: number }[]> {
    const checks = this.gridChecks(grid);
    if (checks.length === 0) return [];
    const rows = await this.duck.rows(
      `SELECT source, line FROM ${DAY_TABLE} WHERE NOT (${checks.join(" AND ")}) ORDER BY source, line`,
    );
    return rows.map((row) => ({ source: Number(row["source"]), line: Number(row["line"]) }));
  }

  /**
   * Removes the rows that are off the grid. A book row that starts or ends its message stays as a row without a level, so that
   * the message keeps its frame.
   */
  async dropOffGrid(grid: Grid): Promise<void> {
    const off = `NOT (${this.gridChecks(grid).join(" AND ")})`;
    if (this.stream === "book") {
      const frame = SNAPSHOT_START | MESSAGE_END;
      await this.duck.run(
        `UPDATE ${DAY_TABLE} SET side = ${NO_SIDE}, price = 0, price_decimals = 0, size = 0, size_decimals = 0
         WHERE ${off} AND (flags & ${frame}) <> 0`,
      );
    }
    await this.duck.run(`DELETE FROM ${DAY_TABLE} WHERE ${off}`);
  }

  /** Removes rows that repeat an id with the same content, keeping the first; returns how many. */
  async dropDuplicates(): Promise<number> {
    const id = { trades: "tradeId", liquidations: "liquidationId" }[this.stream as string];
    if (id === undefined) return 0;
    const same = columnsOf(this.stream)
      .map(([name]) => name)
      .filter((name) => name !== "seq" && name !== "tsRecv");
    const [count] = await this.duck.rows(
      `DELETE FROM ${DAY_TABLE} WHERE ordinal IN (
         SELECT ordinal FROM (SELECT ordinal, row_number() OVER (
           PARTITION BY ${same.map(sqlName).join(", ")} ORDER BY moment, ordinal) AS nth
           FROM ${DAY_TABLE} WHERE ${sqlName(id)} IS NOT NULL) WHERE nth > 1)`,
    );
    return Number(count?.["Count"] ?? 0);
  }

  /** What the table holds now. */
  async summary(): Promise<TableSummary> {
    const rows = await this.duck.rows(
      `SELECT source, count(*) AS n, min(moment) AS first, max(moment) AS last, count(*) FILTER (late) AS late
       FROM (SELECT source, moment, moment < max(moment) OVER (
         ORDER BY ordinal ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS late FROM ${DAY_TABLE})
       GROUP BY 1 ORDER BY 1`,
    );
    const numbers = (name: string): number[] => rows.map((row) => Number(row[name]));
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    return {
      rows: sum(numbers("n")),
      firstTime: Math.min(...numbers("first")),
      lastTime: Math.max(...numbers("last")),
      outOfOrder: sum(numbers("late")),
      rowsBySource: new Map(rows.map((row) => [Number(row["source"]), Number(row["n"])])),
    };
  }

  private select(grid: Grid): string {
    return columnsOf(this.stream)
      .map(([name, { type }]) => {
        const column = sqlName(name);
        if (name === "seq")
          return `(row_number() OVER (ORDER BY moment, ordinal) - 1)::BIGINT AS seq`;
        if (type === "code" || type === "text") return column;
        const value =
          type === "ticks" || type === "lots"
            ? steps(name, type === "ticks" ? grid.tick : grid.lot)
            : column;
        const stored = type === "real" ? "DOUBLE" : "BIGINT";
        return `CASE WHEN isnan(${column}) THEN NULL ELSE (${value})::${stored} END AS ${column}`;
      })
      .join(", ");
  }

  /** Writes the rows, sorted, to a Parquet file that says what its prices and sizes mean. */
  async write(parquetFile: string, grid: Grid, instrument: Instrument): Promise<void> {
    const metadata = {
      instrument: instrument.id,
      tick: `${grid.tick.mantissa}e-${grid.tick.decimals}`,
      lot: `${grid.lot.mantissa}e-${grid.lot.decimals}`,
    };
    const pairs = Object.entries(metadata).map(([key, value]) => `${key}: ${sqlString(value)}`);
    await this.duck.run(
      `COPY (SELECT ${this.select(grid)} FROM ${DAY_TABLE} ORDER BY moment, ordinal) TO ${sqlString(parquetFile)}
       (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE 122880, KV_METADATA {${pairs.join(", ")}})`,
    );
  }
}
