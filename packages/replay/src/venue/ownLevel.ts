import type { Side } from "./order.ts";
import type { QueueModel } from "./queueModel.ts";
import type { WorkingOrder } from "./workingOrder.ts";

/**
 * Fills up to `reach` lots of what an order displays, and says how many it filled. `reach` is whole and above 0: how much of a trade or of
 * crossing size gets to the order.
 */
export type FillOrder = (order: WorkingOrder, reach: number) => number;

/** How orders at a level are filled, and how they join its queue again. */
export interface Matching {
  readonly queue: QueueModel;
  readonly fill: FillOrder;
}

/**
 * What the books show of the last fall of a level, for trades that are told after the book that shows them.
 */
interface Fall {
  /** When the level fell, µs. */
  at: number;
  /** By how much that no earlier trade explains, lots. */
  size: number;
  /** Size of the level before it, lots. */
  before: number;
  /** Lots traded since, that may be this fall. */
  traded: number;
}

/**
 * The orders of a study at one price, in their order of priority, and what the recording shows of that price.
 *
 * The same trade is told twice, by the trade itself and by the book that shows it, and in either order. It counts once. Where the trade
 * comes first, it takes from the front of the queue, and the fall of the level that follows is explained by it. Where the book comes first,
 * the queue model shares out the fall as if it were cancels; a trade at the same instant (or at most `bookLead` µs later) takes that back
 * as far as it explains the fall, and takes from the front instead. Where the level fell by less, or grew, size came at the same instant: the
 * trade is shown all the same, and does not explain a later fall. Both orders end alike.
 *
 * Assumed: the first change of a level after a trade shows that trade. Wrong where a book message that was sent before the trade arrives
 * after it and changes the same level: then the queue moves a little too far.
 *
 * What the study's orders take of a trade does not keep recorded orders in the queue: it moves as it was recorded. Wrong for a study that
 * is large against the queue.
 */
export class OwnLevel {
  readonly side: Side;
  readonly price: number;
  readonly orders: WorkingOrder[] = [];
  readonly #bookLead: number;
  /** Recorded size at the last message end, lots. */
  #size: number;
  /** Lots traded here that the recorded size does not show yet. */
  #unseen: number;
  /** The part of it that traded since the last message end, lots: what joins now does not stand behind it. */
  #fresh: number;
  /** When the recorded size last changed, µs. */
  #changedAt = Number.NEGATIVE_INFINITY;
  readonly #fall: Fall = { at: Number.NEGATIVE_INFINITY, size: 0, before: 0, traded: 0 };

  /** `size` is the recorded size at the price, `traded` how much of it is known to have traded since. */
  constructor(terms: {
    side: Side;
    price: number;
    size: number;
    traded: number;
    bookLead: number;
  }) {
    this.side = terms.side;
    this.price = terms.price;
    this.#size = terms.size;
    this.#unseen = Math.min(terms.traded, terms.size);
    this.#fresh = this.#unseen;
    this.#bookLead = terms.bookLead;
  }

  /** Puts an order at the back. */
  join(order: WorkingOrder, queue: QueueModel): void {
    order.display();
    order.place = queue.join(this.side, this.price);
    order.ahead = this.#size - this.#fresh;
    order.aheadBefore = Number.NaN;
    this.orders.push(order);
  }

  /** Takes an order out; whoever is behind moves up. */
  remove(order: WorkingOrder): void {
    const index = this.orders.indexOf(order);
    if (index >= 0) this.orders.splice(index, 1);
    order.leaveQueue();
  }

  /** Takes the recorded size at the end of a message. */
  show(size: number, at: number): void {
    const before = this.#size;
    this.#fresh = 0;
    if (size === before) return;
    const gone = Math.max(0, before - size - this.#unseen);
    this.#size = size;
    this.#unseen = 0;
    this.#changedAt = at;
    const fall = this.#fall;
    const goesOn = at - fall.at <= this.#bookLead && fall.traded === 0 && fall.size > 0;
    if (goesOn) fall.size += gone;
    else {
      Object.assign(fall, { size: gone, traded: 0 });
      for (const order of this.orders) order.aheadBefore = order.ahead;
    }
    fall.at = at;
    // What is added after a fall was not there to fall.
    if (!goesOn || gone > 0) fall.before = size + fall.size;
    this.#settle();
  }

  /** Takes the recorded size after the book was replaced: not a change, only what is there now. */
  restart(size: number): void {
    this.#size = size;
    this.#unseen = 0;
    this.#fresh = 0;
    this.#fall.size = 0;
    for (const order of this.orders) {
      order.aheadBefore = Number.NaN;
      const { ahead } = order;
      const change = { ahead, before: size, gone: 0, isRestart: true };
      order.ahead = Math.min(order.place.sizeAhead(change), size);
    }
    this.#keepOrder();
  }

  /**
   * Takes a recorded trade of `size` lots at this price: it goes through what is ahead of each order, and through the orders before it.
   * `used` of its lots have filled orders at better prices. Returns how many have filled orders then.
   */
  trade(size: number, at: number, terms: Matching & { readonly used: number }): number {
    const fall = this.#fallAt(at);
    const shown = fall === undefined ? 0 : Math.min(size, Math.max(0, fall.size - fall.traded));
    const back = fall === undefined ? this.#size - this.#fresh : fall.before - fall.traded;
    let { used } = terms;
    // Refilled slices of icebergs come to the end of the list, and may be reached by the same trade.
    for (let index = 0; index < this.orders.length;) {
      const order = this.orders[index];
      if (order === undefined) break;
      const reach = Math.floor(size - this.#aheadOf(order, fall, shown) - used);
      if (reach <= 0) {
        index += 1;
        continue;
      }
      const filled = terms.fill(order, reach);
      used += filled;
      if (this.orders[index] !== order) continue;
      if (order.displayed > 0 || filled === 0) index += 1;
      else this.#refill(order, { back, isFalling: fall !== undefined, queue: terms.queue });
    }
    // A level that lost less than traded, or grew, got size at the same time: it shows the trade all the same.
    const isShown = at - this.#changedAt <= this.#bookLead;
    this.#advance({ size, shown, unseen: isShown ? 0 : size - shown }, fall);
    return used;
  }

  /** How much recorded size is ahead of an order for a trade that comes now. */
  #aheadOf(order: WorkingOrder, fall: Fall | undefined, shown: number): number {
    if (fall === undefined) return order.ahead;
    // What the book showed before the order came does not get to it.
    if (Number.isNaN(order.aheadBefore)) return order.ahead + shown;
    return Math.max(0, order.aheadBefore - fall.traded);
  }

  /** The next slice of an iceberg stands behind everything that was at the price before the trade. */
  #refill(
    order: WorkingOrder,
    { back, isFalling, queue }: { back: number; isFalling: boolean; queue: QueueModel },
  ): void {
    this.orders.splice(this.orders.indexOf(order), 1);
    this.join(order, queue);
    order.ahead = Math.max(0, back);
    if (isFalling) order.aheadBefore = order.ahead + this.#fall.traded;
  }

  #advance(
    { size, shown, unseen }: { size: number; shown: number; unseen: number },
    fall: Fall | undefined,
  ): void {
    this.#unseen = Math.min(this.#size, this.#unseen + unseen);
    this.#fresh = Math.min(this.#size, this.#fresh + unseen);
    for (const order of this.orders) {
      if (fall !== undefined && !Number.isNaN(order.aheadBefore)) continue;
      order.ahead = Math.max(0, order.ahead - (size - shown));
    }
    if (fall !== undefined) {
      fall.traded += size;
      this.#settle();
    }
    this.#keepOrder();
  }

  /**
   * Everything at this price has traded, because a trade printed at a worse one, or the opposite side stands here: fills orders with
   * `size` lots, first come, first served. Returns how many.
   */
  clearThrough(size: number, terms: Matching): number {
    this.#unseen = this.#size;
    this.#fresh = this.#size;
    this.#fall.size = 0;
    for (const order of this.orders) order.ahead = 0;
    let used = 0;
    for (let index = 0; index < this.orders.length && used < size;) {
      const order = this.orders[index];
      if (order === undefined) break;
      const filled = terms.fill(order, size - used);
      used += filled;
      if (this.orders[index] !== order) continue;
      if (order.displayed > 0 || filled === 0) index += 1;
      else this.#refill(order, { back: 0, isFalling: false, queue: terms.queue });
    }
    return used;
  }

  /** The fall that a trade at `at` may be, if there was one. */
  #fallAt(at: number): Fall | undefined {
    const fall = this.#fall;
    return fall.size > 0 && at - fall.at <= this.#bookLead ? fall : undefined;
  }

  /** Places of the orders that saw the last fall: after what traded of it, and what the model makes of the rest. */
  #settle(): void {
    const { size, before, traded } = this.#fall;
    const gone = Math.max(0, size - traded);
    for (const order of this.orders) {
      if (Number.isNaN(order.aheadBefore)) {
        order.ahead = Math.min(order.ahead, this.#size);
        continue;
      }
      const ahead = Math.max(0, order.aheadBefore - traded);
      const change = { ahead, before: Math.max(0, before - traded), gone, isRestart: false };
      order.ahead = Math.min(order.place.sizeAhead(change), this.#size);
    }
    this.#keepOrder();
  }

  /** Nobody overtakes: an order has at least as much ahead as the one before it, whatever the model estimates for each. */
  #keepOrder(): void {
    let least = 0;
    for (const order of this.orders) {
      order.ahead = Math.max(order.ahead, least);
      least = order.ahead;
    }
  }
}
