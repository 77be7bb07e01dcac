/** Microseconds since the Unix epoch, UTC. A whole number, exact until the year 2255. */
export type Micros = number & { readonly __unit: "micros" };
/** A price in whole ticks of its instrument. Exact below 2^53. May be negative (calendar spreads, some futures). */
export type Ticks = number & { readonly __unit: "ticks" };
/** A size in whole lots of its instrument, zero or more. Exact below 2^53. */
export type Lots = number & { readonly __unit: "lots" };

/** Marks a number as microseconds since the epoch. The number must be whole; this is the only place where it is branded. */
export const micros = (value: number): Micros => value as Micros;
/** Marks a whole number of ticks. */
export const ticks = (value: number): Ticks => value as Ticks;
/** Marks a whole number of lots. */
export const lots = (value: number): Lots => value as Lots;

export const MICROS_PER_MILLI = 1_000;
export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_MINUTE: number = 60 * MICROS_PER_SECOND;
export const MICROS_PER_HOUR: number = 60 * MICROS_PER_MINUTE;
export const MICROS_PER_DAY: number = 24 * MICROS_PER_HOUR;
/** The Julian year of 365.25 days would drift against Deribit's convention: option time to expiry is in 365-day years. */
export const MICROS_PER_YEAR: number = 365 * MICROS_PER_DAY;
