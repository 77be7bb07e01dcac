import { ASK, BID } from "@aftershock/schema";

/** A resting order. Its owner keeps it: `size` falls as it fills and is 0 when it is gone from the book. */
export interface RestingOrder {
  readonly owner: number;
  /** BID or ASK. */
  readonly side: number;
  /** Ticks. */
  readonly price: number;
  /** Lots still resting. */
  size: number;
}

/** Called for each resting order that a taker meets, after the order was reduced. Size in lots. */
export type OnFill = (order: RestingOrder, size: number) => void;

interface Level {
  total: number;
  /** Oldest first: the order of execution. */
  readonly orders: RestingOrder[];
}

/** One side of the book: a price level for each tick that holds orders. */
class BookSide {
  readonly #levels = new Map<number, Level>();
  /** +1 where a better price is higher (bids), −1 where it is lower (asks). */
  readonly #better: number;
  #best: number | undefined;
  /** Ticks whose total has changed since the last drain, in the order of the first change. */
  readonly #touched = new Set<number>();

  constructor(better: number) {
    this.#better = better;
  }

  get best(): number | undefined {
    return this.#best;
  }

  total(price: number): number {
    return this.#levels.get(price)?.total ?? 0;
  }

  place(order: RestingOrder): void {
    const level = this.#levels.get(order.price);
    if (level === undefined) {
      this.#levels.set(order.price, { total: order.size, orders: [order] });
      if (this.#best === undefined || (order.price - this.#best) * this.#better > 0) {
        this.#best = order.price;
      }
    } else {
      level.total += order.size;
      level.orders.push(order);
    }
    this.#touched.add(order.price);
  }

  cancel(order: RestingOrder): void {
    const level = this.#levels.get(order.price);
    const position = level?.orders.indexOf(order) ?? -1;
    if (level === undefined || position < 0) return;
    level.orders.splice(position, 1);
    level.total -= order.size;
    order.size = 0;
    this.#settle(order.price, level);
  }

  take(size: number, onFill: OnFill): number {
    let left = size;
    while (left > 0 && this.#best !== undefined) {
      const price = this.#best;
      const level = this.#levels.get(price);
      const order = level?.orders[0];
      if (level === undefined || order === undefined) {
        throw new Error(`Invariant: the best level ${price} holds an order`);
      }
      const filled = Math.min(left, order.size);
      left -= filled;
      order.size -= filled;
      level.total -= filled;
      if (order.size === 0) level.orders.shift();
      this.#settle(price, level);
      onFill(order, filled);
    }
    return size - left;
  }

  /** Removes a level that has run empty and finds the next best one. */
  #settle(price: number, level: Level): void {
    this.#touched.add(price);
    if (level.orders.length > 0) return;
    this.#levels.delete(price);
    if (price !== this.#best) return;
    this.#best = undefined;
    if (this.#levels.size === 0) return;
    let next = price;
    while (!this.#levels.has(next)) next -= this.#better;
    this.#best = next;
  }

  drainTouched(): readonly number[] {
    const prices = [...this.#touched];
    this.#touched.clear();
    return prices;
  }

  /** Prices of all levels, best first. */
  prices(): readonly number[] {
    return [...this.#levels.keys()].sort((a, b) => (b - a) * this.#better);
  }
}

/**
 * The simulated venue's book: orders at whole ticks in whole lots, matched by price, then time. It never holds a bid at or
 * above an ask: `place` throws an invariant error on an order that would cross, so makers ask for the best price first.
 */
export class OrderBook {
  readonly #bids = new BookSide(1);
  readonly #asks = new BookSide(-1);

  /** Best price of a side (BID or ASK), ticks; undefined where it is empty. */
  best(side: number): number | undefined {
    return this.#side(side).best;
  }

  /** Lots resting at a price; 0 where there is no level. */
  total(side: number, price: number): number {
    return this.#side(side).total(price);
  }

  /** Rests an order of at least one lot behind those of its price. Throws when it would cross. */
  place(order: RestingOrder): void {
    const opposite = this.best(-order.side);
    if (opposite !== undefined && (opposite - order.price) * order.side <= 0) {
      throw new Error(`Invariant: a resting order at ${order.price} crosses ${opposite}`);
    }
    this.#side(order.side).place(order);
  }

  /** Takes an order off the book; does nothing where it has already been filled. */
  cancel(order: RestingOrder): void {
    this.#side(order.side).cancel(order);
  }

  /**
   * A market order for `size` lots of the aggressor's side (BUY or SELL): eats the opposite side level by level. Returns the
   * lots filled: fewer than asked for when that side runs out.
   */
  take(aggressor: number, size: number, onFill: OnFill): number {
    return this.#side(-aggressor).take(size, onFill);
  }

  /** Prices whose total may have changed since the last call, ticks. */
  drainTouched(side: number): readonly number[] {
    return this.#side(side).drainTouched();
  }

  /** Prices of all levels of a side, best first, ticks. */
  prices(side: number): readonly number[] {
    return this.#side(side).prices();
  }

  #side(side: number): BookSide {
    if (side === BID) return this.#bids;
    if (side === ASK) return this.#asks;
    throw new Error(`Invariant: ${side} is neither BID nor ASK`);
  }
}
