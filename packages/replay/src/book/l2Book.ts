import {
  ASK,
  BID,
  SNAPSHOT_START,
  micros,
  type Batch,
  type Clock,
  type Instrument,
  type Lots,
  type Micros,
} from "@aftershock/schema";
import { StreamClock } from "../clock/streamClock.ts";
import { StateHash } from "../stateHash.ts";
import type { BookCounts, Gap } from "./bookCounts.ts";
import { checkGrid, hashBook } from "./bookState.ts";
import { BookMessage } from "./bookMessage.ts";
import { BookSide, type Level } from "./bookSide.ts";
import { MessageJudge } from "./messageJudge.ts";
import type { OrderBook } from "./orderBook.ts";
import type { SideReads } from "./sideReads.ts";

/** Called at each end of a message, after it was applied or skipped. `at` is the effective time of its last row, µs. */
export type OnMessage<B = OrderBook> = (book: B, at: Micros) => void;

/** When a handler is called: at each end of a message, or only where the best bid or ask has moved. */
export type Wake = "message" | "touch";

/**
 * An order book by price level (L2), plain: what the fast twin is compared with. It changes by `book` rows only, and only at
 * ends of messages; trades never touch it. Sizes are absolute, so that a level is never the sum of changes. What becomes of each message
 * is MessageJudge's to say.
 */
export class L2Book implements OrderBook {
  readonly instrument: Instrument;
  readonly #clock: StreamClock;
  readonly #bids = new BookSide(BID);
  readonly #asks = new BookSide(ASK);
  readonly #message = new BookMessage();
  readonly #judge: MessageJudge;
  #at: Micros | undefined;

  /** `clock` is the one that message ends and gaps are timed by. */
  constructor(instrument: Instrument, clock: Clock = "recv") {
    this.instrument = instrument;
    this.#clock = new StreamClock(clock);
    this.#judge = new MessageJudge(instrument);
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
    return this.#bids;
  }

  get askSide(): SideReads {
    return this.#asks;
  }

  get bestBid(): Level | undefined {
    return this.#bids.best;
  }

  get bestAsk(): Level | undefined {
    return this.#asks.best;
  }

  bids(depth: number = Number.POSITIVE_INFINITY): readonly Level[] {
    return this.#bids.levels(depth);
  }

  asks(depth: number = Number.POSITIVE_INFINITY): readonly Level[] {
    return this.#asks.levels(depth);
  }

  sizeAt(side: 1 | -1, price: number): Lots {
    return this.#sideOf(side).sizeAt(price);
  }

  get counts(): BookCounts {
    return this.#judge.counts;
  }

  get gaps(): readonly Gap[] {
    return this.#judge.gaps;
  }

  /** Starts counts and gaps anew; the book itself stays as it is. */
  resetCounts(): void {
    this.#judge.reset();
  }

  /**
   * Takes the rows [from, to) of a batch, the next ones of the recording. A message may go on in the next call.
   * `times`: the effective times of all rows of the batch, µs, ascending, where the caller knows them; they are not computed again then.
   * Throws IntegrityError when the batch is of another instrument or price grid, or holds a value that no loader may write.
   */
  apply(
    batch: Batch<"book">,
    from: number,
    to: number,
    onMessage?: OnMessage<L2Book>,
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
    const verdict = this.#judge.judge(this.#message, at);
    if (verdict === "skip") return;
    if (verdict !== "apply") {
      this.#bids.clear();
      this.#asks.clear();
    }
    if (verdict !== "clear") {
      this.#message.eachLevel((side, price, size) => {
        const known = this.#sideOf(side).set(price, size);
        if (!known) this.#judge.tally.unknownDeletes += 1;
      });
    }
    this.#judge.watchTouch(this.#bids.bestPrice, this.#asks.bestPrice, at);
  }

  get digest(): string {
    const hash = new StateHash();
    this.mixInto(hash);
    return hash.hex;
  }

  /** Takes the whole state into a hash. */
  mixInto(hash: StateHash): void {
    hashBook(hash, this, this.#judge, this.#message);
  }

  #sideOf(side: number): BookSide {
    return side === BID ? this.#bids : this.#asks;
  }
}
