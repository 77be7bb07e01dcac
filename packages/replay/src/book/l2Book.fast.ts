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

/** Why the inner loop of FastL2Book was left. */
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
    checkGrid(this.instrument, batch.instrument);
    let row = from;
    if (this.message.rows > 0) row = this.takeSlowly(batch, row, to, onMessage, wake);
    while (row < to) {
      if (this.valid) {
        const block = Math.min(to, row + BLOCK_ROWS);
        const known = times ?? this.timesOf(batch, row, block);
        const first = times === undefined ? row : 0;
        const end = this.plainTo(batch.columns, row, block);
        if (end > row) this.takePlainly(batch, row, end, onMessage, known, first, wake);
        row = end;
        if (end === block) continue;
      }
      if (row < to) row = this.takeSlowly(batch, row, to, onMessage, wake);
    }
  }

  /** Takes one message, or what there is of it, row by row; returns the row after it. */
  private takeSlowly(
    batch: Batch<"book">,
    from: number,
    to: number,
    onMessage: OnMessage<FastL2Book> | undefined,
    wake: Wake,
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

  /** The effective times of the rows [from, to), from index 0; valid until the next call. The clock itself stays where it is. */
  private timesOf(batch: Batch<"book">, from: number, to: number): Float64Array {
    const { times, clock } = this;
    const { columns } = batch;
    const own = clock === "recv" ? columns.tsRecv : columns.tsEvent;
    let now = this.state[NOW]!;
    for (let row = from; row < to; row++) {
      const time = own[row]!;
      if (time > now) now = time;
      else if (!(time <= now)) now = latest(now, batch, row, clock);
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
    onMessage: OnMessage<FastL2Book> | undefined,
    times: Float64Array,
    first: number,
    wake: Wake,
  ): void {
    const { side, price, size, flags, updateId } = batch.columns;
    const { judge, ladder, state } = this;
    const { window, sizes, bits, words, tops, bases } = ladder;
    const rows = ladder.rows - from;
    const hasIds = !isAbsentColumn(updateId);
    const wakesAlways = onMessage !== undefined && wake === "message";
    const wakesOnTouch = onMessage !== undefined && wake === "touch";
    let { origin } = ladder;
    // The best bid is at or above the best ask when the places of both add up to no less than this.
    let touch = -1 - bases[0]! - bases[1]!;
    let doubt = ladder.doubt || judge.isTouching;
    // Where the best levels stood when the handler was called last; NONE where that is to be found out.
    let bidSeen = NONE;
    let askSeen = NONE;
    let messages = 0;
    let checksums = 0;
    let unknown = 0;
    let { mixed } = this;
    let counted = from;
    let begin = from;
    let row = from;
    while (row < to) {
      // What is rare is done behind the inner loop: a call within it would cost every row its registers.
      let event = NO_EVENT;
      let index = 0;
      let place = 0;
      for (; row < to; row++) {
        const lots = size[row]!;
        const whole = lots | 0;
        const delta = price[row]! - origin;
        const steps = delta | 0;
        const sign = side[row]!;
        const mask = sign >> 31;
        index = mask & 1;
        place = ((steps ^ mask) - bases[index]!) | 0;
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
        mixed = (Math.imul(mixed ^ price[row]!, ROW_FACTOR) + (whole ^ mask ^ (flag << 24))) | 0;
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
            break;
          }
        }
        if ((flag & MESSAGE_END) === 0) continue;
        const bid = tops[0]!;
        const ask = tops[1]!;
        if (wakesAlways || bid + ask >= touch || doubt) break;
        if (wakesOnTouch && (bid !== bidSeen || ask !== askSeen)) break;
        messages += 1;
        checksums += (flag & CHECKSUM_MATCHED) >>> 4;
        begin = row + 1;
      }
      if (row === to) break;
      if (event === TOP_GONE) ladder.lowerTop(index, place);
      else if (event === OTHER_ROW) {
        checkBookRow(batch, row);
        ladder.rows = rows + row;
        mixed = mixRow(mixed, batch.columns, row);
        const sign = side[row]!;
        if (sign !== 0 && !ladder.set(sign as 1 | -1, price[row]!, size[row]!)) unknown += 1;
        origin = ladder.origin;
        touch = -1 - bases[0]! - bases[1]!;
        bidSeen = NONE;
      }
      const flag = flags[row]!;
      row += 1;
      if ((flag & MESSAGE_END) !== 0) {
        messages += 1;
        checksums += (flag & CHECKSUM_MATCHED) >>> 4;
        const at = times[row - 1 - first] as Micros;
        if (tops[0]! + tops[1]! >= touch || doubt || ladder.doubt) {
          judge.watchTouch(ladder.bids.bestPrice, ladder.asks.bestPrice, at);
        }
        if (wakesAlways || (wakesOnTouch && this.touchMoved())) {
          state[NOW] = state[AT] = at;
          judge.count(row - counted, messages, unknown);
          judge.addChecksums(checksums);
          if (hasIds)
            judge.sequence.last = lastOf(batch.columns, counted, begin, judge.sequence.last);
          counted = row;
          messages = checksums = unknown = 0;
          onMessage(this, at);
        }
        bidSeen = tops[0]!;
        askSeen = tops[1]!;
        begin = row;
      }
      doubt = ladder.doubt || judge.isTouching;
    }
    this.mixed = mixed;
    ladder.rows = rows + to;
    judge.count(to - counted, messages, unknown);
    judge.addChecksums(checksums);
    judge.sequence.last = this.plainLast;
    state[NOW] = state[AT] = times[to - 1 - first]!;
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
