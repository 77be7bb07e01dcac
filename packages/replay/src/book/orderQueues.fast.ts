/**
 * The orders that rest in a book, as records in one buffer: a change costs a look into an index and a few words of the record, of its
 * neighbours in the queue and of their level. Whole rows are taken by the loops of OrderMemory, and what is rare here. Plain twin: `OrderQueues`.
 * Benchmark: test/bench/l3.ts.
 *
 * Layout: see OrderMemory. Invariants: a level has an order; at least half of the index is empty; the ladder has a level of size 1 for each level.
 */
import {
  ORDER_ADD,
  ORDER_CANCEL,
  ORDER_CLEAR,
  ORDER_MODIFY,
  lots,
  ticks,
  type Batch,
  type Lots,
} from "@aftershock/schema";
import { Ladder, WINDOW } from "./ladder.fast.ts";
import { emptyOrderTally, type OrderTally } from "./orderCounts.ts";
import { ASKED, OrderIds, TEXT } from "./orderIds.fast.ts";
import { OrderLevels } from "./orderLevels.fast.ts";
import {
  CHANGES,
  COUNT,
  FREE,
  type Loops,
  OrderMemory,
  ROOM,
  SHIFT,
  USED,
} from "./orderMemory.fast.ts";
import { LevelPlaces } from "./orderPlaces.fast.ts";
import type { OrderChange } from "./orderMessage.ts";
import type { QueuePosition, RestingOrder } from "./ordersBook.ts";

/** Words and values of a record, as shifts. Constants of another module would be read anew for each row. */
const RECORD = 3;
const VALUES = 2;
const BEFORE = 2;
const AFTER = 3;
const LEVEL = 4;
const SIDE = 4;
const ORDERS = 5;
const NEXT = 5;
/** Among the values. */
const SIZE = 3;

export class FastOrderQueues {
  readonly ids: OrderIds = new OrderIds();
  readonly ladder: Ladder;
  readonly memory: OrderMemory;
  readonly bids: OrderLevels;
  readonly asks: OrderLevels;
  tally: OrderTally = emptyOrderTally();
  private readonly places: LevelPlaces;

  /** `window` as of `Ladder`. */
  constructor(window: number = WINDOW) {
    this.memory = new OrderMemory(window);
    this.ladder = new Ladder(window, this.memory.arrays.ladder);
    this.places = new LevelPlaces(this.memory);
    this.bids = new OrderLevels(this, this.ladder.bids);
    this.asks = new OrderLevels(this, this.ladder.asks);
  }

  /** How many orders there are. */
  get count(): number {
    return this.memory.arrays.heads[COUNT]!;
  }

  /** Does what a row says. */
  takeChange({ orderId, action, side, price, size }: OrderChange): void {
    if (action === ORDER_CLEAR) this.clear();
    else if (side !== 0) {
      this.ids.ask(orderId);
      this.take(action, ASKED, side, price, size);
    }
  }

  /** Does what the rows [from, to) of the block say, as `run` of the loops, and stops as that does. */
  run(loops: Loops, from: number, to: number, stops: number): number {
    const { ladder, memory } = this;
    // So that a row may take two records.
    if (memory.arrays.heads[USED]! >= memory.arrays.heads[ROOM]!) this.growRecords();
    const { found, origin } = memory.arrays;
    origin[0] = ladder.origin;
    found[CHANGES] = 0;
    const row = loops.run(from, to, stops);
    if (found[CHANGES] !== 0) {
      ladder.rows += found[CHANGES];
      if ((ladder.tops[0]! | ladder.tops[1]!) < 0) ladder.lookOutside();
    }
    return row;
  }

  /** Does what a row of a batch says that is in place `at` of the block. */
  takeRow({ columns }: Batch<"orders">, row: number, at: number): void {
    const { lo, hi, hashes } = this.memory.arrays;
    this.ids.set(lo[at]!, hi[at]!, hashes[at]!);
    const { action, side, price, size } = columns;
    this.take(action[row]!, ASKED, side[row]!, price[row]!, size[row]!);
  }

  /** Does what a row says whose id is in place `at` of `ids`, which is not ORDER_CLEAR and has a side. */
  take(action: number, at: number, side: number, price: number, size: number): void {
    const order = this.orderOf(at);
    if (action === ORDER_ADD) {
      if (order !== 0) {
        this.tally.duplicateAdds += 1;
        this.remove(order, at);
      }
      this.add(at, side, price, size);
    } else if (action === ORDER_CANCEL) {
      if (order === 0) this.tally.unknownCancels += 1;
      else this.remove(order, at);
    } else if (action === ORDER_MODIFY) {
      if (order !== 0) this.modify(order, at, side, price, size);
      else {
        this.tally.unknownModifies += 1;
        if (size > 0) this.add(at, side, price, size);
      }
    } else if (order === 0) this.tally.unknownExecutions += 1;
    else this.execute(order, at, size);
  }

  /** The record of the order of an id; 0 when there is none. */
  private orderOf(at: number): number {
    const { ids } = this;
    const { heads, index, records } = this.memory.arrays;
    const low = ids.lo[at]!;
    const high = ids.hi[at]!;
    let order = index[ids.hashes[at]! >>> heads[SHIFT]!]!;
    while (
      order !== 0 &&
      (records[order << RECORD] !== low || records[(order << RECORD) + 1] !== high)
    ) {
      order = records[(order << RECORD) + NEXT]!;
    }
    return order;
  }

  /** Adds an order of an id that has none. */
  private add(at: number, side: number, price: number, size: number): void {
    if (size === 0) {
      this.tally.emptyAdds += 1;
      return;
    }
    if (this.count * 2 >= this.memory.arrays.index.length) this.widenIndex();
    const order = this.takeRecord();
    const { ids } = this;
    const { heads, index, records } = this.memory.arrays;
    const own = order << RECORD;
    const place = ids.hashes[at]! >>> heads[SHIFT]!;
    records[own] = ids.lo[at]!;
    records[own + 1] = ids.hi[at]!;
    records[own + NEXT] = index[place]!;
    index[place] = order;
    heads[COUNT]! += 1;
    this.append(order, side, price, size);
  }

  private modify(order: number, at: number, side: number, price: number, size: number): void {
    const { records, values } = this.memory.arrays;
    const level = records[(order << RECORD) + LEVEL]!;
    const stays = values[level << VALUES] === price && records[(level << RECORD) + SIDE] === side;
    if (size === 0) this.remove(order, at);
    else if (stays && size <= values[(order << VALUES) + SIZE]!) this.lower(order, size);
    else {
      this.unlink(order);
      this.append(order, side, price, size);
    }
  }

  private execute(order: number, at: number, size: number): void {
    const left = this.memory.arrays.values[(order << VALUES) + SIZE]! - size;
    if (left < 0) this.tally.overExecutions += 1;
    if (left > 0) this.lower(order, left);
    else this.remove(order, at);
  }

  /** Gives an order less size, where it stands. */
  private lower(order: number, size: number): void {
    const { records, values } = this.memory.arrays;
    const level = records[(order << RECORD) + LEVEL]!;
    values[(level << VALUES) + SIZE]! -= values[(order << VALUES) + SIZE]! - size;
    values[(order << VALUES) + SIZE] = size;
  }

  /** Puts an order at the back of the queue of a price. */
  private append(order: number, side: number, price: number, size: number): void {
    const known = this.places.find(side, price);
    const level = known === 0 ? this.newLevel(side, price) : known;
    const { records, values } = this.memory.arrays;
    const own = order << RECORD;
    const queue = level << RECORD;
    const last = records[queue + BEFORE]!;
    records[own + BEFORE] = last;
    records[own + AFTER] = level;
    records[own + LEVEL] = level;
    records[(last << RECORD) + AFTER] = order;
    records[queue + BEFORE] = order;
    records[queue + ORDERS]! += 1;
    values[(order << VALUES) + SIZE] = size;
    values[(level << VALUES) + SIZE]! += size;
  }

  /** Takes an order out of its queue, and the level with the last. */
  private unlink(order: number): void {
    const { records, values } = this.memory.arrays;
    const own = order << RECORD;
    const before = records[own + BEFORE]!;
    const after = records[own + AFTER]!;
    const level = records[own + LEVEL]!;
    const count = records[(level << RECORD) + ORDERS]! - 1;
    records[(before << RECORD) + AFTER] = after;
    records[(after << RECORD) + BEFORE] = before;
    records[(level << RECORD) + ORDERS] = count;
    values[(level << VALUES) + SIZE]! -= values[(order << VALUES) + SIZE]!;
    if (count === 0) this.removeLevel(level);
  }

  /** Takes an order, whose id is in place `at` of `ids`, out of its queue and out of the index. */
  private remove(order: number, at: number): void {
    this.unlink(order);
    const { heads, index, records } = this.memory.arrays;
    const place = this.ids.hashes[at]! >>> heads[SHIFT]!;
    const next = records[(order << RECORD) + NEXT]!;
    let other = index[place]!;
    if (other === order) index[place] = next;
    else {
      while (records[(other << RECORD) + NEXT] !== order) {
        other = records[(other << RECORD) + NEXT]!;
      }
      records[(other << RECORD) + NEXT] = next;
    }
    this.releaseRecord(order);
    heads[COUNT]! -= 1;
  }

  /** Hands out a record, with whatever was in it. */
  private takeRecord(): number {
    const { heads, records } = this.memory.arrays;
    const record = heads[FREE]!;
    if (record !== 0) {
      heads[FREE] = records[(record << RECORD) + AFTER]!;
      return record;
    }
    const fresh = heads[USED]!;
    if (fresh > heads[ROOM]!) this.growRecords();
    this.memory.arrays.heads[USED] = fresh + 1;
    return fresh;
  }

  private releaseRecord(record: number): void {
    const { heads, records } = this.memory.arrays;
    records[(record << RECORD) + AFTER] = heads[FREE]!;
    heads[FREE] = record;
  }

  private growRecords(): void {
    this.memory.growRecords();
    this.ladder.lieIn(this.memory.arrays.ladder);
  }

  private widenIndex(): void {
    const before = this.memory.growIndex();
    this.ladder.lieIn(this.memory.arrays.ladder);
    const { heads, index, records } = this.memory.arrays;
    const shift = heads[SHIFT]!;
    for (const first of before) {
      for (let order = first, next = 0; order !== 0; order = next) {
        const own = order << RECORD;
        const place = this.ids.hashOfWords(records[own]!, records[own + 1]!) >>> shift;
        next = records[own + NEXT]!;
        records[own + NEXT] = index[place]!;
        index[place] = order;
      }
    }
  }

  private newLevel(side: number, price: number): number {
    const level = this.takeRecord();
    const { records, values } = this.memory.arrays;
    const queue = level << RECORD;
    records[queue + BEFORE] = level;
    records[queue + AFTER] = level;
    records[queue + SIDE] = side;
    records[queue + ORDERS] = 0;
    // Never -0.
    values[level << VALUES] = price + 0;
    values[(level << VALUES) + SIZE] = 0;
    this.places.put(side, price, level);
    this.ladder.set(side as 1 | -1, price, 1);
    return level;
  }

  private removeLevel(level: number): void {
    const { records, values } = this.memory.arrays;
    const price = values[level << VALUES]!;
    const side = records[(level << RECORD) + SIDE]!;
    this.places.drop(side, price, level);
    this.releaseRecord(level);
    this.ladder.set(side as 1 | -1, price, 0);
  }

  clear(): void {
    this.ladder.clear();
    this.places.clear();
    const { heads, index } = this.memory.arrays;
    index.fill(0);
    heads[FREE] = heads[COUNT] = 0;
    heads[USED] = 1;
  }

  /** Forgets texts of orders that are gone, when there are many. Ids that were converted before are not valid after it. */
  tidy(): void {
    if (!this.ids.isFull) return;
    const { index, records } = this.memory.arrays;
    const live = new Set<number>();
    for (const first of index) {
      for (let order = first; order !== 0; order = records[(order << RECORD) + NEXT]!) {
        const own = order << RECORD;
        if (records[own + 1] === TEXT) live.add(records[own]!);
      }
    }
    this.ids.keepOnly(live);
  }

  /** Size resting at a price, lots. */
  sizeAt(side: number, price: number): Lots {
    return lots(this.memory.arrays.values[(this.places.find(side, price) << VALUES) + SIZE]!);
  }

  /** How many orders there are at a price. */
  orderCount(side: number, price: number): number {
    return this.memory.arrays.records[(this.places.find(side, price) << RECORD) + ORDERS]!;
  }

  /** The order of an id; undefined when it is not there. */
  order(id: string): RestingOrder | undefined {
    const order = this.find(id);
    return order === 0 ? undefined : this.read(order);
  }

  /** The record of an order; 0 when it is not there. */
  private find(id: string): number {
    return this.ids.find(id) ? this.orderOf(ASKED) : 0;
  }

  private read(order: number): RestingOrder {
    const { records, values } = this.memory.arrays;
    const own = order << RECORD;
    const level = records[own + LEVEL]!;
    return {
      id: this.ids.textOf(records[own]!, records[own + 1]!),
      side: records[(level << RECORD) + SIDE] as 1 | -1,
      price: ticks(values[level << VALUES]!),
      size: lots(values[(order << VALUES) + SIZE]!),
    };
  }

  /** The orders at a price, first to last. */
  ordersAt(side: 1 | -1, price: number): readonly RestingOrder[] {
    const { records } = this.memory.arrays;
    const found: RestingOrder[] = [];
    const level = this.places.find(side, price);
    if (level === 0) return found;
    let order = records[(level << RECORD) + AFTER]!;
    for (; order !== level; order = records[(order << RECORD) + AFTER]!) {
      found.push(this.read(order));
    }
    return found;
  }

  /** Where an order stands in its queue; undefined when it is not there. */
  queueAhead(id: string): QueuePosition | undefined {
    const order = this.find(id);
    if (order === 0) return undefined;
    const { records, values } = this.memory.arrays;
    const level = records[(order << RECORD) + LEVEL]!;
    let size = 0;
    let orders = 0;
    let ahead = records[(order << RECORD) + BEFORE]!;
    for (; ahead !== level; ahead = records[(ahead << RECORD) + BEFORE]!) {
      size += values[(ahead << VALUES) + SIZE]!;
      orders += 1;
    }
    return { sizeAhead: lots(size), ordersAhead: orders };
  }
}
