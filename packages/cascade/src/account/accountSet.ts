import type { AccountId } from "./ledger.ts";

/** Accounts that are held at first. */
const FIRST_CAPACITY = 64;

/** A set of accounts: a flag for each, as engines ask some dozen times for each account that they work on. */
export class AccountSet {
  #flags: Uint8Array;

  constructor(accounts: Iterable<AccountId> = []) {
    this.#flags = new Uint8Array(FIRST_CAPACITY);
    for (const account of accounts) this.add(account);
  }

  has(account: AccountId): boolean {
    return this.#flags[account] === 1;
  }

  add(account: AccountId): void {
    if (account >= this.#flags.length) this.#grow(account);
    this.#flags[account] = 1;
  }

  delete(account: AccountId): void {
    if (account < this.#flags.length) this.#flags[account] = 0;
  }

  #grow(account: AccountId): void {
    const flags = new Uint8Array(Math.max(2 * this.#flags.length, account + 1));
    flags.set(this.#flags);
    this.#flags = flags;
  }
}
