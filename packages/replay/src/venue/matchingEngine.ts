import {
  BUY,
  IntegrityError,
  MAKER,
  SELL,
  TAKER,
  lots,
  micros,
  ticks,
  type Micros,
} from "@aftershock/schema";
import type { OrderBook } from "../book/orderBook.ts";
import type { Account } from "./account.ts";
import type { FeeModel } from "./feeModel.ts";
import type { FillModel } from "./fillModel.ts";
import type { Amendment, OrderRequest, Side, TriggerSource } from "./order.ts";
import type {
  AboutOrder,
  EndReason,
  RefusalReason,
  RequestRefused,
  VenueUpdate,
} from "./orderUpdate.ts";
import type { QueueModel } from "./queueModel.ts";
import { RecordedMarket, oppositeOf } from "./recordedMarket.ts";
import { RestingOrders, type AggressorTrade } from "./restingOrders.ts";
import { StopWatch } from "./stopWatch.ts";
import { TakenLiquidity } from "./takenLiquidity.ts";
import { emptyVenueTally, type VenueTally } from "./venueTally.ts";
import { WorkingOrder, type OrderView } from "./workingOrder.ts";

/** What a matching engine is made of; see StudyVenueOptions. */
export interface MatchingEngineOptions {
  readonly queue: QueueModel;
  readonly fills: FillModel;
  readonly fees: FeeModel;
  readonly account: Account;
  readonly bookLeadMicros: number;
  readonly snapshots: "restart" | "update";
  /** Called when something happens to an order. */
  readonly emit: (update: VenueUpdate) => void;
}

/** Whether an amended order stays where it is in its queue: at its price, and not larger. */
const keepsPlace = (order: WorkingOrder, { price, size }: Amendment): boolean =>
  (price ?? order.price) === order.price && (size ?? order.size) <= order.size;

/** A recorded trade. */
export interface RecordedTrade {
  /** µs. */
  readonly at: number;
  /** Aggressor: BUY, SELL, or 0 where the source does not say. */
  readonly side: Side | 0;
  /** Ticks. */
  readonly price: number;
  /** Lots, above 0. */
  readonly size: number;
}

const NO_ORDER = { filled: lots(0), open: lots(0) };

/**
 * The venue without the way to it: the orders of a study against a recorded book and recorded trades, all at the venue's own time. What
 * each kind of order does is told by StudyVenue.
 */
export class MatchingEngine {
  readonly #options: MatchingEngineOptions;
  readonly #orders = new Map<string, WorkingOrder>();
  readonly #taken = new TakenLiquidity();
  readonly #stops = new StopWatch();
  readonly #resting: RestingOrders;
  readonly #market: RecordedMarket;
  readonly tally: VenueTally = emptyVenueTally();
  #held: WorkingOrder[] = [];
  #at: Micros = micros(0);
  /** Whether the position has changed since reduce-only orders were last looked at. */
  #hasTraded = false;

  constructor(options: MatchingEngineOptions) {
    this.#options = options;
    const { snapshots, bookLeadMicros } = options;
    this.#market = new RecordedMarket({ snapshots, bookLeadMicros, tally: this.tally });
    this.#resting = new RestingOrders({
      queue: options.queue,
      taken: this.#taken,
      bookLeadMicros,
      fill: (order, reach, by) => this.#fillResting(order, reach, by),
    });
  }

  /** The order of an id, as it stands at the venue; undefined when there is none that works. */
  order(id: string): OrderView | undefined {
    return this.#orders.get(id);
  }

  /** How many orders work: rest, wait for a trigger or for a book. */
  get orderCount(): number {
    return this.#orders.size;
  }

  /** Takes the book at the end of a message. */
  takeBook(book: OrderBook, at: Micros): void {
    this.#at = at;
    const turn = this.#market.take(book, at, this.#isIdle);
    if (turn === "none") return;
    if (turn === "changed") this.#taken.show(book.bidSide, book.askSide);
    else this.#taken.clear();
    if (turn === "lost") {
      this.tally.gaps += 1;
      return;
    }
    if (!this.#resting.isEmpty) {
      this.#resting.show(book, at, turn !== "changed");
      this.#fillByBook(book);
    }
    if (turn === "found") this.#releaseHeld();
    if (!this.#resting.isEmpty) this.#tidy();
  }

  get #isIdle(): boolean {
    return this.#resting.isEmpty && this.#taken.isEmpty;
  }

  #fillByBook(book: OrderBook): void {
    if (!this.#resting.isReached(book)) return;
    if (book.bidSide.bestPrice >= book.askSide.bestPrice) this.tally.crossedMessages += 1;
    else this.#resting.fillByBook(book);
  }

  /** Takes a recorded trade; its side is 0 when the aggressor is not known. */
  takeTrade({ at, side, price, size }: RecordedTrade): void {
    this.#at = micros(at);
    const aggressor = side === 0 ? this.#market.inferSide(price) : side;
    if (aggressor !== 0) {
      if (!this.#resting.isEmpty) this.#match({ at, side: aggressor, price, size });
      if (this.#market.book !== undefined && !this.#market.shows(at)) {
        this.#taken.print(aggressor === BUY ? SELL : BUY, price, size);
      }
    }
    this.takePrice("last", price, micros(at));
  }

  #match(trade: AggressorTrade): void {
    if (this.#market.book !== undefined) this.#resting.fillByTrade(trade);
    else if (this.#resting.isHit(trade)) {
      this.tally.tradesInGaps += 1;
      this.tally.lotsInGaps += trade.size;
    }
  }

  /** Takes a price that stops watch, ticks. */
  takePrice(source: TriggerSource, price: number, at: Micros): void {
    this.#at = at;
    for (const order of this.#stops.take(source, price)) this.#trigger(order);
    this.#tidy();
  }

  /** Takes a new order. */
  arrive(request: OrderRequest, at: Micros): void {
    this.#at = at;
    const order = new WorkingOrder(request, at);
    if (this.#orders.has(order.id)) {
      const about = { orderId: order.id, at, ...NO_ORDER };
      this.#options.emit({ kind: "rejected", reason: "duplicateId", ...about });
      return;
    }
    this.#orders.set(order.id, order);
    if (request.stop === undefined) this.#enter(order);
    else {
      order.state = "waiting";
      this.#accept(order);
      if (this.#stops.add(order)) this.#trigger(order);
    }
    this.#tidy();
  }

  #accept(order: WorkingOrder): void {
    order.accepted = true;
    this.#options.emit({ kind: "accepted", ...this.#about(order) });
  }

  #trigger(order: WorkingOrder): void {
    order.state = "new";
    this.#options.emit({ kind: "triggered", ...this.#about(order) });
    this.#enter(order);
  }

  /** Lets an order trade and rest, as far as its terms and the book allow. */
  #enter(order: WorkingOrder): void {
    const { book } = this.#market;
    if (book === undefined) {
      this.#hold(order);
      return;
    }
    if (this.#isIdle) this.#market.watch();
    const reason = this.#objection(order, book);
    if (reason !== undefined) {
      this.#end(order, reason);
      return;
    }
    if (!order.accepted) this.#accept(order);
    this.#take(order, book);
    if (order.open === 0) return;
    if (order.timeInForce !== "gtc" || order.price === undefined) this.#end(order, "immediate");
    else {
      order.state = "resting";
      this.#resting.rest(order, order.price, book);
    }
  }

  /** Without a book, what must trade at once cannot; everything else waits, and stops that have triggered too. */
  #hold(order: WorkingOrder): void {
    if (order.timeInForce !== "gtc" && !order.accepted) {
      this.tally.rejectedInGaps += 1;
      this.#end(order, "bookInvalid");
      return;
    }
    if (!order.accepted) this.#accept(order);
    order.state = "held";
    this.#held.push(order);
    this.tally.heldOrders += 1;
  }

  #releaseHeld(): void {
    const held = this.#held;
    this.#held = [];
    for (const order of held) this.#enter(order);
  }

  /** Why an order may not enter the book; undefined when it may. */
  #objection(order: WorkingOrder, book: OrderBook): EndReason | undefined {
    if (this.#closable(order) === 0) return "reduceOnly";
    if (order.request.postOnly === true && this.#crosses(order, order.price, book))
      return "postOnly";
    if (order.timeInForce !== "fok") return undefined;
    const limit = order.price ?? Number.NaN;
    const there = this.#taken.availableThrough(oppositeOf(book, order.side), limit);
    return Math.min(there, this.#closable(order)) < order.open ? "notWhole" : undefined;
  }

  #crosses({ side }: WorkingOrder, price: number | undefined, book: OrderBook): boolean {
    return ((price ?? Number.NaN) - oppositeOf(book, side).bestPrice) * side >= 0;
  }

  /** How many lots an order may trade for the sake of the position. */
  #closable({ request }: WorkingOrder): number {
    if (request.reduceOnly !== true) return Number.POSITIVE_INFINITY;
    return Math.max(0, -this.#options.account.position * request.side);
  }

  /** Takes what rests at each level within the limit, from the best on: a fill a level. */
  #take(order: WorkingOrder, book: OrderBook): void {
    const opposite = oppositeOf(book, order.side);
    const before = order.filled;
    this.#taken.eachLevel(opposite, order.price ?? Number.NaN, (price, available) => {
      const size = Math.min(available, order.open, this.#closable(order));
      if (size > 0) {
        this.#taken.take(opposite, price, size);
        this.#fill(order, { size, price, liquidity: TAKER, by: "book" });
      }
      return order.open > 0 && this.#closable(order) > 0;
    });
    const isCrossed = book.bidSide.bestPrice > book.askSide.bestPrice;
    if (isCrossed && order.filled > before) this.tally.crossedTakes += 1;
  }

  #fillResting(order: WorkingOrder, reach: number, by: "trade" | "book"): number {
    const open = Math.min(order.displayed, this.#closable(order));
    if (open === 0 || order.price === undefined) return 0;
    const { fills } = this.#options;
    const size = by === "trade" ? fills.byTrade(reach, open) : fills.byBook(reach, open);
    if (!Number.isSafeInteger(size) || size < 0 || size > open) {
      throw new IntegrityError(`A fill model fills ${size} of ${open} open lots`, {
        hints: ["It must return a whole number of lots, at most those that are open."],
      });
    }
    if (size > 0) this.#fill(order, { size, price: order.price, liquidity: MAKER, by });
    return size;
  }

  #fill(
    order: WorkingOrder,
    terms: { size: number; price: number; liquidity: 1 | -1; by: "trade" | "book" },
  ): void {
    const { account, fees, emit } = this.#options;
    const { size, price, liquidity, by } = terms;
    const { side } = order;
    const fee = fees.fee(account.notional(size, price), liquidity);
    order.fill(size, price);
    account.applyFill({ side, price, size, fee });
    this.#hasTraded = true;
    const { averagePrice } = order;
    if (order.open === 0) this.#forget(order);
    const fill = { side, price: ticks(price), size: lots(size), liquidity, fee, averagePrice, by };
    emit({ kind: "filled", ...this.#about(order), ...fill });
  }

  /** Cancels an order. */
  cancel(id: string, at: Micros): void {
    this.#at = at;
    const order = this.#orders.get(id);
    if (order === undefined) this.#refuse(id, "cancel", "unknownOrder");
    else this.#end(order, "request");
    this.#tidy();
  }

  /** Amends an order. */
  amend(id: string, amendment: Amendment, at: Micros): void {
    this.#at = at;
    const order = this.#orders.get(id);
    const reason = order === undefined ? "unknownOrder" : this.#amendObjection(order, amendment);
    if (order === undefined || reason !== undefined) {
      this.#refuse(id, "amend", reason ?? "unknownOrder");
      return;
    }
    this.#change(order, amendment);
    this.#tidy();
  }

  #amendObjection(order: WorkingOrder, amendment: Amendment): RefusalReason | undefined {
    const { price, size, stopPrice } = amendment;
    const hasStop = order.state === "waiting" && !Number.isNaN(order.stopPrice);
    if (stopPrice !== undefined && !hasStop) return "notApplicable";
    if (price !== undefined && order.price === undefined) return "notApplicable";
    if (size !== undefined && size <= order.filled) return "sizeFilled";
    const { book } = this.#market;
    const mayNotTake = order.state === "resting" && order.request.postOnly === true;
    if (!mayNotTake || book === undefined || keepsPlace(order, amendment)) return undefined;
    return this.#crosses(order, price ?? order.price, book) ? "postOnly" : undefined;
  }

  #change(order: WorkingOrder, amendment: Amendment): void {
    const { price = order.price, size = order.size, stopPrice } = amendment;
    const isMoved = order.state === "resting" && !keepsPlace(order, amendment);
    if (isMoved) this.#resting.remove(order);
    order.price = price;
    order.size = size;
    order.displayed = Math.min(order.displayed, order.open);
    order.stopPrice = stopPrice ?? order.stopPrice;
    this.#options.emit({ kind: "amended", ...this.#about(order) });
    if (isMoved) this.#enter(order);
    else if (stopPrice !== undefined && this.#stops.retry(order)) this.#trigger(order);
  }

  #refuse(orderId: string, request: RequestRefused["request"], reason: RefusalReason): void {
    const order = this.#orders.get(orderId);
    const about = order === undefined ? { orderId, at: this.#at, ...NO_ORDER } : this.#about(order);
    this.#options.emit({ kind: "refused", request, reason, ...about });
  }

  /** Ends an order that is not filled whole. */
  #end(order: WorkingOrder, reason: EndReason): void {
    this.#forget(order);
    const kind = order.accepted ? "cancelled" : "rejected";
    this.#options.emit({ kind, reason, ...this.#about(order) });
  }

  #forget(order: WorkingOrder): void {
    if (order.state === "resting") this.#resting.remove(order);
    else if (order.state === "waiting") this.#stops.remove(order);
    else if (order.state === "held") this.#held = this.#held.filter((held) => held !== order);
    order.state = "ended";
    this.#orders.delete(order.id);
  }

  /** Ends resting orders that have nothing left to reduce, and forgets prices without orders. */
  #tidy(): void {
    if (this.#hasTraded) {
      this.#hasTraded = false;
      for (const order of this.#orders.values()) {
        if (order.state === "resting" && this.#closable(order) === 0)
          this.#end(order, "reduceOnly");
      }
    }
    this.#resting.dropEmpty();
  }

  #about({ id, filled, open }: WorkingOrder): AboutOrder {
    return { orderId: id, at: this.#at, filled: lots(filled), open: lots(open) };
  }
}
