/**
 * Where the record of a level is, by its price. Plain twin: the Map of `OrderQueues`. Benchmark: test/bench/l3.ts.
 *
 * Layout: `near` Int32 × 2 NEAR (see OrderMemory), bids first, by the lowest bits of the price: the level whose price ends in them; 0 for none, and below 0
 * where there are more such levels than it, which lie in `far` by the same place. So neighbours in price are neighbours in memory, and an order at a
 * price of a book that is no wider than NEAR finds its level by one look.
 */
import { NEAR, type OrderMemory } from "./orderMemory.fast.ts";

const placeOf = (side: number, price: number): number => (price & (NEAR - 1)) + (side & NEAR);

export class LevelPlaces {
  private readonly memory: OrderMemory;
  private readonly far = new Map<number, number[]>();

  constructor(memory: OrderMemory) {
    this.memory = memory;
  }

  /** The record of a level; 0 when there is none. */
  find(side: number, price: number): number {
    const { near, values } = this.memory.arrays;
    const place = placeOf(side, price);
    const entry = near[place]!;
    const first = entry < 0 ? -entry : entry;
    if (first !== 0 && values[first << 2] === price) return first;
    if (entry >= 0) return 0;
    return this.far.get(place)!.find((level) => values[level << 2] === price) ?? 0;
  }

  /** Notes the record of a level that has none. */
  put(side: number, price: number, level: number): void {
    const { near } = this.memory.arrays;
    const place = placeOf(side, price);
    const entry = near[place]!;
    if (entry === 0) near[place] = level;
    else if (entry < 0) this.far.get(place)!.push(level);
    else {
      near[place] = -entry;
      this.far.set(place, [level]);
    }
  }

  /** Forgets the record of a level. */
  drop(side: number, price: number, level: number): void {
    const { near } = this.memory.arrays;
    const place = placeOf(side, price);
    const entry = near[place]!;
    if (entry === level) {
      near[place] = 0;
      return;
    }
    const others = this.far.get(place)!;
    const last = others.pop()!;
    const first = entry === -level ? last : -entry;
    if (last !== level && entry !== -level) others[others.indexOf(level)] = last;
    near[place] = others.length === 0 ? first : -first;
    if (others.length === 0) this.far.delete(place);
  }

  clear(): void {
    this.memory.arrays.near.fill(0);
    this.far.clear();
  }
}
