import { ConfigError } from "@aftershock/schema";
import { parseIsoMicros } from "./parseIsoMicros.ts";

/**
 * The start of the UTC day that the user named with --date, µs: the clock of rows that were recorded without any. Throws ConfigError
 * where no day, or none that exists, was named.
 */
export function hintedDay(fileName: string, date: string | undefined): number {
  if (date === undefined) {
    throw new ConfigError(`${fileName}: its messages carry no time`, {
      hints: [
        "Say which UTC day it was recorded on with --date YYYY-MM-DD; all rows get the start of that day.",
      ],
    });
  }
  const at = /^\d{4}-\d{2}-\d{2}$/.test(date) ? parseIsoMicros(`${date}T00:00:00Z`) : undefined;
  if (at === undefined) {
    throw new ConfigError(`--date is "${date}", not a day`, {
      hints: ["Write it as YYYY-MM-DD, for example 2021-02-28."],
    });
  }
  return at;
}
