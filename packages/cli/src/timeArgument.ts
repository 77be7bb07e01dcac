import { CliError, type Micros, micros } from "@aftershock/schema";
import { DateTime } from "luxon";

/** Digits of a second after the third, as µs: luxon reads milliseconds only. */
function subMillis(text: string): number {
  const fraction = /[T ]\d{2}:\d{2}:\d{2}[.,](\d+)/.exec(text)?.[1] ?? "";
  return Number(fraction.padEnd(6, "0").slice(3, 6));
}

/** Reads a time: ISO 8601 (UTC unless it says otherwise), or whole µs since the epoch. Throws CliError for anything else. */
export function parseTime(text: string): Micros {
  if (/^\d{14,17}$/.test(text)) return micros(Number(text));
  const parsed = DateTime.fromISO(text.replace(" ", "T"), { zone: "utc" });
  if (!parsed.isValid || !/^\d{4}-\d{2}-\d{2}/.test(text)) {
    throw new CliError(`"${text}" is not a time`, {
      hints: ["Write ISO 8601 in UTC, like 2025-10-10T21:15:03.127Z, or µs since the epoch."],
    });
  }
  return micros(parsed.toMillis() * 1_000 + subMillis(text));
}
