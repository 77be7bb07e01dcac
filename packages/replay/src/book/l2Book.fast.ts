/**
 * An order book by price level (L2), fast: what replays build. Plain twin: `L2Book`. Benchmark: test/bench/books.ts.
 *
 * A message that lies within the rows given, follows on the one before it and carries no more than levels is applied straight from
 * the columns; every other (snapshots, messages that a batch cuts, gaps, lost rows, failed checksums) goes through BookMessage and
 * MessageJudge as in the twin. Layout of the levels: see Ladder.
 */
import {
  CHECKSUM_MATCHED,
  type Batch,
  type Clock,
  IntegrityError,
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
import { MessageJudge } from "./messageJudge.ts";
import type { OrderBook } from "./orderBook.ts";

/** Flags of the rows of a message that can be applied as they stand. */
const PLAIN_FLAGS = MESSAGE_END | CHECKSUM_MATCHED;

/** Rows that are looked through before they are applied: few enough to lie in a cache near the processor. */
const BLOCK_ROWS = 8_192;

type Columns = Batch<"book">["columns"];

/** Places of what `runRows` finds: why it stopped, and where the best level went that is gone; what it counted; what it goes on from. */
const EVENT = 0;
const INDEX = 1;
const PLACE = 2;
const MESSAGES = 3;
const CHECKSUMS = 4;
const UNKNOWN = 5;
const MIXED = 6;
const NOTED = 7;
/** The first row of the message that is next to end. */
const BEGIN = 8;
/** Where the best levels stood when the handler was called last; NONE where that is to be found out. */
const BID_SEEN = 9;
const ASK_SEEN = 10;

/** At which message ends `runRows` stops: none, none but with their best prices noted, where these moved, all. Crossed ones it leaves always. */
const RUNS = 0;
const COLLECTS = 1;
const ON_TOUCH = 2;
const ALWAYS = 3;

/** Why it stopped. */
const NO_EVENT = 0;
const OTHER_ROW = 1;
const TOP_GONE = 2;
/** 2^32 over the golden ratio, odd. */
const ROW_FACTOR = 0x9e3779b1;
/** No place of a window. */
const NONE = -2;

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

const NOWHERE: Touches = { bids: new Float64Array(0), asks: new Float64Array(0), count: 0 };

export class FastL2Book implements OrderBook {
  readonly instrument: Instrument;
  private readonly clock: Clock;
  private readonly ladder: Ladder;
  private readonly message = new BookMessage();
  private readonly judge: MessageJudge;
  /**
   * By place: NOW the effective time of the last row, µs; AT that of the last message end, NaN before it. In an array, for a field of
   * numbers that are not small integers may be a new object each time.
   */
  private plainLast = Number.NaN;
  private mixed = 0;
  private validSeen = false;
  /** Best bid and ask, ticks, as `touchMoved` saw them last; NaN for none. */
  private readonly touched = Float64Array.of(Number.NaN, Number.NaN);
  private readonly times = new Float64Array(BLOCK_ROWS);
  private readonly found = new Int32Array(11);
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
    return this.mixed;
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
    this.mixed = 0;
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
    this.state.set(values.subarray(4, 6));
    this.ladder.clear();
    let at = 6;
    for (const side of [1, -1] as const) {
      const end = at + 1 + 2 * values[at]!;
      for (at += 1; at < end; at += 2) this.ladder.set(side, values[at]!, values[at + 1]!);
    }
    this.message.restore(values, at);
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
    checkGrid(this.instrument, batch.instrument);
    let row = from;
    if (this.message.rows > 0) row = this.takeSlowly(batch, row, to, listener);
    while (row < to) {
      if (this.valid) {
        const block = Math.min(to, row + BLOCK_ROWS);
        const known = times ?? this.timesOf(batch, row, block);
        const first = known === this.times ? row : 0;
        const end = this.plainTo(batch.columns, row, block);
        if (end > row) this.takePlainly(batch, row, end, listener, known, first);
        row = end;
        if (end === block) continue;
      }
      if (row < to) row = this.takeSlowly(batch, row, to, listener);
    }
  }

  /** Takes one message, or what there is of it, row by row; returns the row after it. */
  private takeSlowly(
    batch: Batch<"book">,
    from: number,
    to: number,
    { onMessage, wake, touches }: Listener,
  ): number {
    const { message, judge, state } = this;
    const { flags } = batch.columns;
    for (let row = from; row < to; row++) {
      state[NOW] = latest(state[NOW]!, batch, row, this.clock);
      if ((flags[row]! & SNAPSHOT_START) !== 0) {
        judge.tally.interruptedRows += message.rows;
        message.clear();
      }
      judge.tally.rows += 1;
      this.mixed = mixRow(this.mixed, batch.columns, row);
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

  /**
   * The effective times of the rows [from, to): the clock's own column where nothing in it is absent or runs back (its index is the row),
   * else an array whose index 0 is `from`, valid until the next call. The clock itself stays where it is.
   */
  private timesOf(batch: Batch<"book">, from: number, to: number): Float64Array {
    const { times, clock } = this;
    const { columns } = batch;
    const own = clock === "recv" ? columns.tsRecv : columns.tsEvent;
    let now = this.state[NOW]!;
    let row = from;
    for (; row < to; row++) {
      const time = own[row]!;
      if (!(time >= now)) break;
      now = time;
    }
    if (row === to) return own;
    now = this.state[NOW]!;
    for (row = from; row < to; row++) {
      now = latest(now, batch, row, clock);
      times[row - from] = now;
    }
    return times;
  }

  /**
   * The row after the last of the complete messages from `from` on that follow on each other and carry no more than levels; `from` when
   * there is none. The id after them stays in `plainLast`.
   */
  private plainTo({ flags, updateId, prevUpdateId }: Columns, from: number, to: number): number {
    const { sequence } = this.judge;
    if (sequence.bridging) return from;
    const chained = !isAbsentColumn(prevUpdateId) || !isAbsentColumn(updateId);
    let { last } = sequence;
    let lastOfEnd = last;
    let end = from;
    for (let row = from; row < to; row++) {
      if (chained) {
        const before = prevUpdateId[row]!;
        const id = updateId[row]!;
        // As UpdateSequence.takes: what is absent cannot be checked.
        if (before !== last && !Number.isNaN(before) && !Number.isNaN(last)) break;
        if (!Number.isNaN(id)) last = id;
      }
      let flag = flags[row]!;
      while (flag === 0 && row + 1 < to) flag = flags[++row]!;
      if (flag !== MESSAGE_END && flag !== PLAIN_FLAGS) break;
      lastOfEnd = last;
      end = row + 1;
    }
    this.plainLast = lastOfEnd;
    return end;
  }

  /** Applies the rows of complete messages. `times[row - first]` is the effective time of a row. */
  private takePlainly(
    batch: Batch<"book">,
    from: number,
    to: number,
    { onMessage, wake, touches }: Listener,
    times: Float64Array,
    first: number,
  ): void {
    const { side, price, size, flags, updateId } = batch.columns;
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
    const { bids, asks } = touches ?? NOWHERE;
    found[NOTED] = touches?.count ?? 0;
    found[MESSAGES] = found[CHECKSUMS] = found[UNKNOWN] = 0;
    found[BEGIN] = from;
    found[BID_SEEN] = found[ASK_SEEN] = NONE;
    found[MIXED] = this.mixed;
    let counted = from;
    let row = from;
    while (row < to) {
      const doubt = ladder.doubt || judge.isTouching;
      row = runRows(batch.columns, ladder, row, to, doubt ? ALWAYS : stops, found, bids, asks);
      if (row === to) break;
      if (found[EVENT] === TOP_GONE) ladder.lowerTop(found[INDEX]!, found[PLACE]!);
      else if (found[EVENT] === OTHER_ROW) {
        checkBookRow(batch, row);
        ladder.rows = rows + row;
        found[MIXED] = mixRow(found[MIXED]!, batch.columns, row);
        const sign = side[row]!;
        if (sign !== 0 && !ladder.set(sign as 1 | -1, price[row]!, size[row]!))
          found[UNKNOWN]! += 1;
        found[BID_SEEN] = NONE;
      }
      const flag = flags[row]!;
      row += 1;
      if ((flag & MESSAGE_END) === 0) continue;
      found[MESSAGES]! += 1;
      found[CHECKSUMS]! += (flag & CHECKSUM_MATCHED) >>> 4;
      const at = times[row - 1 - first] as Micros;
      if (doubt || ladder.doubt || tops[0]! + tops[1]! + bases[0]! + bases[1]! >= -1) {
        judge.watchTouch(ladder.bids.bestPrice, ladder.asks.bestPrice, at);
      }
      if (touches !== undefined) {
        touches.count = found[NOTED]!;
        this.noteTouch(touches);
        found[NOTED] = touches.count;
      }
      if (stops === ALWAYS || (stops === ON_TOUCH && this.touchMoved())) {
        state[NOW] = state[AT] = at;
        judge.count(row - counted, found[MESSAGES]!, found[UNKNOWN]!);
        judge.addChecksums(found[CHECKSUMS]!);
        if (hasIds) {
          judge.sequence.last = lastOf(batch.columns, counted, found[BEGIN]!, judge.sequence.last);
        }
        counted = row;
        found[MESSAGES] = found[CHECKSUMS] = found[UNKNOWN] = 0;
        onMessage!(this, at);
      }
      found[BID_SEEN] = tops[0]!;
      found[ASK_SEEN] = tops[1]!;
      found[BEGIN] = row;
    }
    if (touches !== undefined) touches.count = found[NOTED]!;
    this.mixed = found[MIXED]!;
    ladder.rows = rows + to;
    judge.count(to - counted, found[MESSAGES]!, found[UNKNOWN]!);
    judge.addChecksums(found[CHECKSUMS]!);
    judge.sequence.last = this.plainLast;
    state[NOW] = state[AT] = times[to - 1 - first]!;
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

/**
 * Sets the levels of the rows [from, to) as long as nothing rare comes up; returns the row at which it stopped, or `to`. Alone in its function,
 * and without a call: both cost every row its registers. `found` holds what it counts and why it stopped; see its places.
 */
function runRows(
  { side, price, size, flags }: Columns,
  { window, origin, sizes, bits, words, tops, bases }: Ladder,
  from: number,
  to: number,
  stops: number,
  found: Int32Array,
  bids: Float64Array,
  asks: Float64Array,
): number {
  // The best bid is at or above the best ask when the places of both add up to no less than this.
  const touch = -1 - bases[0]! - bases[1]!;
  const bidBase = origin + bases[0]!;
  const askBase = origin - bases[1]! - 1;
  const bidSeen = found[BID_SEEN]!;
  const askSeen = found[ASK_SEEN]!;
  let mixed = found[MIXED]!;
  let unknown = found[UNKNOWN]!;
  let messages = found[MESSAGES]!;
  let checksums = found[CHECKSUMS]!;
  let noted = found[NOTED]!;
  let begin = found[BEGIN]!;
  let event = NO_EVENT;
  let row = from;
  for (; row < to; row++) {
    const lots = size[row]!;
    const whole = lots | 0;
    const ticks = price[row]!;
    const delta = ticks - origin;
    const steps = delta | 0;
    const sign = side[row]!;
    const mask = sign >> 31;
    const index = mask & 1;
    const place = ((steps ^ mask) - bases[index]!) | 0;
    if (
      (sign ^ mask) - mask !== 1 ||
      whole !== lots ||
      whole < 0 ||
      steps !== delta ||
      place >>> 0 >= window
    ) {
      event = OTHER_ROW;
      break;
    }
    const flag = flags[row]!;
    mixed = (Math.imul(mixed ^ ticks, ROW_FACTOR) + (whole ^ mask ^ (flag << 24))) | 0;
    // The bit of the level is set or cleared without asking which: a branch would be guessed wrong half of the time.
    const slot = index * window + place;
    const word = slot >> 5;
    const bit = 1 << (slot & 31);
    const before = bits[word]!;
    const has = (whole | -whole) >>> 31;
    const after = (before & ~bit) | (bit & -has);
    unknown += (has | ((before >>> (slot & 31)) & 1)) ^ 1;
    sizes[slot] = lots;
    bits[word] = after;
    if (before === 0 || after === 0) {
      const mark = 1 << (word & 31);
      const marks = words[word >> 5]!;
      words[word >> 5] = after === 0 ? marks & ~mark : marks | mark;
    }
    const top = tops[index]!;
    if (place >= top) {
      if (has !== 0) tops[index] = place;
      else if (place === top) {
        event = TOP_GONE;
        found[INDEX] = index;
        found[PLACE] = place;
        break;
      }
    }
    if ((flag & MESSAGE_END) === 0) continue;
    const bid = tops[0]!;
    const ask = tops[1]!;
    if (bid + ask >= touch || stops === ALWAYS) break;
    if (stops === COLLECTS) {
      if ((bid | ask) < 0) break;
      bids[noted] = bidBase + bid;
      asks[noted] = askBase - ask;
      noted += 1;
    } else if (stops === ON_TOUCH && (bid !== bidSeen || ask !== askSeen)) break;
    messages += 1;
    checksums += (flag & CHECKSUM_MATCHED) >>> 4;
    begin = row + 1;
  }
  found[EVENT] = event;
  found[MIXED] = mixed;
  found[UNKNOWN] = unknown;
  found[MESSAGES] = messages;
  found[CHECKSUMS] = checksums;
  found[NOTED] = noted;
  found[BEGIN] = begin;
  return row;
}

/** The last id that is not absent of the messages that start at the rows [from, to]; `before` when there is none. */
function lastOf({ updateId, flags }: Columns, from: number, to: number, before: number): number {
  for (let row = to; row >= from; row--) {
    const starts = row === from || (flags[row - 1]! & MESSAGE_END) !== 0;
    if (starts && !Number.isNaN(updateId[row]!)) return updateId[row]!;
  }
  return before;
}

/** Takes the level of a row and its flags into a chained sum of 32 bits. */
function mixRow(mixed: number, { side, price, size, flags }: Columns, row: number): number {
  const rest = size[row]! ^ (side[row]! >> 31) ^ (flags[row]! << 24);
  return (Math.imul(mixed ^ price[row]!, ROW_FACTOR) + rest) | 0;
}

/** The effective time after a row: see StreamClock. Throws as it does. */
function latest(
  now: number,
  { columns, stream, instrument }: Batch,
  row: number,
  clock: Clock,
): number {
  const [first, second] =
    clock === "recv" ? [columns.tsRecv, columns.tsEvent] : [columns.tsEvent, columns.tsRecv];
  const own = first[row]!;
  const time = Number.isNaN(own) ? second[row]! : own;
  if (!Number.isNaN(time)) return time > now ? time : now;
  throw new IntegrityError(
    `Row seq ${columns.seq[row]} of ${stream} ${instrument.id} has neither tsRecv nor tsEvent`,
    { hints: ["Ingest the recording again: every row needs at least one clock."] },
  );
}
