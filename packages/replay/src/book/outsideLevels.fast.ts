/**
 * Levels of one side beyond one end of a ladder's window, by key: in no order until somebody asks. One in twenty updates of a real stream
 * goes here. Plain twin: a Map of keys to sizes. Benchmark: test/bench/books.ts, its real stream.
 *
 * Layout: a table of a power of two of places, at most half of them full, Float64 × 2 each, the key (NaN where a place is empty) and its size, in one line of the processor's
 * cache. A key stands at the place that its hash says, or in the first one behind that was empty.
 */

/** Places at the start. */
const START = 64;
/** 2^32 / golden ratio, odd: spreads the bits of a key to the upper ones. */
const SPREAD = 0x9e3779b1;

export class OutsideLevels {
  /** How many levels there are. */
  count = 0;
  private table = new Float64Array(2 * START).fill(Number.NaN);
  private shift = 32 - Math.log2(START);
  /** The keys, ascending; undefined when they have changed since. */
  private sorted: Float64Array | undefined;
  /** By place 0: the highest key, -Infinity for none; NaN when it was deleted since. */
  private readonly best = Float64Array.of(Number.NEGATIVE_INFINITY);

  /** Where in the table a key stands, or belongs when it is not there. */
  private placeOf(key: number): number {
    const { table } = this;
    const mask = table.length - 1;
    let place = (Math.imul(key, SPREAD) >>> this.shift) << 1;
    for (;;) {
      const own = table[place]!;
      if (own === key || Number.isNaN(own)) return place;
      place = (place + 2) & mask;
    }
  }

  /** Lots; 0 where nothing rests. */
  sizeOf(key: number): number {
    const place = this.placeOf(key);
    return this.table[place] === key ? this.table[place + 1]! : 0;
  }

  /** Sets a level, or with size 0 deletes it; returns whether it was there. */
  set(key: number, size: number): boolean {
    const { best, table } = this;
    const place = this.placeOf(key);
    const known = table[place] === key;
    if (size === 0) {
      if (!known) return false;
      this.remove(place);
      if (key === best[0]) best[0] = Number.NaN;
      return true;
    }
    table[place + 1] = size;
    if (known) return true;
    table[place] = key;
    this.sorted = undefined;
    this.count += 1;
    if (key > best[0]!) best[0] = key;
    if (4 * this.count > table.length) this.widen();
    return false;
  }

  private remove(at: number): void {
    const { table, shift } = this;
    const mask = table.length - 1;
    let hole = at;
    let place = at;
    // What stands behind the hole moves into it, unless it would come to stand before its home.
    for (;;) {
      place = (place + 2) & mask;
      const other = table[place]!;
      if (Number.isNaN(other)) break;
      const home = (Math.imul(other, SPREAD) >>> shift) << 1;
      if (((place - home) & mask) < ((place - hole) & mask)) continue;
      table[hole] = other;
      table[hole + 1] = table[place + 1]!;
      hole = place;
    }
    table[hole] = Number.NaN;
    this.count -= 1;
    this.sorted = undefined;
  }

  private widen(): void {
    const { table } = this;
    this.table = new Float64Array(2 * table.length).fill(Number.NaN);
    this.shift -= 1;
    for (let at = 0; at < table.length; at += 2) {
      const key = table[at]!;
      if (Number.isNaN(key)) continue;
      const place = this.placeOf(key);
      this.table[place] = key;
      this.table[place + 1] = table[at + 1]!;
    }
  }

  /** The highest key; -Infinity when there is none. */
  get highest(): number {
    const { best } = this;
    if (!Number.isNaN(best[0]!)) return best[0]!;
    let highest = Number.NEGATIVE_INFINITY;
    const { table } = this;
    for (let at = 0; at < table.length; at += 2) if (table[at]! > highest) highest = table[at]!;
    best[0] = highest;
    return highest;
  }

  /** The highest key below another; -Infinity when there is none. */
  below(key: number): number {
    if (this.count === 0) return Number.NEGATIVE_INFINITY;
    const keys = (this.sorted ??= this.table
      .filter((own, at) => at % 2 === 0 && !Number.isNaN(own))
      .sort());
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return keys[low - 1] ?? Number.NEGATIVE_INFINITY;
  }

  /** Keys and sizes, in no order. */
  *each(): Generator<readonly [key: number, size: number]> {
    const { table } = this;
    for (let at = 0; at < table.length; at += 2) {
      if (!Number.isNaN(table[at]!)) yield [table[at]!, table[at + 1]!];
    }
  }

  clear(): void {
    if (this.count > 0) this.table.fill(Number.NaN);
    this.count = 0;
    this.sorted = undefined;
    this.best[0] = Number.NEGATIVE_INFINITY;
  }
}
