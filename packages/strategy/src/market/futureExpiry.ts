import { MICROS_PER_HOUR, micros, type Micros, utcMidnight } from "@aftershock/schema";

const SYMBOL = /^([A-Z0-9]+)-(\d{1,2})([A-Z]{3})(\d{2})$/;
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
/** Deribit's dated contracts expire at 08:00 UTC: every expiry recorded in the option chains of 2026 is at that hour. */
const EXPIRY_HOUR = 8;

/** A dated future by its symbol. */
export interface DatedFuture {
  /** The coin it is on, e.g. BTC. */
  readonly coin: string;
  /** µs UTC. */
  readonly expiry: Micros;
}

/** Reads Deribit's symbol of a dated future: `BTC-27MAR26` expires on 2026-03-27 at 08:00 UTC. Undefined for other symbols. */
export function futureExpiry(symbol: string): DatedFuture | undefined {
  const match = SYMBOL.exec(symbol);
  if (match === null) return undefined;
  const [, coin = "", day = "", month = "", year = ""] = match;
  const midnight = utcMidnight(2000 + Number(year), MONTHS.indexOf(month) + 1, Number(day));
  if (midnight === undefined) return undefined;
  return { coin, expiry: micros(midnight + EXPIRY_HOUR * MICROS_PER_HOUR) };
}
