import type { Right } from "../pricing/blackScholes.ts";
import type { OptionMarginRule } from "../rules/optionMarginRule.ts";

/** A short position in an option. Amounts are in one currency, whichever margin is wanted in, 0 or more. */
export interface ShortOption {
  readonly right: Right;
  /** Prices of one currency, above 0. */
  readonly strike: number;
  readonly underlying: number;
  /** What the position's underlying is worth. */
  readonly notional: number;
  /** What the position is worth at its mark, without its sign. */
  readonly premium: number;
}

/** Out of the money by so much of the underlying's price, 0 or more. */
const shareOutOfTheMoney = ({ right, strike, underlying }: ShortOption): number =>
  Math.max(0, (right * (strike - underlying)) / underlying);

/**
 * Maintenance margin of a short option: of a call rate × underlying + mark price; of a put max(rate × underlying, share × mark price) + mark price. Source: Deribit's standard margin, as
 * data/rules/deribit.json gives it.
 */
export function optionMaintenance(rule: OptionMarginRule, option: ShortOption): number {
  const { maintenanceRate, putMaintenanceOfMark } = rule;
  const { right, notional, premium } = option;
  const least = right === -1 ? putMaintenanceOfMark * premium : 0;
  return Math.max(maintenanceRate * notional, least) + premium;
}

/**
 * Initial margin of a short option: max(rate − what it is out of the money / underlying, least rate) × underlying + mark price, of a put at least its maintenance margin. Source as of
 * optionMaintenance.
 */
export function optionInitial(rule: OptionMarginRule, option: ShortOption): number {
  const { initialRate, leastInitialRate } = rule;
  const { right, notional, premium } = option;
  const rate = Math.max(initialRate - shareOutOfTheMoney(option), leastInitialRate);
  const initial = rate * notional + premium;
  return right === -1 ? Math.max(initial, optionMaintenance(rule, option)) : initial;
}
