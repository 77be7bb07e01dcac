import { BUY, SELL } from "@aftershock/schema";
import type { OrderBook } from "../book/orderBook.ts";
import type { SideReads } from "../book/sideReads.ts";
import type { Side } from "./order.ts";
import { OwnLevel } from "./ownLevel.ts";
import { OwnSide } from "./ownSide.ts";
import type { QueueModel } from "./queueModel.ts";
import type { TakenLiquidity } from "./takenLiquidity.ts";
import type { WorkingOrder } from "./workingOrder.ts";

/** Fills up to `reach` lots of what an order displays; returns how many. */
export type FillResting = (order: WorkingOrder, reach: number, by: "trade" | "book") => number;

/** A recorded trade whose aggressor is known. */
export interface AggressorTrade {
  /** µs. */
  readonly at: number;
  readonly side: Side;
  /** Ticks. */
  readonly price: number;
  /** Lots. */
  readonly size: number;
}

/** What the resting orders of a study are matched with. */
export interface RestingOptions {
  readonly queue: QueueModel;
  readonly taken: TakenLiquidity;
  readonly fill: FillResting;
  /** See StudyVenueOptions. */
  readonly bookLeadMicros: number;
}

/** The orders of a study that rest in the book, and what recorded trades and books do to them. */
export class RestingOrders {
  readonly #options: RestingOptions;
  readonly #bids = new OwnSide(BUY);
  readonly #asks = new OwnSide(SELL);

  constructor(options: RestingOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#bids.levels.length === 0 && this.#asks.levels.length === 0;
  }

  /** Puts an order with a limit at the back of the queue of its price. */
  rest(order: WorkingOrder, price: number, book: OrderBook): void {
    const { queue, taken, bookLeadMicros: bookLead } = this.#options;
    const { side } = order;
    const level = this.#of(side).levelAt(price, () => {
      const size = book.sizeAt(side, price);
      return new OwnLevel({ side, price, size, traded: taken.printedAt(side, price), bookLead });
    });
    level.join(order, queue);
  }

  /** Takes an order out of its queue. */
  remove(order: WorkingOrder): void {
    if (order.price !== undefined) this.#of(order.side).find(order.price)?.remove(order);
  }

  /** Forgets prices at which no order is left; not while they are gone through. */
  dropEmpty(): void {
    this.#bids.dropEmpty();
    this.#asks.dropEmpty();
  }

  /** Takes the book at the end of a message. With `isRestart` it was replaced: its sizes are no changes. */
  show(book: OrderBook, at: number, isRestart: boolean): void {
    for (const own of [this.#bids, this.#asks]) {
      for (const level of own.levels) {
        const size = book.sizeAt(own.side, level.price);
        if (isRestart) level.restart(size);
        else level.show(size, at);
      }
    }
  }

  /** True when the opposite side of the book stands at an order's price or through it. */
  isReached(book: OrderBook): boolean {
    return (
      this.#bids.bestPrice >= book.askSide.bestPrice ||
      this.#asks.bestPrice <= book.bidSide.bestPrice
    );
  }

  /** Fills orders that the opposite side of the book has come to. */
  fillByBook(book: OrderBook): void {
    this.#fillSideByBook(this.#bids, book.askSide);
    this.#fillSideByBook(this.#asks, book.bidSide);
  }

  #fillSideByBook(own: OwnSide, opposite: SideReads): void {
    const { queue, taken, fill } = this.#options;
    for (const level of own.levels) {
      if (!((level.price - opposite.bestPrice) * own.side >= 0)) return;
      const resting = taken.availableThrough(opposite, level.price);
      const used = level.clearThrough(resting, {
        queue,
        fill: (order, reach) => fill(order, reach, "book"),
      });
      taken.takeThrough(opposite, Math.min(used, resting));
    }
  }

  /** True when a trade would get to the price of an order, or through it. */
  isHit({ side, price }: AggressorTrade): boolean {
    const own = this.#of(side === BUY ? SELL : BUY);
    return (own.bestPrice - price) * own.side >= 0;
  }

  /** Moves queues by a recorded trade, and fills the orders that it gets to: by price, then time, none of its lots twice. */
  fillByTrade({ at, side, price, size }: AggressorTrade): void {
    const own = this.#of(side === BUY ? SELL : BUY);
    const { queue } = this.#options;
    const fill = (order: WorkingOrder, reach: number): number =>
      this.#options.fill(order, reach, "trade");
    let used = 0;
    for (const level of own.levels) {
      const through = (level.price - price) * own.side;
      if (!(through >= 0)) return;
      if (through === 0) used = level.trade(size, at, { queue, fill, used });
      else used += level.clearThrough(Math.max(0, size - used), { queue, fill });
    }
  }

  #of(side: Side): OwnSide {
    return side === BUY ? this.#bids : this.#asks;
  }
}
