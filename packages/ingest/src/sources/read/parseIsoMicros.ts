import { DateTime } from "luxon";

const ISO_TEXT = /^(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?(Z|[+-]\d{2}:?\d{2})$/;

/** The second read last, as text and in ms: recordings repeat it, and a calendar is asked for it once. */
const last = { text: "", millis: 0 };

/**
 * An ISO 8601 instant with an offset (`2026-02-05T15:51:32.535650+00:00`) in µs since the epoch, exact to the sixth digit, which
 * calendar libraries that count milliseconds are not. Undefined for other text, a time without an offset, a day that does not
 * exist, or one beyond 2255, whose µs do not fit 2^53.
 */
export function parseIsoMicros(text: string): number | undefined {
  const match = ISO_TEXT.exec(text);
  if (match === null) return undefined;
  const [, seconds = "", fraction = "", offset = ""] = match;
  const second = `${seconds.replace(" ", "T")}${offset}`;
  if (second !== last.text) {
    last.millis = DateTime.fromISO(second).toMillis();
    last.text = second;
  }
  const at = last.millis * 1_000 + Number(fraction.padEnd(6, "0"));
  return Number.isSafeInteger(at) ? at : undefined;
}
