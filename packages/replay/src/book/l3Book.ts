import {
  SNAPSHOT_START,
  micros,
  type Batch,
  type Instrument,
  type Lots,
  type Micros,
} from "@aftershock/schema";
import { StreamClock } from "../clock/streamClock.ts";
import { StateHash } from "../stateHash.ts";
import type { Gap } from "./bookCounts.ts";
import type { Level } from "./bookSide.ts";
import { checkGrid } from "./bookState.ts";
import type { OnMessage } from "./l2Book.ts";
import { MessageJudge } from "./messageJudge.ts";
import { emptyOrderTally, type OrderCounts } from "./orderCounts.ts";
import { OrderMessage, emptySnapshot } from "./orderMessage.ts";
import { OrderQueues } from "./orderQueues.ts";
import { hashOrders } from "./orderState.ts";
import type { OrdersBook, OrdersBookOptions, QueuePosition, RestingOrder } from "./ordersBook.ts";
import type { SideReads } from "./sideReads.ts";

/**
 * An order book by order (L3), plain: what the fast twin is compared with. It changes by `orders` rows only, and only at ends of messages;
 * trades and fills never touch it. What becomes of each message is MessageJudge's to say, and what becomes of each order OrderQueues'.
 *
 * A message that starts with ORDER_CLEAR is a snapshot: of an empty book, with whatever the message adds to it. So it also ends a gap.
 */
export class L3Book implements OrdersBook {
  readonly instrument: Instrument;
  readonly #clock: StreamClock;
  readonly #queues = new OrderQueues();
  readonly #message = new OrderMessage();
  readonly #judge: MessageJudge;
  #at: Micros | undefined;

  constructor(instrument: Instrument, options: OrdersBookOptions = {}) {
    const { clock = "recv", start = "snapshot" } = options;
    this.instrument = instrument;
    this.#clock = new StreamClock(clock);
    this.#judge = new MessageJudge(instrument);
    if (start === "empty") this.#judge.judge(emptySnapshot(instrument), micros(0));
    this.#judge.reset();
  }

  get valid(): boolean {
    return this.#judge.missing === undefined;
  }

  get at(): Micros | undefined {
    return this.#at;
  }

  get updateId(): number {
    return this.#judge.updateId;
  }

  get bidSide(): SideReads {
    return this.#queues.bids;
  }

  get askSide(): SideReads {
    return this.#queues.asks;
  }

  get bestBid(): Level | undefined {
    return this.#queues.bids.best;
  }

  get bestAsk(): Level | undefined {
    return this.#queues.asks.best;
  }

  bids(depth: number = Number.POSITIVE_INFINITY): readonly Level[] {
    return this.#queues.bids.levels(depth);
  }

  asks(depth: number = Number.POSITIVE_INFINITY): readonly Level[] {
    return this.#queues.asks.levels(depth);
  }

  sizeAt(side: 1 | -1, price: number): Lots {
    return (side === 1 ? this.#queues.bids : this.#queues.asks).sizeAt(price);
  }

  get orders(): number {
    return this.#queues.count;
  }

  order(id: string): RestingOrder | undefined {
    return this.#queues.order(id);
  }

  queueAhead(id: string): QueuePosition | undefined {
    return this.#queues.queueAhead(id);
  }

  ordersAt(side: 1 | -1, price: number): readonly RestingOrder[] {
    return this.#queues.ordersAt(side, price);
  }

  orderCount(side: 1 | -1, price: number): number {
    return this.#queues.orderCount(side, price);
  }

  get counts(): OrderCounts {
    return { ...this.#judge.counts, ...this.#queues.tally };
  }

  get gaps(): readonly Gap[] {
    return this.#judge.gaps;
  }

  /** Starts counts and gaps anew; the book itself stays as it is. */
  resetCounts(): void {
    this.#judge.reset();
    this.#queues.tally = emptyOrderTally();
  }

  /**
   * Takes the rows [from, to) of a batch, the next ones of the recording. A message may go on in the next call.
   * `times`: the effective times of all rows of the batch, µs, ascending, where the caller knows them; they are not computed again then.
   * Throws IntegrityError when the batch is of another instrument or price grid, or holds a value that no loader may write; what the
   * book is after that is not defined.
   */
  apply(
    batch: Batch<"orders">,
    from: number,
    to: number,
    onMessage?: OnMessage<L3Book>,
    times?: Float64Array,
  ): void {
    checkGrid(this.instrument, batch.instrument);
    const { flags } = batch.columns;
    for (let row = from; row < to; row += 1) {
      const at = micros(times?.[row] ?? this.#clock.advance(batch, row));
      if (((flags[row] ?? 0) & SNAPSHOT_START) !== 0) {
        this.#judge.tally.interruptedRows += this.#message.rows;
        this.#message.clear();
      }
      this.#judge.tally.rows += 1;
      if (!this.#message.take(batch, row)) continue;
      this.#settle(at);
      this.#message.clear();
      this.#at = at;
      onMessage?.(this, at);
    }
  }

  #settle(at: Micros): void {
    const verdict = this.#judge.judge(this.#message.frame, at);
    if (verdict === "skip") return;
    if (verdict !== "apply") this.#queues.clear();
    if (verdict !== "clear") for (const change of this.#message.changes) this.#queues.take(change);
    this.#judge.watchTouch(this.#queues.bids.bestPrice, this.#queues.asks.bestPrice, at);
  }

  get digest(): string {
    const hash = new StateHash();
    this.mixInto(hash);
    return hash.hex;
  }

  /** Takes the whole state into a hash: levels, the orders of each in their order, validity, ids, and the message that is still open. */
  mixInto(hash: StateHash): void {
    hashOrders(hash, this, this.#judge, this.#message);
  }
}
