/**
 * The levels of both sides of a book, as windows of ticks about the touch: an update costs a few array accesses however deep the book
 * is. Plain twin: two `BookSide`. Benchmark: test/bench/books.ts.
 *
 * Layout: side 0 are the bids, 1 the asks. A level's key is its distance from `origin` in ticks, for asks with all bits turned (~), so that the
 * best level of either side has the highest key. The window of a side are the keys [bases[side], bases[side] + W); a key's place in it, 0 …
 * W-1, is its slot less side × W. `sizes` Float64 × 2W (lots by slot; stale where the bit is not set), `bits` Int32 × 2W/32 (a bit a slot),
 * `words` Int32 × 2W/1024 (a bit a word of `bits` that is not 0), `tops` Int32 × 2 (by side the place of the best level in the window, -1
 * for none), `bases` Int32 × 2, at most 2^27 from 0. Levels outside lie in `high`, those with better keys than the window's, and `low`.
 * `doubt` is true when the best level of a side may lie outside of its window.
 *
 * The window follows the activity, not the best price: a level that was never deleted, or an outlier, must not hold it. So it moves when
 * more than MISSES updates of a side have missed it within the last ROWS, to where the last one was.
 */
import { lots, ticks, type Lots } from "@aftershock/schema";
import type { Level } from "./bookSide.ts";
import { OutsideLevels } from "./outsideLevels.fast.ts";
import type { SideReads } from "./sideReads.ts";

/** Ticks in a window: 97 % of the updates of a real BTCUSDT perpetual lie within 2^17 of each other. */
export const WINDOW: number = 1 << 17;
/** From so many words on clearing a whole window is cheaper than clearing level by level. */
const MANY_WORDS = 500;
/** See above. Real streams miss in 3 % of their updates. */
const MISSES = 512;
const ROWS = 4 * MISSES;
/** Keys of windows stay within this of the origin, so that none leaves the 29 bits that the loops of L2Kernel have for one. */
const REACH = 2 ** 27;
/** Places of a word of `words`: a window of several is shifted by a multiple of it. */
const GROUP = 1_024;
const BIDS = 0;

type Sides<T> = readonly [bids: T, asks: T];

/** Where a ladder lies in memory: see above. */
export interface LadderArrays {
  readonly sizes: Float64Array;
  readonly bits: Int32Array;
  readonly words: Int32Array;
  readonly tops: Int32Array;
  readonly bases: Int32Array;
}

const arraysOf = (window: number): LadderArrays => ({
  sizes: new Float64Array(2 * window),
  bits: new Int32Array(window >> 4),
  words: new Int32Array(window >> 9),
  tops: new Int32Array(2),
  bases: new Int32Array(2),
});

export class Ladder implements LadderArrays {
  /** Ticks in a window, a power of two. */
  readonly window: number;
  sizes: Float64Array;
  bits: Int32Array;
  words: Int32Array;
  tops: Int32Array;
  bases: Int32Array;
  /** Ticks. */
  origin: number = 0;
  doubt: boolean = false;
  /** How many updates there were, of both sides. */
  rows: number = 0;
  readonly high: Sides<OutsideLevels> = [new OutsideLevels(), new OutsideLevels()];
  readonly low: Sides<OutsideLevels> = [new OutsideLevels(), new OutsideLevels()];
  readonly bids: LadderReads;
  readonly asks: LadderReads;
  /** By side: updates that missed the window, and from which row on they are counted. */
  private readonly misses = new Float64Array(2);
  private readonly missesFrom = new Float64Array(2);

  /**
   * `window`: ticks a side, a power of two of at least 1,024; less where hundreds of books are kept (17 bytes a tick). `arrays`: empty memory
   * for such a window.
   */
  constructor(window: number = WINDOW, arrays: LadderArrays = arraysOf(window)) {
    this.window = window;
    this.sizes = arrays.sizes;
    this.bits = arrays.bits;
    this.words = arrays.words;
    this.tops = arrays.tops;
    this.bases = arrays.bases;
    this.tops.fill(-1);
    this.bids = new LadderReads(this, 1);
    this.asks = new LadderReads(this, -1);
  }

  /** Goes on in other memory, where what it holds lies already. */
  lieIn({ sizes, bits, words, tops, bases }: LadderArrays): void {
    this.sizes = sizes;
    this.bits = bits;
    this.words = words;
    this.tops = tops;
    this.bases = bases;
  }

  /** The key of a price as a number of any size, exact within 2^53. */
  keyOf(side: number, price: number): number {
    const steps = price - this.origin;
    return side === BIDS ? steps : -steps - 1;
  }

  /** The price at a place of a window, ticks; never -0. */
  priceAt(side: number, place: number): number {
    const key = this.bases[side]! + place;
    return (side === BIDS ? this.origin + key : this.origin - key - 1) + 0;
  }

  /** The size at a place of a window, lots; 0 where nothing rests. */
  sizeInside(side: number, place: number): number {
    const slot = side * this.window + place;
    return ((this.bits[slot >> 5]! >>> (slot & 31)) & 1) === 0 ? 0 : this.sizes[slot]!;
  }

  /** Sets the size of a level, lots; 0 deletes it. `side` is BID or ASK. Returns false when the level to delete is not there. */
  set(side: 1 | -1, price: number, size: number): boolean {
    const index = side === 1 ? BIDS : 1;
    this.rows += 1;
    const place = this.keyOf(index, price) - this.bases[index]!;
    if (place >= 0 && place < this.window) return this.setInside(index, place, size);
    return this.setOutside(index, price, size);
  }

  /**
   * As `set`, `row` rows after the start, for a level that lay below its window, which held one, when L2Kernel left it out: it takes no part in what is best, so that little is
   * looked at.
   */
  setLow(side: 1 | -1, price: number, size: number, row: number): boolean {
    const index = side === 1 ? BIDS : 1;
    this.rows = row;
    // The window may have moved since, or be empty.
    if (this.tops[index]! < 0 || this.keyOf(index, price) >= this.bases[index]!)
      return this.set(side, price, size);
    this.rows = row + 1;
    const known = this.low[index].set(outsideKey(index, price), size);
    if (size === 0) return known;
    this.miss(index, price);
    return true;
  }

  /** Puts the window of an empty side where its best level will be. */
  startAt(side: 1 | -1, price: number): void {
    this.moveWindow(side === 1 ? BIDS : 1, price);
  }

  /** As `set`, for a level of a snapshot: it tells nothing about where the activity is, so that no window moves. */
  load(side: 1 | -1, price: number, size: number): boolean {
    const index = side === 1 ? BIDS : 1;
    this.rows += 1;
    const place = this.keyOf(index, price) - this.bases[index]!;
    if (place >= 0 && place < this.window) return this.setInside(index, place, size);
    const known = this.outside(index, price).set(outsideKey(index, price), size);
    this.lookOutside();
    return known || size !== 0;
  }

  /** Where a level belongs that is not in its window. */
  private outside(side: number, price: number): OutsideLevels {
    const isLow = this.keyOf(side, price) < this.bases[side]!;
    return (isLow ? this.low : this.high)[side]!;
  }

  private setInside(side: number, place: number, size: number): boolean {
    const slot = side * this.window + place;
    const word = slot >> 5;
    const bit = 1 << (slot & 31);
    const before = this.bits[word]!;
    this.sizes[slot] = size;
    const after = size === 0 ? before & ~bit : before | bit;
    this.bits[word] = after;
    if (after === 0) this.words[word >> 5]! &= ~(1 << (word & 31));
    else this.words[word >> 5]! |= 1 << (word & 31);
    if (size !== 0) {
      if (place > this.tops[side]!) this.tops[side] = place;
      return true;
    }
    if (place === this.tops[side]) this.lowerTop(side, place);
    return before !== after;
  }

  /** The best level of a window is gone: looks for the next. */
  lowerTop(side: number, place: number): void {
    const next = this.placeBelow(side, place);
    this.tops[side] = next;
    if (next < 0) this.lookOutside();
  }

  /** Sees whether the best level of a side may lie outside of its window. */
  lookOutside(): void {
    const { tops, high, low } = this;
    this.doubt =
      high[0].count + high[1].count > 0 ||
      (tops[0]! < 0 && low[0].count > 0) ||
      (tops[1]! < 0 && low[1].count > 0);
  }

  /** Sets a level that is not in the window; moves the window when it is time. Returns as `set` does. */
  setOutside(side: number, price: number, size: number): boolean {
    if (
      size !== 0 &&
      this.tops[side]! < 0 &&
      this.high[side]!.count + this.low[side]!.count === 0
    ) {
      this.moveWindow(side, price);
      return this.setInside(side, this.keyOf(side, price) - this.bases[side]!, size);
    }
    const known = this.outside(side, price).set(outsideKey(side, price), size);
    this.lookOutside();
    if (size === 0) return known;
    this.miss(side, price);
    return true;
  }

  /** A level was set that is not in its window. */
  private miss(side: number, price: number): void {
    if (this.rows - this.missesFrom[side]! > ROWS) this.forgetMisses(side);
    this.misses[side]! += 1;
    if (this.misses[side]! > MISSES) this.moveWindow(side, price);
  }

  private forgetMisses(side: number): void {
    this.missesFrom[side] = this.rows;
    this.misses[side] = 0;
  }

  /** Moves a side's window so that a price stands at about three quarters of it; from very far away, both sides' with their origin. */
  private moveWindow(side: number, price: number): void {
    const key = this.keyOf(side, price);
    if (Math.abs(key) >= REACH) {
      const levels = [this.drain(0), this.drain(1)];
      this.origin = price + 0;
      for (const one of [0, 1]) {
        this.bases[one] = this.keyOf(one, price) - this.window * 0.75;
        this.put(one, levels[one]!);
      }
    } else {
      const steps = key - this.window * 0.75 - this.bases[side]!;
      const fits = this.window >= 8 * GROUP && Math.abs(steps) < this.window;
      if (fits && this.tops[side]! >= 0) {
        this.shiftWindow(side, Math.round(steps / GROUP) * GROUP);
      } else {
        const levels = this.drain(side);
        this.bases[side]! += steps;
        this.put(side, levels);
      }
    }
    this.lookOutside();
  }

  /** Puts levels, as prices and sizes, where they belong. */
  private put(side: number, levels: readonly (readonly [price: number, size: number])[]): void {
    for (const [price, size] of levels) {
      const place = this.keyOf(side, price) - this.bases[side]!;
      if (place >= 0 && place < this.window) this.setInside(side, place, size);
      else this.outside(side, price).set(outsideKey(side, price), size);
    }
  }

  /** Moves the window of a side by less than its length, a multiple of GROUP, with the levels that stay in it. */
  private shiftWindow(side: number, steps: number): void {
    const { window, words, bits, sizes, bases } = this;
    const moved: (readonly [price: number, size: number])[] = [];
    // What leaves the window at its end, and what lies beyond the ends: some of it may come in.
    const [from, to] = steps > 0 ? [0, steps] : [window + steps, window];
    for (let place = this.placeBelow(side, to); place >= from; place = this.placeBelow(side, place))
      moved.push([this.priceAt(side, place), this.sizeInside(side, place)]);
    for (const beyond of [this.high[side]!, this.low[side]!]) {
      for (const [key, size] of beyond.each()) moved.push([outsideKey(side, key), size]);
      beyond.clear();
    }
    for (const [array, unit] of [
      [words, 1_024],
      [bits, 32],
      [sizes, 1],
    ] as const) {
      const first = (side * window) / unit;
      const end = first + window / unit;
      const by = steps / unit;
      if (by > 0) array.copyWithin(first, first + by, end);
      else array.copyWithin(first - by, first, end + by);
      if (array === sizes) continue;
      if (by > 0) array.fill(0, end - by, end);
      else array.fill(0, first, first - by);
    }
    bases[side]! += steps;
    this.tops[side] = this.placeBelow(side, window);
    this.put(side, moved);
    this.forgetMisses(side);
  }

  /** Takes all levels of a side out, as prices and sizes. */
  private drain(side: number): readonly (readonly [price: number, size: number])[] {
    const levels: (readonly [number, number])[] = [];
    for (let place = this.tops[side]!; place >= 0; place = this.placeBelow(side, place)) {
      levels.push([this.priceAt(side, place), this.sizeInside(side, place)]);
    }
    for (const outside of [this.high[side]!, this.low[side]!]) {
      for (const [key, size] of outside.each()) levels.push([outsideKey(side, key), size]);
    }
    this.clearSide(side);
    return levels;
  }

  /** The place of the best level of a side's window below a place; -1 when there is none. */
  placeBelow(side: number, place: number): number {
    const first = side * this.window;
    const slot = first + place;
    let word = slot >> 5;
    let bits = place >= this.window ? 0 : this.bits[word]! & ((1 << (slot & 31)) - 1);
    if (bits === 0) {
      let group = word >> 5;
      let found = place >= this.window ? 0 : this.words[group]! & ((1 << (word & 31)) - 1);
      while (found === 0) {
        group -= 1;
        if (group < first >> 10) return -1;
        found = this.words[group]!;
      }
      word = (group << 5) + 31 - Math.clz32(found);
      bits = this.bits[word]!;
    }
    return (word << 5) + 31 - Math.clz32(bits) - first;
  }

  clear(): void {
    this.clearSide(0);
    this.clearSide(1);
    this.doubt = false;
  }

  private clearSide(side: number): void {
    const { window, bits, words } = this;
    const first = (side * window) >> 10;
    const end = first + (window >> 10);
    let cleared = 0;
    for (let group = first; group < end && cleared < MANY_WORDS; group++) {
      for (let left = words[group]!; left !== 0; left &= left - 1) {
        bits[(group << 5) + 31 - Math.clz32(left & -left)] = 0;
        cleared += 1;
      }
    }
    if (cleared >= MANY_WORDS) bits.fill(0, first << 5, end << 5);
    words.fill(0, first, end);
    this.tops[side] = -1;
    this.forgetMisses(side);
    this.high[side]!.clear();
    this.low[side]!.clear();
  }

  /** How many levels a side has. */
  depthOf(side: number): number {
    const { window, bits, words } = this;
    let depth = this.high[side]!.count + this.low[side]!.count;
    for (let group = (side * window) >> 10; group < ((side + 1) * window) >> 10; group++) {
      for (let marks = words[group]!; marks !== 0; marks &= marks - 1) {
        const word = (group << 5) + 31 - Math.clz32(marks & -marks);
        for (let left = bits[word]!; left !== 0; left &= left - 1) depth += 1;
      }
    }
    return depth;
  }
}

/** The key of a level outside: its price, for asks with the sign turned; the same turns it back. */
const outsideKey = (side: number, price: number): number => (side === BIDS ? price : -price) + 0;

/** One side of a ladder as it is read. */
export class LadderReads implements SideReads {
  readonly side: 1 | -1;
  private readonly index: number;
  private readonly ladder: Ladder;

  constructor(ladder: Ladder, side: 1 | -1) {
    this.ladder = ladder;
    this.side = side;
    this.index = side === 1 ? BIDS : 1;
  }

  get depth(): number {
    return this.ladder.depthOf(this.index);
  }

  get bestPrice(): number {
    const { ladder, index } = this;
    const top = ladder.tops[index]!;
    if (ladder.doubt || top < 0) return this.bestOutside();
    return ladder.priceAt(index, top);
  }

  get bestSize(): number {
    const { ladder, index } = this;
    const top = ladder.tops[index]!;
    if (ladder.doubt || top < 0) return this.sizeAt(this.bestPrice);
    return ladder.sizes[index * ladder.window + top]!;
  }

  private bestOutside(): number {
    const { ladder, index } = this;
    const high = ladder.high[index]!.highest;
    if (high > Number.NEGATIVE_INFINITY) return outsideKey(index, high);
    const top = ladder.tops[index]!;
    if (top >= 0) return ladder.priceAt(index, top);
    const low = ladder.low[index]!.highest;
    return low === Number.NEGATIVE_INFINITY ? Number.NaN : outsideKey(index, low);
  }

  /** The best price of a level of `low` whose key is below another; NaN when there is none. */
  private lowBelow(key: number): number {
    const low = this.ladder.low[this.index]!.below(key);
    return low === Number.NEGATIVE_INFINITY ? Number.NaN : outsideKey(this.index, low);
  }

  sizeAt(price: number): Lots {
    const { ladder, index } = this;
    const place = ladder.keyOf(index, price) - ladder.bases[index]!;
    if (place >= 0 && place < ladder.window) {
      return lots(Number.isInteger(place) ? ladder.sizeInside(index, place) : 0);
    }
    const outside = place < 0 ? ladder.low[index]! : ladder.high[index]!;
    return lots(outside.sizeOf(outsideKey(index, price)));
  }

  priceAfter(price: number): number {
    const { ladder, index } = this;
    const key = outsideKey(index, price);
    const high = ladder.high[index]!.below(key);
    if (high > Number.NEGATIVE_INFINITY) return outsideKey(index, high);
    const from = Math.min(
      Math.ceil(ladder.keyOf(index, price) - ladder.bases[index]!),
      ladder.window,
    );
    const place = from > 0 ? ladder.placeBelow(index, from) : -1;
    return place >= 0 ? ladder.priceAt(index, place) : this.lowBelow(key);
  }

  /** The best level; undefined when the side is empty. */
  get best(): Level | undefined {
    const price = this.bestPrice;
    return Number.isNaN(price) ? undefined : { price: ticks(price), size: this.sizeAt(price) };
  }

  /** The best `depth` levels, best first. */
  levels(depth: number): readonly Level[] {
    const levels: Level[] = [];
    let price = this.bestPrice;
    while (levels.length < depth && !Number.isNaN(price)) {
      levels.push({ price: ticks(price), size: this.sizeAt(price) });
      price = this.priceAfter(price);
    }
    return levels;
  }
}
