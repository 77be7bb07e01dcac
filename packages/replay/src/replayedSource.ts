import {
  MESSAGE_END,
  type Batch,
  type Clock,
  type EventStream,
  type StreamName,
  type StreamStart,
} from "@aftershock/schema";
import type { OnMessage, Wake } from "./book/l2Book.ts";
import type { OrdersBook, OrdersStart } from "./book/ordersBook.ts";
import { countClockRegressions } from "./clock/streamClock.ts";
import type { Run } from "./clock/runMerger.ts";
import {
  applyRows,
  type BookBatch,
  type BookListener,
  bookOf,
  isBookBatch,
  type ReplayedBook,
} from "./replayedBook.ts";
import type { RowsHandler } from "./replayOptions.ts";
import type { ReplayedStream } from "./replayResult.ts";
import { hashRows } from "./rowHash.ts";
import type { StateHash } from "./stateHash.ts";

type RowsHandlers = { readonly [S in StreamName]?: RowsHandler<S> };

function handOver<S extends StreamName>(handlers: RowsHandlers, batch: Batch<S>, run: Run): void {
  const handler: RowsHandlers[S] = handlers[batch.stream];
  handler?.(batch, run.from, run.to, run.times);
}

/** The row after the end of the message that holds row `from`, but at most `to`. */
function endOfMessage({ columns }: BookBatch, from: number, to: number): number {
  let row = from;
  while (row < to - 1 && ((columns.flags[row] ?? 0) & MESSAGE_END) === 0) row += 1;
  return row + 1;
}

/** What a source of a replay tells and takes. */
export interface SourceSinks {
  readonly hash: StateHash;
  readonly on: RowsHandlers;
  readonly onBook: OnMessage | undefined;
  readonly onOrders: OnMessage<OrdersBook> | undefined;
  readonly wake: Wake;
}

/** Where a source stands in its replay. */
interface SourcePlace {
  readonly place: number;
  readonly clock: Clock;
  readonly start: StreamStart | undefined;
  readonly ordersStart: OrdersStart | undefined;
}

/** One stream within one replay: its book if it has one, its counts, and its share of the hash. */
export class ReplayedSource {
  /** The book, when this is a stream of a book or of orders. */
  readonly book: ReplayedBook | undefined;
  readonly #stream: EventStream;
  readonly #place: number;
  readonly #clock: Clock;
  readonly #sinks: SourceSinks;
  /** Whether a study hears of ends of messages. */
  readonly #isHeard: boolean;
  readonly #listener: BookListener;
  /** Best bid and ask, ticks, as the hash took them last; NaN for none. */
  readonly #touch = Float64Array.of(Number.NaN, Number.NaN);
  /** Batches of the stream so far, those before its start too. */
  #batches = 0;
  readonly #kept: Promise<void>[] = [];
  #events = 0;
  #regressions = 0;

  /** `place` is that of the stream among events of one instant, `start` where it is read from, if not from its start. */
  constructor(stream: EventStream, own: SourcePlace, sinks: SourceSinks) {
    const { place, clock, start } = own;
    this.#stream = stream;
    this.#place = place;
    this.#clock = clock;
    this.#sinks = sinks;
    this.book = bookOf(stream, clock, own.ordersStart);
    if (start?.state !== undefined) this.book?.restore(start.state);
    this.#batches = start?.skipped.batches ?? 0;
    const { onBook, onOrders } = sinks;
    this.#isHeard = (stream.stream === "book" ? onBook : onOrders) !== undefined;
    this.#listener = {
      // The hash is content with moves of the best prices; only a study that hears every message costs every message a call.
      wake: this.#isHeard ? sinks.wake : "touch",
      onBook: (book, at) => {
        this.#hashTouch(book, at);
        onBook?.(book, at);
      },
      onOrders: (book, at) => {
        this.#hashTouch(book, at);
        onOrders?.(book, at);
      },
    };
  }

  /** A batch is through: takes the state of the book for later readers, where they want it. */
  endBatch(): void {
    this.#batches += 1;
    const { seekable } = this.#stream;
    if (this.book === undefined || seekable?.wants(this.#batches, this.#clock) !== true) return;
    this.#kept.push(seekable.keep(this.#batches, this.#clock, this.book.encode()));
  }

  /** Waits until what `endBatch` took has been kept. */
  async keepStates(): Promise<void> {
    await Promise.all(this.#kept.splice(0));
  }

  /** Takes what names the stream into the hash: the same ticks of another grid are other prices. */
  hashHead(): void {
    const { hash } = this.#sinks;
    const { id, tick, lot } = this.#stream.instrument;
    hash.mixText(this.#stream.stream);
    hash.mixText(id);
    for (const part of [tick.mantissa, tick.decimals, lot.mantissa, lot.decimals]) hash.mix(part);
  }

  /** Applies rows from before the window: only the book sees them. Returns how many it was. */
  warmUp({ batch, ...rows }: Run): number {
    if (this.book === undefined || !isBookBatch(batch)) return 0;
    applyRows(this.book, batch, rows);
    return rows.to - rows.from;
  }

  /** Replays rows inside the window. */
  play(run: Run): void {
    const { batch, from, to, times } = run;
    this.#events += to - from;
    this.#regressions += countClockRegressions(batch, times, run, this.#clock);
    if (this.book !== undefined && isBookBatch(batch)) this.#playBook(this.book, batch, run);
    else {
      handOver(this.#sinks.on, batch, run);
      hashRows(this.#sinks.hash, this.#place, run);
    }
  }

  #playBook(book: ReplayedBook, batch: BookBatch, run: Run): void {
    const { on } = this.#sinks;
    // Who hears both rows and messages must hear them in one order, wherever batches are cut: message by message.
    const byMessage = this.#isHeard && on[batch.stream] !== undefined;
    let from = run.from;
    while (from < run.to) {
      const to = byMessage ? endOfMessage(batch, from, run.to) : run.to;
      handOver(on, batch, { ...run, from, to });
      applyRows(book, batch, { from, to, times: run.times }, this.#listener);
      from = to;
    }
  }

  /** Takes the best bid and ask into the hash when one of them is at another price, with how many messages there were so far. */
  #hashTouch({ valid, bidSide, askSide, messages }: ReplayedBook, at: number): void {
    const { bestPrice: bid, bestSize: bidSize } = bidSide;
    const { bestPrice: ask, bestSize: askSize } = askSide;
    const touch = this.#touch;
    if (Object.is(touch[0], bid) && Object.is(touch[1], ask)) return;
    touch[0] = bid;
    touch[1] = ask;
    const { hash } = this.#sinks;
    hash.mix(this.#place);
    hash.mix(messages);
    hash.mix(at);
    hash.mix(Number(valid));
    hash.mix(bid);
    hash.mix(bidSize);
    hash.mix(ask);
    hash.mix(askSize);
  }

  /** Ends the source's share of the hash: all rows that came, and the book at its last state. */
  hashEnd(): void {
    if (this.book === undefined) return;
    this.#sinks.hash.mix(this.book.messages);
    this.#sinks.hash.mix(this.book.rowsMixed);
    this.book.mixInto(this.#sinks.hash);
  }

  /** What the stream was and gave. */
  get summary(): ReplayedStream {
    const { stream, instrument, simulated } = this.#stream;
    const base = { stream, instrument: instrument.id, simulated };
    const counts = { events: this.#events, clockRegressions: this.#regressions };
    return { ...base, ...counts, ...(this.book === undefined ? {} : { book: this.book.counts }) };
  }
}
