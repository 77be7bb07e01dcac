import { ASK, BID } from "@aftershock/schema";
import type { BookLevel } from "../read/bookMessage.ts";

type Side = BookLevel["side"];

const keyOf = ({ price }: BookLevel): string => `${price.mantissa}e${price.decimals}`;

const sizeOf = ({ size }: BookLevel): string => `${size.mantissa}e${size.decimals}`;

/**
 * The levels that a book has, as far as its messages tell: for venues without a usable sequence, whose messages contradict the
 * book once some of them are missing.
 */
export class KnownLevels {
  /** Size by price, as keys of the exact decimals. */
  private readonly sides: Readonly<Record<Side, Map<string, string>>> = {
    [BID]: new Map(),
    [ASK]: new Map(),
  };

  /** Starts anew from a snapshot. */
  restart(levels: readonly BookLevel[]): void {
    for (const side of [BID, ASK] as const) this.sides[side].clear();
    for (const level of levels) this.set(level);
  }

  /** How many levels a side has. */
  depth(side: Side): number {
    return this.sides[side].size;
  }

  has(level: BookLevel): boolean {
    return this.sides[level.side].has(keyOf(level));
  }

  /** Takes a change of one level; size 0 deletes it. */
  set(level: BookLevel): void {
    const levels = this.sides[level.side];
    if (level.size.mantissa === 0) levels.delete(keyOf(level));
    else levels.set(keyOf(level), sizeOf(level));
  }

  /** Takes the changes of one message. Returns false when one deletes a level that is not there: its addition is missing. */
  apply(levels: readonly BookLevel[]): boolean {
    let consistent = true;
    for (const level of levels) {
      if (level.size.mantissa === 0 && !this.has(level)) consistent = false;
      this.set(level);
    }
    return consistent;
  }

  /** True when a snapshot says the same. */
  equals(levels: readonly BookLevel[]): boolean {
    const same = levels.filter((level) => {
      const known = this.sides[level.side].get(keyOf(level));
      return known === sizeOf(level);
    });
    return same.length === levels.length && levels.length === this.depth(BID) + this.depth(ASK);
  }
}
