/**
 * An order book by order (L3), fast: what replays build. Plain twin: `L3Book`. Benchmark: test/bench/l3.ts.
 *
 * Messages that follow on each other and carry no more than orders are taken straight from the columns (see L3Taker); every other (snapshots, clears,
 * messages that are cut, gaps, lost rows, values out of the ordinary) goes through OrderMessage and MessageJudge as in the twin. Layout of the orders:
 * see OrderMemory.
 */
import {
  type Batch,
  type Clock,
  type Instrument,
  type Lots,
  type Micros,
  micros,
  ORDER_ADD,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { StateHash } from "../stateHash.ts";
import type { Gap } from "./bookCounts.ts";
import type { Level } from "./bookSide.ts";
import { checkGrid } from "./bookState.ts";
import type { OnMessage, Wake } from "./l2Book.ts";
import { latest } from "./l2Rows.fast.ts";
import { AT, type Listener, NOW } from "./l2Taker.fast.ts";
import { L3Taker } from "./l3Taker.fast.ts";
import { MessageJudge } from "./messageJudge.ts";
import { emptyOrderTally, type OrderCounts } from "./orderCounts.ts";
import { emptySnapshot, OrderMessage } from "./orderMessage.ts";
import type { OrderLevels } from "./orderLevels.fast.ts";
import type { FastOrderQueues } from "./orderQueues.fast.ts";
import { hashOrders } from "./orderState.ts";
import type { OrdersBook, OrdersBookOptions, QueuePosition, RestingOrder } from "./ordersBook.ts";
import { decodeText, encodeText } from "./textNumbers.ts";
import type { OnTouches } from "./touchColumns.fast.ts";

export class FastL3Book implements OrdersBook {
  readonly instrument: Instrument;
  readonly bidSide: OrderLevels;
  readonly askSide: OrderLevels;
  private readonly clock: Clock;
  private readonly queues: FastOrderQueues;
  private readonly taker: L3Taker<FastL3Book>;
  private readonly message = new OrderMessage();
  private readonly judge: MessageJudge;
  /** The one whose rows came last: its grid is checked. */
  private batch: Batch<"orders"> | undefined;
  /** Whether the book was valid at the last message end that was not plain. */
  private validSeen = false;

  /** `window` as of `Ladder`. */
  constructor(instrument: Instrument, options: OrdersBookOptions = {}, window?: number) {
    const { clock = "recv", start = "snapshot" } = options;
    this.instrument = instrument;
    this.clock = clock;
    this.judge = new MessageJudge(instrument);
    this.taker = new L3Taker(this, this.judge, clock, window);
    this.queues = this.taker.queues;
    this.bidSide = this.queues.bids;
    this.askSide = this.queues.asks;
    if (start === "empty") this.judge.judge(emptySnapshot(instrument), micros(0));
    this.judge.reset();
    this.validSeen = this.valid;
  }

  get valid(): boolean {
    return this.judge.missing === undefined;
  }

  get at(): Micros | undefined {
    const at = this.taker.state[AT]!;
    return Number.isNaN(at) ? undefined : (at as Micros);
  }

  /** How many messages there were since the start, or since `resetCounts`. */
  get messages(): number {
    return this.judge.tally.messages;
  }

  /** A sum of 32 bits over all rows, each weighted with its number, since the start, or since `resetCounts`. */
  get rowsMixed(): number {
    return this.taker.mixed;
  }

  get updateId(): number {
    return this.judge.updateId;
  }

  get bestBid(): Level | undefined {
    return this.queues.bids.best;
  }

  get bestAsk(): Level | undefined {
    return this.queues.asks.best;
  }

  bids(depth: number = Number.POSITIVE_INFINITY): readonly Level[] {
    return this.queues.bids.levels(depth);
  }

  asks(depth: number = Number.POSITIVE_INFINITY): readonly Level[] {
    return this.queues.asks.levels(depth);
  }

  sizeAt(side: 1 | -1, price: number): Lots {
    return (side === 1 ? this.queues.bids : this.queues.asks).sizeAt(price);
  }

  get orders(): number {
    return this.queues.count;
  }

  order(id: string): RestingOrder | undefined {
    return this.queues.order(id);
  }

  queueAhead(id: string): QueuePosition | undefined {
    return this.queues.queueAhead(id);
  }

  ordersAt(side: 1 | -1, price: number): readonly RestingOrder[] {
    return this.queues.ordersAt(side, price);
  }

  orderCount(side: 1 | -1, price: number): number {
    return this.queues.orderCount(side, price);
  }

  get counts(): OrderCounts {
    return { ...this.judge.counts, ...this.queues.tally };
  }

  get gaps(): readonly Gap[] {
    return this.judge.gaps;
  }

  /** As of `L3Book`. */
  resetCounts(): void {
    this.judge.reset();
    this.queues.tally = emptyOrderTally();
    this.taker.resetMixed();
  }

  get digest(): string {
    const hash = new StateHash();
    this.mixInto(hash);
    return hash.hex;
  }

  /** As of `L3Book`. */
  mixInto(hash: StateHash): void {
    hashOrders(hash, this, this.judge, this.message);
  }

  /**
   * The whole state, for `restore` of another book of the instrument: the judge's four numbers, the clock, the time of the last message
   * end, how many orders there are, each with its side, price, size and id (by level, best first, in the order of their queues), and the
   * open message. Counts are no part of it.
   */
  encode(): Float64Array {
    const values: number[] = [...this.judge.encode(), ...this.taker.state, this.orders];
    for (const side of [this.bidSide, this.askSide]) {
      for (let price = side.bestPrice; !Number.isNaN(price); price = side.priceAfter(price)) {
        for (const { id, size } of this.ordersAt(side.side, price)) {
          values.push(side.side, price, size);
          encodeText(values, id);
        }
      }
    }
    this.message.encode(values);
    return Float64Array.from(values);
  }

  /** Takes a state of `encode` over. */
  restore(values: Float64Array): void {
    const [missing, ignoresSnapshot, last, bridging] = values;
    this.judge.restore([missing!, ignoresSnapshot!, last!, bridging!]);
    this.validSeen = this.valid;
    this.taker.state.set(values.subarray(4, 6));
    this.queues.clear();
    let at = 7;
    for (let order = 0; order < values[6]!; order++) {
      const [orderId, next] = decodeText(values, at + 3);
      const [side, price, size] = [values[at]!, values[at + 1]!, values[at + 2]!];
      this.queues.takeChange({ orderId, action: ORDER_ADD, side, price, size });
      at = next;
    }
    this.message.restore(values, at);
  }

  /**
   * As of `L3Book`, with the best bid and ask at each message end written into columns, of which the handler hears now and then: for who
   * looks at nothing else, several times as fast.
   */
  applyTouching(
    batch: Batch<"orders">,
    from: number,
    to: number,
    onTouches: OnTouches,
    times?: Float64Array,
  ): void {
    this.takeRows(batch, from, to, { onTouches }, times);
  }

  /**
   * As of `L3Book`. With `wake` "touch" the handler is called only at ends of messages after which the best bid or ask is at another
   * price than at its last call, or the book is newly valid or not.
   */
  apply(
    batch: Batch<"orders">,
    from: number,
    to: number,
    onMessage?: OnMessage<FastL3Book>,
    times?: Float64Array,
    wake: Wake = "message",
  ): void {
    this.takeRows(batch, from, to, { onMessage, wake }, times);
  }

  private takeRows(
    batch: Batch<"orders">,
    from: number,
    to: number,
    listener: Listener<FastL3Book, OnTouches>,
    times: Float64Array | undefined,
  ): void {
    if (batch !== this.batch) {
      checkGrid(this.instrument, batch.instrument);
      this.batch = batch;
    }
    let row = from;
    while (row < to) {
      const isPlain = this.message.rows === 0 && this.valid;
      const end = isPlain ? this.taker.take(batch, row, to, listener, times) : row;
      row = end > row ? end : this.takeSlowly(batch, row, to, listener);
    }
  }

  /** Takes one message, or what there is of it, row by row; returns the row after it. */
  private takeSlowly(
    batch: Batch<"orders">,
    from: number,
    to: number,
    { onMessage, wake, onTouches }: Listener<FastL3Book, OnTouches>,
  ): number {
    const { message, judge, taker, queues } = this;
    const { state } = taker;
    const { flags, orderId } = batch.columns;
    for (let row = from; row < to; row++) {
      state[NOW] = latest(state[NOW]!, batch, row, this.clock);
      if ((flags[row]! & SNAPSHOT_START) !== 0) {
        judge.tally.interruptedRows += message.rows;
        message.clear();
      }
      judge.tally.rows += 1;
      taker.mixRow(batch, row, queues.ids.hashOf(orderId[row] ?? ""));
      if (!message.take(batch, row)) continue;
      const at = state[NOW] as Micros;
      this.settle(at);
      message.clear();
      state[AT] = at;
      if (onTouches !== undefined) taker.tellTouch(onTouches);
      const wasValid = this.validSeen;
      this.validSeen = this.valid;
      if (wake === "message" || taker.touchMoved() || wasValid !== this.validSeen)
        onMessage?.(this, at);
      return row + 1;
    }
    return to;
  }

  private settle(at: Micros): void {
    const { queues, message, judge } = this;
    const verdict = judge.judge(message.frame, at);
    if (verdict === "skip") return;
    if (verdict !== "apply") queues.clear();
    if (verdict !== "clear") for (const change of message.changes) queues.takeChange(change);
    judge.watchTouch(queues.bids.bestPrice, queues.asks.bestPrice, at);
  }
}
