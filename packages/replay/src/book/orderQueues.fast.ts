/**
 * The orders that rest in a book, as records in one buffer: a change costs a look into an index and a few words of the record, of its
 * neighbours in the queue and of their level. Plain twin: `OrderQueues`. Benchmark: test/bench/l3.ts.
 *
 * Layout: that of the records is told at OrderRecords.
 * `index` Int32 × a power of two: the order whose id belongs there or in one of the full places before it; 0 where a place is empty.
 * Invariants: a level has an order; at least half of the index is empty; the ladder has a level of size 1 for each level, `bids` and
 * `asks` have the best prices.
 */
import {
  BID,
  ORDER_ADD,
  ORDER_CANCEL,
  ORDER_CLEAR,
  ORDER_EXECUTE,
  ORDER_MODIFY,
  lots,
  ticks,
  type Batch,
  type Lots,
} from "@aftershock/schema";
import { Ladder } from "./ladder.fast.ts";
import { emptyOrderTally, type OrderTally } from "./orderCounts.ts";
import { ASKED, OrderIds, TEXT } from "./orderIds.fast.ts";
import { OrderLevels } from "./orderLevels.fast.ts";
import { LevelPlaces } from "./orderPlaces.fast.ts";
import { OrderRecords } from "./orderRecords.fast.ts";
import type { OrderChange } from "./orderMessage.ts";
import type { QueuePosition, RestingOrder } from "./ordersBook.ts";

/** Words and values of a record, as shifts. Constants of another module would be read anew for each row. */
const RECORD = 3;
const VALUES = 2;
const BEFORE = 2;
const AFTER = 3;
const LEVEL = 4;
const SIDE = 4;
const COUNT = 5;
const HASH = 5;
/** Among the values. */
const SIZE = 3;

/** Places of levels a side, as of LevelPlaces. */
const NEAR = 1 << 15;
/** Half the places of orders at the start, as bits. */
const START_BITS = 10;
/**
 * How many rows ahead the place of an order is read, and its record, so that both are near the processor when their turn comes: without it
 * a row takes 15 % longer.
 */
const PLACE_AHEAD = 12;
const RECORD_AHEAD = 6;

type Columns = Batch<"orders">["columns"];

export class FastOrderQueues {
  readonly ids: OrderIds = new OrderIds();
  readonly bids: OrderLevels;
  readonly asks: OrderLevels;
  tally: OrderTally = emptyOrderTally();
  /** How many orders there are. */
  count = 0;
  /** Whether a level has come or gone since somebody set this to false. */
  hasMoved = false;
  /** Ends of messages that `takeRows` has passed since somebody set this to 0. */
  messages = 0;
  private readonly ladder: Ladder;
  private readonly places = new LevelPlaces();
  private readonly records = new OrderRecords();
  private index = new Int32Array(2 << START_BITS);
  /** How far the hash of an id is shifted to be a place. */
  private shift = 31 - START_BITS;
  /** What was read ahead of its turn; it means nothing. */
  private warmed = 0;

  /** `window` as of `Ladder`. */
  constructor(window?: number) {
    this.ladder = new Ladder(window);
    this.bids = new OrderLevels(this, this.ladder.bids);
    this.asks = new OrderLevels(this, this.ladder.asks);
  }

  /** Does what a row says. */
  takeChange({ orderId, action, side, price, size }: OrderChange): void {
    if (action === ORDER_CLEAR) this.clear();
    else if (side !== 0) {
      this.ids.ask(orderId);
      this.take(action, ASKED, side, price, size);
    }
  }

  /**
   * Does what the rows [from, to) say, each of which has a side and an id and is not ORDER_CLEAR; their ids are those that were converted
   * from the row `chunk` on. Stops at the end of a message: the first, or unless `eachMessage` the first by whose end a level has come or
   * gone. Returns the row after the last.
   */
  takeRows(
    columns: Columns,
    from: number,
    to: number,
    chunk: number,
    eachMessage: boolean,
  ): number {
    const { action, side, price, size, flags } = columns;
    const { lo, hi, hashes } = this.ids;
    const { near } = this.places;
    let row = from;
    for (;;) {
      // What is rare is done behind the inner loop: a call within it would cost every row its registers.
      const { index, shift, records } = this;
      const { words, values } = records;
      const stops = eachMessage || this.hasMoved;
      const mask = index.length - 1;
      const room = mask >> 1;
      let { free } = records;
      let { count, messages, warmed } = this;
      let stopped = false;
      for (; row < to; row++) {
        const at = row - chunk;
        warmed ^= index[hashes[at + PLACE_AHEAD]! >>> shift]!;
        warmed ^= words[index[hashes[at + RECORD_AHEAD]! >>> shift]! << RECORD]!;
        const low = lo[at]!;
        const high = hi[at]!;
        let place = hashes[at]! >>> shift;
        let order = index[place]!;
        while (
          order !== 0 &&
          (words[order << RECORD] !== low || words[(order << RECORD) + 1] !== high)
        ) {
          place = (place + 1) & mask;
          order = index[place]!;
        }
        const act = action[row]!;
        const amount = size[row]!;
        if (order === 0) {
          const ticksOf = price[row]!;
          const level = near[(ticksOf & (NEAR - 1)) + (side[row]! & NEAR)]!;
          const isCommon = level !== 0 && values[level << VALUES] === ticksOf;
          if (act !== ORDER_ADD || !isCommon || amount === 0 || free === 0 || count > room) break;
          const own = free << RECORD;
          const queue = level << RECORD;
          const last = words[queue + BEFORE]!;
          index[place] = free;
          words[(last << RECORD) + AFTER] = free;
          words[queue + BEFORE] = free;
          words[queue + COUNT]! += 1;
          values[(free << VALUES) + SIZE] = amount;
          values[(level << VALUES) + SIZE]! += amount;
          free = words[own + AFTER]!;
          count += 1;
          words[own] = low;
          words[own + 1] = high;
          words[own + BEFORE] = last;
          words[own + AFTER] = level;
          words[own + LEVEL] = level;
          words[own + HASH] = hashes[at]!;
        } else {
          const own = order << RECORD;
          const level = words[own + LEVEL]!;
          const queue = level << RECORD;
          const has = values[(order << VALUES) + SIZE]!;
          let left = 0;
          if (act === ORDER_EXECUTE) left = has - amount;
          else if (act === ORDER_MODIFY) {
            const stays =
              values[level << VALUES] === price[row] && words[queue + SIDE] === side[row];
            if (!stays || amount > has) break;
            left = amount;
          } else if (act === ORDER_ADD) break;
          if (left > 0) {
            values[(order << VALUES) + SIZE] = left;
            values[(level << VALUES) + SIZE]! -= has - left;
          } else {
            const others = words[queue + COUNT]! - 1;
            if (left < 0 || others === 0) break;
            const before = words[own + BEFORE]!;
            const after = words[own + AFTER]!;
            words[(before << RECORD) + AFTER] = after;
            words[(after << RECORD) + BEFORE] = before;
            words[queue + COUNT] = others;
            values[(level << VALUES) + SIZE]! -= has;
            words[own + AFTER] = free;
            free = order;
            count -= 1;
            // As in `remove`.
            let hole = place;
            for (;;) {
              place = (place + 1) & mask;
              const other = index[place]!;
              if (other === 0) break;
              const home = words[(other << RECORD) + HASH]! >>> shift;
              if (((place - home) & mask) < ((place - hole) & mask)) continue;
              index[hole] = other;
              hole = place;
            }
            index[hole] = 0;
          }
        }
        if (flags[row] === 0) continue;
        messages += 1;
        if (!stops) continue;
        stopped = true;
        break;
      }
      records.free = free;
      this.count = count;
      this.messages = messages;
      this.warmed = warmed;
      if (row === to) return to;
      if (!stopped) {
        this.take(action[row]!, row - chunk, side[row]!, price[row]!, size[row]!);
        if (flags[row] !== 0) {
          this.messages += 1;
          stopped = eachMessage || this.hasMoved;
        }
      }
      row += 1;
      if (stopped) return row;
    }
  }

  /** Does what a row says whose id is in place `at` of `ids`, which is not ORDER_CLEAR and has a side. */
  take(action: number, at: number, side: number, price: number, size: number): void {
    const place = this.placeOf(at);
    const order = this.index[place]!;
    if (action === ORDER_ADD) {
      if (order === 0) {
        this.add(at, place, side, price, size);
        return;
      }
      this.tally.duplicateAdds += 1;
      this.remove(order, place);
      this.add(at, this.placeOf(at), side, price, size);
    } else if (action === ORDER_CANCEL) {
      if (order === 0) this.tally.unknownCancels += 1;
      else this.remove(order, place);
    } else if (action === ORDER_MODIFY) {
      if (order !== 0) this.modify(order, place, side, price, size);
      else {
        this.tally.unknownModifies += 1;
        if (size > 0) this.add(at, place, side, price, size);
      }
    } else if (order === 0) this.tally.unknownExecutions += 1;
    else this.execute(order, place, size);
  }

  /** Where the order of an id stands in the index, or belongs when there is none. */
  private placeOf(at: number): number {
    const { ids, index } = this;
    const { words } = this.records;
    const low = ids.lo[at]!;
    const high = ids.hi[at]!;
    const mask = index.length - 1;
    let place = ids.hashes[at]! >>> this.shift;
    for (;;) {
      const own = index[place]! << RECORD;
      if (own === 0 || (words[own] === low && words[own + 1] === high)) return place;
      place = (place + 1) & mask;
    }
  }

  /** Adds an order of an id that has none, and whose place in the index this is. */
  private add(at: number, place: number, side: number, price: number, size: number): void {
    if (size === 0) {
      this.tally.emptyAdds += 1;
      return;
    }
    const order = this.records.take();
    const { ids, index } = this;
    const { words } = this.records;
    const own = order << RECORD;
    words[own] = ids.lo[at]!;
    words[own + 1] = ids.hi[at]!;
    words[own + HASH] = ids.hashes[at]!;
    index[place] = order;
    this.count += 1;
    if (this.count * 2 > index.length) this.widenIndex();
    this.append(order, side, price, size);
  }

  private modify(order: number, place: number, side: number, price: number, size: number): void {
    const { words, values } = this.records;
    const level = words[(order << RECORD) + LEVEL]!;
    const stays = values[level << VALUES] === price && words[(level << RECORD) + SIDE] === side;
    if (size === 0) this.remove(order, place);
    else if (stays && size <= values[(order << VALUES) + SIZE]!) this.lower(order, size);
    else {
      this.unlink(order);
      this.append(order, side, price, size);
    }
  }

  private execute(order: number, place: number, size: number): void {
    const left = this.records.values[(order << VALUES) + SIZE]! - size;
    if (left < 0) this.tally.overExecutions += 1;
    if (left > 0) this.lower(order, left);
    else this.remove(order, place);
  }

  /** Gives an order less size, where it stands. */
  private lower(order: number, size: number): void {
    const { words, values } = this.records;
    const level = words[(order << RECORD) + LEVEL]!;
    values[(level << VALUES) + SIZE]! -= values[(order << VALUES) + SIZE]! - size;
    values[(order << VALUES) + SIZE] = size;
  }

  /** Puts an order at the back of the queue of a price. */
  private append(order: number, side: number, price: number, size: number): void {
    const known = this.places.find(side, price, this.records.values);
    const level = known === 0 ? this.newLevel(side, price) : known;
    const { words, values } = this.records;
    const own = order << RECORD;
    const queue = level << RECORD;
    const last = words[queue + BEFORE]!;
    words[own + BEFORE] = last;
    words[own + AFTER] = level;
    words[own + LEVEL] = level;
    words[(last << RECORD) + AFTER] = order;
    words[queue + BEFORE] = order;
    words[queue + COUNT]! += 1;
    values[(order << VALUES) + SIZE] = size;
    values[(level << VALUES) + SIZE]! += size;
  }

  /** Takes an order out of its queue, and the level with the last. */
  private unlink(order: number): void {
    const { words, values } = this.records;
    const own = order << RECORD;
    const before = words[own + BEFORE]!;
    const after = words[own + AFTER]!;
    const level = words[own + LEVEL]!;
    const count = words[(level << RECORD) + COUNT]! - 1;
    words[(before << RECORD) + AFTER] = after;
    words[(after << RECORD) + BEFORE] = before;
    words[(level << RECORD) + COUNT] = count;
    values[(level << VALUES) + SIZE]! -= values[(order << VALUES) + SIZE]!;
    if (count === 0) this.removeLevel(level);
  }

  /** Takes an order out of its queue and out of the index, where this is its place. */
  private remove(order: number, hole: number): void {
    this.unlink(order);
    const { index, shift } = this;
    const { words } = this.records;
    const mask = index.length - 1;
    // What stands behind the hole moves into it, unless it would come to stand before its home.
    let place = hole;
    for (;;) {
      place = (place + 1) & mask;
      const other = index[place]!;
      if (other === 0) break;
      const home = words[(other << RECORD) + HASH]! >>> shift;
      if (((place - home) & mask) < ((place - hole) & mask)) continue;
      index[hole] = other;
      hole = place;
    }
    index[hole] = 0;
    this.records.release(order);
    this.count -= 1;
  }

  private widenIndex(): void {
    const before = this.index;
    const places = before.length * 2;
    const mask = places - 1;
    const index = new Int32Array(places);
    this.shift -= 1;
    for (const order of before) {
      if (order === 0) continue;
      let place = this.records.words[(order << RECORD) + HASH]! >>> this.shift;
      while (index[place] !== 0) place = (place + 1) & mask;
      index[place] = order;
    }
    this.index = index;
  }

  private newLevel(side: number, price: number): number {
    const level = this.records.take();
    const { words, values } = this.records;
    const queue = level << RECORD;
    words[queue + BEFORE] = level;
    words[queue + AFTER] = level;
    words[queue + SIDE] = side;
    words[queue + COUNT] = 0;
    // Never -0.
    values[level << VALUES] = price + 0;
    values[(level << VALUES) + SIZE] = 0;
    this.places.put(side, price, level);
    this.ladder.set(side as 1 | -1, price, 1);
    this.hasMoved = true;
    const reads = side === BID ? this.bids : this.asks;
    if (!((price - reads.bestPrice) * side <= 0)) reads.bestPrice = price + 0;
    return level;
  }

  private removeLevel(level: number): void {
    const { words, values } = this.records;
    const price = values[level << VALUES]!;
    const side = words[(level << RECORD) + SIDE]!;
    this.places.drop(side, price, level);
    this.records.release(level);
    this.ladder.set(side as 1 | -1, price, 0);
    this.hasMoved = true;
    const reads = side === BID ? this.bids : this.asks;
    if (price === reads.bestPrice) reads.bestPrice = reads.ladder.bestPrice;
  }

  clear(): void {
    this.ladder.clear();
    this.index.fill(0);
    this.places.clear();
    this.records.clear();
    this.count = 0;
    this.hasMoved = true;
    this.bids.bestPrice = this.asks.bestPrice = Number.NaN;
  }

  /** Forgets texts of orders that are gone, when there are many. Ids that were converted before are not valid after it. */
  tidy(): void {
    if (!this.ids.isFull) return;
    const live = new Set<number>();
    for (const order of this.index) {
      const own = order << RECORD;
      if (order !== 0 && this.records.words[own + 1] === TEXT) live.add(this.records.words[own]!);
    }
    this.ids.keepOnly(live);
  }

  /** Size resting at a price, lots. */
  sizeAt(side: number, price: number): Lots {
    return lots(
      this.records.values[(this.places.find(side, price, this.records.values) << VALUES) + SIZE]!,
    );
  }

  /** How many orders there are at a price. */
  orderCount(side: number, price: number): number {
    return this.records.words[
      (this.places.find(side, price, this.records.values) << RECORD) + COUNT
    ]!;
  }

  /** The order of an id; undefined when it is not there. */
  order(id: string): RestingOrder | undefined {
    const order = this.find(id);
    return order === 0 ? undefined : this.read(order);
  }

  /** The record of an order; 0 when it is not there. */
  private find(id: string): number {
    return this.ids.find(id) ? this.index[this.placeOf(ASKED)]! : 0;
  }

  private read(order: number): RestingOrder {
    const own = order << RECORD;
    const level = this.records.words[own + LEVEL]!;
    return {
      id: this.ids.textOf(this.records.words[own]!, this.records.words[own + 1]!),
      side: this.records.words[(level << RECORD) + SIDE] as 1 | -1,
      price: ticks(this.records.values[level << VALUES]!),
      size: lots(this.records.values[(order << VALUES) + SIZE]!),
    };
  }

  /** The orders at a price, first to last. */
  ordersAt(side: 1 | -1, price: number): readonly RestingOrder[] {
    const found: RestingOrder[] = [];
    const level = this.places.find(side, price, this.records.values);
    if (level === 0) return found;
    let order = this.records.words[(level << RECORD) + AFTER]!;
    for (; order !== level; order = this.records.words[(order << RECORD) + AFTER]!) {
      found.push(this.read(order));
    }
    return found;
  }

  /** Where an order stands in its queue; undefined when it is not there. */
  queueAhead(id: string): QueuePosition | undefined {
    const order = this.find(id);
    if (order === 0) return undefined;
    const level = this.records.words[(order << RECORD) + LEVEL]!;
    let size = 0;
    let orders = 0;
    let ahead = this.records.words[(order << RECORD) + BEFORE]!;
    for (; ahead !== level; ahead = this.records.words[(ahead << RECORD) + BEFORE]!) {
      size += this.records.values[(ahead << VALUES) + SIZE]!;
      orders += 1;
    }
    return { sizeAhead: lots(size), ordersAhead: orders };
  }
}
