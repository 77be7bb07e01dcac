import {
  MESSAGE_END,
  type Batch,
  type Clock,
  type EventStream,
  type StreamName,
  type StreamStart,
} from "@aftershock/schema";
import { FastL2Book } from "./book/l2Book.fast.ts";
import type { OnMessage, Wake } from "./book/l2Book.ts";
import type { OrdersBook, OrdersStart } from "./book/ordersBook.ts";
import { countClockRegressions } from "./clock/streamClock.ts";
import {
  applyRows,
  type BookBatch,
  type BookListener,
  bookOf,
  isBookBatch,
  keepsStates,
  type ReplayedBook,
} from "./replayedBook.ts";
import { isBatchOf } from "./isBatchOf.ts";
import type { OnTouch, RowsHandler } from "./replayOptions.ts";
import type { ReplayedStream } from "./replayResult.ts";
import { RowHash } from "./rowHash.fast.ts";
import type { StateHash } from "./stateHash.ts";
import { TouchesAhead } from "./touchesAhead.fast.ts";
import { TouchHash } from "./touchHash.fast.ts";

type RowsHandlers = { readonly [S in StreamName]?: RowsHandler<S> };

function handOver<S extends StreamName>(
  handlers: RowsHandlers,
  batch: Batch<S>,
  from: number,
  to: number,
  times: Float64Array,
): void {
  const handler: RowsHandlers[S] = handlers[batch.stream];
  handler?.(batch, from, to, times);
}

/** The row after the end of the message that holds row `from`, but at most `to`. */
function endOfMessage({ columns }: BookBatch, from: number, to: number): number {
  let row = from;
  while (row < to - 1 && ((columns.flags[row] ?? 0) & MESSAGE_END) === 0) row += 1;
  return row + 1;
}

/** What a study hears of a source. */
export interface SourceSinks {
  readonly on: RowsHandlers;
  readonly onBook: OnMessage | undefined;
  readonly onOrders: OnMessage<OrdersBook> | undefined;
  readonly onTouch: OnTouch | undefined;
  readonly wake: Wake;
}

/** Where a source stands in its replay. */
interface SourcePlace {
  /** Its place in the list that is replayed. */
  readonly source: number;
  readonly clock: Clock;
  readonly start: StreamStart | undefined;
  readonly ordersStart: OrdersStart | undefined;
  /** First effective time that is no longer replayed, µs. */
  readonly end: number;
  /** Whether somebody sees the books between messages. */
  readonly showsBooks: boolean;
}

/** Rows of one batch that were played. */
interface Played {
  readonly batch: Batch;
  readonly times: Float64Array;
  readonly from: number;
  to: number;
}

/** One stream within one replay: its book if it has one, its counts, and its share of the hash. */
export class ReplayedSource {
  /** The book, when this is a stream of a book or of orders. */
  readonly book: ReplayedBook | undefined;
  /** Whether a study hears anything of the stream. */
  readonly isHeard: boolean;
  readonly #stream: EventStream;
  readonly #clock: Clock;
  readonly #on: RowsHandlers;
  readonly #hearsRows: boolean;
  readonly #hearsMessages: boolean;
  readonly #listener: BookListener;
  readonly #rows: RowHash;
  readonly #touch = new TouchHash();
  /** Where nobody sees the book itself but its best prices are told at each message. */
  readonly #ahead: TouchesAhead | undefined;
  /** What was played of the batch in hand: counted and hashed at once when it is through. */
  #played: Played | undefined;
  /** Batches of the stream so far, those before its start too. */
  #batches = 0;
  readonly #kept: Promise<void>[] = [];
  readonly #keepsStates: boolean;
  #isLive = false;
  #events = 0;
  #regressions = 0;
  /** By place 0 and 1: the effective times of the first and the last event, µs. */
  readonly #span = Float64Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);

  constructor(stream: EventStream, place: SourcePlace, sinks: SourceSinks) {
    const { source, clock, start, ordersStart, end, showsBooks } = place;
    this.#stream = stream;
    this.#clock = clock;
    this.book = bookOf(stream, clock, ordersStart);
    this.#keepsStates = keepsStates(stream.stream, ordersStart);
    if (start?.state !== undefined) this.book?.restore(start.state);
    this.#batches = start?.skipped.batches ?? 0;
    this.#rows = new RowHash(stream.stream);
    const { on, onBook, onOrders, onTouch, wake } = sinks;
    this.#on = on;
    this.#hearsRows = on[stream.stream] !== undefined;
    const hearsBook = (stream.stream === "book" ? onBook : onOrders) !== undefined;
    this.#hearsMessages = this.book !== undefined && (hearsBook || onTouch !== undefined);
    this.isHeard = this.#hearsRows || this.#hearsMessages;
    const touch = this.#touch;
    if (this.book instanceof FastL2Book && onTouch !== undefined && !hearsBook && !showsBooks) {
      this.#ahead = new TouchesAhead({ book: this.book, hash: touch, onTouch, wake, source, end });
    }
    // The hash is content with moves of the best prices; only a study that hears every message costs every message a call.
    this.#listener = {
      wake: this.#hearsMessages ? wake : "touch",
      onBook: (book, at) => {
        touch.take(book, at);
        onBook?.(book, at);
        onTouch?.(book.bidSide.bestPrice, book.askSide.bestPrice, at, source);
      },
      onOrders: (book, at) => {
        touch.take(book, at);
        onOrders?.(book, at);
        onTouch?.(book.bidSide.bestPrice, book.askSide.bestPrice, at, source);
      },
    };
  }

  /** How many events there were so far. */
  get events(): number {
    const inHand = this.#played;
    return this.#events + (inHand === undefined ? 0 : inHand.to - inHand.from);
  }

  /** The effective time of the first event of the batches that are through, µs; Infinity when there was none. */
  get firstAt(): number {
    return this.#span[0] ?? Number.NaN;
  }

  /** The effective time of the last event of the batches that are through, µs; -Infinity when there was none. */
  get lastAt(): number {
    return this.#span[1] ?? Number.NaN;
  }

  /** A batch is through: takes the state of the book for later readers, where they want it. */
  endBatch(): void {
    this.#settle();
    this.#batches += 1;
    const { seekable } = this.#stream;
    if (this.book === undefined || !this.#keepsStates) return;
    if (seekable?.wants(this.#batches, this.#clock) !== true) return;
    this.#kept.push(seekable.keep(this.#batches, this.#clock, this.book.encode()));
  }

  /** Waits until what `endBatch` took has been kept. */
  async keepStates(): Promise<void> {
    if (this.#kept.length > 0) await Promise.all(this.#kept.splice(0));
  }

  /** Applies rows from before the window: only the book sees them. Returns how many it was. */
  warmUp(batch: Batch, from: number, to: number, times: Float64Array): number {
    if (this.book === undefined || !isBookBatch(batch)) return 0;
    applyRows(this.book, batch, from, to, times);
    return to - from;
  }

  /** The window begins for this source: its book counts anew. Does nothing when it has begun. */
  endWarmUp(): void {
    if (!this.#isLive) this.book?.resetCounts();
    this.#isLive = true;
  }

  /** Replays the rows [from, to) inside the window. `times` are the effective times of all rows of the batch, µs. */
  play(batch: Batch, from: number, to: number, times: Float64Array): void {
    this.begin(batch, from, to, times)?.tell(from, to, times);
  }

  /** As `play`, but for the best prices that are still to be told: of what is returned, if anything. */
  begin(batch: Batch, from: number, to: number, times: Float64Array): TouchesAhead | undefined {
    if (this.#played?.batch === batch) this.#played.to = to;
    else {
      this.endWarmUp();
      this.#settle();
      this.#played = { batch, times, from, to };
    }
    const { book } = this;
    // The way of most rows, as short as it can be.
    if (this.#ahead !== undefined && !this.#hearsRows) {
      this.#ahead.enter(batch, from, times);
      return this.#ahead;
    }
    if (book === undefined || !isBookBatch(batch)) handOver(this.#on, batch, from, to, times);
    else if (!this.#hearsRows) this.#apply(book, batch, from, to, times);
    else this.#playRows(book, batch, from, to, times);
    return undefined;
  }

  /** Hands rows of a book over before they are applied. */
  #playRows(
    book: ReplayedBook,
    batch: BookBatch,
    first: number,
    end: number,
    times: Float64Array,
  ): void {
    let from = first;
    while (from < end) {
      // Who hears both rows and messages must hear them in one order, wherever batches are cut: message by message.
      const to = this.#hearsMessages ? endOfMessage(batch, from, end) : end;
      handOver(this.#on, batch, from, to, times);
      this.#apply(book, batch, from, to, times);
      from = to;
    }
  }

  #apply(
    book: ReplayedBook,
    batch: BookBatch,
    from: number,
    to: number,
    times: Float64Array,
  ): void {
    if (this.#ahead !== undefined) {
      this.#ahead.enter(batch, from, times);
      this.#ahead.tell(from, to, times);
    } else if (!this.#hearsMessages && book instanceof FastL2Book && isBatchOf(batch, "book")) {
      book.applyTouching(batch, from, to, (runs) => this.#touch.takeRuns(runs, book), times);
    } else applyRows(book, batch, from, to, times, this.#listener);
  }

  /** Counts and hashes what was played of the batch in hand. */
  #settle(): void {
    if (this.#played === undefined) return;
    const { batch, from, to, times } = this.#played;
    this.#played = undefined;
    this.#events += to - from;
    this.#span[0] = Math.min(this.firstAt, times[from] ?? Number.NaN);
    this.#span[1] = Math.max(this.lastAt, times[to - 1] ?? Number.NaN);
    this.#regressions += countClockRegressions(batch, times, { from, to }, this.#clock);
    if (this.book === undefined) this.#rows.take(batch, from, to, times);
  }

  /**
   * Takes the source's share into the hash: what names the stream (the same ticks of another grid are other prices), all rows that came, and
   * the book at its last state.
   */
  hashInto(hash: StateHash): void {
    this.#settle();
    const { id, tick, lot } = this.#stream.instrument;
    hash.mixText(this.#stream.stream);
    hash.mixText(id);
    for (const part of [tick.mantissa, tick.decimals, lot.mantissa, lot.decimals]) hash.mix(part);
    hash.mix(this.#events);
    this.#rows.mixInto(hash);
    if (this.book === undefined) return;
    this.#touch.mixInto(hash);
    hash.mix(this.book.messages);
    hash.mix(this.book.rowsMixed);
    this.book.mixInto(hash);
  }

  /** What the stream was and gave. */
  get summary(): ReplayedStream {
    const { stream, instrument, simulated } = this.#stream;
    const base = { stream, instrument: instrument.id, simulated };
    const counts = { events: this.#events, clockRegressions: this.#regressions };
    return { ...base, ...counts, ...(this.book === undefined ? {} : { book: this.book.counts }) };
  }
}
