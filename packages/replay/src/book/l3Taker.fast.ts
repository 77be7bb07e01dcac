/**
 * The rows of a book by order that can be taken as they stand: complete messages that follow on each other and carry no more than orders. Long
 * stretches are taken by the loops of OrderMemory, short ones row by row (a merge of several streams cuts rows to ones and twos), and so are all where there is
 * no WebAssembly. Plain twin: `L3Book`. Benchmark: test/bench/l3.ts.
 */
import { type Batch, type Clock, isAbsentColumn, type Micros } from "@aftershock/schema";
import { ALWAYS, COLLECTS, NONE, ON_TOUCH, RUNS } from "./l2Kernel.fast.ts";
import { lastOf, latest, timesOf } from "./l2Rows.fast.ts";
import { AT, type Listener, NOW } from "./l2Taker.fast.ts";
import { firstWithoutId, followingTo, orderPart, ordersTo } from "./l3Rows.fast.ts";
import type { MessageJudge } from "./messageJudge.ts";
import { ID_CHUNK } from "./orderIds.fast.ts";
import {
  ASK_SEEN,
  BID_SEEN,
  BLOCK_ROWS,
  EVENT,
  type Loops,
  MESSAGES,
  MIXED,
  NOTED,
  OTHER_ROW,
  ROWS_MIXED,
} from "./orderMemory.fast.ts";
import { FastOrderQueues } from "./orderQueues.fast.ts";
import { type OnTouches, TouchColumns } from "./touchColumns.fast.ts";

/** So many rows cost less one by one. */
const FEW_ROWS = 4;
/** Rows that are looked at next after one that could not be taken as it stands: as it may not be the only one. */
const SHORT = 64;

export class L3Taker<Book> {
  readonly queues: FastOrderQueues;
  /** By place: NOW the effective time of the last row, µs; AT that of the last message end, NaN before it. */
  readonly state: Float64Array = Float64Array.of(Number.NEGATIVE_INFINITY, Number.NaN);
  private readonly book: Book;
  private readonly judge: MessageJudge;
  private readonly clock: Clock;
  /** The id after the rows that are looked at. */
  private readonly last = Float64Array.of(Number.NaN);
  /** Best bid and ask, ticks, as `touchMoved` saw them last; NaN for none. */
  private readonly touched = Float64Array.of(Number.NaN, Number.NaN);
  private readonly touches = new TouchColumns(ID_CHUNK);
  /** See timesOf. */
  private readonly times = new Float64Array(ID_CHUNK);
  /** How many rows are looked at next. */
  private stretch = BLOCK_ROWS;

  /** `book` is handed to handlers; `window` as of `Ladder`. */
  constructor(book: Book, judge: MessageJudge, clock: Clock, window: number | undefined) {
    this.book = book;
    this.judge = judge;
    this.clock = clock;
    this.queues = new FastOrderQueues(window);
  }

  private get found(): Int32Array {
    return this.queues.memory.arrays.found;
  }

  /** The sum over all rows: see orderPart. */
  get mixed(): number {
    return this.found[MIXED]!;
  }

  /** Begins the sum over all rows anew. */
  resetMixed(): void {
    this.found[MIXED] = this.found[ROWS_MIXED] = 0;
  }

  /** Takes a row, the id of whose order has this hash, into the sum over all. */
  mixRow({ columns }: Batch<"orders">, row: number, hash: number): void {
    const { found } = this;
    found[MIXED]! += orderPart(columns, row, hash, found[ROWS_MIXED]!);
    found[ROWS_MIXED]! += 1;
  }

  /** Takes whole messages from `from` on that can be taken as they stand, if there are any; returns the row after them. */
  take(
    batch: Batch<"orders">,
    from: number,
    to: number,
    listener: Listener<Book, OnTouches>,
    times: Float64Array | undefined,
  ): number {
    const { queues, judge, last } = this;
    if (judge.sequence.bridging) return from;
    queues.tidy();
    const { loops } = queues.memory;
    if (loops !== undefined && to - from > FEW_ROWS) {
      const end = this.takeBlock(loops, batch, from, to, listener, times);
      if (end > from) return end;
    }
    const most = loops === undefined ? ID_CHUNK : SHORT;
    last[0] = judge.sequence.last;
    const plain = ordersTo(batch, from, Math.min(to, from + most));
    const end = followingTo(batch.columns, from, plain, last);
    if (end > from) this.takeFew(batch, from, end, listener, times);
    return end;
  }

  /** Takes few rows of whole messages, one by one: less is made ready, and each costs more. */
  private takeFew(
    batch: Batch<"orders">,
    from: number,
    to: number,
    { onMessage, wake, onTouches }: Listener<Book, OnTouches>,
    times: Float64Array | undefined,
  ): void {
    const { columns } = batch;
    const { action, side, price, size, flags, updateId } = columns;
    const { judge, queues, state } = this;
    const { tally, sequence } = judge;
    const { ids } = queues;
    const hearsAll = onMessage !== undefined && wake === "message";
    const hearsMoves = onMessage !== undefined && wake === "touch";
    ids.convert(batch, from, to);
    let begin = from;
    for (let row = from; row < to; row++) {
      this.mixRow(batch, row, ids.hashes[row - from]!);
      const at = times === undefined ? latest(state[NOW]!, batch, row, this.clock) : times[row]!;
      state[NOW] = at;
      queues.take(action[row]!, row - from, side[row]!, price[row]!, size[row]!);
      if (flags[row] === 0) continue;
      this.watchTouch(at as Micros);
      const id = updateId[begin]!;
      if (!Number.isNaN(id)) sequence.last = id;
      tally.rows += row + 1 - begin;
      tally.messages += 1;
      begin = row + 1;
      state[AT] = at;
      if (hearsAll || (hearsMoves && this.touchMoved())) onMessage(this.book, at as Micros);
      else if (onTouches !== undefined) {
        this.touches.take(queues);
        this.touches.note(1);
      }
    }
    if (onTouches !== undefined) this.touches.tell(onTouches);
  }

  /** Takes whole messages of a block of rows; returns the row after them. */
  private takeBlock(
    loops: Loops,
    batch: Batch<"orders">,
    from: number,
    to: number,
    listener: Listener<Book, OnTouches>,
    times: Float64Array | undefined,
  ): number {
    const { queues, judge, last } = this;
    const until = Math.min(to, from + this.stretch);
    const hasTexts = queues.memory.load(batch, from, until, queues.ids, loops);
    const { found } = this;
    const [mixed, rowsMixed] = [found[MIXED]!, found[ROWS_MIXED]!];
    const ready = from + loops.prepare(until - from);
    const taken = hasTexts ? firstWithoutId(batch, from, ready) : ready;
    last[0] = judge.sequence.last;
    const end = followingTo(batch.columns, from, taken, last);
    this.stretch = taken === until ? Math.min(2 * this.stretch, BLOCK_ROWS) : SHORT;
    if (end < until) {
      found[MIXED] = mixed;
      found[ROWS_MIXED] = rowsMixed;
      if (end === from) return from;
      loops.prepare(end - from);
    }
    const { clock, state } = this;
    const known = times ?? timesOf(batch, from, end, clock, state[NOW]!, this.times);
    const first = known === this.times ? from : 0;
    this.takePrepared(loops, batch, from, end, listener, known, first);
    return end;
  }

  /** Applies the rows of the block, whole messages. `times[row - first]` is the effective time of a row. */
  private takePrepared(
    loops: Loops,
    batch: Batch<"orders">,
    from: number,
    to: number,
    { onMessage, wake, onTouches }: Listener<Book, OnTouches>,
    times: Float64Array,
    first: number,
  ): void {
    const { columns } = batch;
    const { flags, updateId } = columns;
    const { judge, queues, state } = this;
    const { ladder, memory } = queues;
    const hasIds = !isAbsentColumn(updateId);
    const hears = wake === "touch" ? ON_TOUCH : ALWAYS;
    const quiet = onTouches === undefined ? RUNS : COLLECTS;
    const stops = onMessage === undefined ? quiet : hears;
    let { found } = memory.arrays;
    found[NOTED] = found[MESSAGES] = 0;
    found[BID_SEEN] = found[ASK_SEEN] = NONE;
    let counted = from;
    let row = from;
    while (row < to) {
      const doubt = ladder.doubt || judge.isTouching;
      row = from + queues.run(loops, row - from, to - from, doubt ? ALWAYS : stops);
      ({ found } = memory.arrays);
      if (row === to) break;
      if (found[EVENT] === OTHER_ROW) {
        queues.takeRow(batch, row, row - from);
        ({ found } = memory.arrays);
        found[BID_SEEN] = NONE;
      }
      row += 1;
      if (flags[row - 1] === 0) continue;
      found[MESSAGES]! += 1;
      const at = times[row - 1 - first] as Micros;
      this.watchTouch(at);
      if (stops === COLLECTS) {
        memory.arrays.bids[found[NOTED]!] = ladder.bids.bestPrice;
        memory.arrays.asks[found[NOTED]!] = ladder.asks.bestPrice;
        found[NOTED]! += 1;
      } else if (stops === ALWAYS || (stops === ON_TOUCH && this.touchMoved())) {
        state[NOW] = state[AT] = at;
        this.count(row - counted);
        if (hasIds) judge.sequence.last = lastOf(columns, counted, row - 1, judge.sequence.last);
        counted = row;
        onMessage!(this.book, at);
      }
      found[BID_SEEN] = ladder.tops[0]!;
      found[ASK_SEEN] = ladder.tops[1]!;
    }
    this.count(to - counted);
    judge.sequence.last = this.last[0]!;
    state[NOW] = state[AT] = times[to - 1 - first]!;
    onTouches?.(memory.arrays.bids, memory.arrays.asks, found[NOTED]!);
  }

  /** Tells the judge the best prices, where the book is crossed, locked or was so. */
  private watchTouch(at: Micros): void {
    const { judge, queues } = this;
    const { tops, bases, doubt, bids, asks } = queues.ladder;
    const isTouching = tops[0]! + tops[1]! + bases[0]! + bases[1]! >= -1;
    if (isTouching || doubt || judge.isTouching) {
      judge.watchTouch(bids.bestPrice, asks.bestPrice, at);
    }
  }

  /** Tells the judge what was found in so many rows. */
  private count(rows: number): void {
    const { found } = this;
    this.judge.count(rows, found[MESSAGES]!, 0);
    found[MESSAGES] = 0;
  }

  /** Whether the best bid or ask is another than when this was asked last. */
  touchMoved(): boolean {
    const { touched } = this;
    const { bids, asks } = this.queues.ladder;
    const bid = bids.bestPrice;
    const ask = asks.bestPrice;
    const moved = !Object.is(bid, touched[0]) || !Object.is(ask, touched[1]);
    touched[0] = bid;
    touched[1] = ask;
    return moved;
  }

  /** Tells of the best prices at one message end. */
  tellTouch(onTouches: OnTouches): void {
    this.touches.take(this.queues);
    this.touches.note(1);
    this.touches.tell(onTouches);
  }
}
