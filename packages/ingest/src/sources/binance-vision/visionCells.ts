import type { Decimal } from "@aftershock/schema";
import type { CsvRow } from "../read/csvRow.ts";
import { parseUnixTime, UNIX_TIME } from "../read/venueTimes.ts";

/** A time in ms or, on spot since 2025-01-01, in µs: the number of digits tells, so that no date need be trusted. */
export function unixCell(row: CsvRow, name: string): number {
  const at = parseUnixTime(row.text(name));
  if (at === undefined) throw row.wrong(name, UNIX_TIME);
  return at;
}

/** The id that the venue gave, as text. */
export function idCell(row: CsvRow, name: string): string {
  const id = row.text(name);
  if (!/^\d{1,20}$/.test(id)) throw row.wrong(name, "an id");
  return id;
}

/** A whole number of zero or more, exact. */
export function countCell(row: CsvRow, name: string): number {
  const text = row.text(name);
  const count = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(count)) throw row.wrong(name, "a whole number");
  return count;
}

/** A price above zero. */
export function priceCell(row: CsvRow, name: string): Decimal {
  const price = row.decimal(name);
  if (price.mantissa <= 0) throw row.wrong(name, "a price above zero");
  return price;
}

/** A size above zero. */
export function filledCell(row: CsvRow, name: string): Decimal {
  const size = row.decimal(name);
  if (size.mantissa <= 0) throw row.wrong(name, "a size above zero");
  return size;
}

/** A number that must be there. */
export function realCell(row: CsvRow, name: string): number {
  const value = row.real(name);
  if (value === undefined) throw row.wrong(name, "a number");
  return value;
}
