import type { AccountId } from "../account/ledger.ts";

/** A position that may be closed by auto-deleveraging, with what rankings look at. Values and amounts in units, not rounded. */
export interface AdlCandidate {
  readonly account: AccountId;
  /** Signed, not 0: positive long. */
  readonly lots: number;
  /** What the position was worth at its entry prices, signed as ContractValue's values. */
  readonly entryValue: number;
  /** What it is worth at the mark by which the venue ranks: the one before where ADL is at that price. */
  readonly markValue: number;
  /** Of the account, as the margin model has it. */
  readonly equity: number;
  /** Cash + Σ entry values. */
  readonly wallet: number;
  /** Maintenance margin of the account. */
  readonly maintenance: number;
  /** What the position would be worth where the account's equity is 0, with everything else at its mark. */
  readonly bankruptValue: number;
}

/** Lots that one candidate gives up. */
export interface AdlShare {
  readonly account: AccountId;
  /** Whole, above 0, at most what the candidate has. */
  readonly lots: number;
}

/**
 * Says who gives up how much, in the order in which it is booked. `lots` is above 0; the shares sum to it, or to what the candidates have
 * where that is less. A function of its arguments alone.
 */
export type AdlAllocator = (
  lots: number,
  candidates: readonly AdlCandidate[],
) => readonly AdlShare[];
