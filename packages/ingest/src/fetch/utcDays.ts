import { CliError, MICROS_PER_DAY, utcDate } from "@aftershock/schema";
import { DateTime } from "luxon";

/** Milliseconds of a UTC day. */
export const MS_PER_DAY = 86_400_000;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The longest range of days that one command takes: ten years. */
const MOST_DAYS = 3_660;

/** When a UTC day (`YYYY-MM-DD`) starts, ms since the epoch. Throws CliError for a text that is no day. */
export function startOfDay(day: string): number {
  const parsed = DateTime.fromISO(day, { zone: "utc" });
  if (DAY.test(day) && parsed.isValid) return parsed.toMillis();
  throw new CliError(`"${day}" is not a day`, {
    hints: ["Write days as YYYY-MM-DD, and a range as YYYY-MM-DD..YYYY-MM-DD."],
  });
}

/** The UTC day of an instant (ms since the epoch). */
export const dayOf = (ms: number): string => utcDate(Math.floor(ms / MS_PER_DAY) * MICROS_PER_DAY);

/** The day so many days after another. */
export const daysAfter = (day: string, days: number): string =>
  dayOf(startOfDay(day) + days * MS_PER_DAY);

function daysOfRange(from: string, to: string): readonly string[] {
  const count = (startOfDay(to) - startOfDay(from)) / MS_PER_DAY + 1;
  if (count >= 1 && count <= MOST_DAYS) {
    return Array.from({ length: count }, (_, n) => daysAfter(from, n));
  }
  const why = count < 1 ? "ends before it starts" : `is longer than ${MOST_DAYS} days`;
  throw new CliError(`the range ${from}..${to} ${why}`, {
    hints: ["Write the first day first, and long ranges in parts."],
  });
}

/** The days that texts like `2024-08-05` and `2024-08-01..2024-08-07` name: each once, in order. */
export function parseDays(texts: readonly string[]): readonly string[] {
  const days = texts.flatMap((text) => {
    const [from = "", to = from, ...more] = text.split("..");
    return daysOfRange(more.length === 0 ? from : text, to);
  });
  return [...new Set(days)].toSorted();
}
