import type { AccountId, Ledger } from "../../account/ledger.ts";
import type { Marks } from "../../account/marks.ts";
import type { MarginModel } from "../../margin/marginModel.ts";

/**
 * A position that auto-deleveraging may close, and its account, at one instant. Values and money are in units of the ledger's currency, not
 * rounded; values are signed as the ledger's are (of a linear long above 0, of an inverse long below 0), so that mark value less entry
 * value is the profit of every position, long or short, linear or inverse. That makes scores aware of direction.
 */
export interface AdlCandidate {
  readonly account: AccountId;
  /** Signed, whole, not 0: above 0 long. */
  readonly lots: number;
  /** Value at the average entry price. */
  readonly entryValue: number;
  /** Value at the mark by which the venue ranks: on Hyperliquid the one before. */
  readonly markValue: number;
  /** What the account has as margin, all of its positions at their marks; may be below 0. */
  readonly equity: number;
  /** Cash and realised profits of the account, without profits that are open. */
  readonly wallet: number;
  /** Maintenance margin of the account, 0 or more. */
  readonly maintenance: number;
  /** Value of the position at the price at which the account's equity would be 0, with everything else at its mark. */
  readonly bankruptValue: number;
}

/** Profit that is open, units: below 0 is a loss. */
export const openProfit = ({ markValue, entryValue }: AdlCandidate): number =>
  markValue - entryValue;

/**
 * The candidate that an account of a ledger is in an instrument; undefined where it holds none. Throws DataError where a mark is missing.
 *
 * The bankrupt value is the mark value less the equity. Assumes that only this instrument's price moves. Wrong for an account that could not
 * become bankrupt by it alone, such as a linear long with more equity than the position is worth: its bankrupt value lies beyond
 * a price of 0, and its effective leverage is below 1, which ranks it low as it should be.
 */
export function adlCandidateOf(
  { ledger, marks, margin }: { ledger: Ledger; marks: Marks; margin: MarginModel },
  account: AccountId,
  instrument: number,
): AdlCandidate | undefined {
  const position = ledger.position(account, instrument);
  if (position === undefined) return undefined;
  const { lots, entryValue } = position;
  const markValue = ledger.valueUnits(instrument, lots, marks.ticks(instrument));
  const equity = margin.equity(account, marks);
  return {
    account,
    lots,
    entryValue,
    markValue,
    equity,
    wallet: ledger.walletUnits(account),
    maintenance: margin.maintenance(account, marks),
    bankruptValue: markValue - equity,
  };
}
