import type { CsvRow } from "../read/csvRow.ts";
import { parseIsoMicros } from "../read/parseIsoMicros.ts";
import { parseUtcTime } from "../read/utcTime.ts";

const DAY_FIRST = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2})$/;

const two = (digits: string): string => digits.padStart(2, "0");

/** True for a time that a spreadsheet has cut to the minute. */
export const isCutToMinute = (text: string): boolean => DAY_FIRST.test(text);

/**
 * A UTC time as Dune writes it (`2025-12-24 09:30:11.000 UTC`), or as a spreadsheet has left it: day, month, year and the time to
 * the minute (`24/12/2025 9:30`). Throws DataError for other text.
 */
export function spreadsheetTime(row: CsvRow, name: string): number {
  const text = row.text(name);
  const [, day = "", month = "", year = "", hour = "", minute = ""] = DAY_FIRST.exec(text) ?? [];
  const at =
    year === ""
      ? parseUtcTime(text.replace(/ UTC$/, "Z"))
      : parseIsoMicros(`${year}-${two(month)}-${two(day)}T${two(hour)}:${minute}:00Z`);
  if (at === undefined || at < 1e14) throw row.wrong(name, "a UTC time, or one as d/m/Y H:MM");
  return at;
}
