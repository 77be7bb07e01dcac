import type { AccountId } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";

/**
 * How much margin an account has and needs, by one set of rules. Amounts in whole-unit scale of the ledger's currency (see Currency), not
 * rounded. A function of the ledger and the marks alone, so that the same state gives the same answer.
 */
export interface MarginModel {
  /** What the account's money, profits and collateral count for as margin: haircuts are taken off, and it may be below 0. */
  equity(account: AccountId, marks: Marks): number;
  /** Margin below which the account is liquidated, 0 or more; 0 without positions that need any. */
  maintenance(account: AccountId, marks: Marks): number;
  /** Margin below which nothing may be opened, at least `maintenance`. */
  initial(account: AccountId, marks: Marks): number;
}
