import type { AccountId, Ledger, Position } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";

/** What a position weighs in its account when the account's money is shared out, 0 or more. */
export type PositionWeight = (position: Position) => number;

/** What an account is worth at the marks: cash and the value of all positions, without haircuts; units, not rounded. */
export function worthUnits(ledger: Ledger, marks: Marks, account: AccountId): number {
  let worth = ledger.cash(account);
  for (const { instrument, lots } of ledger.positions(account)) {
    worth += ledger.valueUnits(instrument, lots, marks.ticks(instrument));
  }
  return worth;
}

/** Whether a position is a contract, rather than coins held as collateral. */
export const isContract = (ledger: Ledger, { instrument }: Position): boolean =>
  ledger.instruments[instrument]?.kind !== "spot";

/** Whether an account holds any contract. */
export function hasContracts(ledger: Ledger, account: AccountId): boolean {
  for (const position of ledger.positions(account)) if (isContract(ledger, position)) return true;
  return false;
}

/**
 * What must be received for a whole position so that its share of the account's money is just gone, units, signed as the position's value.
 * Of the only contract of an account without collateral: minus its cash, so that nothing is left, to the unit.
 *
 * Of several contracts each has the share of its weight: value at the mark − worth × weight / Σ weights. Source for weights that are
 * maintenance margins: dYdX v4, GetBankruptcyPriceInQuoteQuantums, read 2026-11. Other venues do not say how a cross account's bankruptcy
 * prices are made; the order in which contracts are closed at these prices does not matter to what is left, which is nothing.
 */
export function bankruptcyValue(
  ledger: Ledger,
  marks: Marks,
  owned: { account: AccountId; position: Position; weight: PositionWeight },
): number {
  const { account, position, weight } = owned;
  const positions = ledger.positions(account);
  if (positions.length === 1) return -ledger.cash(account);
  let total = 0;
  let contracts = 0;
  for (const held of positions) {
    if (!isContract(ledger, held)) continue;
    contracts += 1;
    total += weight(held);
  }
  const share = total > 0 ? weight(position) / total : 1 / contracts;
  const { instrument, lots } = position;
  const value = ledger.valueUnits(instrument, lots, marks.ticks(instrument));
  return value - worthUnits(ledger, marks, account) * share;
}

/** The share of a position's value that some of its lots have, units, not rounded; of all lots the value itself, to the unit. */
export const valueOfLots = (value: number, lots: number, whole: number): number =>
  lots === whole ? value : (value * lots) / whole;

/** At which price a position gives a wanted value: `price` in ticks; `any`: every price gives more; `none`: no price gives as much. */
export type PriceForValue =
  | { readonly kind: "price"; readonly price: number }
  | { readonly kind: "any" }
  | { readonly kind: "none" };

/**
 * The price at which a position is worth `units`. There is none above 0 where they have not the sign of its value: a long of which less
 * than nothing is asked may be sold at any price, and a short that has lost more than a price of 0 would give back at none.
 */
export function priceForValue(ledger: Ledger, position: Position, units: number): PriceForValue {
  const { instrument, lots } = position;
  const sign = Math.sign(ledger.valueUnits(instrument, lots, 1));
  if (Math.sign(units) === sign) {
    const price = ledger.priceOf(instrument, lots, units);
    if (price > 0 && price < Number.POSITIVE_INFINITY) return { kind: "price", price };
  }
  // All its values are above what is asked, or below it.
  return { kind: sign > 0 ? "any" : "none" };
}
