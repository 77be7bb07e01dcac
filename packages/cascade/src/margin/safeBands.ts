import type { AccountId } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";
import type { MarginSlack } from "./marginSlack.ts";

/** How far marks may move before an account could be liquidated. */
export interface SafeBands {
  /**
   * Writes, for each position of an account in the order of the ledger, the lowest and the highest mark in ticks: while all marks lie in them, these
   * included, the account is surely not liquidatable. May be narrower than need be. Gives false, and may leave anything in the arrays, where
   * nothing can be said: when more than marks decides (time, volatility).
   */
  write(account: AccountId, marks: Marks, low: number[], high: number[]): boolean;
}

/**
 * Share of all amounts of an account by which its slack is taken to be smaller. Sums of a few hundred doubles are off by some 1e-14 of them, so that
 * an account within its bands is never liquidatable by rounding.
 */
export const GUARD = 1e-9;

/** Share of a price by which a band is narrower than its edge: an edge is exact to a few 1e-16. */
export const EDGE_GUARD = 1e-12;

/** Of a schedule with very many steps no more than these are looked at: a shorter band is as true. */
const MOST_PIECES = 64;

/**
 * Bands under RuleMargin. An account with one position may use up all of its slack in it: the band ends where it is liquidated. With several, each
 * may use up a share of the slack as large as its share of the notional: whatever the others do within their bands, the sum stays above 0. So hedged positions
 * have bands narrower than they need, and are looked at more often. Of accounts with options nothing can be said: their margin moves with forwards.
 */
export class RuleBands implements SafeBands {
  readonly #slack: MarginSlack;
  readonly #parts: number[] = [];
  readonly #notionals: number[] = [];

  constructor(slack: MarginSlack) {
    this.#slack = slack;
  }

  write(account: AccountId, marks: Marks, low: number[], high: number[]): boolean {
    const { ledger } = this.#slack.margin;
    if (this.#slack.margin.optionOf(account) !== undefined) return false;
    const positions = ledger.positions(account);
    const cash = ledger.cash(account);
    let slack = cash;
    let notionals = 0;
    let count = 0;
    for (const { instrument, lots } of positions) {
      const price = marks.ticks(instrument);
      const part = this.#slack.part(instrument, lots, price);
      const notional = Math.abs(ledger.valueUnits(instrument, lots, price));
      this.#parts[count] = part;
      this.#notionals[count] = notional;
      count += 1;
      slack += part;
      notionals += notional;
    }
    const spare = slack - GUARD * (Math.abs(cash) + notionals);
    let i = -1;
    for (const { instrument, lots } of positions) {
      i += 1;
      const price = marks.ticks(instrument);
      low[i] = price;
      high[i] = price;
      if (!(spare > 0)) continue;
      const share = notionals === 0 ? 0 : (this.#notionals[i] ?? 0) / notionals;
      const level = (this.#parts[i] ?? 0) - spare * share;
      const stretch = this.#slack.stretch({ instrument, lots, price, level }, MOST_PIECES);
      low[i] = stretch.low * (1 + EDGE_GUARD);
      high[i] = stretch.high * (1 - EDGE_GUARD);
    }
    return true;
  }
}

/** Bands of nothing: every account is looked at whenever a mark moves. For books of options, whose margin moves with time and volatility. */
export const NO_BANDS: SafeBands = { write: () => false };

/** Bands that let exempt accounts (a fund, the rest of the world) alone at any mark, whatever they hold, and others as `bands` says. */
export const exemptBands = (
  bands: SafeBands,
  isExempt: (account: AccountId) => boolean,
): SafeBands => ({
  write(account, marks, low, high) {
    if (!isExempt(account)) return bands.write(account, marks, low, high);
    low.fill(0);
    high.fill(Number.POSITIVE_INFINITY);
    return true;
  },
});
