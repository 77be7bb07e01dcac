import type { AccountId, Ledger } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";
import type { IsLiquidatable } from "../margin/liquidationTest.ts";

/**
 * Where an engine learns who has become liquidatable: an index by thresholds, or a scan of all accounts. It may name accounts that the
 * engine has latched already.
 */
export interface TriggerSource {
  /** The mark of an instrument has changed: who holds it and is liquidatable now, in the order in which they are latched. */
  moved(instrument: number): readonly AccountId[];
  /** An account has traded, paid or been paid. */
  changed(account: AccountId): void;
}

/** Looks at every account that holds the instrument, by number of account. */
export class ScanTriggers implements TriggerSource {
  readonly #ledger: Ledger;
  readonly #marks: Marks;
  readonly #isLiquidatable: IsLiquidatable;

  constructor(ledger: Ledger, marks: Marks, isLiquidatable: IsLiquidatable) {
    this.#ledger = ledger;
    this.#marks = marks;
    this.#isLiquidatable = isLiquidatable;
  }

  moved(instrument: number): readonly AccountId[] {
    const found: AccountId[] = [];
    for (let account = 0; account < this.#ledger.accountCount; account += 1) {
      if (this.#ledger.position(account, instrument) === undefined) continue;
      if (this.#isLiquidatable(account, this.#marks)) found.push(account);
    }
    return found;
  }

  /** A scan remembers nothing. */
  changed(_account: AccountId): void {}
}
