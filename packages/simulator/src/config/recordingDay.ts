import { type Micros, micros, MICROS_PER_DAY } from "@aftershock/schema";

/** The first day of 2001, days since the epoch. */
const FIRST_DAY = 11_323;
/** Days of a preset's year that are used: 29 February makes leap years no longer. */
const DAYS_A_YEAR = 365;

/**
 * Midnight at the beginning of the year in which the recordings of a preset lie, µs: 2001 for the first of them (`place` 0), 2002 for the second, up to 2008 for the eighth. All
 * are over before the first block of Bitcoin (2009-01-03), so that nobody takes one for a market, and no crash day is displaced.
 */
export const recordingYear = (place: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7): Micros =>
  micros((FIRST_DAY + Math.floor(365.25 * place)) * MICROS_PER_DAY);

/**
 * When the recording of a preset starts under a seed, µs: seed 1 on the first day of the preset's year, seed 2 on the second, seed 365 and seed 0 on the last; seeds that are
 * 365 apart share a day. The time of day is the preset's. Nothing that is drawn depends on it.
 */
export function recordingStart({ from }: { readonly from: Micros }, seed: number): Micros {
  const day = (((seed - 1) % DAYS_A_YEAR) + DAYS_A_YEAR) % DAYS_A_YEAR;
  return micros(from + day * MICROS_PER_DAY);
}
