import { ASK, BID } from "@aftershock/schema";
import type { SideReads } from "../book/sideReads.ts";
import type { Side } from "./order.ts";

/** A recorded level from which the study has taken. */
interface TakenLevel {
  /** Lots that the study has taken and the record still shows. */
  taken: number;
  /** Recorded size at the last message end, lots. */
  size: number;
}

/** What is gone from one side of the recorded book. */
class TakenSide {
  readonly #side: Side;
  readonly #levels = new Map<number, TakenLevel>();
  /** Lots of recorded trades by price since the last message end. */
  readonly #printed = new Map<number, number>();
  /** The worst price of those trades for the side that was hit: everything better has traded. */
  #printedThrough = Number.NaN;

  constructor(side: Side) {
    this.#side = side;
  }

  get isEmpty(): boolean {
    return this.#levels.size === 0;
  }

  printedAt(price: number): number {
    const isThrough = (price - this.#printedThrough) * this.#side > 0;
    return isThrough ? Number.POSITIVE_INFINITY : (this.#printed.get(price) ?? 0);
  }

  available(price: number, size: number): number {
    const taken = this.#levels.get(price)?.taken ?? 0;
    // Trades take from the front, as the study did: what both took is the same size.
    return Math.max(0, size - Math.max(taken, this.printedAt(price)));
  }

  take(price: number, lots: number, size: number): void {
    const level = this.#levels.get(price);
    if (level === undefined) this.#levels.set(price, { taken: lots, size });
    else level.taken += lots;
  }

  print(price: number, size: number): void {
    this.#printed.set(price, (this.#printed.get(price) ?? 0) + size);
    const isWorse = !((price - this.#printedThrough) * this.#side > 0);
    if (isWorse) this.#printedThrough = price;
  }

  show(side: SideReads): void {
    this.forgetPrints();
    if (this.#levels.size === 0) return;
    for (const [price, level] of this.#levels) {
      const size = side.sizeAt(price);
      level.taken = Math.min(level.taken - Math.max(0, level.size - size), size);
      level.size = size;
      if (level.taken <= 0) this.#levels.delete(price);
    }
  }

  forgetPrints(): void {
    if (this.#printed.size === 0) return;
    this.#printed.clear();
    this.#printedThrough = Number.NaN;
  }

  clear(): void {
    this.#levels.clear();
    this.forgetPrints();
  }
}

/**
 * What of the size that the recorded book shows is no longer there for the study to take.
 *
 * - What the study took. The recorded book does not change for it, so it is remembered by level: the study cannot take it again. When the
 *   recorded size of the level falls, whatever fell is taken to be what the study had; size that is added is new and can be taken. When the
 *   level vanishes, or the book is replaced by a snapshot or lost in a gap, all of it is forgotten. So from one level the study never takes
 *   more than its size at the first fill and what the record has added since.
 * - What recorded trades took since the last message end, and the book does not show yet. A trade also shows that no better price is left.
 *
 * Assumed: makers do not answer the study's fills, neither by moving away nor by putting size back. Wrong for large orders, where the
 * depth of the market after them is what matters most. Wrong, too optimistic, where a snapshot repeats a level that the study has emptied,
 * and where a level is deleted and put back between two messages; too careful, where makers who were hit in truth would have refilled.
 */
export class TakenLiquidity {
  readonly #bids = new TakenSide(BID);
  readonly #asks = new TakenSide(ASK);

  /** True when the study has taken nothing that the record still shows. */
  get isEmpty(): boolean {
    return this.#bids.isEmpty && this.#asks.isEmpty;
  }

  /** How much of the recorded size at a price the study can take now, lots, 0 or more. */
  available(side: SideReads, price: number): number {
    return this.#of(side.side).available(price, side.sizeAt(price));
  }

  /** The same over all levels from the best to `limit`, ticks; over all levels for NaN. */
  availableThrough(side: SideReads, limit: number): number {
    let size = 0;
    this.eachLevel(side, limit, (_price, available) => {
      size += available;
      return true;
    });
    return size;
  }

  /** Calls back for each level from the best to `limit` (NaN: to the last) with what can be taken of it, until told false. */
  eachLevel(
    side: SideReads,
    limit: number,
    take: (price: number, available: number) => boolean,
  ): void {
    let price = side.bestPrice;
    while (!Number.isNaN(price) && !((price - limit) * side.side < 0)) {
      if (!take(price, this.available(side, price))) return;
      price = side.priceAfter(price);
    }
  }

  /** Takes `lots` from the best level on. */
  takeThrough(side: SideReads, lots: number): void {
    let left = lots;
    this.eachLevel(side, Number.NaN, (price, available) => {
      const taken = Math.min(left, available);
      if (taken > 0) this.take(side, price, taken);
      left -= taken;
      return left > 0;
    });
  }

  /** The study takes `lots` from a level. */
  take(side: SideReads, price: number, lots: number): void {
    this.#of(side.side).take(price, lots, side.sizeAt(price));
  }

  /** A recorded trade took `size` lots from a level of the book's side `hit`. */
  print(hit: Side, price: number, size: number): void {
    this.#of(hit).print(price, size);
  }

  /** Lots of recorded trades at a price since the last message end; Infinity where one at a worse price shows that nothing is left. */
  printedAt(hit: Side, price: number): number {
    return this.#of(hit).printedAt(price);
  }

  /** Takes the book at the end of a message. */
  show(bids: SideReads, asks: SideReads): void {
    this.#bids.show(bids);
    this.#asks.show(asks);
  }

  /** The book was replaced or lost: nothing is known to be taken. */
  clear(): void {
    this.#bids.clear();
    this.#asks.clear();
  }

  #of(side: Side): TakenSide {
    return side === BID ? this.#bids : this.#asks;
  }
}
