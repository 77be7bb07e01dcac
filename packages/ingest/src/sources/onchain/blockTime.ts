import { timeOf, wrongField } from "../read/jsonFields.ts";
import { parseUtcTime } from "../read/utcTime.ts";
import { quantityOf } from "./addresses.ts";

const CALENDAR = /^\d{4}-\d{2}-\d{2}/;

/**
 * When a block was made, µs: seconds since the epoch as a number, digits or hex, or a UTC calendar time (`2024-01-05 00:00:23`,
 * with or without a fraction, `Z`, an offset or ` UTC`). Throws DataError for anything else.
 */
export function blockTimeOf(value: unknown, name: string): number {
  if (typeof value !== "string" || !CALENDAR.test(value)) {
    return timeOf(quantityOf(value, name), name, "seconds");
  }
  const at = parseUtcTime(value.replace(/ UTC$/, "Z"));
  if (at === undefined) throw wrongField(name, value, "a UTC time");
  return at;
}
