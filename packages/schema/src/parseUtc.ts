import {
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  micros,
  type Micros,
} from "./units.ts";
import { utcMidnight } from "./utcMidnight.ts";

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?Z$/;

/** The start of a UTC day written `YYYY-MM-DD`, µs. Undefined when the text is no day of the calendar. */
export function parseUtcDay(text: string): Micros | undefined {
  const match = DAY.exec(text);
  if (match === null) return undefined;
  return utcMidnight(Number(match[1]), Number(match[2]), Number(match[3]));
}

/** An ISO 8601 instant in UTC (`2026-02-05T21:29Z`, seconds and up to six decimals optional), µs. Undefined when it is none. */
export function parseUtcInstant(text: string): Micros | undefined {
  const match = INSTANT.exec(text);
  if (match === null) return undefined;
  const [, day = "", hour = "", minute = "", second = "0", fraction = ""] = match;
  const midnight = parseUtcDay(day);
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
