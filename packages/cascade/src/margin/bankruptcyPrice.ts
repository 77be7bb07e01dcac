import type { AccountId, Ledger } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";

/** A position of an account among its others. */
export interface PositionOf {
  readonly ledger: Ledger;
  readonly account: AccountId;
  /** Number of the instrument. */
  readonly instrument: number;
  /** The marks at which the account's other positions are valued; of the instrument itself none is needed. */
  readonly marks: Marks;
}

/**
 * The price, in ticks and not whole, at which an account is worth nothing: cash + Σ values = 0 with all other positions at their marks and
 * without any haircut. Whoever takes the position over at it takes over all of the account's money too, and nobody gains or loses. For a long in linear
 * contracts on its own money it is (entry value − margin) / size, for one in inverse contracts size / (entry value + margin):
 * entry × leverage / (leverage + 1), as Bybit states it ("Bankruptcy price", read 2026-11). Fees of the closing are not in it.
 *
 * Undefined where no price above 0 makes the account worth nothing: without a position, of a long with no debt, of a short of an inverse contract whose
 * coins are all there.
 */
export function bankruptcyPrice(options: PositionOf): number | undefined {
  const { ledger, account, instrument, marks } = options;
  let rest = ledger.cash(account);
  let lots = 0;
  for (const position of ledger.positions(account)) {
    if (position.instrument === instrument) lots = position.lots;
    else {
      const mark = marks.ticks(position.instrument);
      rest += ledger.valueUnits(position.instrument, position.lots, mark);
    }
  }
  if (lots === 0) return undefined;
  const price = ledger.priceOf(instrument, lots, -rest);
  return price > 0 && price < Infinity ? price : undefined;
}
