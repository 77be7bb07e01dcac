import { parseDecimal, type Decimal } from "@aftershock/schema";

/**
 * No venue quotes finer: wei, the finest unit of any coin traded, has 18. One finer number would make its instrument's inferred
 * grid so fine that no other row lies on it.
 */
const MOST_DECIMALS = 18;

/** What `parseExact` reads, for error messages. */
export const EXACT_DECIMAL: string = `a decimal number of at most ${MOST_DECIMALS} decimals that fits 2^53`;

/** Reads a price or size as it is quoted, exactly. Undefined for text that is no number, does not fit 2^53 or is too fine. */
export function parseExact(text: string): Decimal | undefined {
  const read = parseDecimal(text);
  return read !== undefined && read.decimals <= MOST_DECIMALS ? read : undefined;
}
