/**
 * The rows of a book by price level that can be taken as they stand: complete messages that follow on each other and carry no more than levels. Long
 * stretches are taken by the loops of L2Kernel, short ones row by row (a merge of several streams cuts rows to ones and twos). Plain twin: `L2Book`.
 */
import {
  type Batch,
  CHECKSUM_MATCHED,
  type Clock,
  isAbsentColumn,
  MESSAGE_END,
  type Micros,
} from "@aftershock/schema";
import { checkBookRow } from "./bookMessage.ts";
import type { OnMessage, Wake } from "./l2Book.ts";
import {
  ALWAYS,
  ASK_SEEN,
  BID_SEEN,
  BLOCK_ROWS,
  CHECKSUMS,
  COLLECTS,
  EVENT,
  FAR,
  FOUND,
  L2Kernel,
  MESSAGES,
  MIXED,
  NONE,
  NOTED,
  ON_TOUCH,
  OTHER_ROW,
  ROWS_MIXED,
  RUNS,
  TOP_GONE,
  UNKNOWN,
} from "./l2Kernel.fast.ts";
import {
  type BookColumns,
  lastOf,
  latest,
  plainRows,
  restOf,
  rowPart,
  timesOf,
} from "./l2Rows.fast.ts";
import { Ladder } from "./ladder.fast.ts";
import type { MessageJudge } from "./messageJudge.ts";
import { type OnTouchRuns, TouchRunColumns } from "./touchRuns.fast.ts";

/** Places of L2Taker.state. */
export const NOW = 0;
export const AT = 1;

/** Who hears of message ends. */
export interface Listener<Book, Touches = OnTouchRuns> {
  readonly onMessage?: OnMessage<Book> | undefined;
  readonly wake?: Wake;
  readonly onTouches?: Touches;
}

/** No row. */
const NOWHERE = -1;
/** So many rows cost less one by one: with it test/bench/pipeline.ts takes a fifth less time (2026-11-22). */
const FEW_ROWS = 12;
/** Rows that are looked at next after one that could not be taken as it stands: as it may not be the only one. */
const SHORT = 64;

export class L2Taker<Book> {
  readonly ladder: Ladder;
  /**
   * By place: NOW the effective time of the last row, µs; AT that of the last message end, NaN before it. In an array, for a field of
   * numbers that are not small integers may be a new object each time.
   */
  readonly state: Float64Array = Float64Array.of(Number.NEGATIVE_INFINITY, Number.NaN);
  private readonly book: Book;
  private readonly judge: MessageJudge;
  private readonly clock: Clock;
  private readonly kernel: L2Kernel | undefined;
  /** See l2Kernel.fast.ts. */
  private readonly found: Int32Array;
  /** Of the batch in hand the rows [plainRow, plainEnd) are known to be whole messages that can be taken as they stand. */
  private plainRow = NOWHERE;
  private plainEnd = NOWHERE;
  /** The id after them. */
  private readonly last = Float64Array.of(Number.NaN);
  /** Best bid and ask, ticks, as `touchMoved` saw them last; NaN for none. */
  private readonly touched = Float64Array.of(Number.NaN, Number.NaN);
  /** The best prices at ends of messages, where somebody wants them. */
  private readonly touches: TouchRunColumns;
  /** See timesOf. */
  private readonly times = new Float64Array(BLOCK_ROWS);
  /** How many rows are looked at next: of the block, and in search of plain ones. */
  private stretch = BLOCK_ROWS;
  private search = SHORT;
  /** Rows before the batch in hand, as the ladder counts them. */
  private rowsBefore = 0;

  /** `book` is handed to handlers; `window` as of `Ladder`. */
  constructor(book: Book, judge: MessageJudge, clock: Clock, window: number) {
    this.book = book;
    this.judge = judge;
    this.clock = clock;
    this.kernel = L2Kernel.create(window);
    this.ladder = new Ladder(window, this.kernel);
    this.found = this.kernel?.found ?? new Int32Array(FOUND);
    this.touches = new TouchRunColumns(BLOCK_ROWS, this.kernel?.runs);
  }

  /** The sum over all rows: see rowPart. */
  get mixed(): number {
    return this.found[MIXED]!;
  }

  /** Begins the sum over all rows anew. */
  resetMixed(): void {
    this.found[MIXED] = this.found[ROWS_MIXED] = 0;
  }

  /** Takes a row into the sum over all. */
  mixRow(batch: Batch<"book">, row: number): void {
    const { found } = this;
    const { side, price, size, flags } = batch.columns;
    const lots = size[row]!;
    const rest = restOf(lots, lots | 0, side[row]!, flags[row]!);
    found[MIXED]! += rowPart(price[row]!, rest, found[ROWS_MIXED]!);
    found[ROWS_MIXED]! += 1;
  }

  /** Forgets what it knows of rows to come: another batch, or rows that were taken elsewhere. */
  forget(): void {
    this.plainRow = NOWHERE;
  }

  /** Takes whole messages from `from` on that can be taken as they stand, if there are any; returns the row after them. */
  take(
    batch: Batch<"book">,
    from: number,
    to: number,
    listener: Listener<Book>,
    times: Float64Array | undefined,
  ): number {
    const { sequence } = this.judge;
    const isKnown = from === this.plainRow && from < this.plainEnd;
    if (!isKnown && sequence.bridging) return from;
    if (this.kernel !== undefined && to - from > FEW_ROWS) {
      const end = this.takeBlock(this.kernel, batch, from, to, listener, times);
      if (isKnown && end <= this.plainEnd) this.plainRow = end;
      return end;
    }
    const end = isKnown ? Math.min(to, this.plainEnd) : this.plainBefore(batch, from, to);
    const last = lastEnd(batch, from, end);
    if (last > from) this.takeFew(batch, from, last, listener, times);
    this.plainRow = last;
    return last;
  }

  /** Looks for plain rows, further than `to`, as rows that are given in short stretches are looked at once: see `plainRows`. */
  private plainBefore(batch: Batch<"book">, from: number, to: number): number {
    const { columns, length } = batch;
    this.search = from === this.plainRow ? Math.min(2 * this.search, BLOCK_ROWS) : SHORT;
    const until = Math.min(Math.max(to, from + this.search), length);
    this.last[0] = this.judge.sequence.last;
    this.plainEnd = plainRows(columns, from, until, this.last);
    return Math.min(to, this.plainEnd);
  }

  /** Takes few rows of whole messages, one by one: less is made ready, and each costs more. */
  private takeFew(
    batch: Batch<"book">,
    from: number,
    to: number,
    { onMessage, wake, onTouches }: Listener<Book>,
    times: Float64Array | undefined,
  ): void {
    const { columns } = batch;
    const { side, price, size, flags, updateId } = columns;
    const { judge, ladder, found, state } = this;
    const { tops, bases } = ladder;
    const { tally, sequence } = judge;
    const hearsAll = onMessage !== undefined && wake === "message";
    const hearsMoves = onMessage !== undefined && wake === "touch";
    let mixed = found[MIXED]!;
    let nth = found[ROWS_MIXED]!;
    let begin = from;
    for (let row = from; row < to; row++) {
      const sign = side[row]!;
      const lots = size[row]!;
      const ticks = price[row]!;
      const flag = flags[row]!;
      const whole = lots | 0;
      const isUsual = whole === lots && whole >= 0 && (ticks | 0) === ticks;
      if (!isUsual || Math.imul(sign, sign) !== 1) checkBookRow(batch, row);
      mixed = (mixed + rowPart(ticks, restOf(lots, whole, sign, flag), nth)) | 0;
      nth += 1;
      const at = times === undefined ? latest(state[NOW]!, batch, row, this.clock) : times[row]!;
      state[NOW] = at;
      if (sign !== 0 && !ladder.set(sign as 1 | -1, ticks, lots)) tally.unknownDeletes += 1;
      if ((flag & MESSAGE_END) === 0) continue;
      const isTouching = tops[0]! + tops[1]! + bases[0]! + bases[1]! >= -1;
      if (isTouching || ladder.doubt || judge.isTouching) {
        judge.watchTouch(ladder.bids.bestPrice, ladder.asks.bestPrice, at as Micros);
      }
      const id = updateId[begin]!;
      if (!Number.isNaN(id)) sequence.last = id;
      tally.rows += row + 1 - begin;
      tally.messages += 1;
      if ((flag & CHECKSUM_MATCHED) !== 0) judge.addChecksums(1);
      begin = row + 1;
      state[AT] = at;
      found[MIXED] = mixed;
      found[ROWS_MIXED] = nth;
      if (onTouches !== undefined) {
        this.touches.add(ladder, at);
        if (this.touches.count === BLOCK_ROWS) this.touches.tell(onTouches);
      } else if (hearsAll || (hearsMoves && this.touchMoved())) onMessage(this.book, at as Micros);
    }
    if (onTouches !== undefined) this.touches.tell(onTouches);
  }

  /** Takes whole messages of a block of rows; returns the row after them. */
  private takeBlock(
    kernel: L2Kernel,
    batch: Batch<"book">,
    from: number,
    to: number,
    listener: Listener<Book>,
    times: Float64Array | undefined,
  ): number {
    const { found } = this;
    let end = lastEnd(batch, from, Math.min(to, from + this.stretch));
    if (end === from) end = lastEnd(batch, from, Math.min(to, from + BLOCK_ROWS));
    if (end === from) return from;
    kernel.load(batch.columns, from, end);
    kernel.origin = this.ladder.origin;
    const [mixed, rowsMixed] = [found[MIXED]!, found[ROWS_MIXED]!];
    const taken = kernel.prepare(end - from);
    const fits = this.followed(kernel, batch, from, from + taken);
    this.stretch = fits === end ? Math.min(2 * this.stretch, BLOCK_ROWS) : SHORT;
    if (fits < end) {
      found[MIXED] = mixed;
      found[ROWS_MIXED] = rowsMixed;
      if (fits === from) return from;
      kernel.prepare(fits - from);
    }
    const known = times ?? timesOf(batch, from, fits, this.clock, this.state[NOW]!, this.times);
    const first = known === this.times ? from : 0;
    this.takePrepared(kernel, batch, from, fits, listener, known, first);
    return fits;
  }

  /** The row after the last message of [from, to) up to which each follows on the one before it; its id goes to `last`. */
  private followed(kernel: L2Kernel, batch: Batch<"book">, from: number, to: number): number {
    const { updateId, prevUpdateId } = batch.columns;
    let id = this.judge.sequence.last;
    if (isAbsentColumn(prevUpdateId) && isAbsentColumn(updateId)) {
      this.last[0] = id;
      return lastEnd(batch, from, to);
    }
    const count = kernel.listEnds(to - from);
    const { ends } = kernel;
    let begin = from;
    for (let nth = 0; nth < count; nth++) {
      const before = prevUpdateId[begin]!;
      const own = updateId[begin]!;
      // As UpdateSequence.takes: what is absent cannot be checked.
      if (before !== id && !Number.isNaN(before) && !Number.isNaN(id)) break;
      if (!Number.isNaN(own)) id = own;
      begin = from + ends[nth]! + 1;
    }
    this.last[0] = id;
    return begin;
  }

  /** Whether the best bid or ask is another than when this was asked last. */
  touchMoved(): boolean {
    const { touched } = this;
    const bid = this.ladder.bids.bestPrice;
    const ask = this.ladder.asks.bestPrice;
    const moved = !Object.is(bid, touched[0]) || !Object.is(ask, touched[1]);
    touched[0] = bid;
    touched[1] = ask;
    return moved;
  }

  /** Tells of the best prices at one message end. */
  tellTouch(onTouches: OnTouchRuns, at: number): void {
    this.touches.add(this.ladder, at);
    this.touches.tell(onTouches);
  }

  /** Applies the rows of the block, whole messages. `times[row - first]` is the effective time of a row. */
  private takePrepared(
    kernel: L2Kernel,
    batch: Batch<"book">,
    from: number,
    to: number,
    { onMessage, wake, onTouches }: Listener<Book>,
    times: Float64Array,
    first: number,
  ): void {
    const { columns } = batch;
    const { flags, updateId } = columns;
    const { judge, ladder, state, found, touches } = this;
    const { tops, bases } = ladder;
    this.rowsBefore = ladder.rows - from;
    const hasIds = !isAbsentColumn(updateId);
    const hears = wake === "touch" ? ON_TOUCH : ALWAYS;
    const quiet = onTouches === undefined ? RUNS : COLLECTS;
    const stops = onMessage === undefined ? quiet : hears;
    found[NOTED] = found[MESSAGES] = found[CHECKSUMS] = found[UNKNOWN] = 0;
    found[BID_SEEN] = found[ASK_SEEN] = NONE;
    let counted = from;
    let row = from;
    while (row < to) {
      const doubt = ladder.doubt || judge.isTouching;
      row = from + kernel.run(row - from, to - from, doubt ? ALWAYS : stops);
      if (found[FAR]! > 0) {
        this.setFar(kernel, columns, from);
        if (ladder.origin !== kernel.origin) this.prepareAgain(kernel, to - from);
        found[BID_SEEN] = NONE;
      }
      if (row === to) break;
      if (found[EVENT] === TOP_GONE) ladder.lookOutside();
      else if (found[EVENT] === OTHER_ROW) {
        this.setLevel(batch, row);
        if (ladder.origin !== kernel.origin) this.prepareAgain(kernel, to - from);
        found[BID_SEEN] = NONE;
      }
      const flag = flags[row]!;
      row += 1;
      if ((flag & MESSAGE_END) === 0) continue;
      found[MESSAGES] += 1;
      found[CHECKSUMS] += (flag & CHECKSUM_MATCHED) >> 4;
      const at = times[row - 1 - first] as Micros;
      if (doubt || ladder.doubt || tops[0]! + tops[1]! + bases[0]! + bases[1]! >= -1) {
        judge.watchTouch(ladder.bids.bestPrice, ladder.asks.bestPrice, at);
      }
      if (stops === COLLECTS) {
        touches.note(found[NOTED], ladder, found[MESSAGES] - 1, row - 1 - from);
        found[NOTED] += 1;
      } else if (stops === ALWAYS || (stops === ON_TOUCH && this.touchMoved())) {
        state[NOW] = state[AT] = at;
        this.count(row - counted);
        if (hasIds) judge.sequence.last = lastOf(columns, counted, row - 1, judge.sequence.last);
        counted = row;
        onMessage!(this.book, at);
      }
      found[BID_SEEN] = tops[0]!;
      found[ASK_SEEN] = tops[1]!;
    }
    ladder.rows = this.rowsBefore + to;
    const messages = found[MESSAGES];
    this.count(to - counted);
    judge.sequence.last = this.last[0]!;
    state[NOW] = state[AT] = times[to - 1 - first]!;
    if (onTouches !== undefined) {
      touches.tellWritten(onTouches, found[NOTED], messages, times, from - first);
    }
  }

  /** Sets the levels of the FAR rows that `run` left out, of a block that begins at row `first`. */
  private setFar({ farRows }: L2Kernel, { side, price, size }: BookColumns, first: number): void {
    const { ladder, found, rowsBefore } = this;
    const count = found[FAR]!;
    let unknown = 0;
    for (let nth = 0; nth < count; nth++) {
      const row = first + farRows[nth]!;
      if (!ladder.setLow(side[row] as 1 | -1, price[row]!, size[row]!, rowsBefore + row))
        unknown += 1;
    }
    found[UNKNOWN]! += unknown;
  }

  /** Sets the level of a row that `run` left out. */
  private setLevel({ columns: { side, price, size } }: Batch<"book">, row: number): void {
    const { ladder, found } = this;
    const sign = side[row]!;
    ladder.rows = this.rowsBefore + row;
    if (sign !== 0 && !ladder.set(sign as 1 | -1, price[row]!, size[row]!)) found[UNKNOWN]! += 1;
  }

  /** Makes the keys of the block anew, after the origin moved. */
  private prepareAgain(kernel: L2Kernel, rows: number): void {
    const { found } = this;
    const [mixed, rowsMixed] = [found[MIXED]!, found[ROWS_MIXED]!];
    kernel.origin = this.ladder.origin;
    kernel.prepare(rows);
    found[MIXED] = mixed;
    found[ROWS_MIXED] = rowsMixed;
  }

  /** Tells the judge what was found in so many rows. */
  private count(rows: number): void {
    const { judge, found } = this;
    judge.count(rows, found[MESSAGES]!, found[UNKNOWN]!);
    judge.addChecksums(found[CHECKSUMS]!);
    found[MESSAGES] = found[CHECKSUMS] = found[UNKNOWN] = 0;
  }
}

/** The row after the last of [from, to) that ends a message; `from` when none does. */
function lastEnd({ columns: { flags } }: Batch<"book">, from: number, to: number): number {
  let end = to;
  while (end > from && (flags[end - 1]! & MESSAGE_END) === 0) end--;
  return end;
}
