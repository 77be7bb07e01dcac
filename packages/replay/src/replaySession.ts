import {
  ConfigError,
  micros,
  type EventStream,
  type Micros,
  type StreamStart,
} from "@aftershock/schema";
import type { BookCounts, Gap } from "./book/bookCounts.ts";
import { type OrderCounts, unknownOrders } from "./book/orderCounts.ts";
import { firstRowAt } from "./clock/firstRowAt.ts";
import type { Run } from "./clock/runMerger.ts";
import { streamOrder } from "./clock/streamOrder.ts";
import { IntervalClock } from "./intervalClock.ts";
import type { ReplayedBook } from "./replayedBook.ts";
import { ReplayedSource } from "./replayedSource.ts";
import type { ReplayOptions } from "./replayOptions.ts";
import type { ReplayResult } from "./replayResult.ts";
import { TimerClock } from "./timerClock.ts";
import { StateHash } from "./stateHash.ts";

/** The state of one replay: takes runs in total order, and gives the result when there are no more. */
export class ReplaySession {
  readonly #options: ReplayOptions;
  readonly #hash = new StateHash();
  readonly #sources: readonly ReplayedSource[];
  /** The sources in the order of their places: the order in which the hash takes them, whatever order they were given in. */
  readonly #byPlace: readonly ReplayedSource[];
  readonly #books: readonly ReplayedBook[];
  readonly #intervals: IntervalClock | undefined;
  readonly #timer: TimerClock | undefined;
  #warmUpEvents = 0;
  #events = 0;
  #from: Micros | undefined;
  #to: Micros | undefined;

  /** Throws ConfigError when a stream is given twice or the interval is not possible. */
  constructor(
    streams: readonly EventStream[],
    options: ReplayOptions,
    starts: readonly (StreamStart | undefined)[] = [],
  ) {
    this.#options = options;
    const { clock = "recv", ordersStart, handlers = {} } = options;
    const { on = {}, onBook, onOrders, wake = "message" } = handlers;
    const sinks = { hash: this.#hash, on, onBook, onOrders, wake };
    const places = streamOrder(streams);
    const placed = streams.map((stream, source) => {
      const place = places[source] ?? 0;
      const own = { place, clock, ordersStart, start: starts[source] };
      return { place, replayed: new ReplayedSource(stream, own, sinks) };
    });
    this.#warmUpEvents = starts.reduce((sum, start, source) => {
      return sum + (placed[source]?.replayed.book === undefined ? 0 : (start?.skipped.rows ?? 0));
    }, 0);
    this.#sources = placed.map(({ replayed }) => replayed);
    this.#byPlace = placed.toSorted((a, b) => a.place - b.place).map(({ replayed }) => replayed);
    this.#books = this.#sources.flatMap(({ book }) => book ?? []);
    const { interval, timer } = handlers;
    this.#intervals = interval && new IntervalClock(interval, this.#books);
    this.#timer = timer && new TimerClock(timer, this.#books);
    for (const source of this.#byPlace) source.hashHead();
  }

  /** Takes the next run. */
  take(run: Run): void {
    const source = this.#sources[run.source];
    if (source === undefined) throw new ConfigError(`There is no stream ${run.source}`);
    const start = this.#options.from ?? Number.NEGATIVE_INFINITY;
    const live = firstRowAt(run.times, run.from, run.to, start);
    if (live > run.from) this.#warmUpEvents += source.warmUp({ ...run, to: live });
    if (live < run.to) this.#play(source, { ...run, from: live });
    if (run.to < run.batch.length) return;
    source.endBatch();
    this.#reportProgress(run);
  }

  /** Waits until the states that the sources want kept have been. */
  async keepStates(): Promise<void> {
    for (const source of this.#sources) await source.keepStates();
  }

  #play(source: ReplayedSource, run: Run): void {
    const first = run.times[run.from] ?? Number.NaN;
    if (this.#from === undefined) {
      this.#endWarmUp();
      this.#from = micros(first);
    }
    let from = run.from;
    while (from < run.to) {
      const at = run.times[from] ?? Number.NaN;
      // An interval is over before a timer of its end rings.
      const end = this.#intervals?.advance(at) ?? Number.POSITIVE_INFINITY;
      const ring = this.#timer?.advance(at) ?? Number.POSITIVE_INFINITY;
      const stop = Math.min(end, ring);
      const to =
        stop === Number.POSITIVE_INFINITY ? run.to : firstRowAt(run.times, from, run.to, stop);
      source.play({ ...run, from, to });
      from = to;
    }
    this.#events += run.to - run.from;
    this.#to = micros(run.times[run.to - 1] ?? Number.NaN);
  }

  #endWarmUp(): void {
    for (const book of this.#books) book.resetCounts();
  }

  #reportProgress({ times, to }: Run): void {
    const at = micros(times[to - 1] ?? Number.NaN);
    this.#options.onProgress?.({ events: this.#events, at });
  }

  /** Ends the replay: the books at their last state go into the hash. To be called once. */
  finish(): ReplayResult {
    if (this.#from === undefined) this.#endWarmUp();
    this.#intervals?.finish();
    for (const source of this.#byPlace) source.hashEnd();
    return {
      clock: this.#options.clock ?? "recv",
      events: this.#events,
      ...this.#eventsOfStreams(),
      warmUpEvents: this.#warmUpEvents,
      stateHash: this.#hash.hex,
      gaps: this.#gaps(),
      ...this.#bookTotals(),
      from: this.#from,
      to: this.#to,
      streams: this.#sources.map(({ summary }) => summary),
    };
  }

  #eventsOfStreams(): Pick<ReplayResult, "bookUpdates" | "trades"> {
    const eventsOf = (stream: string): number =>
      this.#sources.reduce(
        (sum, { summary }) => sum + (summary.stream === stream ? summary.events : 0),
        0,
      );
    return { bookUpdates: eventsOf("book"), trades: eventsOf("trades") };
  }

  #bookTotals(): Pick<
    ReplayResult,
    | "crossedMessages"
    | "lockedMessages"
    | "unknownDeletes"
    | "unknownOrders"
    | "staleMessages"
    | "checksums"
  > {
    const total = (of: (counts: BookCounts | OrderCounts) => number): number =>
      this.#books.reduce((sum, { counts }) => sum + of(counts), 0);
    return {
      crossedMessages: total(({ crossed }) => crossed.messages),
      lockedMessages: total(({ locked }) => locked.messages),
      unknownDeletes: total(({ unknownDeletes }) => unknownDeletes),
      unknownOrders: total((counts) => unknownOrders(counts)),
      staleMessages: total(({ staleMessages }) => staleMessages),
      checksums: {
        checked: total(({ checksums }) => checksums.checked),
        matched: total(({ checksums }) => checksums.matched),
      },
    };
  }

  #gaps(): readonly Gap[] {
    // The sort is stable: gaps of one instant keep the order of their streams.
    return this.#byPlace.flatMap(({ book }) => book?.gaps ?? []).toSorted((a, b) => a.at - b.at);
  }
}
