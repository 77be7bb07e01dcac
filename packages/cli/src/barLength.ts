import { CliError, micros, type Micros, MICROS_PER_DAY } from "@aftershock/schema";

/** Microseconds in one of each unit. */
const UNITS: Readonly<Record<string, number>> = {
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
  d: MICROS_PER_DAY,
};

/** Reads the length of a bar, µs: a whole number and `ms`, `s`, `m`, `h` or `d`, a day at most. Throws CliError otherwise. */
export function parseBarLength(text: string): Micros {
  const [, digits, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  const length = Number(digits) * (UNITS[unit ?? ""] ?? Number.NaN);
  if (length > 0 && length <= MICROS_PER_DAY) return micros(length);
  throw new CliError(`"${text}" is not the length of a bar`, {
    hints: ["Write a whole number and its unit, a day at most: 100ms, 1s, 5m, 1h."],
  });
}
