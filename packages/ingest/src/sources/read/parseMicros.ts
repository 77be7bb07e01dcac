const WHOLE_TEXT = /^\d{1,16}$/;

/**
 * 10^14 µs is 1973-03-03: whole seconds and milliseconds of any recording lie below it, nanoseconds above 2^53. So a time in
 * the wrong unit is a bad cell and not a wrong day.
 */
const EARLIEST_MICROS = 1e14;

/** What `parseMicros` reads, for error messages. */
export const RECORDED_MICROS: string = "a time in whole µs after 1973";

/** Reads the digits of a recorded instant, whole µs since the epoch. Undefined for anything that cannot be one. */
export function parseMicros(text: string): number | undefined {
  const at = WHOLE_TEXT.test(text) ? Number(text) : Number.NaN;
  return at >= EARLIEST_MICROS && Number.isSafeInteger(at) ? at : undefined;
}
