import {
  type Batch,
  ConfigError,
  micros,
  type EventStream,
  type StreamStart,
} from "@aftershock/schema";
import type { BookCounts, Gap } from "./book/bookCounts.ts";
import { type OrderCounts, unknownOrders } from "./book/orderCounts.ts";
import { firstRowAt } from "./clock/firstRowAt.ts";
import type { Run } from "./clock/runMerger.fast.ts";
import { streamOrder } from "./clock/streamOrder.ts";
import { IntervalClock } from "./intervalClock.ts";
import type { ReplayedBook } from "./replayedBook.ts";
import { ReplayedSource } from "./replayedSource.ts";
import type { ReplayOptions } from "./replayOptions.ts";
import type { ReplayResult } from "./replayResult.ts";
import { TimerClock } from "./timerClock.ts";
import { StateHash } from "./stateHash.ts";

/** Places of ReplaySession.#span. */
const FIRST = 0;
const LAST = 1;
const STOP = 2;

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
  #isLive = false;
  readonly #start: number;
  /** By place, µs: FIRST and LAST the effective times of the first and the last event, STOP when something happens between events next. */
  readonly #span = Float64Array.of(
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  );

  /** Throws ConfigError when a stream is given twice or the interval is not possible. */
  constructor(
    streams: readonly EventStream[],
    options: ReplayOptions,
    starts: readonly (StreamStart | undefined)[] = [],
  ) {
    this.#options = options;
    const { clock = "recv", ordersStart, handlers = {} } = options;
    const { on = {}, onBook, onOrders, wake = "message" } = handlers;
    const sinks = { on, onBook, onOrders, wake };
    const places = streamOrder(streams);
    const placed = streams.map((stream, source) => {
      const place = places[source] ?? 0;
      const own = { clock, ordersStart, start: starts[source] };
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
    if (interval !== undefined || timer !== undefined) this.#span[STOP] = Number.NEGATIVE_INFINITY;
    this.#start = options.from ?? Number.NEGATIVE_INFINITY;
  }

  /** For each stream, whether nobody needs to know what lies between its rows. */
  get loose(): readonly boolean[] {
    return this.#sources.map((source) => this.#isLoose(source));
  }

  #isLoose({ isHeard }: ReplayedSource): boolean {
    return !isHeard && this.#intervals === undefined && this.#timer === undefined;
  }

  /** Takes the next run. */
  take({ source: index, batch, from, to, times }: Run): void {
    const source = this.#sources[index];
    if (source === undefined) throw new ConfigError(`There is no stream ${index}`);
    let live = from;
    if ((times[from] ?? Number.NaN) < this.#start) {
      live = firstRowAt(times, from, to, this.#start);
      this.#warmUpEvents += source.warmUp(batch, from, live, times);
    }
    if (live < to) this.#play(source, batch, live, to, times);
    if (to < batch.length) return;
    source.endBatch();
    this.#reportProgress(times, to);
    batch.release?.();
  }

  /** Waits until the states that the sources want kept have been. */
  async keepStates(): Promise<void> {
    for (const source of this.#sources) await source.keepStates();
  }

  #play(
    source: ReplayedSource,
    batch: Batch,
    first: number,
    end: number,
    times: Float64Array,
  ): void {
    if (!this.#isLive && !this.#isLoose(source)) this.#begin();
    const last = times[end - 1] ?? Number.NaN;
    if (last < (this.#span[STOP] ?? Number.NaN)) source.play(batch, first, end, times);
    else this.#playStretches(source, batch, first, end, times);
    this.#events += end - first;
    const start = times[first] ?? Number.NaN;
    if (start < (this.#span[FIRST] ?? Number.NaN)) this.#span[FIRST] = start;
    if (last > (this.#span[LAST] ?? Number.NaN)) this.#span[LAST] = last;
  }

  /** Plays rows with what happens between them: ends of intervals, and the timer. */
  #playStretches(
    source: ReplayedSource,
    batch: Batch,
    first: number,
    end: number,
    times: Float64Array,
  ): void {
    let from = first;
    while (from < end) {
      const at = times[from] ?? Number.NaN;
      // An interval is over before a timer of its end rings.
      const over = this.#intervals?.advance(at) ?? Number.POSITIVE_INFINITY;
      const ring = this.#timer?.advance(at) ?? Number.POSITIVE_INFINITY;
      const stop = Math.min(over, ring);
      this.#span[STOP] = stop;
      const to = stop === Number.POSITIVE_INFINITY ? end : firstRowAt(times, from, end, stop);
      source.play(batch, from, to, times);
      from = to;
    }
  }

  /** The window begins for all streams that come in order; a loose one begins with its own first row. */
  #begin(): void {
    this.#isLive = true;
    for (const source of this.#sources) if (!this.#isLoose(source)) source.endWarmUp();
  }

  #reportProgress(times: Float64Array, to: number): void {
    const at = micros(Math.max(this.#span[LAST] ?? Number.NaN, times[to - 1] ?? Number.NaN));
    this.#options.onProgress?.({ events: this.#events, at });
  }

  /** Ends the replay: the books at their last state go into the hash. To be called once. */
  finish(): ReplayResult {
    for (const source of this.#sources) source.endWarmUp();
    this.#intervals?.finish();
    for (const source of this.#byPlace) source.hashInto(this.#hash);
    return {
      clock: this.#options.clock ?? "recv",
      events: this.#events,
      ...this.#eventsOfStreams(),
      warmUpEvents: this.#warmUpEvents,
      stateHash: this.#hash.hex,
      gaps: this.#gaps(),
      ...this.#bookTotals(),
      from: this.#events === 0 ? undefined : micros(this.#span[FIRST] ?? Number.NaN),
      to: this.#events === 0 ? undefined : micros(this.#span[LAST] ?? Number.NaN),
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
