import { MICROS_PER_DAY, MICROS_PER_SECOND, type Decimal } from "@aftershock/schema";
import type { CsvRow } from "../read/csvRow.ts";
import { parseExact } from "../read/parseExact.ts";

/** Whole numbers, as the message file has prices, sizes and ids. */
const WHOLE = /^-?\d{1,15}$/;

/** A price, written in ten-thousandths of a dollar. */
export function priceCell(row: CsvRow, name: string): Decimal {
  const text = row.text(name);
  const price = WHOLE.test(text) ? parseExact(`${text}e-4`) : undefined;
  if (price === undefined) throw row.wrong(name, "a price in ten-thousandths of a dollar");
  return price;
}

/** A whole number of shares. */
export function sharesCell(row: CsvRow, name: string): number {
  const text = row.text(name);
  const shares = WHOLE.test(text) ? Number(text) : Number.NaN;
  if (shares >= 0) return shares;
  throw row.wrong(name, "a whole number of shares");
}

/** Seconds after midnight, up to 24 hours, in µs, rounded down. */
export function secondsCell(row: CsvRow, name: string): number {
  const [, whole = "", fraction = ""] = /^(\d{1,5})(?:\.(\d{1,12}))?$/.exec(row.text(name)) ?? [];
  const micros = Number(whole) * MICROS_PER_SECOND + Number(fraction.slice(0, 6).padEnd(6, "0"));
  if (whole !== "" && micros <= MICROS_PER_DAY) return micros;
  throw row.wrong(name, "seconds after midnight");
}
