import type { CsvRow } from "../read/csvRow.ts";
import { timeOf } from "../read/jsonFields.ts";
import { parseUtcTime, UTC_TIME } from "../read/utcTime.ts";
import type { Bar } from "./candleRecords.ts";

/** The header of a table of bars. */
export const BAR_COLUMNS: readonly string[] = [
  "timestamp",
  "open",
  "high",
  "low",
  "close",
  "volume",
];

/** A calendar time in UTC, or whole ms. */
function barTime(row: CsvRow): number {
  const text = row.text("timestamp");
  if (/^\d+$/.test(text)) return timeOf(text, "timestamp", "millis");
  const at = parseUtcTime(text);
  if (at === undefined) throw row.wrong("timestamp", `${UTC_TIME} or in ms`);
  return at;
}

/** Reads a row of such a table. Throws DataError for a bad cell. */
export function barRow(row: CsvRow): Bar {
  const volume = row.real("volume");
  if (volume !== undefined && volume < 0) throw row.wrong("volume", "a volume of zero or more");
  return {
    at: barTime(row),
    open: row.decimal("open"),
    high: row.decimal("high"),
    low: row.decimal("low"),
    close: row.decimal("close"),
    volume,
  };
}

/** When a line of such a table is, µs; undefined for its header and for a bad line. */
export function timeOfLine(text: string): number | undefined {
  const [first = ""] = text.split(",", 1);
  return /^\d{12,13}$/.test(first) ? Number(first) * 1_000 : parseUtcTime(first);
}
