/**
 * Where the record of a level is, by its price. Plain twin: the Map of `OrderQueues`. Benchmark: test/bench/l3.ts.
 *
 * Layout: `near` Int32 × 2 NEAR, bids first: the level whose price ends in the bits of its place, if that one came first; 0 for none. `far`,
 * by side, has the others. So neighbours in price are neighbours in memory, and an order at a price of a book that is no wider than NEAR
 * finds its level by one look.
 */
import { BID } from "@aftershock/schema";

/** Places a side: a power of two. */
const NEAR = 1 << 15;

const placeOf = (side: number, price: number): number => (price & (NEAR - 1)) + (side & NEAR);

export class LevelPlaces {
  readonly near: Int32Array = new Int32Array(2 * NEAR);
  private readonly far = [new Map<number, number>(), new Map<number, number>()] as const;

  /** The record of a level; 0 when there is none. `values` are those of the records. */
  find(side: number, price: number, values: Float64Array): number {
    const level = this.near[placeOf(side, price)]!;
    if (level !== 0 && values[level << 2] === price) return level;
    const far = this.farOf(side);
    return far.size === 0 ? 0 : (far.get(price) ?? 0);
  }

  /** Notes the record of a level that has none. */
  put(side: number, price: number, level: number): void {
    const place = placeOf(side, price);
    if (this.near[place] === 0) this.near[place] = level;
    else this.farOf(side).set(price, level);
  }

  /** Forgets the record of a level. */
  drop(side: number, price: number, level: number): void {
    const place = placeOf(side, price);
    if (this.near[place] === level) this.near[place] = 0;
    else this.farOf(side).delete(price);
  }

  clear(): void {
    this.near.fill(0);
    for (const levels of this.far) levels.clear();
  }

  private farOf(side: number): Map<number, number> {
    return side === BID ? this.far[0] : this.far[1];
  }
}
