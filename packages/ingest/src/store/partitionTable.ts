import {
  columnsOf,
  type Instrument,
  NO_SIDE,
  ROWS_LOST,
  type StreamName,
} from "@aftershock/schema";
import { type Duck, parquetRows, sqlName, sqlString } from "../duck.ts";
import {
  AT,
  finestDecimals,
  type Grid,
  gridColumns,
  isSurelyOnGrid,
  type Mantissas,
  onGrid,
  steps,
} from "./gridSql.ts";
import type { RowStats } from "./rowBuffer.fast.ts";
import { decimalsColumn, stagedLayout } from "./stagedLayout.ts";
import type { StagedTable } from "./stagedTable.ts";

/** The rows of one source in a partition. */
export interface SourceSummary {
  readonly rows: number;
  /** First and last time, µs. */
  readonly firstTime: number;
  readonly lastTime: number;
}

/** The rows of one file in a partition, and the place of the file among the partition's sources. */
export interface StagedPart {
  readonly place: number;
  readonly staged: StagedTable;
  readonly stats: RowStats;
}

/** Rows that are in the lake already and stay: a Parquet file, its grid, and from its source numbers to the new ones. */
export interface KeptRows {
  readonly parquetFile: string;
  readonly grid: Grid;
  readonly numbers: ReadonlyMap<number, number>;
}

/** SQL: the order of a partition's rows. Its sources are numbered by name, so that it does not depend on who came first. */
const ROW_ORDER = "moment, source, ordinal";

/** A table with the rows of one partition, on their grid or not yet. */
const DAY_TABLE = "day_rows";

const powerOfTenStep = (decimals: number): Grid["tick"] => ({ mantissa: 1, decimals });

/** What an id tells apart; other rows of equal content may be two. */
const ID_COLUMN: Partial<Readonly<Record<StreamName, string>>> = {
  trades: "tradeId",
  fills: "tradeId",
  liquidations: "liquidationId",
  quotes: "updateId",
  candles: "open",
  chain: "txHash",
  oracles: "roundId",
};

/** For each column the larger of two mantissas by number of decimals. */
function mergeMantissas(all: readonly Mantissas[]): Map<string, number[]> {
  const merged = new Map<string, number[]>();
  for (const [name, largest] of all.flatMap((one) => [...one])) {
    const before = merged.get(name) ?? [];
    const size = Math.max(before.length, largest.length);
    merged.set(
      name,
      Array.from({ length: size }, (_, i) => Math.max(before[i] ?? 0, largest[i] ?? 0)),
    );
  }
  return merged;
}

/**
 * The rows of one partition on their way to Parquet. As long as they lie in one file, in order, on their grid and without a second
 * of their ids, they are read from where they were staged; anything else takes them through a table of their own, sorted.
 */
export class PartitionTable {
  readonly stream: StreamName;
  private readonly duck: Duck;
  private readonly parts: readonly StagedPart[];
  private readonly kept: KeptRows | undefined;
  private readonly mantissas: Map<string, number[]>;
  private gathered = false;

  private constructor(
    duck: Duck,
    stream: StreamName,
    parts: readonly StagedPart[],
    kept: KeptRows | undefined,
  ) {
    this.duck = duck;
    this.stream = stream;
    this.parts = parts;
    this.kept = kept;
    this.mantissas = mergeMantissas(parts.map(({ stats }) => stats.mantissas));
  }

  /** One at a time: the table that it may make has a fixed name. */
  static async of(
    duck: Duck,
    stream: StreamName,
    parts: readonly StagedPart[],
    kept: KeptRows | undefined,
  ): Promise<PartitionTable> {
    const table = new PartitionTable(duck, stream, parts, kept);
    if (kept !== undefined || parts.length > 1) await table.gather();
    return table;
  }

  /** The only part, while the rows are read from where they were staged. */
  private get only(): StagedPart | undefined {
    return this.gathered ? undefined : this.parts[0];
  }

  /** SQL: what the rows are read from, with `source`, `ordinal` and `moment`. */
  private get rows(): string {
    const { only } = this;
    if (only === undefined) return DAY_TABLE;
    return `(SELECT ${only.place} AS source, rowid AS ordinal, ${AT} AS moment, * FROM ${sqlName(only.staged.table)})`;
  }

  /** Brings the rows of all files and those that stay into one table. */
  private async gather(): Promise<void> {
    if (this.gathered) return;
    const parts = this.parts.map(
      ({ place, staged }) =>
        `SELECT ${place} AS source, rowid AS ordinal, ${AT} AS moment, * FROM ${sqlName(staged.table)}`,
    );
    await this.duck.run(
      `CREATE OR REPLACE TABLE ${DAY_TABLE} AS ${parts.join(" UNION ALL BY NAME ")}`,
    );
    this.gathered = true;
    if (this.kept !== undefined) await this.include(this.kept);
  }

  /**
   * The decimals that the kept rows of a column really have: their grid may be finer, because of rows that are gone. Returns how many
   * digits of their steps are zeros in all of them.
   */
  private async spareDigits(name: string, step: Grid["tick"], kept: string): Promise<number> {
    let digits = 0;
    while (digits < step.decimals) {
      const [found] = await this.duck.rows(
        `SELECT count(*) AS odd FROM ${kept} AND (${sqlName(name)} * ${step.mantissa}) % ${10 ** (digits + 1)} <> 0`,
      );
      if (Number(found?.["odd"]) > 0) break;
      digits += 1;
    }
    return digits;
  }

  /** Takes in rows of the partition that is in the lake already. Within a source they keep their order. */
  private async include({ parquetFile, grid, numbers }: KeptRows): Promise<void> {
    const kept = `${parquetRows(parquetFile)} WHERE source IN (${[...numbers.keys()].join(", ")})`;
    const spare = new Map<string, number>();
    for (const [type, step] of [
      ["ticks", grid.tick],
      ["lots", grid.lot],
    ] as const) {
      for (const name of gridColumns(this.stream, type)) {
        spare.set(name, await this.spareDigits(name, step, kept));
      }
    }
    const columns = columnsOf(this.stream).flatMap(([name, { type }]) => {
      const column = sqlName(name);
      if (name === "seq") return [];
      if (type === "code") return [column];
      if (type === "text") return [`coalesce(${column}, '') AS ${column}`];
      if (type !== "ticks" && type !== "lots") {
        return [`coalesce(${column}::DOUBLE, 'nan'::DOUBLE) AS ${column}`];
      }
      const step = type === "ticks" ? grid.tick : grid.lot;
      const digits = spare.get(name) ?? 0;
      return [
        `coalesce((${column} * ${step.mantissa} // ${10 ** digits})::DOUBLE, 'nan'::DOUBLE) AS ${column}`,
        `${step.decimals - digits}::TINYINT AS ${sqlName(decimalsColumn(name))}`,
      ];
    });
    const cases = [...numbers].map(([from, to]) => `WHEN ${from} THEN ${to}`).join(" ");
    await this.duck.run(
      `INSERT INTO ${DAY_TABLE} BY NAME SELECT *, ${AT} AS moment FROM (
         SELECT seq AS ordinal, CASE source ${cases} END AS source, 0::DOUBLE AS line, ${columns.join(", ")}
         FROM ${kept})`,
    );
    await this.measureMantissas();
  }

  /** What the decimals are of rows that nobody counted. */
  private async measureMantissas(): Promise<void> {
    for (const name of this.grids) {
      const [column, decimals] = [sqlName(name), sqlName(decimalsColumn(name))];
      const found = await this.duck.rows(
        `SELECT ${decimals} AS decimals, max(abs(${column})) AS largest FROM ${DAY_TABLE}
         WHERE NOT isnan(${column}) GROUP BY 1`,
      );
      const largest: number[] = [];
      for (const row of found) largest[Number(row["decimals"])] = Number(row["largest"]);
      this.mantissas.set(
        name,
        Array.from(largest, (value) => value ?? 0),
      );
    }
  }

  private get grids(): readonly string[] {
    return [...gridColumns(this.stream, "ticks"), ...gridColumns(this.stream, "lots")];
  }

  /** The grid of the rows: what is known of the instrument, else the finest decimal among them. */
  grid(known: Partial<Grid>): Grid {
    const finest = (type: "ticks" | "lots"): Grid["tick"] =>
      powerOfTenStep(finestDecimals(this.mantissas, gridColumns(this.stream, type)));
    return { tick: known.tick ?? finest("ticks"), lot: known.lot ?? finest("lots") };
  }

  /** The columns of which a value may be off the grid, each with its step. */
  private doubtful(grid: Grid): readonly (readonly [string, Grid["tick"]])[] {
    return (["ticks", "lots"] as const).flatMap((type) => {
      const step = type === "ticks" ? grid.tick : grid.lot;
      return gridColumns(this.stream, type)
        .filter((name) => !isSurelyOnGrid(name, step, this.mantissas))
        .map((name) => [name, step] as const);
    });
  }

  private gridChecks(grid: Grid): readonly string[] {
    return this.doubtful(grid).map(([name, step]) => onGrid(name, step, this.mantissas));
  }

  /** The rows that are off the grid: by source and line. */
  async offGrid(grid: Grid): Promise<readonly { source: number; line: number }[]> {
    const checks = this.gridChecks(grid);
    if (checks.length === 0) return [];
    const rows = await this.duck.rows(
      `SELECT source, line FROM ${this.rows} WHERE NOT (${checks.join(" AND ")}) ORDER BY source, line`,
    );
    return rows.map((row) => ({ source: Number(row["source"]), line: Number(row["line"]) }));
  }

  /**
   * Removes the rows that are off the grid. A row of a book or of its orders stays as one without a level that says that a row was lost: so the message
   * keeps its frame, and a replay knows that the book is not whole.
   */
  async dropOffGrid(grid: Grid): Promise<void> {
    const off = `NOT (${this.gridChecks(grid).join(" AND ")})`;
    await this.gather();
    if (this.stream === "book" || this.stream === "orders") {
      await this.duck.run(
        `UPDATE ${DAY_TABLE} SET side = ${NO_SIDE}, price = 0, price_decimals = 0, size = 0, size_decimals = 0,
           flags = flags | ${ROWS_LOST} WHERE ${off}`,
      );
      return;
    }
    await this.duck.run(`DELETE FROM ${DAY_TABLE} WHERE ${off}`);
  }

  /** SQL: whether a row has an id. */
  private get hasId(): string | undefined {
    const id = ID_COLUMN[this.stream];
    if (id === undefined) return undefined;
    // A log is told by its place in the block; without one, two alike may be two.
    if (this.stream === "chain") return `"txHash" <> '' AND NOT isnan("logIndex")`;
    const isText = columnsOf(this.stream).some(
      ([name, { type }]) => name === id && type === "text",
    );
    return isText ? `${sqlName(id)} <> ''` : `NOT isnan(${sqlName(id)})`;
  }

  /** SQL: the columns by which two rows are the same. */
  private same(grid: Grid): readonly string[] {
    return columnsOf(this.stream)
      .filter(([name]) => name !== "seq" && name !== "tsRecv")
      .map(([name, { type }]) => {
        if (type === "ticks") return steps(name, grid.tick, this.mantissas);
        return type === "lots" ? steps(name, grid.lot, this.mantissas) : sqlName(name);
      });
  }

  /** Whether two rows may be the same: a cheap look before the rows are compared. */
  private async mayRepeat(hasId: string, same: readonly string[]): Promise<boolean> {
    const stats = this.only?.stats;
    const hasIds = stagedLayout(this.stream).id >= 0;
    if (stats !== undefined && (stats.eventsDiffer || (hasIds && stats.idsAscend))) return false;
    // Grouping spills where a count of distinct values would have to fit the memory.
    const found = await this.duck.rows(
      `SELECT 1 AS found FROM ${this.rows} WHERE ${hasId} GROUP BY hash(${same.join(", ")}) HAVING count(*) > 1 LIMIT 1`,
    );
    return found.length > 0;
  }

  /** Removes rows that repeat an id with the same content, keeping the first; returns how many by source. */
  async dropDuplicates(grid: Grid): Promise<ReadonlyMap<number, number>> {
    const { hasId } = this;
    const same = this.same(grid);
    if (hasId === undefined || !(await this.mayRepeat(hasId, same))) return new Map();
    await this.gather();
    await this.duck.run(
      `CREATE OR REPLACE TABLE repeated_rows AS SELECT row, source FROM (
         SELECT rowid AS row, source, row_number() OVER (
           PARTITION BY ${same.join(", ")} ORDER BY ${ROW_ORDER}) AS nth
         FROM ${DAY_TABLE} WHERE ${hasId}) WHERE nth > 1`,
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
    const { only } = this;
    if (only !== undefined) return new Map([[only.place, only.stats]]);
    const rows = await this.duck.rows(
      `SELECT source, count(*) AS n, min(moment) AS first, max(moment) AS last FROM ${DAY_TABLE}
       GROUP BY 1 ORDER BY 1`,
    );
    const summaryOf = (row: (typeof rows)[number]): SourceSummary => ({
      rows: Number(row["n"]),
      firstTime: Number(row["first"]),
      lastTime: Number(row["last"]),
    });
    return new Map(rows.map((row) => [Number(row["source"]), summaryOf(row)]));
  }

  private select(grid: Grid, seq: string): string {
    return columnsOf(this.stream)
      .map(([name, { type }]) => {
        const column = sqlName(name);
        if (name === "seq") return `(${seq})::BIGINT AS seq`;
        if (type === "code") return column;
        if (type === "text") return `nullif(${column}, '') AS ${column}`;
        const value =
          type === "ticks" || type === "lots"
            ? steps(name, type === "ticks" ? grid.tick : grid.lot, this.mantissas)
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
    const inOrder = this.only?.stats.outOfOrder === 0;
    const seq = inOrder ? "ordinal" : `row_number() OVER (ORDER BY ${ROW_ORDER}) - 1`;
    const order = inOrder ? "" : `ORDER BY ${ROW_ORDER}`;
    await this.duck.run(
      `COPY (SELECT ${this.select(grid, seq)}, source::USMALLINT AS source FROM ${this.rows} ${order}) TO ${sqlString(parquetFile)}
       (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE 122880, KV_METADATA {${pairs.join(", ")}})`,
    );
  }

  /** Gives the memory of the rows back. */
  async drop(): Promise<void> {
    for (const { staged } of this.parts) await staged.drop();
    if (this.gathered) await this.duck.run(`DROP TABLE IF EXISTS ${DAY_TABLE}`);
  }
}
