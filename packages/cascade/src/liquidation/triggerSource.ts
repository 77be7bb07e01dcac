import type { AccountId, Ledger } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";

/** Whether an account has too little margin at the marks. */
export type IsLiquidatable = (account: AccountId, marks: Marks) => boolean;

/**
 * Where an engine learns who has become liquidatable: an index by thresholds, or a scan of all accounts. It may name accounts that the
 * engine has latched already, and need not name an account again before it has `changed`.
 */
export interface TriggerSource {
  /** The marks of these instruments were set, all at one instant: who is liquidatable now, in the order in which they are latched. */
  moved(...instruments: readonly number[]): readonly AccountId[];
  /** An account has traded, paid or been paid, or is no longer latched. */
  changed(account: AccountId): void;
}

/** Looks at every account with positions, by number of account, whatever has moved. */
export class ScanTriggers implements TriggerSource {
  readonly #ledger: Ledger;
  readonly #marks: Marks;
  readonly #isLiquidatable: IsLiquidatable;

  constructor(ledger: Ledger, marks: Marks, isLiquidatable: IsLiquidatable) {
    this.#ledger = ledger;
    this.#marks = marks;
    this.#isLiquidatable = isLiquidatable;
  }

  moved(): readonly AccountId[] {
    const found: AccountId[] = [];
    for (let account = 0; account < this.#ledger.accountCount; account += 1) {
      if (this.#ledger.positions(account).length === 0) continue;
      if (this.#isLiquidatable(account, this.#marks)) found.push(account);
    }
    return found;
  }

  /** A scan remembers nothing. */
  changed(_account: AccountId): void {}
}
