import {
  IntegrityError,
  type Batch,
  type Clock,
  type EventStream,
  type StreamStart,
} from "@aftershock/schema";
import { firstRowAt } from "./firstRowAt.ts";
import { StreamClock } from "./streamClock.ts";

/** Which rows of a stream are wanted, by effective time, µs: `from` inclusive, `to` exclusive. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** A batch with what the merge knows about it. */
export interface TimedBatch {
  readonly batch: Batch;
  /** Effective time of every row of the batch, µs, ascending. */
  readonly times: Float64Array;
  /** First row inside the window. */
  readonly from: number;
  /** First row past the window. */
  readonly to: number;
}

function checkBelongs(batch: Batch, stream: EventStream): void {
  if (batch.stream === stream.stream && batch.instrument.id === stream.instrument.id) return;
  throw new IntegrityError(
    `A batch of ${batch.stream} ${batch.instrument.id} came out of the stream ${stream.stream} ${stream.instrument.id}`,
    { hints: ["Rebuild the lake partition that the stream is read from."] },
  );
}

/**
 * Reads one stream batch by batch, times its rows, and leaves out what lies outside the window. While a batch is replayed the next one is
 * read.
 */
export class StreamCursor {
  readonly #stream: EventStream;
  readonly #iterator: AsyncIterator<Batch>;
  readonly #clock: StreamClock;
  readonly #window: TimeWindow;
  #ahead: Promise<IteratorResult<Batch>> | undefined;
  #done = false;

  /** `start`: where the stream is read from; by default from its start. */
  constructor(stream: EventStream, clock: Clock, window: TimeWindow, start?: StreamStart) {
    this.#stream = stream;
    this.#iterator = (start?.batches ?? stream.batches())[Symbol.asyncIterator]();
    this.#clock = new StreamClock(clock, start?.now);
    this.#window = window;
  }

  /** The next batch that has rows inside the window; undefined when there is none left. */
  async next(): Promise<TimedBatch | undefined> {
    while (!this.#done) {
      const result = await (this.#ahead ?? this.#iterator.next());
      this.#ahead = undefined;
      if (result.done === true) {
        this.#done = true;
        return undefined;
      }
      this.#readAhead();
      const timed = this.#time(result.value);
      // Times never fall, so that a row past the window means that all later rows are past it too.
      if (timed.to < timed.batch.length) await this.close();
      if (timed.from < timed.to) return timed;
    }
    return undefined;
  }

  #readAhead(): void {
    this.#ahead = this.#iterator.next();
    // An error is met where the batch is asked for; until then it must not count as one that nobody takes.
    this.#ahead.catch(() => {});
  }

  #time(batch: Batch): TimedBatch {
    checkBelongs(batch, this.#stream);
    const times = this.#clock.times(batch);
    const from = firstRowAt(times, 0, batch.length, this.#window.from);
    const to = firstRowAt(times, from, batch.length, this.#window.to);
    return { batch, times, from, to };
  }

  /** Ends the reading, so that the stream can close its file. */
  async close(): Promise<void> {
    if (this.#done) return;
    this.#done = true;
    await this.#iterator.return?.();
  }
}
