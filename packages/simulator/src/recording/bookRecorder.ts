import {
  ASK,
  type Batch,
  BID,
  type Instrument,
  MESSAGE_END,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import type { ParticipantBook } from "@aftershock/replay";
import type { Connection } from "./connection.ts";
import { StreamRecorder } from "./streamRecorder.ts";

/**
 * Writes the book stream as a venue publishes it: a snapshot, then one message of changed levels a step, each with the id of its last
 * change and the id before the message. Ids go on while the recorder is away, so that a message lost without a snapshot shows.
 */
export class BookRecorder {
  readonly #book: ParticipantBook;
  readonly #connection: Connection;
  readonly #recorder: StreamRecorder<"book">;
  /** The levels of the message that is being made, the first `#levels` of each. */
  readonly #sides: number[] = [];
  readonly #prices: number[] = [];
  readonly #sizes: number[] = [];
  #levels = 0;
  #updateId = 0;

  constructor(options: {
    book: ParticipantBook;
    instrument: Instrument;
    connection: Connection;
    emit: (batch: Batch) => void;
  }) {
    this.#book = options.book;
    this.#connection = options.connection;
    this.#recorder = new StreamRecorder("book", options.instrument, options.emit);
  }

  /** The message of the step that ends at `tsEvent`; nothing when no level has changed. */
  update(tsEvent: number, step: number): void {
    const prevUpdateId = this.#updateId;
    this.#gatherChanges();
    this.#write({ tsEvent, step, prevUpdateId, flags: 0 });
  }

  /** A step whose message the recorder misses. */
  miss(): void {
    this.#gatherChanges();
  }

  /** The whole book, as the venue sends it first on a new connection. */
  snapshot(tsEvent: number, step: number): void {
    this.#gatherChanges();
    this.#levels = 0;
    this.#book.eachLevel(BID, this.#gather);
    this.#book.eachLevel(ASK, this.#gather);
    this.#write({ tsEvent, step, prevUpdateId: Number.NaN, flags: SNAPSHOT });
  }

  finish(): void {
    this.#recorder.finish();
  }

  readonly #gather = (side: number, price: number, size: number): void => {
    this.#sides[this.#levels] = side;
    this.#prices[this.#levels] = price;
    this.#sizes[this.#levels] = size;
    this.#levels += 1;
  };

  #gatherChanges(): void {
    this.#levels = 0;
    this.#book.drainChanges(this.#gather);
    this.#updateId += this.#levels;
  }

  #write(message: { tsEvent: number; step: number; prevUpdateId: number; flags: number }): void {
    if (this.#levels === 0) return;
    const { tsEvent, prevUpdateId, flags } = message;
    const tsRecv = this.#connection.receive(tsEvent, message.step);
    const last = this.#levels - 1;
    for (let level = 0; level <= last; level += 1) {
      const row = this.#recorder.next(tsEvent, tsRecv);
      const { columns } = this.#recorder;
      columns.side[row] = this.#sides[level] ?? 0;
      columns.price[row] = this.#prices[level] ?? 0;
      columns.size[row] = this.#sizes[level] ?? 0;
      const start = flags === SNAPSHOT && level === 0 ? SNAPSHOT_START : 0;
      columns.flags[row] = flags | start | (level === last ? MESSAGE_END : 0);
      columns.updateId[row] = this.#updateId;
      columns.prevUpdateId[row] = prevUpdateId;
    }
  }
}
