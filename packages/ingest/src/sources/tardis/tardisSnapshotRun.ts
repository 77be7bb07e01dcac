import { BID, decimalToNumber, type Decimal } from "@aftershock/schema";

/** A level as a book file states it. */
export interface BookLevel {
  /** BID or ASK. */
  readonly side: number;
  readonly price: Decimal;
  /** 0: there is no such level. */
  readonly size: Decimal;
}

const keyOf = ({ side, price }: BookLevel): string => `${side} ${price.mantissa} ${price.decimals}`;

const resting = (levels: readonly BookLevel[]): readonly BookLevel[] =>
  levels.filter((level) => level.size.mantissa > 0);

/**
 * The levels of one snapshot that may come in several messages: it tells whether the next message of snapshot rows can still be
 * part of it.
 */
export class TardisSnapshotRun {
  private readonly keys = new Set<string>();
  private bestBid = Number.NEGATIVE_INFINITY;
  private bestAsk = Number.POSITIVE_INFINITY;

  add(levels: readonly BookLevel[]): void {
    for (const level of resting(levels)) {
      const price = decimalToNumber(level.price);
      this.keys.add(keyOf(level));
      if (level.side === BID) this.bestBid = Math.max(this.bestBid, price);
      else this.bestAsk = Math.min(this.bestAsk, price);
    }
  }

  /** True when no level is stated a second time and none crosses the levels stated before. */
  canContinueWith(levels: readonly BookLevel[]): boolean {
    return resting(levels).every((level) => {
      const price = decimalToNumber(level.price);
      const crosses = level.side === BID ? price >= this.bestAsk : price <= this.bestBid;
      return !crosses && !this.keys.has(keyOf(level));
    });
  }
}
