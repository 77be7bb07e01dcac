/**
 * An order book by price level (L2), fast: what replays build. Plain twin: `L2Book`. Benchmark: test/bench/books.ts.
 *
 * A message that lies within the rows given, follows on the one before it and carries no more than levels is applied straight from
 * the columns by L2Taker; every other (snapshots, messages that a batch cuts, gaps, lost rows, failed checksums) goes through BookMessage and
 * MessageJudge as in the twin. Layout of the levels: see Ladder.
 */
import {
  type Batch,
  type Clock,
  type Instrument,
  type Lots,
  type Micros,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { StateHash } from "../stateHash.ts";
import type { BookCounts, Gap } from "./bookCounts.ts";
import { BookMessage } from "./bookMessage.ts";
import type { Level } from "./bookSide.ts";
import { checkGrid, hashBook } from "./bookState.ts";
import { type Ladder, type LadderReads, WINDOW } from "./ladder.fast.ts";
import type { OnMessage, Wake } from "./l2Book.ts";
import { latest } from "./l2Rows.fast.ts";
import { AT, L2Taker, type Listener, NOW } from "./l2Taker.fast.ts";
import { MessageJudge } from "./messageJudge.ts";
import type { OrderBook } from "./orderBook.ts";
import type { OnTouchRuns } from "./touchRuns.fast.ts";

export class FastL2Book implements OrderBook {
  readonly instrument: Instrument;
  private readonly clock: Clock;
  private readonly ladder: Ladder;
  private readonly message = new BookMessage();
  private readonly judge: MessageJudge;
  private readonly taker: L2Taker<FastL2Book>;
  /** See L2Taker. */
  private readonly state: Float64Array;
  /** The batch in hand. */
  private batch: Batch | undefined;
  /** Whether the book was valid at the last message end that was not plain. */
  private validSeen = false;

  /** `clock` is the one that message ends and gaps are timed by; `window` as of `Ladder`. */
  constructor(instrument: Instrument, clock: Clock = "recv", window: number = WINDOW) {
    this.instrument = instrument;
    this.clock = clock;
    this.judge = new MessageJudge(instrument);
    this.taker = new L2Taker<FastL2Book>(this, this.judge, clock, window);
    this.ladder = this.taker.ladder;
    this.state = this.taker.state;
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
    return this.taker.mixed;
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
    this.taker.resetMixed();
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
    const open: number[] = [];
    this.message.encode(open);
    const { bids, asks } = this.ladder;
    // In memory of the right length at once: it is as much as the whole book.
    const values = new Float64Array(8 + 2 * (bids.depth + asks.depth) + open.length);
    values.set(this.judge.encode());
    values.set(this.state, 4);
    let at = 6;
    for (const side of [bids, asks]) {
      values[at] = side.depth;
      at += 1;
      for (let price = side.bestPrice; !Number.isNaN(price); price = side.priceAfter(price)) {
        values[at] = price;
        values[at + 1] = side.sizeAt(price);
        at += 2;
      }
    }
    values.set(open, at);
    return values;
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
    this.taker.forget();
  }

  /**
   * As of `L2Book`, with the best bid and ask at message ends written into columns, of which the handler hears now and then: for who
   * looks at nothing else, several times as fast.
   */
  applyTouching(
    batch: Batch<"book">,
    from: number,
    to: number,
    onTouches: OnTouchRuns,
    times?: Float64Array,
  ): void {
    this.take(batch, from, to, { onTouches }, times);
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
    listener: Listener<FastL2Book>,
    times: Float64Array | undefined,
  ): void {
    if (batch !== this.batch) {
      checkGrid(this.instrument, batch.instrument);
      this.batch = batch;
      this.taker.forget();
    }
    let row = from;
    if (this.message.rows > 0) row = this.takeSlowly(batch, row, to, listener);
    while (row < to) {
      const end = this.valid ? this.taker.take(batch, row, to, listener, times) : row;
      if (end > row) {
        row = end;
        continue;
      }
      row = this.takeSlowly(batch, row, to, listener);
      this.taker.forget();
    }
  }

  /** Takes one message, or what there is of it, row by row; returns the row after it. */
  private takeSlowly(
    batch: Batch<"book">,
    from: number,
    to: number,
    { onMessage, wake, onTouches }: Listener<FastL2Book>,
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
      this.taker.mixRow(batch, row);
      if (!message.take(batch, row)) continue;
      const at = state[NOW] as Micros;
      this.settle(at);
      message.clear();
      state[AT] = at;
      if (onTouches !== undefined) this.taker.tellTouch(onTouches, at);
      const wasValid = this.validSeen;
      this.validSeen = this.valid;
      if (wake === "message" || this.taker.touchMoved() || wasValid !== this.validSeen)
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
    if (verdict === "replace") this.load();
    if (verdict === "apply") {
      message.eachLevel((side, price, size) => {
        if (!ladder.set(side as 1 | -1, price, size)) judge.tally.unknownDeletes += 1;
      });
    }
    judge.watchTouch(ladder.bids.bestPrice, ladder.asks.bestPrice, at);
  }
  /** Fills the empty ladder with the levels of a snapshot, its windows about the best of them. */
  private load(): void {
    const { ladder, message, judge } = this;
    let [bid, ask] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    message.eachLevel((side, price, size) => {
      if (size === 0) return;
      if (side === 1) bid = Math.max(bid, price);
      else ask = Math.min(ask, price);
    });
    if (Number.isFinite(bid)) ladder.startAt(1, bid);
    if (Number.isFinite(ask)) ladder.startAt(-1, ask);
    message.eachLevel((side, price, size) => {
      if (!ladder.load(side as 1 | -1, price, size)) judge.tally.unknownDeletes += 1;
    });
  }
}
