import {
  MESSAGE_END,
  type Batch,
  type Clock,
  type EventStream,
  type StreamName,
} from "@aftershock/schema";
import { FastL2Book } from "./book/l2Book.fast.ts";
import type { OnMessage } from "./book/l2Book.ts";
import type { OrderBook } from "./book/orderBook.ts";
import { countClockRegressions } from "./clock/streamClock.ts";
import type { Run } from "./clock/runMerger.ts";
import { isBatchOf } from "./isBatchOf.ts";
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
function endOfMessage({ columns }: Batch<"book">, from: number, to: number): number {
  let row = from;
  while (row < to - 1 && ((columns.flags[row] ?? 0) & MESSAGE_END) === 0) row += 1;
  return row + 1;
}

/** What a source of a replay tells and takes. */
export interface SourceSinks {
  readonly hash: StateHash;
  readonly on: RowsHandlers;
  readonly onBook: OnMessage | undefined;
}

/** One stream within one replay: its book if it has one, its counts, and its share of the hash. */
export class ReplayedSource {
  /** The book, when this is a book stream. */
  readonly book: FastL2Book | undefined;
  readonly #stream: EventStream;
  readonly #place: number;
  readonly #clock: Clock;
  readonly #sinks: SourceSinks;
  readonly #onMessage: OnMessage;
  #events = 0;
  #regressions = 0;

  /** `place` is that of the stream among events of one instant. */
  constructor(stream: EventStream, place: number, clock: Clock, sinks: SourceSinks) {
    this.#stream = stream;
    this.#place = place;
    this.#clock = clock;
    this.#sinks = sinks;
    this.book = stream.stream === "book" ? new FastL2Book(stream.instrument, clock) : undefined;
    this.#onMessage = (book, at) => {
      this.#hashTouch(book, at);
      sinks.onBook?.(book, at);
    };
  }

  get events(): number {
    return this.#events;
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
  warmUp({ batch, from, to, times }: Run): number {
    if (this.book === undefined || !isBatchOf(batch, "book")) return 0;
    this.book.apply(batch, from, to, undefined, times);
    return to - from;
  }

  /** Replays rows inside the window. */
  play(run: Run): void {
    const { batch, from, to, times } = run;
    this.#events += to - from;
    this.#regressions += countClockRegressions(batch, times, run, this.#clock);
    if (this.book !== undefined && isBatchOf(batch, "book")) {
      this.#playBook(this.book, batch, run);
    } else {
      handOver(this.#sinks.on, batch, run);
      hashRows(this.#sinks.hash, this.#place, run);
    }
  }

  #playBook(book: FastL2Book, batch: Batch<"book">, run: Run): void {
    const { on, onBook } = this.#sinks;
    // Who hears both rows and messages must hear them in one order, wherever batches are cut: message by message.
    const byMessage = on.book !== undefined && onBook !== undefined;
    let from = run.from;
    while (from < run.to) {
      const to = byMessage ? endOfMessage(batch, from, run.to) : run.to;
      handOver(on, batch, { ...run, from, to });
      book.apply(batch, from, to, this.#onMessage, run.times);
      from = to;
    }
  }

  #hashTouch(book: OrderBook, at: number): void {
    const { hash } = this.#sinks;
    hash.mix(this.#place);
    hash.mix(at);
    hash.mix(Number(book.valid));
    for (const level of [book.bestBid, book.bestAsk]) {
      hash.mix(level?.price ?? Number.NaN);
      hash.mix(level?.size ?? Number.NaN);
    }
  }

  /** What the stream was and gave. */
  get summary(): ReplayedStream {
    const { stream, instrument, simulated } = this.#stream;
    const base = { stream, instrument: instrument.id, simulated };
    const counts = { events: this.#events, clockRegressions: this.#regressions };
    return { ...base, ...counts, ...(this.book === undefined ? {} : { book: this.book.counts }) };
  }
}
