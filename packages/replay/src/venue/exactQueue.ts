import type { Side } from "./order.ts";
import type { LevelChange, QueueModel, QueuePlace } from "./queueModel.ts";

/** One recorded order in a queue. */
export interface QueuedOrder {
  readonly id: string;
  /** What is left of it, lots. */
  readonly size: number;
}

/** A book that knows the queue of each price (L3). `OrdersBook` is one. */
export interface QueuedBook {
  /** The orders at a price in ticks, the first to trade first. */
  ordersAt(side: Side, price: number): readonly QueuedOrder[];
}

/** The orders that stood at a price when an order of a study joined it. */
class ExactPlace implements QueuePlace {
  readonly #queue: () => readonly QueuedOrder[];
  #before: readonly QueuedOrder[];

  constructor(queue: () => readonly QueuedOrder[]) {
    this.#queue = queue;
    this.#before = [...queue()];
  }

  sizeAhead({ ahead }: LevelChange): number {
    this.#before = this.#stillBefore();
    const size = this.#before.reduce((sum, order) => sum + order.size, 0);
    // A trade may be known before the book shows it; and no change brings anyone before the order.
    return Math.min(ahead, size);
  }

  /** Whoever keeps a place keeps it before all who came later: the orders at the front of the queue that were there, in their order. */
  #stillBefore(): readonly QueuedOrder[] {
    const kept: QueuedOrder[] = [];
    let next = 0;
    for (const order of this.#queue()) {
      while (next < this.#before.length && this.#before[next]?.id !== order.id) next += 1;
      const known = this.#before[next];
      // An order that has grown has lost its place.
      if (known === undefined || order.size > known.size) break;
      kept.push(order);
      next += 1;
    }
    return kept;
  }
}

/**
 * The queue as it was, from a book of single orders (L3): ahead of an order stands what is left of the recorded orders that were at the
 * price when it joined. A cancel takes off its own size, and only if it was ahead. Orders are told by their ids, so that a snapshot changes
 * nothing for those that it still lists.
 *
 * Assumed: the book is exact and all of its orders are shown; first come, first served. Wrong for hidden size, for venues that share trades
 * out, and for recordings of the best orders only. The queue is looked at when the size of the level has changed: a cancel and an addition
 * of one size in one message are seen later, never too early.
 */
export class ExactQueue implements QueueModel {
  readonly #book: QueuedBook;

  /** `book` is the one that the venue is told of, at the same message. */
  constructor(book: QueuedBook) {
    this.#book = book;
  }

  join(side: Side, price: number): QueuePlace {
    return new ExactPlace(() => this.#book.ordersAt(side, price));
  }
}
