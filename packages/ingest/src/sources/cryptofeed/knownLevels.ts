import { ASK, BID } from "@aftershock/schema";
import { LevelTable } from "../read/levelTable.fast.ts";
import type { BookLevel } from "../read/bookMessage.ts";

type Side = BookLevel["side"];

/**
 * The levels that a book has, as far as its messages tell: for venues without a usable sequence, whose messages contradict the
 * book once some of them are missing.
 */
export class KnownLevels {
  /** The size's mantissa and decimals by price. */
  readonly bids: LevelTable = new LevelTable();
  /** As `bids`. */
  readonly asks: LevelTable = new LevelTable();

  private side(side: Side): LevelTable {
    return side === BID ? this.bids : this.asks;
  }

  /** Starts anew from a snapshot. */
  restart(levels: readonly BookLevel[]): void {
    this.bids.clear();
    this.asks.clear();
    for (const level of levels) this.set(level);
  }

  /** How many levels a side has. */
  depth(side: Side): number {
    return this.side(side).size;
  }

  has({ side, price }: BookLevel): boolean {
    return this.side(side).find(price.mantissa, price.decimals) >= 0;
  }

  /** Takes a change of one level; size 0 deletes it. Returns whether the level was there. */
  set({ side, price, size }: BookLevel): boolean {
    const levels = this.side(side);
    return size.mantissa === 0
      ? levels.delete(price.mantissa, price.decimals)
      : levels.set(price.mantissa, price.decimals, size.mantissa, size.decimals);
  }

  /** Takes the changes of one message. Returns false when one deletes a level that is not there: its addition is missing. */
  apply(levels: readonly BookLevel[]): boolean {
    let consistent = true;
    for (const level of levels) {
      if (!this.set(level) && level.size.mantissa === 0) consistent = false;
    }
    return consistent;
  }

  /** True when a snapshot says the same. */
  equals(levels: readonly BookLevel[]): boolean {
    const same = levels.filter(({ side, price, size }) => {
      const known = this.side(side);
      const place = known.find(price.mantissa, price.decimals);
      if (place < 0) return false;
      return known.firstAt(place) === size.mantissa && known.secondAt(place) === size.decimals;
    });
    return same.length === levels.length && levels.length === this.depth(BID) + this.depth(ASK);
  }
}
