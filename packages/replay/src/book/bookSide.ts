import { lots, ticks, type Lots, type Ticks } from "@aftershock/schema";
import type { SideReads } from "./sideReads.ts";

/** One price level of a book. */
export interface Level {
  readonly price: Ticks;
  /** Size resting at the price, lots, above 0. */
  readonly size: Lots;
}

/** The index at which `key` stands in an ascending array, or should be put. */
function indexOfKey(keys: readonly number[], key: number): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? Number.NaN) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One side of a book, plain: a Map of sizes by key, and the keys in order. */
export class BookSide implements SideReads {
  // A key is the price times the side, so that the best level has the highest key on both sides and stands last, where
  // most changes happen.
  readonly side: 1 | -1;
  readonly #sizes = new Map<number, number>();
  readonly #keys: number[] = [];

  /** `side` is BID or ASK. */
  constructor(side: 1 | -1) {
    this.side = side;
  }

  /** How many levels there are. */
  get depth(): number {
    return this.#keys.length;
  }

  /** Sets the size of a level, lots; 0 deletes it. Returns false when the level to delete is not there. */
  set(price: number, size: number): boolean {
    const key = price * this.side;
    const known = this.#sizes.has(key);
    if (size === 0) return known && this.#delete(key);
    this.#sizes.set(key, size);
    if (!known) this.#keys.splice(indexOfKey(this.#keys, key), 0, key);
    return true;
  }

  #delete(key: number): boolean {
    this.#keys.splice(indexOfKey(this.#keys, key), 1);
    return this.#sizes.delete(key);
  }

  clear(): void {
    this.#sizes.clear();
    this.#keys.length = 0;
  }

  /** The size at a price, lots; 0 where nothing rests. */
  sizeAt(price: number): Lots {
    return lots(this.#sizes.get(price * this.side) ?? 0);
  }

  /** The price of the best level, ticks; NaN when the side is empty. */
  get bestPrice(): number {
    return this.#priceOf(this.#keys.length - 1);
  }

  /** The size of the best level, lots; 0 when the side is empty. */
  get bestSize(): number {
    return this.sizeAt(this.bestPrice);
  }

  /** The best price that is worse than `price` and has a level, ticks; NaN when there is none. */
  priceAfter(price: number): number {
    return this.#priceOf(indexOfKey(this.#keys, price * this.side) - 1);
  }

  #priceOf(index: number): number {
    // Never -0.
    return (this.#keys[index] ?? Number.NaN) * this.side + 0;
  }

  /** The best level: the highest bid or the lowest ask. Undefined when the side is empty. */
  get best(): Level | undefined {
    return this.#levelAt(this.#keys.length - 1);
  }

  /** The best `depth` levels, best first. */
  levels(depth: number): readonly Level[] {
    const levels: Level[] = [];
    for (let index = this.#keys.length - 1; index >= 0 && levels.length < depth; index -= 1) {
      const level = this.#levelAt(index);
      if (level !== undefined) levels.push(level);
    }
    return levels;
  }

  #levelAt(index: number): Level | undefined {
    const key = this.#keys[index];
    if (key === undefined) return undefined;
    return { price: ticks(this.#priceOf(index)), size: lots(this.#sizes.get(key) ?? 0) };
  }
}
