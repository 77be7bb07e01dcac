import type { Mitigation } from "./mitigation.ts";

/**
 * Traders cannot see at which prices accounts are liquidated, so that nobody sells ahead to set them off.
 *
 * Sources: Brunnermeier and Pedersen, "Predatory trading" (2005) for the mechanism; positions are public on Hyperliquid and dYdX, and guessed from heat maps elsewhere.
 *
 * Assumes that levels which are not public cannot be guessed either. It takes the front-runners of a simulated market away. On a recorded day it changes nothing at
 * all: the orders of everybody who was not liquidated are those of the record,
 * front-runners' included, so that the path is the record; only a simulation of the day can say more.
 *
 * Backfires: hidden intent is not obviously better. Who can see forced orders coming may also stand ready to take them: visible TWAP orders attracted depth on
 * Hyperliquid (arXiv 2606.15715).
 */
export const hiddenLevels = (): Mitigation => ({
  name: "Hidden liquidation levels",
  kind: "hiddenLevels",
  parameters: {},
  describe: () => "Nobody can see at which prices accounts are liquidated.",
  apply: (rules) => ({ ...rules, hiddenLevels: true }),
});
