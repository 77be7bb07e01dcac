import {
  columnsOf,
  type Instrument,
  MICROS_PER_DAY,
  NO_SIDE,
  ROWS_LOST,
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

/** The rows of one source in a table of one day. */
export interface SourceSummary {
  readonly rows: number;
  /** First and last time, µs. */
  readonly firstTime: number;
  readonly lastTime: number;
  /** Rows that came later than a row of the same source with a later time. */
  readonly outOfOrder: number;
}

/** SQL: the order of a partition's rows. Its sources are numbered by name, so that it does not depend on who came first. */
const ROW_ORDER = "moment, source, ordinal";

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

  /** Gives the sources of the rows other numbers. */
  async renumberSources(numbers: ReadonlyMap<number, number>): Promise<void> {
    const changed = [...numbers].filter(([from, to]) => from !== to);
    if (changed.length === 0) return;
    const cases = changed.map(([from, to]) => `WHEN ${from} THEN ${to}`).join(" ");
    await this.duck.run(`UPDATE ${DAY_TABLE} SET source = CASE source ${cases} ELSE source END`);
  }

  /**
   * Takes in rows of a partition that is in the lake already: those of the sources that have a new number. Within a source they
   * keep their order.
   */
  async include(
    parquetFile: string,
    grid: Grid,
    numbers: ReadonlyMap<number, number>,
  ): Promise<void> {
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
    const cases = [...numbers].map(([from, to]) => `WHEN ${from} THEN ${to}`).join(" ");
    await this.duck.run(
      `INSERT INTO ${DAY_TABLE} BY NAME SELECT *, ${AT} AS moment FROM (
         SELECT seq::DOUBLE AS ordinal, (CASE source ${cases} END)::DOUBLE AS source, 0::DOUBLE AS line,
           ${columns.join(", ")}
         FROM ${parquetRows(parquetFile)} WHERE source IN (${[...numbers.keys()].join(", ")}))`,
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
   * Removes the rows that are off the grid. A book row stays as one without a level that says that a row was lost: so the message
   * keeps its frame, and a replay knows that the book is not whole.
   */
  async dropOffGrid(grid: Grid): Promise<void> {
    const off = `NOT (${this.gridChecks(grid).join(" AND ")})`;
    if (this.stream === "book") {
      await this.duck.run(
        `UPDATE ${DAY_TABLE} SET side = ${NO_SIDE}, price = 0, price_decimals = 0, size = 0, size_decimals = 0,
           flags = flags | ${ROWS_LOST} WHERE ${off}`,
      );
      return;
    }
    await this.duck.run(`DELETE FROM ${DAY_TABLE} WHERE ${off}`);
  }

  /** Removes rows that repeat an id with the same content, keeping the first; returns how many by source. */
  async dropDuplicates(grid: Grid): Promise<ReadonlyMap<number, number>> {
    const id = this.stream === "trades" ? "tradeId" : "liquidationId";
    if (this.stream !== "trades" && this.stream !== "liquidations") return new Map();
    const same = columnsOf(this.stream)
      .filter(([name]) => name !== "seq" && name !== "tsRecv")
      .map(([name, { type }]) => {
        if (type === "ticks") return steps(name, grid.tick);
        return type === "lots" ? steps(name, grid.lot) : sqlName(name);
      });
    await this.duck.run(
      `CREATE OR REPLACE TABLE repeated_rows AS SELECT row, source FROM (
         SELECT rowid AS row, source, row_number() OVER (
           PARTITION BY ${same.join(", ")} ORDER BY ${ROW_ORDER}) AS nth
         FROM ${DAY_TABLE} WHERE ${sqlName(id)} IS NOT NULL) WHERE nth > 1`,
    );
    const rows = await this.duck.rows(
      "SELECT source, count(*) AS n FROM repeated_rows GROUP BY 1 ORDER BY 1",
    );
    if (rows.length > 0) {
      await this.duck.run(
        `DELETE FROM ${DAY_TABLE} WHERE rowid IN (SELECT row FROM repeated_rows)`,
      );
    }
    return new Map(rows.map((row) => [Number(row["source"]), Number(row["n"])]));
  }

  /** What the table holds now, by source number. */
  async summary(): Promise<ReadonlyMap<number, SourceSummary>> {
    const rows = await this.duck.rows(
      `SELECT source, count(*) AS n, min(moment) AS first, max(moment) AS last, count(*) FILTER (late) AS late
       FROM (SELECT source, moment, moment < max(moment) OVER (PARTITION BY source
         ORDER BY ordinal ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS late FROM ${DAY_TABLE})
       GROUP BY 1 ORDER BY 1`,
    );
    const summaryOf = (row: (typeof rows)[number]): SourceSummary => ({
      rows: Number(row["n"]),
      firstTime: Number(row["first"]),
      lastTime: Number(row["last"]),
      outOfOrder: Number(row["late"]),
    });
    return new Map(rows.map((row) => [Number(row["source"]), summaryOf(row)]));
  }

  private select(grid: Grid): string {
    return columnsOf(this.stream)
      .map(([name, { type }]) => {
        const column = sqlName(name);
        if (name === "seq") return `(row_number() OVER (ORDER BY ${ROW_ORDER}) - 1)::BIGINT AS seq`;
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
      `COPY (SELECT ${this.select(grid)}, source::USMALLINT AS source FROM ${DAY_TABLE} ORDER BY ${ROW_ORDER}) TO ${sqlString(parquetFile)}
       (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE 122880, KV_METADATA {${pairs.join(", ")}})`,
    );
  }
}
