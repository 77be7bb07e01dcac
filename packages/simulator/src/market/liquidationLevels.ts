import type { VisibleLevels } from "../agents/frontRunner.ts";
import { SELL } from "@aftershock/schema";

/** One account whose liquidation can be seen coming. */
export interface LiquidationLevel {
  readonly account: number;
  /** 1 for a long, −1 for a short. */
  readonly side: number;
  /** The mark at which it is liquidated, USD; Infinity for a short that never is, 0 for such a long. */
  readonly usd: number;
}

/**
 * At which marks accounts are liquidated, as it would be seen by one who knew all positions. Levels are found anew when margins change (funding), and
 * count as long as there is a position.
 */
export class LiquidationLevels implements VisibleLevels {
  readonly #isHidden: boolean;
  readonly #markUsd: () => number;
  readonly #notionalUsd: (account: number) => number;
  /** Of longs from the highest on, of shorts from the lowest on. */
  #longs: readonly LiquidationLevel[] = [];
  #shorts: readonly LiquidationLevel[] = [];

  constructor(options: {
    isHidden: boolean;
    markUsd: () => number;
    /** Of an account's position now, USD. */
    notionalUsd: (account: number) => number;
  }) {
    this.#isHidden = options.isHidden;
    this.#markUsd = options.markUsd;
    this.#notionalUsd = options.notionalUsd;
  }

  /** Takes levels in place of those before. */
  set(levels: readonly LiquidationLevel[]): void {
    this.#longs = levels.filter(({ side }) => side > 0).sort((a, b) => b.usd - a.usd);
    this.#shorts = levels.filter(({ side }) => side < 0).sort((a, b) => a.usd - b.usd);
  }

  notionalAhead(side: number, range: number): number {
    if (this.#isHidden) return 0;
    const mark = this.#markUsd();
    const levels = side === SELL ? this.#longs : this.#shorts;
    const furthest = mark * (1 + side * range);
    let sum = 0;
    for (const { account, usd } of levels) {
      if ((usd - furthest) * side > 0) break;
      if ((usd - mark) * side < 0) continue;
      sum += this.#notionalUsd(account);
    }
    return sum;
  }
}
