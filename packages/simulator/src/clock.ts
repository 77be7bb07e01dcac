import { MICROS_PER_SECOND, MICROS_PER_YEAR } from "@aftershock/schema";

/** The market moves in steps of 100 ms, the pace of Deribit's aggregated book channel. */
export const STEP_MICROS = 100_000;
/** Steps in a second. */
export const STEPS_PER_SECOND: number = MICROS_PER_SECOND / STEP_MICROS;
/** Steps in a minute. */
export const STEPS_PER_MINUTE: number = 60 * STEPS_PER_SECOND;
/** Steps in a year of 365 days. */
export const STEPS_PER_YEAR: number = MICROS_PER_YEAR / STEP_MICROS;

/** Whole steps in a time in seconds, at least one. */
export const stepsIn = (seconds: number): number =>
  Math.max(1, Math.round(seconds * STEPS_PER_SECOND));
