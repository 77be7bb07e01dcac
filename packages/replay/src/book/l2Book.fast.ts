/**
 * An order book by price level (L2), fast: what replays build. Plain twin: `L2Book`. Benchmark: test/bench/books.ts.
 *
 * A message that lies within the rows given, follows on the one before it and carries no more than levels is applied straight from
 * the columns, long stretches by `runRows` and short ones row by row (`takeFew`: a merge of several streams cuts rows to ones and twos); every other (snapshots, messages that a batch cuts, gaps, lost rows, failed checksums) goes through BookMessage and
 * MessageJudge as in the twin. Layout of the levels: see Ladder.
 */
import {
  CHECKSUM_MATCHED,
  type Batch,
  type Clock,
  type Instrument,
  isAbsentColumn,
  type Lots,
  MESSAGE_END,
  type Micros,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { StateHash } from "../stateHash.ts";
import type { BookCounts, Gap } from "./bookCounts.ts";
import { BookMessage, checkBookRow } from "./bookMessage.ts";
import type { Level } from "./bookSide.ts";
import { checkGrid, hashBook } from "./bookState.ts";
import { Ladder, type LadderReads } from "./ladder.fast.ts";
import type { OnMessage, Wake } from "./l2Book.ts";
import {
  ALWAYS,
  ASK_SEEN,
  BID_SEEN,
  CHECKSUMS,
  COLLECTS,
  EVENT,
  FOUND,
  INDEX,
  lastOf,
  latest,
  MESSAGES,
  MIXED,
  mixRow,
  NONE,
  NOTED,
  ON_TOUCH,
  OTHER_ROW,
  PLACE,
  plainRows,
  restOf,
  ROW_FACTOR,
  RUNS,
  runRows,
  SIZE_FACTOR,
  timesOf,
  TOP_GONE,
  UNKNOWN,
} from "./l2Rows.fast.ts";
import { MessageJudge } from "./messageJudge.ts";
import type { OrderBook } from "./orderBook.ts";

/** Places of FastL2Book.state. */
const NOW = 0;
const AT = 1;

/** The best prices at the message ends of some rows, ticks; NaN for an empty side. The arrays are as long as there may be messages. */
export interface Touches {
  readonly bids: Float64Array;
  readonly asks: Float64Array;
  /** How many there are. */
  count: number;
}

/** Who hears of message ends. */
interface Listener {
  readonly onMessage?: OnMessage<FastL2Book> | undefined;
  readonly wake?: Wake;
  readonly touches?: Touches;
}

/** Rows that are looked through before they are applied: few enough to lie in a cache near the processor. */
const BLOCK_ROWS = 8_192;
/** No row. */
const NOWHERE = -1;
/** So many rows cost less one by one: with it test/bench/pipeline.ts takes a fifth less time (2026-11-22). */
const FEW_ROWS = 12;

/** One place, which is written again and again where nobody collects. */
const UNWANTED: Touches = { bids: new Float64Array(1), asks: new Float64Array(1), count: 0 };

export class FastL2Book implements OrderBook {
  readonly instrument: Instrument;
  private readonly clock: Clock;
  private readonly ladder: Ladder;
  private readonly message = new BookMessage();
  private readonly judge: MessageJudge;
  /** The batch in hand; its rows [plainRow, plainEnd) are known to be whole messages that can be taken as they stand. */
  private batch: Batch | undefined;
  private plainRow = NOWHERE;
  private plainEnd = NOWHERE;
  /** The id after them. */
  private readonly last = Float64Array.of(Number.NaN);
  /** Whether the book was valid at the last message end that was not plain. */
  private validSeen = false;
  /** Best bid and ask, ticks, as `touchMoved` saw them last; NaN for none. */
  private readonly touched = Float64Array.of(Number.NaN, Number.NaN);
  /** See timesOf. */
  private readonly times = new Float64Array(BLOCK_ROWS);
  /** See l2Rows.fast.ts. */
  private readonly found = new Int32Array(FOUND);
  /**
   * By place: NOW the effective time of the last row, µs; AT that of the last message end, NaN before it. In an array, for a field of
   * numbers that are not small integers may be a new object each time.
   */
  private readonly state = Float64Array.of(Number.NEGATIVE_INFINITY, Number.NaN);

  /** `clock` is the one that message ends and gaps are timed by; `window` as of `Ladder`. */
  constructor(instrument: Instrument, clock: Clock = "recv", window?: number) {
    this.instrument = instrument;
    this.clock = clock;
    this.ladder = new Ladder(window);
    this.judge = new MessageJudge(instrument);
  }

  get valid(): boolean {
    return this.judge.missing === undefined;
  }

  get updateId(): number {
    return this.judge.updateId;
  }

  get bidSide(): LadderReads {
    return this.ladder.bids;
  }

  get askSide(): LadderReads {
    return this.ladder.asks;
  }

  get bestBid(): Level | undefined {
    return this.ladder.bids.best;
  }

  get bestAsk(): Level | undefined {
    return this.ladder.asks.best;
  }

  bids(depth: number = Number.POSITIVE_INFINITY): readonly Level[] {
    return this.ladder.bids.levels(depth);
  }

  asks(depth: number = Number.POSITIVE_INFINITY): readonly Level[] {
    return this.ladder.asks.levels(depth);
  }

  sizeAt(side: 1 | -1, price: number): Lots {
    return (side === 1 ? this.ladder.bids : this.ladder.asks).sizeAt(price);
  }

  get at(): Micros | undefined {
    const at = this.state[AT]!;
    return Number.isNaN(at) ? undefined : (at as Micros);
  }

  /** A sum of 32 bits over the levels of all rows, in their order, since the start, or since `resetCounts`. */
  get rowsMixed(): number {
    return this.found[MIXED]!;
  }

  /** How many messages there were since the start, or since `resetCounts`. */
  get messages(): number {
    return this.judge.tally.messages;
  }

  get counts(): BookCounts {
    return this.judge.counts;
  }

  get gaps(): readonly Gap[] {
    return this.judge.gaps;
  }

  /** As of `L2Book`. */
  resetCounts(): void {
    this.judge.reset();
    this.found[MIXED] = 0;
  }

  get digest(): string {
    const hash = new StateHash();
    this.mixInto(hash);
    return hash.hex;
  }

  /** As of `L2Book`. */
  mixInto(hash: StateHash): void {
    hashBook(hash, this, this.judge, this.message);
  }

  /**
   * The whole state, for `restore` of another book of the instrument: the judge's four numbers, the clock, the time of the last message
   * end, the levels of each side with their number in front (price and size, best first), and the open message. Counts are no part of it.
   */
  encode(): Float64Array {
    const values: number[] = [...this.judge.encode(), ...this.state];
    for (const side of [this.ladder.bids, this.ladder.asks]) {
      values.push(side.depth);
      for (let price = side.bestPrice; !Number.isNaN(price); price = side.priceAfter(price)) {
        values.push(price, side.sizeAt(price));
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
    this.ladder.clear();
    let at = 6;
    for (const side of [1, -1] as const) {
      const end = at + 1 + 2 * values[at]!;
      for (at += 1; at < end; at += 2) this.ladder.set(side, values[at]!, values[at + 1]!);
    }
    this.message.restore(values, at);
    this.plainRow = NOWHERE;
  }

  /**
   * As of `L2Book`, with the best bid and ask at each message end written into columns instead of a call: for who looks at nothing else,
   * several times as fast.
   */
  applyTouching(
    batch: Batch<"book">,
    from: number,
    to: number,
    touches: Touches,
    times?: Float64Array,
  ): void {
    touches.count = 0;
    this.take(batch, from, to, { touches }, times);
  }

  /**
   * As of `L2Book`. With `wake` "touch" the handler is called only at ends of messages after which the best bid or ask is at another
   * price than at its last call, or the book is newly valid or not.
   */
  apply(
    batch: Batch<"book">,
    from: number,
    to: number,
    onMessage?: OnMessage<FastL2Book>,
    times?: Float64Array,
    wake: Wake = "message",
  ): void {
    this.take(batch, from, to, { onMessage, wake }, times);
  }

  private take(
    batch: Batch<"book">,
    from: number,
    to: number,
    listener: Listener,
    times: Float64Array | undefined,
  ): void {
    if (batch !== this.batch) {
      checkGrid(this.instrument, batch.instrument);
      this.batch = batch;
      this.plainRow = NOWHERE;
    }
    let row = from;
    if (this.message.rows > 0) row = this.takeSlowly(batch, row, to, listener);
    while (row < to) {
      const end = this.valid ? this.plainBefore(batch, row, to) : row;
      if (end === row) {
        row = this.takeSlowly(batch, row, to, listener);
        this.plainRow = NOWHERE;
        continue;
      }
      if (end - row <= FEW_ROWS && times !== undefined && listener.touches === undefined) {
        this.takeFew(batch, row, end, listener, times);
      } else {
        const known = times ?? timesOf(batch, row, end, this.clock, this.state[NOW]!, this.times);
        this.takePlainly(batch, row, end, listener, known, known === this.times ? row : 0);
      }
      row = this.plainRow = end;
    }
  }

  /**
   * The end of the last message before `to` up to which the rows from `from` on can be taken as they stand (see `plainRows`); `from` when there
   * is none. Rows are looked at once, a block at a time, however short the stretches are in which they are given.
   */
  private plainBefore(batch: Batch<"book">, from: number, to: number): number {
    const { columns, length } = batch;
    if (from !== this.plainRow || from === this.plainEnd) {
      const { sequence } = this.judge;
      if (sequence.bridging) return from;
      this.last[0] = sequence.last;
      this.plainEnd = plainRows(columns, from, Math.min(from + BLOCK_ROWS, length), this.last);
    }
    if (to >= this.plainEnd) return this.plainEnd;
    const { flags } = columns;
    let end = to;
    while (end > from && (flags[end - 1]! & MESSAGE_END) === 0) end--;
    return end;
  }

  /** As `takePlainly`, for few rows: less is made ready, and each costs more. */
  private takeFew(
    batch: Batch<"book">,
    from: number,
    to: number,
    { onMessage, wake }: Listener,
    times: Float64Array,
  ): void {
    const { columns } = batch;
    const { side, price, size, flags, updateId } = columns;
    const { judge, ladder, found, state } = this;
    const { tops, bases } = ladder;
    const { tally, sequence } = judge;
    const hearsAll = onMessage !== undefined && wake === "message";
    const hearsMoves = onMessage !== undefined && wake === "touch";
    let mixed = found[MIXED]!;
    let begin = from;
    for (let row = from; row < to; row++) {
      const sign = side[row]!;
      const lots = size[row]!;
      const ticks = price[row]!;
      const flag = flags[row]!;
      const whole = lots | 0;
      const rest = restOf(lots, whole, sign, flag);
      mixed = (Math.imul(mixed ^ ticks, ROW_FACTOR) + Math.imul(rest, SIZE_FACTOR)) | 0;
      const isUsual = whole === lots && whole >= 0 && (ticks | 0) === ticks;
      if (!isUsual || Math.imul(sign, sign) !== 1) checkBookRow(batch, row);
      if (sign !== 0 && !ladder.set(sign as 1 | -1, ticks, lots)) tally.unknownDeletes += 1;
      if ((flag & MESSAGE_END) === 0) continue;
      const at = times[row] as Micros;
      const isTouching = tops[0]! + tops[1]! + bases[0]! + bases[1]! >= -1;
      if (isTouching || ladder.doubt || judge.isTouching) {
        judge.watchTouch(ladder.bids.bestPrice, ladder.asks.bestPrice, at);
      }
      const id = updateId[begin]!;
      if (!Number.isNaN(id)) sequence.last = id;
      tally.rows += row + 1 - begin;
      tally.messages += 1;
      if ((flag & CHECKSUM_MATCHED) !== 0) judge.addChecksums(1);
      begin = row + 1;
      state[NOW] = state[AT] = at;
      found[MIXED] = mixed;
      if (hearsAll || (hearsMoves && this.touchMoved())) onMessage(this, at);
    }
  }

  /** Takes one message, or what there is of it, row by row; returns the row after it. */
  private takeSlowly(
    batch: Batch<"book">,
    from: number,
    to: number,
    { onMessage, wake, touches }: Listener,
  ): number {
    const { message, judge, state, found } = this;
    const { flags } = batch.columns;
    for (let row = from; row < to; row++) {
      state[NOW] = latest(state[NOW]!, batch, row, this.clock);
      if ((flags[row]! & SNAPSHOT_START) !== 0) {
        judge.tally.interruptedRows += message.rows;
        message.clear();
      }
      judge.tally.rows += 1;
      found[MIXED] = mixRow(found[MIXED]!, batch.columns, row);
      if (!message.take(batch, row)) continue;
      const at = state[NOW] as Micros;
      this.settle(at);
      message.clear();
      state[AT] = at;
      if (touches !== undefined) this.noteTouch(touches);
      const wasValid = this.validSeen;
      this.validSeen = this.valid;
      if (wake === "message" || this.touchMoved() || wasValid !== this.validSeen)
        onMessage?.(this, at);
      return row + 1;
    }
    return to;
  }

  private settle(at: Micros): void {
    const { ladder, message, judge } = this;
    const verdict = judge.judge(message, at);
    if (verdict === "skip") return;
    if (verdict !== "apply") ladder.clear();
    if (verdict !== "clear") {
      message.eachLevel((side, price, size) => {
        if (!ladder.set(side as 1 | -1, price, size)) judge.tally.unknownDeletes += 1;
      });
    }
    judge.watchTouch(ladder.bids.bestPrice, ladder.asks.bestPrice, at);
  }

  /** Applies the rows of complete messages, BLOCK_ROWS at most. `times[row - first]` is the effective time of a row. */
  private takePlainly(
    batch: Batch<"book">,
    from: number,
    to: number,
    { onMessage, wake, touches }: Listener,
    times: Float64Array,
    first: number,
  ): void {
    const { columns } = batch;
    const { side, price, size, flags, updateId } = columns;
    const { judge, ladder, state, found } = this;
    const { tops, bases } = ladder;
    const rows = ladder.rows - from;
    const hasIds = !isAbsentColumn(updateId);
    const stops =
      onMessage === undefined
        ? touches === undefined
          ? RUNS
          : COLLECTS
        : wake === "touch"
          ? ON_TOUCH
          : ALWAYS;
    const { bids, asks } = touches ?? UNWANTED;
    found[NOTED] = touches?.count ?? 0;
    found[MESSAGES] = found[CHECKSUMS] = found[UNKNOWN] = 0;
    found[BID_SEEN] = found[ASK_SEEN] = NONE;
    let counted = from;
    let row = from;
    while (row < to) {
      const doubt = ladder.doubt || judge.isTouching;
      row = runRows(columns, ladder, row, to, doubt ? ALWAYS : stops, found, bids, asks);
      if (row === to) break;
      if (found[EVENT] === TOP_GONE) ladder.lowerTop(found[INDEX]!, found[PLACE]!);
      else if (found[EVENT] === OTHER_ROW) {
        checkBookRow(batch, row);
        ladder.rows = rows + row;
        found[MIXED] = mixRow(found[MIXED]!, columns, row);
        const sign = side[row]!;
        if (sign !== 0 && !ladder.set(sign as 1 | -1, price[row]!, size[row]!)) found[UNKNOWN] += 1;
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
        bids[found[NOTED]] = ladder.bids.bestPrice;
        asks[found[NOTED]] = ladder.asks.bestPrice;
        found[NOTED] += 1;
      } else if (stops === ALWAYS || (stops === ON_TOUCH && this.touchMoved())) {
        state[NOW] = state[AT] = at;
        this.count(row - counted);
        if (hasIds) judge.sequence.last = lastOf(columns, counted, row - 1, judge.sequence.last);
        counted = row;
        onMessage!(this, at);
      }
      found[BID_SEEN] = tops[0]!;
      found[ASK_SEEN] = tops[1]!;
    }
    if (touches !== undefined) touches.count = found[NOTED]!;
    ladder.rows = rows + to;
    this.count(to - counted);
    if (to === this.plainEnd) judge.sequence.last = this.last[0]!;
    else if (hasIds) judge.sequence.last = lastOf(columns, counted, to - 1, judge.sequence.last);
    state[NOW] = state[AT] = times[to - 1 - first]!;
  }

  /** Tells the judge what was found in so many rows. */
  private count(rows: number): void {
    const { judge, found } = this;
    judge.count(rows, found[MESSAGES]!, found[UNKNOWN]!);
    judge.addChecksums(found[CHECKSUMS]!);
    found[MESSAGES] = found[CHECKSUMS] = found[UNKNOWN] = 0;
  }

  private noteTouch(touches: Touches): void {
    touches.bids[touches.count] = this.ladder.bids.bestPrice;
    touches.asks[touches.count] = this.ladder.asks.bestPrice;
    touches.count += 1;
  }

  /** Whether the best bid or ask is another than when this was asked last. */
  private touchMoved(): boolean {
    const { touched } = this;
    const bid = this.ladder.bids.bestPrice;
    const ask = this.ladder.asks.bestPrice;
    const moved = !Object.is(bid, touched[0]) || !Object.is(ask, touched[1]);
    touched[0] = bid;
    touched[1] = ask;
    return moved;
  }
}
