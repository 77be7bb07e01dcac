import type { AccountId, Ledger } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";
import type { IsLiquidatable } from "./liquidationTest.ts";

/** Who watches for liquidations as marks move: FullScan, or TriggerIndex which finds the same accounts in the same order and sooner. */
export interface LiquidationWatch {
  /**
   * Says that an account traded, paid or was paid, or is to be reported again: to be called after every change of its cash or positions.
   * Costs next to nothing. Throws ConfigError for an account that the ledger does not have.
   */
  changed(account: AccountId): void;
  /**
   * Says that the marks of these instruments were set, all at one instant; gives the accounts that are liquidatable now, by number, lowest
   * first. An account that was reported is not looked at again until it is said to have `changed`: how long it stays with whoever liquidates it is theirs to say.
   * Without instruments: those that are due for what has changed alone. When it throws, nothing was reported and all is due again.
   */
  moved(instruments: readonly number[]): readonly AccountId[];
}

/** What a watch looks at. */
export interface LiquidationWatchOptions {
  readonly ledger: Ledger;
  readonly marks: Marks;
  /** Must be false for accounts without positions. Accounts that are never to be liquidated (a fund, the rest of the world) are told apart here. */
  readonly isLiquidatable: IsLiquidatable;
}

/** Looks at every account whenever a mark moves: O(accounts) a move. The plain twin of TriggerIndex. */
export class FullScan implements LiquidationWatch {
  readonly #options: LiquidationWatchOptions;
  readonly #reported = new Set<AccountId>();

  constructor(options: LiquidationWatchOptions) {
    this.#options = options;
  }

  changed(account: AccountId): void {
    // One that the ledger does not have is refused there.
    this.#options.ledger.cash(account);
    this.#reported.delete(account);
  }

  moved(): readonly AccountId[] {
    const { ledger, marks, isLiquidatable } = this.#options;
    const found: AccountId[] = [];
    for (let account = 0; account < ledger.accountCount; account += 1) {
      if (!this.#reported.has(account) && isLiquidatable(account, marks)) found.push(account);
    }
    for (const account of found) this.#reported.add(account);
    return found;
  }
}
