import {
  type ColumnType,
  columnsOf,
  type Decimal,
  STREAM_NAMES,
  type StreamName,
} from "@aftershock/schema";
import { damagedRows } from "./columnReader.ts";
import { type Duck, parquetRows, sqlName, sqlString } from "../duck.ts";
import { type Lake } from "./lake.ts";
import type { Manifest } from "./manifest.ts";

/** SQL: a column of ticks or lots as a number in currency or units. A division by a power of ten rounds once, correctly. */
const inUnits = (name: string, step: Decimal): string =>
  `${sqlName(name)}::DOUBLE * ${step.mantissa} / 1e${step.decimals}`;

function viewColumns(stream: StreamName, day: Manifest | undefined): string {
  const gridNames = { ticks: "Ticks", lots: "Lots" } as const;
  return columnsOf(stream)
    .flatMap(([name, { type }]) => {
      if (type !== "ticks" && type !== "lots") return [sqlName(name)];
      const step = type === "ticks" ? day?.instrument.tick : day?.instrument.lot;
      const value = step === undefined ? sqlName(name) : inUnits(name, step);
      return [
        `${value} AS ${sqlName(name)}`,
        `${sqlName(name)} AS ${sqlName(name + gridNames[type])}`,
      ];
    })
    .join(", ");
}

const SQL_TYPE: Readonly<Record<ColumnType, string>> = {
  micros: "BIGINT",
  ticks: "BIGINT",
  lots: "BIGINT",
  count: "BIGINT",
  real: "DOUBLE",
  code: "TINYINT",
  text: "VARCHAR",
};

function selectDay(lake: Lake, day: Manifest): string {
  const { id, venue } = day.instrument;
  return `SELECT ${sqlString(id)} AS instrument, ${sqlString(venue)} AS venue, DATE ${sqlString(day.date)} AS date,
    ${day.simulated === null ? "false" : "true"} AS simulated, make_timestamp(coalesce("tsRecv", "tsEvent")) AS time,
    ${viewColumns(day.stream, day)} FROM ${parquetRows(lake.rowsFile(day))}`;
}

/** A view without rows: so that a query names a column, not a missing table, when the lake lacks a stream. */
function selectNothing(stream: StreamName): string {
  const nulls = columnsOf(stream).map(
    ([name, { type }]) => `NULL::${SQL_TYPE[type]} AS ${sqlName(name)}`,
  );
  return `SELECT NULL::VARCHAR AS instrument, NULL::VARCHAR AS venue, NULL::DATE AS date, NULL::BOOLEAN AS simulated,
    NULL::TIMESTAMP AS time, ${viewColumns(stream, undefined)} FROM (SELECT ${nulls.join(", ")}) WHERE false`;
}

/**
 * Makes a view of every stream over the lake: its own columns, prices and sizes in currency and units with the exact
 * `…Ticks` and `…Lots` beside them, and instrument (`venue:SYMBOL`), venue, date, simulated and `time` (a TIMESTAMP by the recorder's clock).
 */
export async function createViews(duck: Duck, lake: Lake): Promise<void> {
  const partitions = await lake.list();
  for (const stream of STREAM_NAMES) {
    const days = partitions.filter((day) => day.stream === stream);
    const selects = days.map((day) => selectDay(lake, day));
    const query = selects.length === 0 ? selectNothing(stream) : selects.join("\nUNION ALL ");
    await duck.run(`CREATE VIEW ${sqlName(stream)} AS ${query}`).catch((cause: unknown) => {
      throw damagedRows(/'([^']*\.parquet)'/.exec(String(cause))?.[1] ?? stream, cause);
    });
  }
}

/** From here on the DuckDB reads files of the lake only, and fetches nothing. */
export async function confineToLake(duck: Duck, lake: Lake): Promise<void> {
  await duck.run(`SET allowed_directories = [${sqlString(lake.paths.root)}]`);
  await duck.run("SET enable_external_access = false");
  await duck.run("SET lock_configuration = true");
}
