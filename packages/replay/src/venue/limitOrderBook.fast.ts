/**
 * A book of participants in flat arrays: an order costs a few array accesses however deep the book is. Plain twin: LimitOrderBook. Benchmark:
 * test/bench/simulate.ts.
 *
 * Layout. Orders, by slot: `owners`, `prices` (ticks), `sides` (BID or ASK), `next` and `previous` (slots of the same level, oldest first;
 * -1 at the ends; of a free slot `next` is the next free one) Int32; `lots` (0 where the slot is free), `generations` Float64. An id is
 * generation × 2^24 + slot, so that the id of a slot used again is another. Levels, by side, in pages of 1,024 ticks that are made when a
 * price in them is first used and kept: `pages` Int32 (page number → place, -1), and by place × 1,024 + offset `heads`, `tails` Int32 (slots, -1),
 * `totals`, `seen` (lots; at the last drain) Float64, `touched` Uint8; `words` Int32 (a bit a level that holds orders), `pageWords` Int32 (a bit
 * a word that is not 0), `pageBits` Int32 (a bit a page number whose word of `pageWords` is not 0). A page is 26 KB, so that a book takes memory by the
 * range of its prices and not by time.
 */
import { BID } from "@aftershock/schema";
import { checkOrder, impossibleOrder } from "./limitOrderBook.ts";
import type { OnLevel, OnMatch, ParticipantBook } from "./participantBook.ts";

const SLOT_BITS = 24;
const SLOTS = 2 ** SLOT_BITS;
const PAGE_BITS = 10;
const PAGE = 1 << PAGE_BITS;
const NONE = -1;

/** An array of twice the length with the same beginning; what is new is `fill`. */
function grown(array: Int32Array, fill = 0): Int32Array {
  const wider = new Int32Array(array.length * 2).fill(fill, array.length);
  wider.set(array);
  return wider;
}

function grownFloats(array: Float64Array): Float64Array {
  const wider = new Float64Array(array.length * 2);
  wider.set(array);
  return wider;
}

/** The lowest bit of a word that is not 0. */
const lowest = (word: number): number => 31 - Math.clz32(word & -word);
/** The highest bit of a word that is not 0. */
const highest = (word: number): number => 31 - Math.clz32(word);
/** The bits above one, which is 0 … 31. */
const above = (bit: number): number => (bit === 31 ? 0 : -1 << (bit + 1));
/** The bits below one. */
const below = (bit: number): number => (1 << bit) - 1;

/** The levels of one side. */
class Levels {
  readonly isBids: boolean;
  /** Ticks; NONE where the side is empty. */
  best: number = NONE;
  heads: Int32Array = new Int32Array(4 * PAGE).fill(NONE);
  tails: Int32Array = new Int32Array(4 * PAGE).fill(NONE);
  totals: Float64Array = new Float64Array(4 * PAGE);
  seen: Float64Array = new Float64Array(4 * PAGE);
  touched: Uint8Array = new Uint8Array(4 * PAGE);
  private words: Int32Array = new Int32Array((4 * PAGE) >> 5);
  private pageWords: Int32Array = new Int32Array(4);
  private pages: Int32Array = new Int32Array(32).fill(NONE);
  private pageBits: Int32Array = new Int32Array(1);
  private pageCount = 0;

  constructor(isBids: boolean) {
    this.isBids = isBids;
  }

  /** Where a level lies; NONE where nothing ever rested near it. */
  placeOf(price: number): number {
    const number = price >> PAGE_BITS;
    const page = number < this.pages.length ? this.pages[number]! : NONE;
    return page === NONE ? NONE : (page << PAGE_BITS) | (price & (PAGE - 1));
  }

  /** As placeOf, making the page. */
  makePlace(price: number): number {
    const place = this.placeOf(price);
    if (place !== NONE) return place;
    const number = price >> PAGE_BITS;
    while (number >= this.pages.length) this.pages = grown(this.pages, NONE);
    while (number >> 5 >= this.pageBits.length) this.pageBits = grown(this.pageBits);
    if (this.pageCount === this.pageWords.length) {
      this.pageWords = grown(this.pageWords);
      this.words = grown(this.words);
      this.heads = grown(this.heads, NONE);
      this.tails = grown(this.tails, NONE);
      this.totals = grownFloats(this.totals);
      this.seen = grownFloats(this.seen);
      const touched = new Uint8Array(this.touched.length * 2);
      touched.set(this.touched);
      this.touched = touched;
    }
    this.pages[number] = this.pageCount;
    this.pageCount += 1;
    return this.placeOf(price);
  }

  /** A level holds its first order. */
  open(price: number, place: number): void {
    const word = place >> 5;
    this.words[word]! |= 1 << (place & 31);
    this.pageWords[place >> PAGE_BITS]! |= 1 << (word & 31);
    const number = price >> PAGE_BITS;
    this.pageBits[number >> 5]! |= 1 << (number & 31);
    if (this.best === NONE || (this.isBids ? price > this.best : price < this.best))
      this.best = price;
  }

  /** A level has lost its last order. */
  close(price: number, place: number): void {
    const word = place >> 5;
    const left = this.words[word]! & ~(1 << (place & 31));
    this.words[word] = left;
    if (left === 0) {
      const page = place >> PAGE_BITS;
      const leftInPage = this.pageWords[page]! & ~(1 << (word & 31));
      this.pageWords[page] = leftInPage;
      const number = price >> PAGE_BITS;
      if (leftInPage === 0) this.pageBits[number >> 5]! &= ~(1 << (number & 31));
    }
    if (price === this.best) this.best = this.worseThan(price);
  }

  /** The next level behind a price, ticks; NONE where there is none. */
  worseThan(price: number): number {
    const mask = this.isBids ? below : above;
    const first = this.isBids ? highest : lowest;
    const number = price >> PAGE_BITS;
    const page = this.pages[number]!;
    const offset = price & (PAGE - 1);
    const inWord = this.words[(page << 5) | (offset >> 5)]! & mask(offset & 31);
    if (inWord !== 0) return (price & ~31) | first(inWord);
    const inPage = this.pageWords[page]! & mask(offset >> 5);
    if (inPage !== 0) return this.priceIn(number, page, first(inPage), first);
    return this.worsePage(number, mask, first);
  }

  private worsePage(
    number: number,
    mask: (bit: number) => number,
    first: (word: number) => number,
  ): number {
    const step = this.isBids ? -1 : 1;
    let group = number >> 5;
    let bits = this.pageBits[group]! & mask(number & 31);
    while (bits === 0) {
      group += step;
      if (group < 0 || group >= this.pageBits.length) return NONE;
      bits = this.pageBits[group]!;
    }
    const found = (group << 5) | first(bits);
    const page = this.pages[found]!;
    return this.priceIn(found, page, first(this.pageWords[page]!), first);
  }

  private priceIn(
    number: number,
    page: number,
    word: number,
    first: (word: number) => number,
  ): number {
    return (number << PAGE_BITS) | (word << 5) | first(this.words[(page << 5) | word]!);
  }
}

export class FastLimitOrderBook implements ParticipantBook {
  private readonly bids = new Levels(true);
  private readonly asks = new Levels(false);
  private readonly watchLevels: boolean;
  private owners: Int32Array = new Int32Array(1_024);
  private prices: Int32Array = new Int32Array(1_024);
  private sides: Int32Array = new Int32Array(1_024);
  private next: Int32Array = new Int32Array(1_024);
  private previous: Int32Array = new Int32Array(1_024);
  private lots: Float64Array = new Float64Array(1_024);
  private generations: Float64Array = new Float64Array(1_024);
  /** The first free slot that was used before; NONE where there is none. */
  private free = NONE;
  /** Slots that were ever used. */
  private used = 0;
  private count = 0;
  /** Changed levels in the order of their first change: price × side. */
  private changes: Int32Array = new Int32Array(256);
  private changeCount = 0;

  /** `watchLevels`: whether `drainChanges` is wanted. Default false. */
  constructor(options: { watchLevels?: boolean } = {}) {
    this.watchLevels = options.watchLevels ?? false;
  }

  best(side: number): number | undefined {
    const { best } = this.levels(side);
    return best === NONE ? undefined : best;
  }

  total(side: number, price: number): number {
    const levels = this.levels(side);
    const place = levels.placeOf(price);
    return place === NONE ? 0 : levels.totals[place]!;
  }

  get resting(): number {
    return this.count;
  }

  place(owner: number, side: number, price: number, lots: number): number {
    checkOrder(side, price, lots);
    const opposite = side === BID ? this.asks.best : this.bids.best;
    if (opposite !== NONE && (side === BID ? price >= opposite : price <= opposite)) {
      throw impossibleOrder(side, price, lots, `would cross ${opposite}`);
    }
    const levels = side === BID ? this.bids : this.asks;
    const place = levels.makePlace(price);
    if (this.watchLevels) this.touch(levels, price, place);
    const slot = this.takeSlot();
    const last = levels.tails[place]!;
    this.owners[slot] = owner;
    this.prices[slot] = price;
    this.sides[slot] = side;
    this.lots[slot] = lots;
    this.next[slot] = NONE;
    this.previous[slot] = last;
    levels.tails[place] = slot;
    levels.totals[place]! += lots;
    if (last === NONE) {
      levels.heads[place] = slot;
      levels.open(price, place);
    } else this.next[last] = slot;
    this.count += 1;
    return this.generations[slot]! * SLOTS + slot;
  }

  cancel(restingId: number): number {
    const slot = this.slotOf(restingId);
    if (slot === NONE) return 0;
    const levels = this.sides[slot] === BID ? this.bids : this.asks;
    const left = this.lots[slot]!;
    this.reduce(levels, slot, left);
    return left;
  }

  lotsOf(restingId: number): number {
    const slot = this.slotOf(restingId);
    return slot === NONE ? 0 : this.lots[slot]!;
  }

  take(
    owner: number,
    aggressor: number,
    lots: number,
    limitPrice: number | undefined,
    onMatch: OnMatch,
  ): number {
    checkOrder(aggressor, 1, lots);
    const levels = aggressor === BID ? this.asks : this.bids;
    const limit = limitPrice ?? (aggressor === BID ? Infinity : -Infinity);
    let left = lots;
    while (left > 0 && levels.best !== NONE) {
      const price = levels.best;
      if (aggressor === BID ? price > limit : price < limit) break;
      const slot = levels.heads[levels.placeOf(price)]!;
      const resting = this.owners[slot]!;
      const held = this.lots[slot]!;
      if (resting === owner) {
        this.reduce(levels, slot, held);
        continue;
      }
      const filled = left < held ? left : held;
      const id = this.generations[slot]! * SLOTS + slot;
      left -= filled;
      this.reduce(levels, slot, filled);
      onMatch(resting, price, filled, id);
    }
    return lots - left;
  }

  fillable(aggressor: number, lots: number, limitPrice: number | undefined): number {
    const levels = aggressor === BID ? this.asks : this.bids;
    const limit = limitPrice ?? (aggressor === BID ? Infinity : -Infinity);
    let sum = 0;
    for (let price = levels.best; price !== NONE && sum < lots; price = levels.worseThan(price)) {
      if (aggressor === BID ? price > limit : price < limit) break;
      sum += levels.totals[levels.placeOf(price)]!;
    }
    return Math.min(sum, lots);
  }

  eachLevel(side: number, onLevel: OnLevel): void {
    const levels = this.levels(side);
    for (let price = levels.best; price !== NONE; price = levels.worseThan(price)) {
      onLevel(side, price, levels.totals[levels.placeOf(price)]!);
    }
  }

  drainChanges(onLevel: OnLevel): void {
    const { changes, changeCount } = this;
    this.changeCount = 0;
    for (let i = 0; i < changeCount; i += 1) {
      const change = changes[i]!;
      const side = change > 0 ? 1 : -1;
      const price = change * side;
      const levels = side === BID ? this.bids : this.asks;
      const place = levels.placeOf(price);
      const total = levels.totals[place]!;
      levels.touched[place] = 0;
      if (total === levels.seen[place]) continue;
      levels.seen[place] = total;
      onLevel(side, price, total);
    }
  }

  /** Takes lots off a resting order, and the order off the book with its last. */
  private reduce(levels: Levels, slot: number, filled: number): void {
    const price = this.prices[slot]!;
    const place = levels.placeOf(price);
    if (this.watchLevels) this.touch(levels, price, place);
    levels.totals[place]! -= filled;
    const left = this.lots[slot]! - filled;
    this.lots[slot] = left;
    if (left > 0) return;
    const before = this.previous[slot]!;
    const after = this.next[slot]!;
    if (before === NONE) levels.heads[place] = after;
    else this.next[before] = after;
    if (after === NONE) levels.tails[place] = before;
    else this.previous[after] = before;
    if (before === NONE && after === NONE) levels.close(price, place);
    this.generations[slot]! += 1;
    this.next[slot] = this.free;
    this.free = slot;
    this.count -= 1;
  }

  private takeSlot(): number {
    const { free } = this;
    if (free !== NONE) {
      this.free = this.next[free]!;
      return free;
    }
    if (this.used === this.owners.length) this.growOrders();
    this.used += 1;
    return this.used - 1;
  }

  private growOrders(): void {
    this.owners = grown(this.owners);
    this.prices = grown(this.prices);
    this.sides = grown(this.sides);
    this.next = grown(this.next);
    this.previous = grown(this.previous);
    this.lots = grownFloats(this.lots);
    this.generations = grownFloats(this.generations);
  }

  /** The slot of an order that still rests; NONE where it is gone. */
  private slotOf(id: number): number {
    const slot = id % SLOTS;
    const isThere = id >= 0 && slot < this.used && this.lots[slot]! > 0;
    return isThere && this.generations[slot] === (id - slot) / SLOTS ? slot : NONE;
  }

  private touch(levels: Levels, price: number, place: number): void {
    if (levels.touched[place] !== 0) return;
    levels.touched[place] = 1;
    if (this.changeCount === this.changes.length) this.changes = grown(this.changes);
    this.changes[this.changeCount] = levels.isBids ? price : -price;
    this.changeCount += 1;
  }

  private levels(side: number): Levels {
    if (side === BID) return this.bids;
    if (side === -BID) return this.asks;
    throw impossibleOrder(side, 1, 1, "cannot be");
  }
}
