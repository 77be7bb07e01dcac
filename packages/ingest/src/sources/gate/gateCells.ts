import type { Decimal } from "@aftershock/schema";
import type { CsvRow } from "../read/csvRow.ts";
import { parseSeconds, UNIX_SECONDS } from "../read/venueTimes.ts";

/** A time in seconds with decimals, µs. */
export function timeCell(row: CsvRow): number {
  const at = parseSeconds(row.text("timestamp"));
  if (at === undefined) throw row.wrong("timestamp", UNIX_SECONDS);
  return at;
}

/** An exact decimal above zero. */
export function positive(row: CsvRow, name: string): Decimal {
  const value = row.decimal(name);
  if (value.mantissa <= 0) throw row.wrong(name, "above zero");
  return value;
}

/** A whole number of zero or more, exact. */
export function countCell(row: CsvRow, name: string): number {
  const text = row.text(name);
  const count = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(count)) throw row.wrong(name, "a whole number");
  return count;
}

/** The id of a trade, as text. */
export function idCell(row: CsvRow, name: string): string {
  const id = row.text(name);
  if (!/^\d{1,20}$/.test(id)) throw row.wrong(name, "an id");
  return id;
}
