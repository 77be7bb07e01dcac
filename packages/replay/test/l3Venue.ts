import { ASK, BID } from "@aftershock/schema";

/** An order as the venue keeps it. Prices are whole numbers, of which none is below 1. */
export interface VenueOrder {
  readonly id: number;
  readonly side: 1 | -1;
  readonly price: number;
  readonly size: number;
}

/** What the venue did: `order` is the order as it was before, for an `add` as it is now. */
export type VenueEvent =
  | { readonly kind: "add" | "delete"; readonly order: VenueOrder }
  /** A part of an order is taken back or was traded; `by` is less than its size, or for a trade all of it. */
  | { readonly kind: "reduce" | "trade"; readonly order: VenueOrder; readonly by: number }
  | { readonly kind: "modify"; readonly order: VenueOrder; readonly to: VenueOrder };

const MIDDLE = 10_000;
/** Prices on each side of the middle that may have orders. */
const PRICES = 30;

/**
 * A venue of its own, told by a seed: a list of orders in the order of their priority, and nothing else. It starts without orders. Trades
 * meet the first order of the best price.
 */
export class SeededVenue {
  #orders: readonly VenueOrder[] = [];
  #state: number;
  #ids = 6_412_754_796_000;

  constructor(seed: number) {
    this.#state = seed;
  }

  #random(below: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % below;
  }

  /** Levels of a side, best first. */
  levels(side: 1 | -1): readonly (readonly [price: number, size: number])[] {
    const sizes = new Map<number, number>();
    for (const order of this.#orders) {
      if (order.side === side) sizes.set(order.price, (sizes.get(order.price) ?? 0) + order.size);
    }
    return [...sizes].toSorted((a, b) => side * (b[0] - a[0]));
  }

  /** The orders at a price, first to last. */
  queue(side: 1 | -1, price: number): readonly VenueOrder[] {
    return this.#orders.filter((order) => order.side === side && order.price === price);
  }

  /** Does something. `modifies`: whether orders of this venue keep their id when they change. */
  next(modifies: boolean): VenueEvent {
    const dice = this.#random(100);
    if (this.#orders.length < 60 || dice < 40) return this.#add();
    if (dice < 60) return this.#trade();
    const order = this.#orders[this.#random(this.#orders.length)];
    if (order === undefined) return this.#add();
    if (dice < 70 && order.size > 1) {
      const by = 1 + this.#random(order.size - 1);
      this.#put({ ...order, size: order.size - by });
      return { kind: "reduce", order, by };
    }
    if (dice < 85 && modifies) return this.#modify(order);
    this.#remove(order);
    return { kind: "delete", order };
  }

  #price(side: 1 | -1): number {
    return MIDDLE - side * (1 + this.#random(PRICES));
  }

  #add(): VenueEvent {
    const side = this.#random(2) === 0 ? BID : ASK;
    this.#ids += 1 + this.#random(50);
    const order: VenueOrder = {
      id: this.#ids,
      side,
      price: this.#price(side),
      size: 1 + this.#random(9),
    };
    this.#orders = [...this.#orders, order];
    return { kind: "add", order };
  }

  #trade(): VenueEvent {
    const side = this.#random(2) === 0 ? BID : ASK;
    const [best] = this.levels(side);
    const [order] = best === undefined ? [] : this.queue(side, best[0]);
    if (order === undefined) return this.#add();
    const by = 1 + this.#random(order.size);
    if (by === order.size) this.#remove(order);
    else this.#put({ ...order, size: order.size - by });
    return { kind: "trade", order, by };
  }

  #modify(order: VenueOrder): VenueEvent {
    const price = this.#random(2) === 0 ? order.price : this.#price(order.side);
    const to = { ...order, price, size: 1 + this.#random(9) };
    if (price === order.price && to.size <= order.size) this.#put(to);
    else {
      this.#remove(order);
      this.#orders = [...this.#orders, to];
    }
    return { kind: "modify", order, to };
  }

  #put(changed: VenueOrder): void {
    this.#orders = this.#orders.map((order) => (order.id === changed.id ? changed : order));
  }

  #remove({ id }: VenueOrder): void {
    this.#orders = this.#orders.filter((order) => order.id !== id);
  }
}
