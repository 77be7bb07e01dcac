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
import type { TouchesAhead } from "./touchesAhead.fast.ts";
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
  #isLive = false;
  readonly #start: number;
  /** When something happens between events next, µs. */
  readonly #stop = Float64Array.of(Number.NEGATIVE_INFINITY);
  /** Whether all rows to come lie in the window and nothing happens between them. */
  #isSteady = false;

  /** Throws ConfigError when a stream is given twice or the interval is not possible. */
  constructor(
    streams: readonly EventStream[],
    options: ReplayOptions,
    starts: readonly (StreamStart | undefined)[] = [],
  ) {
    this.#options = options;
    const { clock = "recv", ordersStart, handlers = {} } = options;
    const { on = {}, onBook, onOrders, onTouch, wake = "message", interval, timer } = handlers;
    const sinks = { on, onBook, onOrders, onTouch, wake };
    const showsBooks = interval !== undefined || timer !== undefined;
    const end = options.to ?? Number.POSITIVE_INFINITY;
    const places = streamOrder(streams);
    const placed = streams.map((stream, source) => {
      const place = places[source] ?? 0;
      const own = { source, clock, ordersStart, start: starts[source], end, showsBooks };
      return { place, replayed: new ReplayedSource(stream, own, sinks) };
    });
    this.#warmUpEvents = starts.reduce((sum, start, source) => {
      return sum + (placed[source]?.replayed.book === undefined ? 0 : (start?.skipped.rows ?? 0));
    }, 0);
    this.#sources = placed.map(({ replayed }) => replayed);
    this.#byPlace = placed.toSorted((a, b) => a.place - b.place).map(({ replayed }) => replayed);
    this.#books = this.#sources.flatMap(({ book }) => book ?? []);
    this.#intervals = interval && new IntervalClock(interval, this.#books);
    this.#timer = timer && new TimerClock(timer, this.#books);
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
  take(run: Run): void {
    this.begin(run)?.tell(run.from, run.to, run.times);
    this.end(run);
  }

  /** As `take`, but for the best prices that are still to be told, of what is returned; `end` must follow. */
  begin({ source: index, batch, from, to, times }: Run): TouchesAhead | undefined {
    const source = this.#sources[index];
    if (source === undefined) throw new ConfigError(`There is no stream ${index}`);
    if (this.#isSteady) return source.begin(batch, from, to, times);
    this.#takeWatching(source, batch, from, to, times);
    return undefined;
  }

  /** The run that began is through. */
  end({ source, batch, to, times }: Run): void {
    if (to < batch.length) return;
    this.#sources[source]?.endBatch();
    this.#reportProgress(times, to);
    batch.release?.();
  }

  /** Takes rows of which some may lie before the window, or have something happen between them. */
  #takeWatching(
    source: ReplayedSource,
    batch: Batch,
    from: number,
    to: number,
    times: Float64Array,
  ): void {
    let live = from;
    if ((times[from] ?? Number.NaN) < this.#start) {
      live = firstRowAt(times, from, to, this.#start);
      this.#warmUpEvents += source.warmUp(batch, from, live, times);
    }
    if (live === to) return;
    if (!this.#isLive && !this.#isLoose(source)) this.#begin();
    this.#playStretches(source, batch, live, to, times);
  }

  /** Waits until the states that the sources want kept have been. */
  async keepStates(): Promise<void> {
    for (const source of this.#sources) await source.keepStates();
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
      if (!(at < (this.#stop[0] ?? Number.NaN))) {
        // An interval is over before a timer of its end rings.
        const over = this.#intervals?.advance(at) ?? Number.POSITIVE_INFINITY;
        const ring = this.#timer?.advance(at) ?? Number.POSITIVE_INFINITY;
        this.#stop[0] = Math.min(over, ring);
      }
      const stop = this.#stop[0] ?? Number.NaN;
      const to = stop === Number.POSITIVE_INFINITY ? end : firstRowAt(times, from, end, stop);
      source.play(batch, from, to, times);
      from = to;
    }
  }

  /** The window begins for all streams that come in order; a loose one begins with its own first row. */
  #begin(): void {
    this.#isLive = true;
    const hasWarmUp = this.#start > Number.NEGATIVE_INFINITY;
    this.#isSteady = !hasWarmUp && this.#intervals === undefined && this.#timer === undefined;
    for (const source of this.#sources) if (!this.#isLoose(source)) source.endWarmUp();
  }

  #reportProgress(times: Float64Array, to: number): void {
    const { onProgress } = this.#options;
    if (onProgress === undefined) return;
    const at = micros(Math.max(this.#lastAt, times[to - 1] ?? Number.NaN));
    onProgress({ events: this.#events, at });
  }

  get #events(): number {
    return this.#sources.reduce((sum, { events }) => sum + events, 0);
  }

  /** The effective time of the last event, µs. */
  get #lastAt(): number {
    return Math.max(...this.#sources.map(({ lastAt }) => lastAt));
  }

  /** Ends the replay: the books at their last state go into the hash. To be called once. */
  finish(): ReplayResult {
    for (const source of this.#sources) source.endWarmUp();
    this.#intervals?.finish();
    for (const source of this.#byPlace) source.hashInto(this.#hash);
    const events = this.#events;
    const firstAt = Math.min(...this.#sources.map((source) => source.firstAt));
    return {
      clock: this.#options.clock ?? "recv",
      events,
      ...this.#eventsOfStreams(),
      warmUpEvents: this.#warmUpEvents,
      stateHash: this.#hash.hex,
      gaps: this.#gaps(),
      ...this.#bookTotals(),
      from: events === 0 ? undefined : micros(firstAt),
      to: events === 0 ? undefined : micros(this.#lastAt),
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
