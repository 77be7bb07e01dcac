import {
  ConfigError,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  micros,
  type Micros,
} from "@aftershock/schema";
import { utcMidnight } from "../market/utcMidnight.ts";

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?Z$/;

/** The start of a UTC day written `YYYY-MM-DD`, µs. Undefined when the text is no such day. */
export function parseDay(text: string): Micros | undefined {
  const match = DAY.exec(text);
  if (match === null) return undefined;
  return utcMidnight(Number(match[1]), Number(match[2]), Number(match[3]));
}

/** An ISO 8601 instant in UTC (`2026-02-05T21:29Z`, seconds and up to six decimals optional), µs. Undefined when it is none. */
function parseUtcInstant(text: string): Micros | undefined {
  const match = INSTANT.exec(text);
  if (match === null) return undefined;
  const [, day = "", hour = "", minute = "", second = "0", fraction = ""] = match;
  const midnight = parseDay(day);
  const [hours, minutes, seconds] = [Number(hour), Number(minute), Number(second)];
  if (midnight === undefined || hours > 23 || minutes > 59 || seconds > 59) return undefined;
  return micros(
    midnight +
      hours * MICROS_PER_HOUR +
      minutes * MICROS_PER_MINUTE +
      seconds * MICROS_PER_SECOND +
      Number(fraction.padEnd(6, "0")),
  );
}

/** A study's bound: µs since the epoch, a day, or an instant in UTC. */
export type InstantText = string | number;

/**
 * Reads a bound of a study as µs. A day stands for its start, or with `end` for the start of the day after, so that the whole
 * day is inside; an instant stands for itself. Throws ConfigError, naming the option, when it is neither.
 */
export function parseBound(
  name: string,
  value: InstantText,
  { end = false }: { readonly end?: boolean } = {},
): Micros {
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return micros(value);
  } else {
    const day = parseDay(value);
    if (day !== undefined) return end ? micros(day + MICROS_PER_DAY) : day;
    const instant = parseUtcInstant(value);
    if (instant !== undefined) return instant;
  }
  throw new ConfigError(`${name} is "${String(value)}", which is no time`, {
    hints: [
      "Write a UTC day (2026-02-05), an instant (2026-02-05T21:29:37Z) or whole µs since 1970.",
    ],
  });
}
