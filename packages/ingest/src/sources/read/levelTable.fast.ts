/**
 * Two numbers by price, for one side of a book: what captures check their messages against, at 5 times the rate of a `Map` keyed by
 * text, its plain twin (test/bench/captures.ts has the whole of it).
 *
 * Layout: open addressing in one Float64Array, four numbers a place: mantissa of the price (0: the place is free), its decimals, and the
 * two values; 2^n places. Invariants: at most half of the places are taken; from the place that a key hashes to, none is free up to
 * where the key stands, so that a delete moves back what stands behind it.
 */

/** Numbers a place. */
const PLACE = 4;
const FIRST_PLACES = 64;
/** 2^32 divided by the golden ratio: spreads neighbouring prices. */
const SPREAD = 0x9e3779b1;

/** A table of prices, each a decimal above zero whose trailing zeros are dropped. */
export class LevelTable {
  private table = new Float64Array(PLACE * FIRST_PLACES);
  private mask = FIRST_PLACES - 1;
  private taken = 0;

  /** How many prices it has. */
  get size(): number {
    return this.taken;
  }

  clear(): void {
    if (this.taken > 0) this.table.fill(0);
    this.taken = 0;
  }

  private home(mantissa: number, decimals: number): number {
    const mixed = Math.imul((mantissa | 0) ^ (decimals << 24), SPREAD);
    return (mixed ^ (mixed >>> 15)) & this.mask;
  }

  /** Where a price stands; -1 where it does not. Good until the table is changed. */
  find(mantissa: number, decimals: number): number {
    const { table, mask } = this;
    for (let at = this.home(mantissa, decimals); ; at = (at + 1) & mask) {
      const key = table[at * PLACE]!;
      if (key === 0) return -1;
      if (key === mantissa && table[at * PLACE + 1] === decimals) return at;
    }
  }

  /** The first value at a place that `find` gave. */
  firstAt(place: number): number {
    return this.table[place * PLACE + 2]!;
  }

  /** The second value at a place that `find` gave. */
  secondAt(place: number): number {
    return this.table[place * PLACE + 3]!;
  }

  /** Sets the values of a price; returns whether it was there. */
  set(mantissa: number, decimals: number, first: number, second: number): boolean {
    const { table, mask } = this;
    for (let at = this.home(mantissa, decimals); ; at = (at + 1) & mask) {
      const from = at * PLACE;
      const key = table[from]!;
      const known = key === mantissa && table[from + 1] === decimals;
      if (!known && key !== 0) continue;
      table[from] = mantissa;
      table[from + 1] = decimals;
      table[from + 2] = first;
      table[from + 3] = second;
      if (!known && ++this.taken * 2 > mask) this.grow();
      return known;
    }
  }

  /** Takes a price away; returns whether it was there. */
  delete(mantissa: number, decimals: number): boolean {
    let free = this.find(mantissa, decimals);
    if (free < 0) return false;
    const { table, mask } = this;
    for (let at = (free + 1) & mask; table[at * PLACE] !== 0; at = (at + 1) & mask) {
      const home = this.home(table[at * PLACE]!, table[at * PLACE + 1]!);
      // It may move back only as far as its home.
      if (((at - home) & mask) < ((at - free) & mask)) continue;
      table.copyWithin(free * PLACE, at * PLACE, (at + 1) * PLACE);
      free = at;
    }
    table[free * PLACE] = 0;
    this.taken -= 1;
    return true;
  }

  private grow(): void {
    const { table } = this;
    this.table = new Float64Array(table.length * 2);
    this.mask = this.mask * 2 + 1;
    this.taken = 0;
    for (let from = 0; from < table.length; from += PLACE) {
      if (table[from] === 0) continue;
      this.set(table[from]!, table[from + 1]!, table[from + 2]!, table[from + 3]!);
    }
  }
}
