import type { CsvRow } from "./csvRow.ts";
import { wrongField, type JsonObject } from "./jsonFields.ts";
import { parseIsoMicros } from "./parseIsoMicros.ts";

const UTC_TEXT =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/;

/** 1973-03-03: nothing recorded is older, and a time read wrongly often is. µs. */
const EARLIEST_MICROS = 1e14;

/** What `parseUtcTime` reads, for error messages. */
export const UTC_TIME: string = "a UTC time YYYY-MM-DD HH:MM:SS";

let last: { readonly text: string; readonly at: number | undefined } = { text: "", at: undefined };

/**
 * A calendar time in µs since the epoch: with or without the `T`, with up to nine decimals (those beyond the sixth are dropped),
 * and UTC where it names no offset. Undefined for any other text. Tables repeat one time for line after line, so the last one
 * read is kept.
 */
export function parseUtcTime(text: string): number | undefined {
  if (text !== last.text) last = { text, at: readUtcTime(text) };
  return last.at;
}

function readUtcTime(text: string): number | undefined {
  const match = UTC_TEXT.exec(text);
  if (match === null) return undefined;
  const [, day = "", time = "", fraction = "0", offset = "Z"] = match;
  const at = parseIsoMicros(`${day}T${time}.${fraction.slice(0, 6)}${offset}`);
  return at !== undefined && at >= EARLIEST_MICROS ? at : undefined;
}

/** A cell that holds such a time. Throws DataError otherwise. */
export function utcCell(row: CsvRow, name: string): number {
  const at = parseUtcTime(row.text(name));
  if (at === undefined) throw row.wrong(name, UTC_TIME);
  return at;
}

/** A field that holds such a time. Throws DataError otherwise. */
export function utcField(object: JsonObject, name: string): number {
  const value = object[name];
  const at = typeof value === "string" ? parseUtcTime(value) : undefined;
  if (at === undefined) throw wrongField(name, value, UTC_TIME);
  return at;
}
