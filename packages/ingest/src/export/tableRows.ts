import { columnsOf, type StreamName } from "@aftershock/schema";
import { parquetRows, sqlName, sqlString } from "../duck.ts";
import type { Lake } from "../store/lake.ts";
import type { Manifest } from "../store/manifest.ts";
import { exactDecimal, type ExactGrid, exactGrid } from "./exactGrid.ts";
import { type ExportJob, overlapping } from "./exportFormat.ts";

/** One stream of an export: its partitions, and the grids on which all of their prices and sizes are exact. */
export interface StreamRows {
  readonly stream: StreamName;
  /** By instrument, then by date: the order of the rows. */
  readonly days: readonly Manifest[];
  readonly price: ExactGrid;
  readonly size: ExactGrid;
}

/** The streams of an export that have rows in its window. */
export function streamsOf({ partitions, window }: ExportJob): readonly StreamRows[] {
  const byStream = Map.groupBy(overlapping(partitions, window), ({ stream }) => stream);
  return [...byStream].map(([stream, days]) => ({
    stream,
    days,
    price: exactGrid(days.map(({ instrument }) => instrument.tick)),
    size: exactGrid(days.map(({ instrument }) => instrument.lot)),
  }));
}

/** How many rows a stream has, in and out of the window. */
export const rowsOf = ({ days }: StreamRows): number =>
  days.reduce((sum, day) => sum + day.rows, 0);

/** SQL: when a row happened, by the clock that orders its partition. */
const MOMENT = `coalesce("tsRecv", "tsEvent")`;

function inWindow({ from, to }: ExportJob["window"]): string {
  const bounds = [
    ...(from === undefined ? [] : [`${MOMENT} >= ${from}`]),
    ...(to === undefined ? [] : [`${MOMENT} < ${to}`]),
  ];
  return bounds.length === 0 ? "" : ` WHERE ${bounds.join(" AND ")}`;
}

function selectDay(lake: Lake, rows: StreamRows, day: Manifest): string {
  const { id, venue, tick, lot } = day.instrument;
  const columns = columnsOf(rows.stream).flatMap(([name, { type }]) => {
    const column = sqlName(name);
    if (type === "ticks") {
      const price = exactDecimal(name, tick, rows.price);
      return [`${price} AS ${column}`, `${column} AS ${sqlName(`${name}Ticks`)}`];
    }
    if (type !== "lots") return [column];
    const size = exactDecimal(name, lot, rows.size);
    return [`${size} AS ${column}`, `${column} AS ${sqlName(`${name}Lots`)}`];
  });
  return `SELECT ${sqlString(id)} AS instrument, ${sqlString(venue)} AS venue, DATE ${sqlString(day.date)} AS date,
    ${day.simulated !== null} AS simulated, make_timestamp(${MOMENT}) AS time, ${columns.join(", ")}
    FROM ${parquetRows(lake.rowsFile(day))}`;
}

/**
 * SQL: the rows of a stream in the window, by instrument, day and sequence, with the columns of the lake's view of it, but prices
 * and sizes as exact decimals.
 */
export const selectRows = ({ lake, window }: ExportJob, rows: StreamRows): string =>
  rows.days.map((day) => `${selectDay(lake, rows, day)}${inWindow(window)}`).join("\nUNION ALL ");
