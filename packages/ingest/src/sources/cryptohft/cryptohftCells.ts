import type { Decimal } from "@aftershock/schema";
import type { CsvRow } from "../read/csvRow.ts";
import { parseUnixTime, UNIX_TIME } from "../read/venueTimes.ts";

/** The recorder's clock: nanoseconds, of which the last three digits are dropped. */
export function receivedCell(row: CsvRow): number {
  const text = row.text("received_time");
  const at = /^\d{19}$/.test(text) ? parseUnixTime(text.slice(0, -3)) : undefined;
  if (at === undefined) throw row.wrong("received_time", "a time in ns");
  return at;
}

/** A time of the venue, ms or µs; undefined where the cell is empty. */
export function optionalTime(row: CsvRow, name: string): number | undefined {
  if (row.text(name) === "") return undefined;
  const at = parseUnixTime(row.text(name));
  if (at === undefined) throw row.wrong(name, UNIX_TIME);
  return at;
}

/** A whole number of zero or more, exact; undefined where the cell is empty. */
export function optionalCount(row: CsvRow, name: string): number | undefined {
  const text = row.text(name);
  if (text === "") return undefined;
  const count = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(count)) throw row.wrong(name, "a whole number");
  return count;
}

/** An exact decimal above zero. */
export function positive(row: CsvRow, name: string): Decimal {
  const value = row.decimal(name);
  if (value.mantissa <= 0) throw row.wrong(name, "above zero");
  return value;
}
