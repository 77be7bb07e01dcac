import {
  CALL,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  type Micros,
  PUT,
  micros,
  utcDate,
} from "@aftershock/schema";

/** One option of the simulated chain. */
export interface ListedOption {
  /** As Deribit writes it, e.g. `BTC-3JAN01-64000-P`. */
  readonly optionSymbol: string;
  /** The synthetic future that it is priced on, e.g. `SYN.BTC-3JAN01`. */
  readonly underlying: string;
  /** CALL or PUT. */
  readonly right: number;
  /** USD. */
  readonly strike: number;
  readonly expiry: Micros;
}

/** The expiries: days after the recording's, distance between strikes in USD, strikes below and above the middle one. */
const EXPIRIES: readonly { days: number; gapUsd: number; below: number; above: number }[] = [
  { days: 2, gapUsd: 1_000, below: 12, above: 8 },
  { days: 9, gapUsd: 2_000, below: 10, above: 8 },
  { days: 30, gapUsd: 2_000, below: 12, above: 8 },
  { days: 90, gapUsd: 4_000, below: 8, above: 8 },
];

/** Options expire at 08:00 UTC, as on Deribit. */
const EXPIRY_HOUR = 8;

const MONTHS: readonly string[] = [
  "JAN",
  "FEB",
  "MAR",
  "APR",
  "MAY",
  "JUN",
  "JUL",
  "AUG",
  "SEP",
  "OCT",
  "NOV",
  "DEC",
];

/** A day as Deribit writes it: 2001-01-03 is `3JAN01`. */
function expiryName(at: Micros): string {
  const [year = "", month = "", day = ""] = utcDate(at).split("-");
  return `${Number(day)}${MONTHS[Number(month) - 1] ?? ""}${year.slice(2)}`;
}

/**
 * The options listed for a recording that starts at an instant and a price, by expiry, then strike, calls before puts. None is
 * added while it lasts, however far the price falls.
 */
export function listOptions(from: Micros, startUsd: number): readonly ListedOption[] {
  const midnight = Math.floor(from / MICROS_PER_DAY) * MICROS_PER_DAY;
  return EXPIRIES.flatMap(({ days, gapUsd, below, above }) => {
    const expiry = micros(midnight + days * MICROS_PER_DAY + EXPIRY_HOUR * MICROS_PER_HOUR);
    const name = expiryName(expiry);
    const middle = Math.round(startUsd / gapUsd);
    const strikes = Array.from(
      { length: below + above + 1 },
      (_, index) => (middle - below + index) * gapUsd,
    ).filter((strike) => strike > 0);
    return strikes.flatMap((strike) =>
      [CALL, PUT].map((right) => ({
        optionSymbol: `BTC-${name}-${strike}-${right === CALL ? "C" : "P"}`,
        underlying: `SYN.BTC-${name}`,
        right,
        strike,
        expiry,
      })),
    );
  });
}
