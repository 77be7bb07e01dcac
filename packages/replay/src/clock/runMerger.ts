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

/** Rows [from, to) of one batch such that no other stream has an event in between. Never empty. */
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
}

/** One stream as the merge sees it: where it stands, and its place among events of one instant. */
interface Head {
  readonly source: number;
  readonly place: number;
  readonly cursor: StreamCursor;
  readonly timed: TimedBatch;
  row: number;
}

type EmptyHead = Omit<Head, "timed" | "row">;

const headTime = (head: Head): number => head.timed.times[head.row] ?? Number.NaN;

function isBefore(a: Head, b: Head): boolean {
  const difference = headTime(a) - headTime(b);
  return difference === 0 ? a.place < b.place : difference < 0;
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
 * the next batch waits:
 *
 * ```ts
 * while (await merger.refill()) for (let run = merger.next(); run; run = merger.next()) take(run);
 * ```
 */
export class RunMerger {
  readonly #cursors: readonly StreamCursor[];
  readonly #empty: EmptyHead[];
  #heads: Head[] = [];

  /** Throws ConfigError when a stream is given twice or the window is empty. Nothing is read yet. */
  constructor(streams: readonly EventStream[], options: MergeOptions = {}) {
    const window = windowOf(options);
    const places = streamOrder(streams);
    this.#cursors = streams.map(
      (stream, source) =>
        new StreamCursor(stream, options.clock ?? "recv", window, options.starts?.[source]),
    );
    this.#empty = this.#cursors.map((cursor, source) => ({
      source,
      place: places[source] ?? 0,
      cursor,
    }));
  }

  /** Reads the next batch of every stream that has run out of rows. False when no stream has any left. */
  async refill(): Promise<boolean> {
    for (const { source, place, cursor } of this.#empty.splice(0)) {
      const timed = await cursor.next();
      if (timed) this.#heads.push({ source, place, cursor, timed, row: timed.from });
    }
    return this.#heads.length > 0;
  }

  /** The next run; undefined when a stream must be refilled before it is known what comes next. */
  next(): Run | undefined {
    if (this.#empty.length > 0) return undefined;
    const [first, second] = this.#firstTwo();
    if (first === undefined) return undefined;
    const { source, timed, row: from } = first;
    const to = second === undefined ? timed.to : this.#endBefore(first, second);
    first.row = to;
    if (to === timed.to) this.#setAside(first);
    return { source, batch: timed.batch, from, to, times: timed.times };
  }

  #firstTwo(): readonly [Head?, Head?] {
    let first: Head | undefined;
    let second: Head | undefined;
    for (const head of this.#heads) {
      if (first === undefined || isBefore(head, first)) {
        second = first;
        first = head;
      } else if (second === undefined || isBefore(head, second)) second = head;
    }
    if (first === undefined) return [];
    return second === undefined ? [first] : [first, second];
  }

  /** The first row of `first` that comes after the head of `second`. At one instant the lower place comes first. */
  #endBefore(first: Head, second: Head): number {
    const at = headTime(second);
    const past = first.place < second.place ? at + 1 : at;
    return firstRowAt(first.timed.times, first.row, first.timed.to, past);
  }

  #setAside(head: Head): void {
    this.#heads = this.#heads.filter((other) => other !== head);
    this.#empty.push(head);
  }

  /** Ends the reading of every stream; to be called when the merge is left before its end. */
  async close(): Promise<void> {
    for (const cursor of this.#cursors) await cursor.close();
  }
}
