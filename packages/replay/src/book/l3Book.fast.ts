/**
 * An order book by order (L3), fast: what replays build. Plain twin: `L3Book`. Benchmark: test/bench/l3.ts.
 *
 * Ids are converted ID_CHUNK rows at a time. Messages that lie within such a chunk, follow on each other and carry no more than orders are
 * applied straight from the columns; every other (snapshots, clears, messages that are cut, gaps, lost rows, values out of the ordinary)
 * goes through OrderMessage and MessageJudge as in the twin. Layout of the orders: see FastOrderQueues.
 */
import {
  type Batch,
  type Clock,
  type Instrument,
  isAbsentColumn,
  type Lots,
  MESSAGE_END,
  type Micros,
  micros,
  NO_NUMBER,
  ORDER_ADD,
  ORDER_CANCEL,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { StateHash } from "../stateHash.ts";
import type { Gap } from "./bookCounts.ts";
import type { Level } from "./bookSide.ts";
import { checkGrid } from "./bookState.ts";
import type { OnMessage, Wake } from "./l2Book.ts";
import type { Listener } from "./l2Taker.fast.ts";
import { latest, restOf, ROW_FACTOR, SIZE_FACTOR } from "./l2Rows.fast.ts";
import { MessageJudge } from "./messageJudge.ts";
import { emptyOrderTally, type OrderCounts } from "./orderCounts.ts";
import { ID_CHUNK } from "./orderIds.fast.ts";
import { emptySnapshot, OrderMessage } from "./orderMessage.ts";
import type { OrderLevels } from "./orderLevels.fast.ts";
import { FastOrderQueues } from "./orderQueues.fast.ts";
import { hashOrders } from "./orderState.ts";
import type { OrdersBook, OrdersBookOptions, QueuePosition, RestingOrder } from "./ordersBook.ts";
import { decodeText, encodeText } from "./textNumbers.ts";
import { type OnTouches, TouchColumns } from "./touchColumns.fast.ts";

/** Lots and ticks are whole numbers up to this. */
const LARGEST = Number.MAX_SAFE_INTEGER;

type Columns = Batch<"orders">["columns"];
/** Places of FastL3Book.state. */
const NOW = 0;
const AT = 1;

export class FastL3Book implements OrdersBook {
  readonly instrument: Instrument;
  readonly bidSide: OrderLevels;
  readonly askSide: OrderLevels;
  private readonly clock: Clock;
  private readonly queues: FastOrderQueues;
  private readonly message = new OrderMessage();
  private readonly judge: MessageJudge;
  /** The id after the messages that `plainTo` found. */
  private plainLast = Number.NaN;
  /** See `rowsMixed`. */
  private mixed = 0;
  /** Whether the book was valid at the last message end that was not plain. */
  private validSeen = false;
  /** Best bid and ask, ticks, as `touchMoved` saw them last; NaN for none. */
  private readonly touched = Float64Array.of(Number.NaN, Number.NaN);
  private readonly times = new Float64Array(ID_CHUNK);
  /** The best prices at ends of messages, where somebody wants them. */
  private readonly touches = new TouchColumns(ID_CHUNK);
  /** By place: NOW the effective time of the last row, µs; AT that of the last message end, NaN before it. */
  private readonly state = Float64Array.of(Number.NEGATIVE_INFINITY, Number.NaN);

  /** `window` as of `Ladder`. */
  constructor(instrument: Instrument, options: OrdersBookOptions = {}, window?: number) {
    const { clock = "recv", start = "snapshot" } = options;
    this.instrument = instrument;
    this.clock = clock;
    this.queues = new FastOrderQueues(window);
    this.bidSide = this.queues.bids;
    this.askSide = this.queues.asks;
    this.judge = new MessageJudge(instrument);
    if (start === "empty") this.judge.judge(emptySnapshot(instrument), micros(0));
    this.judge.reset();
    this.validSeen = this.valid;
  }

  get valid(): boolean {
    return this.judge.missing === undefined;
  }

  get at(): Micros | undefined {
    const at = this.state[AT]!;
    return Number.isNaN(at) ? undefined : (at as Micros);
  }

  /** How many messages there were since the start, or since `resetCounts`. */
  get messages(): number {
    return this.judge.tally.messages;
  }

  /** A sum of 32 bits over all rows, in their order, since the start, or since `resetCounts`. */
  get rowsMixed(): number {
    return this.mixed;
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
    // The judge forgets whether the book is crossed: the next message is to be looked at, though no level comes or goes.
    this.queues.hasMoved = true;
    this.mixed = 0;
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
    const values: number[] = [...this.judge.encode(), ...this.state, this.orders];
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
    this.state.set(values.subarray(4, 6));
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
    this.applyRows(batch, from, to, { onTouches }, times);
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
    this.applyRows(batch, from, to, { onMessage, wake }, times);
  }

  private applyRows(
    batch: Batch<"orders">,
    from: number,
    to: number,
    listener: Listener<FastL3Book, OnTouches>,
    times: Float64Array | undefined,
  ): void {
    checkGrid(this.instrument, batch.instrument);
    const { queues, message } = this;
    for (let chunk = from; chunk < to; chunk += ID_CHUNK) {
      const end = Math.min(chunk + ID_CHUNK, to);
      queues.tidy();
      let converted = false;
      let row = chunk;
      while (row < end) {
        if (message.rows === 0 && this.valid) {
          const stop = this.plainTo(batch, row, end);
          if (stop > row) {
            if (!converted) queues.ids.convert(batch, chunk, end);
            converted = true;
            this.takePlainly(batch, { from: row, to: stop, chunk, times }, listener);
          }
          row = stop;
        }
        if (row < end) row = this.takeSlowly(batch, row, end, listener);
      }
    }
  }

  /** Takes one message, or what there is of it, row by row; returns the row after it. */
  private takeSlowly(
    batch: Batch<"orders">,
    from: number,
    to: number,
    { onMessage, wake, onTouches }: Listener<FastL3Book, OnTouches>,
  ): number {
    const { message, judge, state, queues } = this;
    const { flags } = batch.columns;
    for (let row = from; row < to; row++) {
      state[NOW] = latest(state[NOW]!, batch, row, this.clock);
      if ((flags[row]! & SNAPSHOT_START) !== 0) {
        judge.tally.interruptedRows += message.rows;
        message.clear();
      }
      judge.tally.rows += 1;
      this.mixed = mixOrder(
        this.mixed,
        batch.columns,
        row,
        queues.ids.hashOf(batch.columns.orderId[row] ?? ""),
      );
      if (!message.take(batch, row)) continue;
      const at = state[NOW] as Micros;
      this.settle(at);
      message.clear();
      state[AT] = at;
      if (onTouches !== undefined) {
        this.touches.take(queues);
        this.touches.note(1);
        this.touches.tell(onTouches);
      }
      const wasValid = this.validSeen;
      this.validSeen = this.valid;
      if (wake === "message" || this.touchMoved() || wasValid !== this.validSeen)
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
    this.watchTouch(at);
  }

  /** Tells the judge the best prices, which are as they were as long as no level came or went. */
  private watchTouch(at: Micros): void {
    const { queues, judge } = this;
    queues.hasMoved = false;
    judge.watchTouch(queues.bids.bestPrice, queues.asks.bestPrice, at);
  }

  /** Whether the best bid or ask is another than when `touchMoved` was asked last. */
  private touchIsOther(): boolean {
    const { touched, queues } = this;
    const { bids, asks } = queues;
    return !Object.is(bids.bestPrice, touched[0]) || !Object.is(asks.bestPrice, touched[1]);
  }

  /** Whether the best bid or ask is another than when this was asked last. */
  private touchMoved(): boolean {
    const { touched, queues } = this;
    const moved = this.touchIsOther();
    touched[0] = queues.bids.bestPrice;
    touched[1] = queues.asks.bestPrice;
    return moved;
  }

  /**
   * The row after the last of the complete messages from `from` on that follow on each other and carry no more than orders; `from` when
   * there is none. The id after them stays in `plainLast`.
   */
  private plainTo({ columns, idWords }: Batch<"orders">, from: number, to: number): number {
    const { updateId, prevUpdateId, flags, action, side, price, size } = columns;
    const high = idWords?.hi;
    const { sequence } = this.judge;
    if (sequence.bridging) return from;
    const chained = !isAbsentColumn(prevUpdateId) || !isAbsentColumn(updateId);
    let { last } = sequence;
    let lastOfEnd = last;
    let end = from;
    for (let row = from; row < to; row++) {
      if (chained && row === end) {
        const before = prevUpdateId[row]!;
        const id = updateId[row]!;
        // As UpdateSequence.takes: what is absent cannot be checked.
        if (before !== last && !Number.isNaN(before) && !Number.isNaN(last)) break;
        if (!Number.isNaN(id)) last = id;
      }
      const flag = flags[row]!;
      const act = action[row]!;
      const sign = side[row]!;
      const lots = size[row]!;
      const ticks = price[row]!;
      // No action but the four of orders, no side but two, no flag but one.
      if ((((act - 1) & ~3) | (Math.imul(sign, sign) ^ 1) | (flag & ~MESSAGE_END)) !== 0) break;
      if (act === ORDER_CANCEL && lots !== 0) break;
      // Texts are made when they are first looked at: those of numbers need not be.
      const isNumber = high !== undefined && high[row] !== NO_NUMBER;
      if (!isNumber && !columns.orderId[row]) break;
      if ((lots | 0) !== lots && !isWhole(lots)) break;
      if ((ticks | 0) !== ticks && !isWhole(ticks)) break;
      if (lots < 0) break;
      if (flag === 0) continue;
      lastOfEnd = last;
      end = row + 1;
    }
    this.plainLast = lastOfEnd;
    return end;
  }

  /** Applies the rows of complete messages. */
  private takePlainly(
    batch: Batch<"orders">,
    { from, to, chunk, times }: PlainRows,
    { onMessage, wake, onTouches }: Listener<FastL3Book, OnTouches>,
  ): void {
    const { columns } = batch;
    const { judge, queues, state, touches } = this;
    const { sequence } = judge;
    const known = times ?? this.timesOf(batch, from, to, chunk);
    const first = times === undefined ? chunk : 0;
    const wakesAlways = onMessage !== undefined && wake === "message";
    const wakesOnTouch = onMessage !== undefined && wake === "touch";
    const hasIds = !isAbsentColumn(columns.updateId);
    const { hashes } = queues.ids;
    let { mixed } = this;
    for (let each = from; each < to; each++)
      mixed = mixOrder(mixed, columns, each, hashes[each - chunk]!);
    this.mixed = mixed;
    let touching = judge.isTouching;
    let counted = from;
    let row = from;
    let noted = 0;
    queues.messages = 0;
    if (onTouches !== undefined) touches.take(queues);
    // What the handler has not seen yet it is to be told at the first end of a message.
    if (wakesOnTouch && this.touchIsOther()) queues.hasMoved = true;
    while (row < to) {
      row = queues.takeRows(columns, row, to, chunk, wakesAlways || touching);
      const at = known[row - 1 - first]! as Micros;
      if (onTouches !== undefined) {
        // All but the last, if a level came or went in that, end as the one before them.
        touches.note(queues.messages - noted - Number(queues.hasMoved));
        if (queues.hasMoved) {
          touches.take(queues);
          touches.note(1);
        }
        noted = queues.messages;
      }
      if (queues.hasMoved || touching) {
        this.watchTouch(at);
        touching = judge.isTouching;
      }
      if (wakesAlways || (wakesOnTouch && this.touchMoved())) {
        state[NOW] = state[AT] = at;
        judge.count(row - counted, queues.messages, 0);
        queues.messages = 0;
        if (hasIds) sequence.last = lastOf(columns, counted, row, sequence.last);
        counted = row;
        onMessage(this, at);
      }
    }
    judge.count(to - counted, queues.messages, 0);
    if (onTouches !== undefined) touches.tell(onTouches);
    sequence.last = this.plainLast;
    state[NOW] = state[AT] = known[to - 1 - first]!;
  }

  /** The effective times of the rows [from, to), the one of row `chunk` at 0; valid until the next call. The clock stays where it is. */
  private timesOf(batch: Batch<"orders">, from: number, to: number, chunk: number): Float64Array {
    const { times, clock } = this;
    const { columns } = batch;
    const own = clock === "recv" ? columns.tsRecv : columns.tsEvent;
    let now = this.state[NOW]!;
    for (let row = from; row < to; row++) {
      const time = own[row]!;
      if (time > now) now = time;
      else if (!(time <= now)) now = latest(now, batch, row, clock);
      times[row - chunk] = now;
    }
    return times;
  }
}

/** Takes a row, the id of whose order has this hash, into a chained sum of 32 bits. */
function mixOrder(
  mixed: number,
  { action, side, price, size, flags }: Columns,
  row: number,
  hash: number,
): number {
  const lots = size[row]!;
  const rest = restOf(lots, lots | 0, side[row]!, flags[row]!) ^ (action[row]! << 20);
  return (Math.imul(mixed ^ price[row]! ^ hash, ROW_FACTOR) + Math.imul(rest, SIZE_FACTOR)) | 0;
}

/** Rows of complete messages, and how they are to be taken. Their ids were converted from the row `chunk` on. */
interface PlainRows {
  readonly from: number;
  readonly to: number;
  readonly chunk: number;
  readonly times: Float64Array | undefined;
}

/** Whether a number is whole and exact, also one beyond 32 bits. */
const isWhole = (value: number): boolean =>
  Math.abs(value) <= LARGEST && value === Math.floor(value);

/** The id that is not absent of the last message of rows; `before` when there is none. */
function lastOf({ updateId, flags }: Columns, from: number, to: number, before: number): number {
  for (let row = to - 1; row >= from; row--) {
    const starts = row === from || flags[row - 1] !== 0;
    if (starts && !Number.isNaN(updateId[row]!)) return updateId[row]!;
  }
  return before;
}
