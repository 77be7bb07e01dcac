import {
  ConfigError,
  MICROS_PER_DAY,
  micros,
  type Micros,
  parseUtcDay,
  parseUtcInstant,
} from "@aftershock/schema";
import { shown } from "../settings.ts";

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
  const given: unknown = value;
  if (typeof given === "number" && Number.isSafeInteger(given)) return micros(given);
  if (typeof given === "string") {
    const day = parseUtcDay(given);
    if (day !== undefined) return end ? micros(day + MICROS_PER_DAY) : day;
    const instant = parseUtcInstant(given);
    if (instant !== undefined) return instant;
  }
  throw new ConfigError(`${name} is ${shown(given)}, which is no time`, {
    hints: [
      "Write a UTC day (2026-02-05), an instant (2026-02-05T21:29:37Z) or whole µs since 1970.",
    ],
  });
}
