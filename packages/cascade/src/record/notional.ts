import { type Instrument, stepsToNumber } from "@aftershock/schema";

/**
 * What lots are worth at a price in ticks (whole or not), quote currency. Linear: size × multiplier × price. Inverse, whose size is in quote currency: size × multiplier, at any price. Others
 * are taken as linear. Signed as the lots are.
 */
export function quoteNotional(
  { contract, lot, multiplier, tick }: Instrument,
  lots: number,
  price: number,
): number {
  const size = stepsToNumber(lots, lot) * multiplier;
  return contract === "inverse" ? size : size * price * stepsToNumber(1, tick);
}
