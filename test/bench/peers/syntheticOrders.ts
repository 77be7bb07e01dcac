/**
 * A seeded stream of messages of a book by order (L3): some 38,000 orders alive, ids of 19 digits that grow. Of the messages 42 % add an
 * order, 32 % cancel one, 6 % make one smaller, 5 % move one to another price, 15 % execute the first order at the best price, of those
 * three in ten in part. Prices lie about the touch as those of syntheticBook.ts: 86 % within 20 ticks, 13 % within 1,000, 1 % further.
 * The book is never crossed, and every message is of an order that is there.
 */
import {
  ASK,
  BID,
  MESSAGE_END,
  ORDER_ADD,
  ORDER_CANCEL,
  ORDER_EXECUTE,
  ORDER_MODIFY,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { Xoshiro128 } from "./xoshiro128.ts";

/** Rows of a stream of orders by column, as an `orders` batch has them, but for the ids. */
export interface OrderRows {
  readonly length: number;
  /** ORDER_ADD, ORDER_MODIFY, ORDER_CANCEL, ORDER_EXECUTE. */
  readonly action: Int8Array;
  /** BID or ASK. */
  readonly side: Int8Array;
  /** Ticks. */
  readonly price: Int32Array;
  /** Lots after the action; what is executed for ORDER_EXECUTE. */
  readonly size: Int32Array;
  /** SNAPSHOT_START, SNAPSHOT, MESSAGE_END. */
  readonly flags: Int8Array;
  /** The orders' ids, 64 bits: below 2^63. */
  readonly id: BigInt64Array;
  /** µs, ascending. */
  readonly tsRecv: Float64Array;
}

/** How to make a stream. */
export interface SyntheticOrdersOptions {
  /** Messages after the snapshot, each of one order. */
  readonly messages: number;
  readonly seed?: number;
}

/** Price in the middle of the book at the start, ticks. */
const START = 600_000;
const RANGE = 1 << 20;
/** Orders that are kept alive. */
const ORDERS = 38_000;
const FIRST_ID = 6_137_848_111_000_000_000n;
const LARGEST_SIZE = 5_000;
/** 2024-08-05T00:00:00Z, µs. */
const DAY_START = 1_722_816_000_000_000;
const NONE = -1;

/** Orders by number, 0 … 2 × ORDERS; queues of the orders at a price as lists; numbers of those alive without a gap. */
class Orders {
  readonly id = new BigInt64Array(2 * ORDERS);
  readonly side = new Int8Array(2 * ORDERS);
  readonly price = new Int32Array(2 * ORDERS);
  readonly size = new Int32Array(2 * ORDERS);
  /** First and last order at each price; the book is never crossed, so that a price has one side. */
  readonly first = new Int32Array(RANGE).fill(NONE);
  readonly alive: number[] = [];
  private readonly last = new Int32Array(RANGE).fill(NONE);
  private readonly before = new Int32Array(2 * ORDERS);
  private readonly after = new Int32Array(2 * ORDERS);
  private readonly place = new Int32Array(2 * ORDERS);
  private readonly free: number[] = Array.from({ length: 2 * ORDERS }, (_, number) => number);
  bestBid = 0;
  bestAsk = RANGE - 1;

  add(id: bigint, side: number, price: number, size: number): number {
    const order = this.free.pop() ?? NONE;
    [this.id[order], this.side[order], this.size[order]] = [id, side, size];
    this.place[order] = this.alive.push(order) - 1;
    this.enqueue(order, price);
    return order;
  }

  remove(order: number): void {
    this.dequeue(order);
    const moved = this.alive.pop() ?? NONE;
    const place = this.place[order] ?? NONE;
    if (moved !== order) {
      this.alive[place] = moved;
      this.place[moved] = place;
    }
    this.free.push(order);
  }

  move(order: number, price: number): void {
    this.dequeue(order);
    this.enqueue(order, price);
  }

  private enqueue(order: number, price: number): void {
    const last = this.last[price] ?? NONE;
    this.price[order] = price;
    this.before[order] = last;
    this.after[order] = NONE;
    this.last[price] = order;
    if (last === NONE) this.first[price] = order;
    else this.after[last] = order;
    if (this.side[order] === BID) this.bestBid = Math.max(this.bestBid, price);
    else this.bestAsk = Math.min(this.bestAsk, price);
  }

  private dequeue(order: number): void {
    const [before, after] = [this.before[order] ?? NONE, this.after[order] ?? NONE];
    const price = this.price[order] ?? 0;
    if (before === NONE) this.first[price] = after;
    else this.after[before] = after;
    if (after === NONE) this.last[price] = before;
    else this.before[after] = before;
    while (this.bestBid > 0 && !this.isThere(BID, this.bestBid)) this.bestBid -= 1;
    while (this.bestAsk < RANGE - 1 && !this.isThere(ASK, this.bestAsk)) this.bestAsk += 1;
  }

  private isThere(side: number, price: number): boolean {
    const first = this.first[price] ?? NONE;
    return first !== NONE && this.side[first] === side;
  }
}

/** The market that sends the messages. */
class OrderMarket {
  private readonly random: Xoshiro128;
  private readonly orders = new Orders();
  private lastId = FIRST_ID;
  action = 0;
  order = 0;
  size = 0;
  /** Of the message's order, which may be gone. */
  get id(): bigint {
    return this.orders.id[this.order] ?? 0n;
  }
  get side(): number {
    return this.orders.side[this.order] ?? 0;
  }
  get price(): number {
    return this.orders.price[this.order] ?? 0;
  }

  constructor(seed: number) {
    this.random = new Xoshiro128(seed);
  }

  /** Makes the orders that the stream begins with, in a quarter of the depth that prices may have later. */
  open(write: () => void): void {
    for (let number = 0; number < ORDERS; number++) {
      const side = number % 2 === 0 ? BID : ASK;
      const [zone, near] = [this.random.below(1_000), 1 + this.random.below(20)];
      const distance = zone < 300 ? near : 1 + this.random.below(zone < 800 ? 1_000 : 10_000);
      this.add(side, START - side * distance);
      write();
    }
  }

  next(): void {
    const draw = this.random.below(1_000);
    const full = this.orders.alive.length >= ORDERS;
    if (draw < (full ? 410 : 450)) this.addAnywhere();
    else if (draw < 570) this.execute();
    else if (draw < 630) this.reduce();
    else if (draw < 680) this.move();
    else this.cancel();
  }

  private addAnywhere(): void {
    const side = this.random.below(2) === 0 ? BID : ASK;
    this.add(side, this.anyPrice(side));
  }

  private add(side: 1 | -1, price: number): void {
    this.lastId += BigInt(1 + this.random.below(1_000));
    this.size = 1 + this.random.below(LARGEST_SIZE);
    this.action = ORDER_ADD;
    this.order = this.orders.add(this.lastId, side, price, this.size);
  }

  /** A price that does not cross: behind the other side's best one. */
  private anyPrice(side: number): number {
    const zone = this.random.below(1_000);
    const reach = zone < 863 ? 20 : zone < 991 ? 1_000 : 40_000;
    const { bestBid, bestAsk } = this.orders;
    const other = side === BID ? bestAsk : bestBid;
    const price = other - side * (1 + this.random.below(reach));
    return Math.min(Math.max(price, 1), RANGE - 2);
  }

  private anyOrder(): number {
    const { alive } = this.orders;
    return alive[this.random.below(alive.length)] ?? 0;
  }

  private execute(): void {
    const { orders } = this;
    const best = this.random.below(2) === 0 ? orders.bestBid : orders.bestAsk;
    const order = orders.first[best] ?? NONE;
    if (order === NONE) throw new Error("a side of the made-up book is empty");
    const size = orders.size[order] ?? 0;
    const executed = this.random.below(10) < 7 ? size : 1 + this.random.below(size);
    this.tell(ORDER_EXECUTE, order, executed);
    orders.size[order] = size - executed;
    if (executed === size) orders.remove(order);
  }

  private reduce(): void {
    const order = this.anyOrder();
    const size = 1 + this.random.below(this.orders.size[order] ?? 1);
    this.orders.size[order] = size;
    this.tell(ORDER_MODIFY, order, size);
  }

  private move(): void {
    const order = this.anyOrder();
    this.orders.move(order, this.anyPrice(this.orders.side[order] ?? 0));
    this.tell(ORDER_MODIFY, order, this.orders.size[order] ?? 0);
  }

  private cancel(): void {
    const order = this.anyOrder();
    this.tell(ORDER_CANCEL, order, 0);
    this.orders.remove(order);
  }

  private tell(action: number, order: number, size: number): void {
    [this.action, this.order, this.size] = [action, order, size];
  }
}

/** A snapshot of 38,000 orders, one message, then the messages, each of one order. */
export function syntheticOrders({ messages, seed = 1 }: SyntheticOrdersOptions): OrderRows {
  const market = new OrderMarket(seed);
  const random = new Xoshiro128(seed + 1);
  const length = ORDERS + messages;
  const rows: OrderRows = {
    length,
    action: new Int8Array(length),
    side: new Int8Array(length),
    price: new Int32Array(length),
    size: new Int32Array(length),
    flags: new Int8Array(length),
    id: new BigInt64Array(length),
    tsRecv: new Float64Array(length),
  };
  let row = 0;
  let now = DAY_START;
  const write = (flags: number): void => {
    rows.action[row] = market.action;
    rows.side[row] = market.side;
    rows.price[row] = market.price;
    rows.size[row] = market.size;
    rows.flags[row] = flags;
    rows.id[row] = market.id;
    rows.tsRecv[row] = now;
    row += 1;
  };
  market.open(() => write(row === 0 ? SNAPSHOT_START | SNAPSHOT : SNAPSHOT));
  rows.flags[row - 1] = SNAPSHOT | MESSAGE_END;
  for (let message = 0; message < messages; message++) {
    now += 1 + random.below(16_000);
    market.next();
    write(MESSAGE_END);
  }
  return rows;
}
