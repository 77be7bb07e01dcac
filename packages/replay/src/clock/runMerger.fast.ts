/**
 * Merges streams into runs. Plain twin: the sorted list of all rows (test/mergeRuns.test.ts). Benchmark: test/bench/pipeline.ts.
 *
 * Layout: streams stand in the order of their places among events of one instant; `now` Float64 × streams is the time of each one's next
 * row, Infinity where it must be refilled first or has ended; `order` Int32 × streams are the streams by that time, at one instant by place.
 */
import {
  ConfigError,
  type Batch,
  type Clock,
  type EventStream,
  type Micros,
  type StreamStart,
} from "@aftershock/schema";
import { firstRowAt } from "./firstRowAt.ts";
import { StreamCursor, type TimedBatch, type TimeWindow } from "./streamCursor.ts";
import { streamOrder } from "./streamOrder.ts";

/** Rows [from, to) of one batch such that no other stream has an event in between, but for loose ones. Never empty. */
export interface Run {
  /** Index of the stream in the list that was merged. */
  readonly source: number;
  readonly batch: Batch;
  readonly from: number;
  readonly to: number;
  /** Effective time of every row of the batch (not of the run only), µs, ascending. */
  readonly times: Float64Array;
}

/** How streams are merged. */
export interface MergeOptions {
  /** The clock to order by; `recv` by default. A row without that clock goes by its other one. */
  readonly clock?: Clock;
  /** First effective time that is merged, µs; by default everything. */
  readonly from?: Micros;
  /** First effective time that is no longer merged, µs; by default everything. */
  readonly to?: Micros;
  /** Where each stream is read from, by its place in the list; by default from its start. */
  readonly starts?: readonly (StreamStart | undefined)[];
  /**
   * Streams of which nobody needs to know what lies between their rows, by their place in the list: a run of one is the rest of its batch,
   * whatever others have in between.
   */
  readonly loose?: readonly boolean[];
}

/** Rows that are looked at one by one before a longer run is searched. */
const NEAR_ROWS = 8;

/** Throws ConfigError for a window without an instant. */
export function checkWindow(options: Pick<MergeOptions, "from" | "to">): void {
  windowOf(options);
}

function windowOf({ from, to }: MergeOptions): TimeWindow {
  const window = { from: from ?? Number.NEGATIVE_INFINITY, to: to ?? Number.POSITIVE_INFINITY };
  if (window.from < window.to) return window;
  throw new ConfigError(`The window from ${window.from} to ${window.to} µs holds no instant`, {
    hints: ["`from` must be before `to`; `to` itself is not part of the window."],
  });
}

/**
 * Merges streams into runs, in the total order (effective time, stream rank, instrument, sequence). The effective time
 * of a row is the running maximum of its own times within its stream. Taking a run is synchronous; only reading
 * the next batch waits. The run is told by fields, so that nothing is made for it:
 *
 * ```ts
 * while (await merger.refill()) while (merger.next()) take(merger.source, merger.batch, merger.from, merger.to);
 * ```
 */
export class RunMerger implements Run {
  /** The run that `next` found. */
  source = 0;
  from = 0;
  to = 0;
  batch!: Batch;
  times: Float64Array = new Float64Array(0);
  private readonly cursors: readonly StreamCursor[];
  private readonly sources: readonly number[];
  private readonly loose: readonly boolean[];
  private readonly timed: TimedBatch[] = [];
  private readonly now: Float64Array;
  private readonly rows: Int32Array;
  private readonly order: Int32Array;
  /** Places of streams that must be refilled before it is known what comes next. */
  private empty: number[];

  /** Throws ConfigError when a stream is given twice or the window is empty. Nothing is read yet. */
  constructor(streams: readonly EventStream[], options: MergeOptions = {}) {
    const window = windowOf(options);
    const places = streamOrder(streams);
    const sources = streams.map((_, source) => source);
    this.sources = sources.toSorted((a, b) => places[a]! - places[b]!);
    this.cursors = this.sources.map((source) => {
      const start = options.starts?.[source];
      return new StreamCursor(streams[source]!, options.clock ?? "recv", window, start);
    });
    this.loose = this.sources.map((source) => options.loose?.[source] === true);
    this.now = new Float64Array(streams.length).fill(Number.POSITIVE_INFINITY);
    this.rows = new Int32Array(streams.length);
    this.order = Int32Array.from(sources);
    this.empty = this.sources.map((_, place) => place);
  }

  /** Reads the next batch of every stream that has run out of rows. False when no stream has any left. */
  async refill(): Promise<boolean> {
    for (const place of this.empty.splice(0)) {
      const timed = await this.cursors[place]!.next();
      if (timed === undefined) continue;
      this.timed[place] = timed;
      this.rows[place] = timed.from;
      this.now[place] = timed.times[timed.from]!;
    }
    const { now } = this;
    this.order.sort((a, b) => (now[a] === now[b] ? a - b : now[a]! - now[b]!));
    return now.some((at) => at < Number.POSITIVE_INFINITY);
  }

  /** Finds the next run; false when a stream must be refilled before it is known what comes next. */
  next(): boolean {
    if (this.empty.length > 0) return false;
    const { now, rows, order } = this;
    const first = order[0]!;
    if (now[first] === Number.POSITIVE_INFINITY) return false;
    const { batch, times, to: end } = this.timed[first]!;
    const from = rows[first]!;
    let to = end;
    if (order.length > 1 && !this.loose[first]) {
      const second = order[1]!;
      const past = first < second ? now[second]! + 1 : now[second]!;
      const near = Math.min(from + NEAR_ROWS, end);
      to = from + 1;
      while (to < near && times[to]! < past) to++;
      if (to === near && to < end) to = firstRowAt(times, to, end, past);
    }
    this.source = this.sources[first]!;
    this.batch = batch;
    this.times = times;
    this.from = from;
    this.to = to;
    rows[first] = to;
    const at = to < end ? times[to]! : Number.POSITIVE_INFINITY;
    now[first] = at;
    let place = 0;
    for (; place + 1 < order.length; place++) {
      const other = order[place + 1]!;
      const then = now[other]!;
      if (then > at || (then === at && other > first)) break;
      order[place] = other;
    }
    order[place] = first;
    if (to === end) this.empty.push(first);
    return true;
  }

  /** Ends the reading of every stream; to be called when the merge is left before its end. */
  async close(): Promise<void> {
    await Promise.all(this.cursors.map((cursor) => cursor.close()));
  }
}
