import { ORDER_ADD, ORDER_CANCEL, ORDER_EXECUTE } from "@aftershock/schema";
import { SortedBook } from "./sortedBook.ts";

/** An order as an object. */
interface Order {
  readonly id: string;
  readonly side: number;
  price: number;
  size: number;
}

/** The orders of one price, the first first, and their size. */
interface Level {
  readonly orders: Map<string, Order>;
  size: number;
}

/** A book by order of plain JavaScript, as it is usually written: a Map of objects by id, a Map of levels a side, prices in a sorted array. */
export class MapOrdersBook {
  private readonly orders = new Map<string, Order>();
  private readonly bids = new Map<number, Level>();
  private readonly asks = new Map<number, Level>();
  private readonly prices = new SortedBook();

  take(action: number, id: string, side: number, price: number, size: number): void {
    if (action === ORDER_ADD) {
      this.add({ id, side, price, size });
      return;
    }
    const order = this.orders.get(id);
    if (order === undefined) return;
    if (action === ORDER_CANCEL) this.remove(order);
    else if (action === ORDER_EXECUTE) this.execute(order, size);
    else if (order.price === price && size <= order.size) this.resize(order, size);
    else {
      this.remove(order);
      this.add({ id, side, price, size });
    }
  }

  clear(): void {
    for (const part of [this.orders, this.bids, this.asks, this.prices]) part.clear();
  }

  /** NaN when there is none. */
  get bestBid(): number {
    return this.prices.bestBid;
  }

  get bestAsk(): number {
    return this.prices.bestAsk;
  }

  private levelsOf(side: number): Map<number, Level> {
    return side > 0 ? this.bids : this.asks;
  }

  private add(order: Order): void {
    const levels = this.levelsOf(order.side);
    let level = levels.get(order.price);
    if (level === undefined) {
      level = { orders: new Map(), size: 0 };
      levels.set(order.price, level);
      this.prices.set(order.side, order.price, 1);
    }
    level.orders.set(order.id, order);
    level.size += order.size;
    this.orders.set(order.id, order);
  }

  private remove(order: Order): void {
    const levels = this.levelsOf(order.side);
    const level = levels.get(order.price);
    this.orders.delete(order.id);
    if (level === undefined) return;
    level.orders.delete(order.id);
    level.size -= order.size;
    if (level.orders.size > 0) return;
    levels.delete(order.price);
    this.prices.set(order.side, order.price, 0);
  }

  private execute(order: Order, size: number): void {
    if (size >= order.size) this.remove(order);
    else this.resize(order, order.size - size);
  }

  private resize(order: Order, size: number): void {
    const level = this.levelsOf(order.side).get(order.price);
    if (level !== undefined) level.size += size - order.size;
    order.size = size;
  }
}
