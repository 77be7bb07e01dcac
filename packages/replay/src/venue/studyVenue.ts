import {
  ConfigError,
  IntegrityError,
  isoMicros,
  micros,
  type Instrument,
  type Micros,
} from "@aftershock/schema";
import type { OrderBook } from "../book/orderBook.ts";
import { Account, type AccountOptions, type FundingPayment } from "./account.ts";
import { ContractValue } from "./contractValue.ts";
import type { FeeModel } from "./feeModel.ts";
import { FILLS_BY_TRADES_AND_BOOK, type FillModel } from "./fillModel.ts";
import { checkLatency, type LatencyModel } from "./latencyModel.ts";
import { MatchingEngine, type RecordedTrade } from "./matchingEngine.ts";
import { checkAmendment, checkOrder, type Amendment, type OrderRequest } from "./order.ts";
import type { OrderUpdate, VenueUpdate } from "./orderUpdate.ts";
import type { QueueModel } from "./queueModel.ts";
import { RISK_AVERSE_QUEUE } from "./riskAverseQueue.ts";
import { TimedQueue } from "./timedQueue.ts";
import type { VenueTally } from "./venueTally.ts";
import type { OrderView } from "./workingOrder.ts";

/** What a venue for a study's orders is made of. */
export interface StudyVenueOptions {
  readonly instrument: Instrument;
  readonly latency: LatencyModel;
  readonly fees: FeeModel;
  /** RISK_AVERSE_QUEUE by default. */
  readonly queue?: QueueModel;
  /** FILLS_BY_TRADES_AND_BOOK by default. */
  readonly fills?: FillModel;
  /** What the account starts with. */
  readonly account?: AccountOptions;
  /**
   * How long after a book message a recorded trade may come that the message shows already, µs; 0, the same instant, by default. For
   * sources that send their book before the trades.
   */
  readonly bookLeadMicros?: number;
  /**
   * What a snapshot over a book that was valid says. `restart` (the default): only what is there now. It moves no queue, except
   * that no more can be ahead than there is, and what the study had taken is forgotten. `update`: all that happened since the last
   * message, for sources that send whole books instead of changes (Hyperliquid's l2Book). After a gap it is always a restart.
   */
  readonly snapshots?: "restart" | "update";
  /** Called when the study hears of one of its orders, in order of `heardAt`. It may send new requests at that time. */
  readonly onUpdate: (update: OrderUpdate) => void;
}

/** A request on its way to the venue. */
type Request =
  | { readonly kind: "submit"; readonly order: OrderRequest }
  | { readonly kind: "amend"; readonly id: string; readonly amendment: Amendment }
  | { readonly kind: "cancel"; readonly id: string };

/**
 * From here it is a loop and not trading: so many requests and answers at one instant can only come from a study that answers itself
 * without any latency.
 */
const MOST_AT_ONE_INSTANT = 100_000;

/**
 * A venue, as it would have been for the orders of a study: one instrument of a replay, told of the recorded book and trades, and of the
 * study's requests. The recording never changes. See QueueModel, FillModel, LatencyModel, FeeModel, Account and TakenLiquidity for what
 * is assumed, and when that is wrong.
 *
 * **Time.** A request arrives at the venue one order latency after it was sent, and the study hears of what happened one response latency
 * after it did. At one instant recorded events come first, in the order of the replay (marks and funding, books, trades); then requests, in
 * the order in which they were sent; then what the study hears. `advance(t)` lets everything happen that is due before t. It must be
 * called before the book takes a message with time t, because the book that requests meet is the one before it; `onTrade`, `onMark` and
 * `onFunding` call it themselves.
 *
 * **Orders.** A limit order takes what rests within its limit, from the best level on, and the rest of it joins the queue of its price. A
 * market order takes at any price; what the book does not have of it ends, and so do the rests of `ioc` orders. `fok` and `postOnly` are
 * decided on arrival; where the study has emptied a level by itself, a post-only order at it is still rejected. A `reduceOnly` order trades
 * only as far as it makes the position smaller, at every fill, and ends when there is nothing left to reduce. An iceberg shows a slice
 * of its size, and the next one joins the back of the queue when a slice is filled. A stop waits at the venue, so that no order latency
 * follows its trigger; it is triggered after the resting orders that the same trade fills. Orders of the study never trade with each other.
 *
 * **Gaps.** While the book is not valid nothing is filled. Resting orders stay, cancels and amendments work, triggers fire. Orders that
 * must trade on arrival are rejected; others, and stops that have triggered, are held until the next snapshot, and come to it as if they
 * arrived then, after the resting orders. All of it is counted in `tally`.
 *
 * **What is told twice counts once.** A trade and the book that shows it move a queue once, whichever comes first (OwnLevel). A trade's
 * lots and a level's lots each fill one order once (RestingOrders, TakenLiquidity).
 *
 * Assumed above all: nobody answers the study's orders. Wrong for orders that are large against what trades or rests, and in a crash most
 * of all: how a market's path changes by orders is the business of a counterfactual, and not of a venue.
 *
 * ```ts
 * const venue = new StudyVenue({
 *   instrument,
 *   latency: new ConstantLatency({ orderMicros: 5_000, responseMicros: 5_000 }),
 *   fees: new TieredFees({ tiers: [{ fromVolume30d: 0, makerBps: 2, takerBps: 5 }] }),
 *   onUpdate: (update) => log.push(update),
 * });
 * await replay([book, trades], {
 *   handlers: venueHandlers([venue], {
 *     onBook: ({ bestBid }, at) => {
 *       // Nothing works, and nothing is under way.
 *       if (bestBid && venue.orderCount === 0 && venue.nextAt === Infinity) {
 *         venue.submit({ id: `b${at}`, side: BUY, size: 10, price: bestBid.price, postOnly: true }, at);
 *       }
 *     },
 *   }),
 * });
 * ```
 */
export class StudyVenue {
  readonly instrument: Instrument;
  /** The account as the venue has it: it changes when fills happen, before the study hears of them. */
  readonly account: Account;
  readonly #options: StudyVenueOptions;
  readonly #engine: MatchingEngine;
  readonly #value: ContractValue;
  readonly #requests = new TimedQueue<Request>();
  readonly #answers = new TimedQueue<OrderUpdate>();
  #now = Number.NEGATIVE_INFINITY;
  #atOneInstant = 0;

  /** Throws ConfigError when it is not known how the instrument pays, or `bookLeadMicros` is not possible. */
  constructor(options: StudyVenueOptions) {
    const { instrument, bookLeadMicros = 0 } = options;
    checkLatency("A lead of the book", bookLeadMicros);
    this.instrument = instrument;
    this.account = new Account(instrument, options.account);
    this.#options = options;
    this.#value = new ContractValue(instrument);
    this.#engine = new MatchingEngine({
      queue: options.queue ?? RISK_AVERSE_QUEUE,
      fills: options.fills ?? FILLS_BY_TRADES_AND_BOOK,
      fees: options.fees,
      account: this.account,
      bookLeadMicros,
      snapshots: options.snapshots ?? "restart",
      emit: (update) => this.#answer(update),
    });
  }

  /** The time up to which everything has happened, µs; -Infinity at first. */
  get now(): number {
    return this.#now;
  }

  /** When the next request arrives or the study next hears something, µs; Infinity when nothing is under way. */
  get nextAt(): number {
    return Math.min(this.#requests.nextAt, this.#answers.nextAt);
  }

  /** How many orders work at the venue. Requests under way are not counted. */
  get orderCount(): number {
    return this.#engine.orderCount;
  }

  /** The order of an id as it stands at the venue, which the study may not have heard yet; undefined when none works. */
  order(id: string): OrderView | undefined {
    return this.#engine.order(id);
  }

  /** What the venue has met that the reader of results must know. */
  get tally(): Readonly<VenueTally> {
    return this.#engine.tally;
  }

  /**
   * Sends an order at `sentAt`, µs. Throws ConfigError when it makes no sense, or is sent before something that has already happened.
   */
  submit(order: OrderRequest, sentAt: number): void {
    checkOrder(order);
    this.#send({ kind: "submit", order }, sentAt);
  }

  /** Sends an amendment. Throws as `submit` does. */
  amend(id: string, amendment: Amendment, sentAt: number): void {
    checkAmendment(id, amendment);
    this.#send({ kind: "amend", id, amendment }, sentAt);
  }

  /** Sends a cancel. Throws ConfigError when it is sent before something that has already happened. */
  cancel(id: string, sentAt: number): void {
    this.#send({ kind: "cancel", id }, sentAt);
  }

  #send(request: Request, sentAt: number): void {
    if (!(sentAt >= this.#now)) {
      throw new ConfigError(
        `A request to ${this.instrument.id} is sent at ${sentAt} µs, and ${this.#now} µs has passed`,
        { hints: ["Send it at the time of the event that the study is told of, or later."] },
      );
    }
    const latencyMicros = this.#options.latency.orderMicros(sentAt);
    checkLatency("An order latency", latencyMicros);
    this.#requests.push(sentAt + latencyMicros, request);
  }

  /** Lets everything happen that is due before `at`, µs: requests arrive, and the study hears. */
  advance(at: number): void {
    for (let next = this.nextAt; next < at; next = this.nextAt) this.#happen(next);
    this.#pass(at);
  }

  /** Lets everything happen that is due at `at` or before: no more recorded events come up to then. */
  finish(at: number): void {
    this.advance(at);
    while (this.nextAt === at) this.#happen(at);
  }

  /** Does the next thing that is due, at `at`. */
  #happen(at: number): void {
    this.#pass(at);
    this.#countAtOneInstant();
    if (this.#requests.nextAt === at) this.#deliver(micros(at));
    else {
      const answer = this.#answers.shift();
      if (answer !== undefined) this.#options.onUpdate(answer.item);
    }
  }

  #deliver(at: Micros): void {
    const request = this.#requests.shift()?.item;
    if (request?.kind === "submit") this.#engine.arrive(request.order, at);
    else if (request?.kind === "amend") this.#engine.amend(request.id, request.amendment, at);
    else if (request?.kind === "cancel") this.#engine.cancel(request.id, at);
  }

  #answer(update: VenueUpdate): void {
    const latencyMicros = this.#options.latency.responseMicros(update.at);
    checkLatency("A response latency", latencyMicros);
    const heardAt = this.#answers.timeOf(update.at + latencyMicros);
    this.#answers.push(heardAt, { ...update, heardAt: micros(heardAt) });
  }

  #pass(at: number): void {
    if (at > this.#now) {
      this.#now = at;
      this.#atOneInstant = 0;
    }
  }

  #countAtOneInstant(): void {
    this.#atOneInstant += 1;
    if (this.#atOneInstant <= MOST_AT_ONE_INSTANT) return;
    throw new ConfigError(
      `The study and ${this.instrument.id} have answered each other ${MOST_AT_ONE_INSTANT} times at ${isoMicros(this.#now)}`,
      {
        hints: [
          "Give the venue a latency, or let the study not answer every update with a request.",
        ],
      },
    );
  }

  /**
   * Takes the book at the end of a message. Throws IntegrityError when time has run back, or when something was due before `at`: it should
   * have met the book as it was before the message.
   */
  onBook(book: OrderBook, at: number): void {
    if (this.nextAt < at) {
      throw new IntegrityError(
        `A request or an answer of ${this.instrument.id} was due at ${this.nextAt} µs, before the book of ${at} µs`,
        { hints: ["Call advance(at) before the book takes the message, or use venueHandlers."] },
      );
    }
    this.#arrive(at);
    this.#engine.takeBook(book, micros(at));
  }

  /**
   * Takes a recorded trade, for which time passes first. Of a recording that has executions of orders (L3) and no trades, give those:
   * `side` is then the opposite of the order's. Throws IntegrityError when time has run back.
   */
  onTrade(trade: RecordedTrade): void {
    this.advance(trade.at);
    this.#arrive(trade.at);
    this.#engine.takeTrade(trade);
  }

  /** Takes a mark price in quote currency, which stops may watch; time passes first. Throws IntegrityError when time has run back. */
  onMark(markPrice: number, at: number): void {
    this.advance(at);
    this.#arrive(at);
    if (!Number.isNaN(markPrice)) {
      this.#engine.takePrice("mark", this.#value.ticksOf(markPrice), micros(at));
    }
  }

  /**
   * Takes a payment of funding; time passes first. Returns what the account paid, settle currency; negative: received. Throws
   * IntegrityError when time has run back.
   */
  onFunding(payment: FundingPayment, at: number): number {
    this.advance(at);
    this.#arrive(at);
    return this.account.applyFunding(payment);
  }

  /** Tells the latency model the clocks of a recorded row, µs; NaN where it lacks one. */
  onFeed(tsEvent: number, tsRecv: number): void {
    this.#options.latency.observe?.(tsEvent, tsRecv);
  }

  #arrive(at: number): void {
    if (at >= this.#now) {
      this.#pass(at);
      return;
    }
    throw new IntegrityError(
      `An event of ${this.instrument.id} at ${at} µs comes after ${this.#now} µs has passed`,
      { hints: ["Give events in the order of the replay."] },
    );
  }
}
