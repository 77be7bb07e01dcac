import { ConfigError } from "@aftershock/schema";
import type { AdlRanking, AdlRule } from "../../rules/adlRule.ts";
import { type AdlCandidate, openProfit } from "./adlCandidate.ts";

/**
 * How early a position is closed by auto-deleveraging: the highest score first. `unitsPerOne`: units in one of the ledger's currency. Never NaN for
 * a candidate of finite values; infinite where a formula divides by nothing.
 */
export type AdlScore = (candidate: AdlCandidate, unitsPerOne: number) => number;

/** part / whole, where a whole that is not above 0 makes of any part an infinite ratio: nothing is left to bear it. */
const over = (part: number, whole: number): number => {
  if (part === 0) return 0;
  return whole > 0 ? part / whole : part * Number.POSITIVE_INFINITY;
};

/** A product in which 0 stays 0, also beside infinity. */
const times = (left: number, right: number): number =>
  left === 0 || right === 0 ? 0 : left * right;

/** Profit as a share of the entry value, signed. */
const profitRatio = (candidate: AdlCandidate): number =>
  over(openProfit(candidate), Math.abs(candidate.entryValue));

/** |mark value| / (mark value − bankrupt value). */
const effectiveLeverage = ({ markValue, bankruptValue }: AdlCandidate): number =>
  over(Math.abs(markValue), markValue - bankruptValue);

/** |mark value| / equity. */
const accountLeverage = ({ markValue, equity }: AdlCandidate): number =>
  over(Math.abs(markValue), equity);

/** Ratio × leverage of a gain, ratio / leverage of a loss: nothing where the leverage is infinite, however large the loss. */
const leveraged = (ratio: number, leverage: number): number => {
  if (ratio === 0) return 0;
  if (ratio > 0) return times(ratio, leverage);
  return leverage === Number.POSITIVE_INFINITY ? 0 : ratio / leverage;
};

/**
 * Binance: max(0, profit) / max(1, wallet) × maintenance / equity; 0 where equity is not above 0. Source: FAQ 360033525471, no date of its own.
 *
 * Assumes that the 1 is one of the currency, and that the margin ratio is the account's (of an isolated position, an account of its own,
 * that is the same). Wrong in the tail by design: an account that is already bankrupt scores 0, so it is never closed first.
 */
export const profitTimesMarginRatio: AdlScore = (candidate, unitsPerOne) => {
  const { wallet, maintenance, equity } = candidate;
  const gain = Math.max(0, openProfit(candidate)) / Math.max(unitsPerOne, wallet);
  return equity > 0 ? gain * (maintenance / equity) : 0;
};

/**
 * BitMEX: profit ratio × effective leverage of a gain, profit ratio / effective leverage of a loss, with profit / |entry value| and |mark value| /
 * (mark value − bankrupt value). Source: support 18589621443357 and its older mirror, undated.
 *
 * Assumes that a position at or beyond its bankruptcy price has infinite leverage, of which the source says nothing. Wrong where the venue
 * bounds bankruptcy prices, e.g. at a price of 0: leverage there would be no less than 1.
 */
export const profitTimesEffectiveLeverage: AdlScore = (candidate) =>
  leveraged(profitRatio(candidate), effectiveLeverage(candidate));

/**
 * OKX: as BitMEX's with leverage = |value| / equity of the account. Source: help mirror of 2025-11-05.
 *
 * Assumes infinite leverage where equity is not above 0. It differs from BitMEX's where positions share an account only by haircuts on equity.
 */
export const profitTimesAccountLeverage: AdlScore = (candidate) =>
  leveraged(profitRatio(candidate), accountLeverage(candidate));

/**
 * Bybit's earlier text: profit ratio × effective leverage, of gains and losses alike. Source: help 900000031623, undated.
 *
 * Assumes effective leverage as BitMEX defines it. Read as it stands, the most leveraged of the losers are closed last; where the queue
 * reaches losers at all, that is the formula's doing and may not be the venue's.
 */
export const profitTimesLeverage: AdlScore = (candidate) =>
  times(profitRatio(candidate), effectiveLeverage(candidate));

/**
 * Hyperliquid: price ratio × notional / account value, where the price ratio is mark / entry of a long and entry / mark of a short. Source:
 * documentation, Auto-deleveraging, which writes mark / entry for both. Read literally that ranks the shorts with the *smallest* gain
 * first; in the one group of the record of 10 October 2025 that can tell, both orders agree (docs/adl-2025-10-10.md).
 *
 * Assumes that the mark is the previous one, as the caller values it, and infinite leverage where account value is not above 0. Wrong if the venue
 * does rank shorts by the formula as it stands, which leverage mostly hides: gains are per cents, leverages multiples.
 */
export const markOverEntryTimesLeverage: AdlScore = (candidate) => {
  const { markValue, entryValue } = candidate;
  // The value of a linear long and of an inverse short is above 0 and grows with profit; of the others it is below 0 and shrinks.
  const ratio =
    markValue > 0
      ? over(markValue, Math.max(0, entryValue))
      : over(-Math.min(0, entryValue), -markValue);
  return times(ratio, accountLeverage(candidate));
};

/** The score of each ranking that venue rules name. */
export const ADL_SCORES: Readonly<Record<AdlRanking, AdlScore>> = {
  profitTimesMarginRatio,
  profitTimesEffectiveLeverage,
  profitTimesAccountLeverage,
  profitTimesLeverage,
  markOverEntryTimesLeverage,
};

/** The score by which a venue ranks. Throws ConfigError where its rules name none. */
export function adlScoreOf(rule: AdlRule, venue: string): AdlScore {
  if (rule.ranking !== undefined) return ADL_SCORES[rule.ranking];
  throw new ConfigError(`The rules of ${venue} state no ranking for auto-deleveraging`, {
    hints: [
      "Choose a ranking and report it; dYdX v4 has none, and takes counterparties in turn (allocateInTurn).",
    ],
  });
}
