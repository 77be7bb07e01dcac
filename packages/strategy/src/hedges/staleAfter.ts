import { MICROS_PER_MINUTE } from "@aftershock/schema";

/** A price older than this at a snapshot is counted as carried forward: recorders write tickers every few seconds. */
export const STALE_AFTER_MICROS: number = MICROS_PER_MINUTE;
