import {
  ASK,
  BID,
  ORDER_ADD,
  ORDER_CANCEL,
  ORDER_CLEAR,
  ORDER_MODIFY,
  lots,
  ticks,
} from "@aftershock/schema";
import { BookSide } from "./bookSide.ts";
import { emptyOrderTally, type OrderTally } from "./orderCounts.ts";
import type { OrderChange } from "./orderMessage.ts";
import type { QueuePosition, RestingOrder } from "./ordersBook.ts";

/** The orders of one side: those of each price in the order of their priority, and what they sum up to. */
interface OrderSide {
  readonly levels: BookSide;
  readonly queues: Map<number, Map<string, RestingOrder>>;
}

const emptySide = (side: 1 | -1): OrderSide => ({ levels: new BookSide(side), queues: new Map() });

/** The orders that rest in a book, plain: a Map of objects. What each action does; see OrdersBook for the rule of priority. */
export class OrderQueues {
  readonly #orders = new Map<string, RestingOrder>();
  readonly #bids: OrderSide = emptySide(BID);
  readonly #asks: OrderSide = emptySide(ASK);
  tally: OrderTally = emptyOrderTally();

  get bids(): BookSide {
    return this.#bids.levels;
  }

  get asks(): BookSide {
    return this.#asks.levels;
  }

  /** How many orders there are. */
  get count(): number {
    return this.#orders.size;
  }

  /** Does what a row says. */
  take(change: OrderChange): void {
    if (change.action === ORDER_CLEAR) this.clear();
    else if (change.side === 0) return;
    else if (change.action === ORDER_ADD) this.#add(change);
    else if (change.action === ORDER_MODIFY) this.#modify(change);
    else if (change.action === ORDER_CANCEL) this.#cancel(change);
    else this.#execute(change);
  }

  #add(change: OrderChange): void {
    const known = this.#orders.get(change.orderId);
    if (known !== undefined) {
      this.tally.duplicateAdds += 1;
      this.#remove(known);
    }
    if (change.size === 0) this.tally.emptyAdds += 1;
    else this.#append(change);
  }

  #modify(change: OrderChange): void {
    const known = this.#orders.get(change.orderId);
    if (known === undefined) this.tally.unknownModifies += 1;
    else if (known.side === change.side && known.price === change.price) {
      this.#resize(known, change.size);
      return;
    } else this.#remove(known);
    if (change.size > 0) this.#append(change);
  }

  #cancel({ orderId }: OrderChange): void {
    const known = this.#orders.get(orderId);
    if (known === undefined) this.tally.unknownCancels += 1;
    else this.#remove(known);
  }

  #execute({ orderId, size }: OrderChange): void {
    const known = this.#orders.get(orderId);
    if (known === undefined) {
      this.tally.unknownExecutions += 1;
      return;
    }
    if (size > known.size) this.tally.overExecutions += 1;
    this.#resize(known, Math.max(0, known.size - size));
  }

  /** Gives an order another size: where it stands when that is not larger, at the back otherwise; with 0 it leaves. */
  #resize(order: RestingOrder, size: number): void {
    if (size === 0 || size > order.size) this.#remove(order);
    if (size > 0) this.#put({ ...order, size: lots(size) });
  }

  #append({ orderId, side, price, size }: OrderChange): void {
    // Never -0.
    const at = ticks(price + 0);
    this.#put({ id: orderId, side: side === BID ? BID : ASK, price: at, size: lots(size) });
  }

  /** Puts an order where the one of its id stands, or at the back: a Map keeps the place of a key that it has. */
  #put(order: RestingOrder): void {
    const { levels, queues } = this.#sideOf(order.side);
    const queue = queues.get(order.price) ?? new Map<string, RestingOrder>();
    const before = queue.get(order.id)?.size ?? 0;
    queues.set(order.price, queue.set(order.id, order));
    this.#orders.set(order.id, order);
    levels.set(order.price, levels.sizeAt(order.price) - before + order.size);
  }

  #remove({ id, side, price, size }: RestingOrder): void {
    const { levels, queues } = this.#sideOf(side);
    const queue = queues.get(price);
    queue?.delete(id);
    if (queue?.size === 0) queues.delete(price);
    this.#orders.delete(id);
    levels.set(price, levels.sizeAt(price) - size);
  }

  clear(): void {
    this.#orders.clear();
    for (const { levels, queues } of [this.#bids, this.#asks]) {
      levels.clear();
      queues.clear();
    }
  }

  /** The order of an id; undefined when it is not there. */
  order(id: string): RestingOrder | undefined {
    return this.#orders.get(id);
  }

  /** The orders at a price, first to last. */
  ordersAt(side: 1 | -1, price: number): readonly RestingOrder[] {
    return [...(this.#sideOf(side).queues.get(price)?.values() ?? [])];
  }

  /** How many orders there are at a price. */
  orderCount(side: 1 | -1, price: number): number {
    return this.#sideOf(side).queues.get(price)?.size ?? 0;
  }

  /** Where an order stands in its queue; undefined when it is not there. */
  queueAhead(id: string): QueuePosition | undefined {
    const order = this.#orders.get(id);
    if (order === undefined) return undefined;
    const queue = this.ordersAt(order.side, order.price);
    const ahead = queue.slice(0, queue.indexOf(order));
    const sizeAhead = lots(ahead.reduce((sum, { size }) => sum + size, 0));
    return { sizeAhead, ordersAhead: ahead.length };
  }

  #sideOf(side: 1 | -1): OrderSide {
    return side === BID ? this.#bids : this.#asks;
  }
}
