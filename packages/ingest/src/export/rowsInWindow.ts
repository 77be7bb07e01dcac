import { IntegrityError } from "@aftershock/schema";
import type { Duck } from "../duck.ts";
import { type ColumnArrays, readColumns } from "../store/columnReader.ts";
import type { Lake } from "../store/lake.ts";
import type { Manifest } from "../store/manifest.ts";
import type { ExportWindow } from "./exportFormat.ts";

/** Some rows of a partition, column by column. */
export interface Rows {
  readonly length: number;
  readonly columns: ColumnArrays;
}

const invariant = (name: string, what: string): IntegrityError =>
  new IntegrityError(`Invariant: the column ${name} does not hold ${what}`);

/** A column of numbers; NaN is absent. */
export function numbers(columns: ColumnArrays, name: string): Float64Array {
  const values = columns[name];
  if (values instanceof Float64Array) return values;
  throw invariant(name, "numbers");
}

/** A column of codes. */
export function codes(columns: ColumnArrays, name: string): Int8Array {
  const values = columns[name];
  if (values instanceof Int8Array) return values;
  throw invariant(name, "codes");
}

/** A column of texts. */
export function texts(columns: ColumnArrays, name: string): readonly (string | undefined)[] {
  const values = columns[name];
  if (Array.isArray(values)) return values;
  throw invariant(name, "texts");
}

/** When each row happened, by the clock that orders its partition: the recorder's, else the venue's. µs. */
export function moments(columns: ColumnArrays): Float64Array {
  const event = numbers(columns, "tsEvent");
  return numbers(columns, "tsRecv").map((at, row) =>
    Number.isNaN(at) ? (event[row] ?? Number.NaN) : at,
  );
}

/** The first row that happened at or after an instant; the rows are in order of that. */
function firstAt(at: Float64Array, instant: number): number {
  const found = at.findIndex((moment) => moment >= instant);
  return found < 0 ? at.length : found;
}

function part({ columns }: Rows, from: number, to: number): Rows {
  const parts = Object.entries(columns).map(([name, values]) => [
    name,
    Array.isArray(values) ? values.slice(from, to) : values.subarray(from, to),
  ]);
  return { length: to - from, columns: Object.fromEntries(parts) };
}

/** The rows of a partition in a window, batch by batch, in order. Throws IntegrityError when they are not all there. */
export async function* rowsInWindow(
  duck: Duck,
  lake: Lake,
  day: Manifest,
  { from, to }: ExportWindow,
): AsyncGenerator<Rows> {
  let read = 0;
  for await (const rows of readColumns(duck, day.stream, lake.rowsFile(day), day.rows)) {
    read += rows.length;
    if (from === undefined && to === undefined) {
      yield rows;
      continue;
    }
    const at = moments(rows.columns);
    const first = from === undefined ? 0 : firstAt(at, from);
    const end = to === undefined ? rows.length : firstAt(at, to);
    if (first < end) yield part(rows, first, end);
  }
  if (read === day.rows) return;
  throw new IntegrityError(
    `${lake.rowsFile(day)}: holds ${read} rows, its manifest says ${day.rows}`,
    { hints: ["Delete the partition's folder and ingest its source again."] },
  );
}
