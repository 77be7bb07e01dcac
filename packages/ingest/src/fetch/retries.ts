import { DataError } from "@aftershock/schema";
import { DateTime } from "luxon";

/** How often a request is made again after one that failed and brought nothing new. */
export const MOST_RETRIES = 5;

/** The first pause, ms; each is twice the one before. The same failures give the same pauses. */
const FIRST_PAUSE_MS = 1_000;

/** The longest pause that a server may ask for, ms. */
export const LONGEST_PAUSE_MS = 300_000;

/** A connection that failed, stalled or was cut, or a server that asks to come again later: worth another try. */
export class Interruption extends DataError {
  /** The pause that the server asks for, ms; absent: ours. */
  readonly pauseMs: number | undefined;

  constructor(message: string, options: { cause?: unknown; pauseMs?: number | undefined } = {}) {
    super(message, options);
    this.pauseMs = options.pauseMs;
  }
}

/** The pause before the n-th try after a failure, n from 0; ms. */
export const pauseMs = (n: number): number => FIRST_PAUSE_MS * 2 ** n;

/** What `Retry-After` asks for: seconds or an HTTP date. Undefined where the header is absent or says nothing. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const date = DateTime.fromHTTP(header);
  return date.isValid ? Math.max(0, date.toMillis() - nowMs) : undefined;
}
