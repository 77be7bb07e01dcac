import {
  ASK,
  BID,
  type EventStream,
  MESSAGE_END,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { SIMULATED_PERPETUAL } from "../instruments.ts";
import type { OrderBook } from "../market/orderBook.ts";
import type { Connection } from "./connection.ts";
import { StreamRecorder } from "./streamRecorder.ts";

interface LevelChange {
  readonly side: number;
  readonly price: number;
  readonly size: number;
}

const SIDES: readonly number[] = [BID, ASK];

/**
 * Writes the book stream as a venue publishes it: a snapshot, then one message of changed levels a step, each with the id of its last
 * change and the id before the message. Ids go on while the recorder is away, so that a message lost without a snapshot shows.
 */
export class BookRecorder {
  readonly #book: OrderBook;
  readonly #connection: Connection;
  readonly #recorder = new StreamRecorder("book", SIMULATED_PERPETUAL);
  /** Size last published at each price, by side. */
  readonly #published: ReadonlyMap<number, Map<number, number>> = new Map(
    SIDES.map((side) => [side, new Map<number, number>()]),
  );
  #updateId = 0;

  constructor(book: OrderBook, connection: Connection) {
    this.#book = book;
    this.#connection = connection;
  }

  /** The message of the step that ends at `tsEvent`; nothing when no level has changed. */
  update(tsEvent: number): void {
    const prevUpdateId = this.#updateId;
    this.#write(this.#publish(), { tsEvent, prevUpdateId, flags: 0 });
  }

  /** A step whose message the recorder misses. */
  miss(): void {
    this.#publish();
  }

  /** The whole book, as the venue sends it first on a new connection. */
  snapshot(tsEvent: number): void {
    this.#publish();
    const levels = SIDES.flatMap((side) =>
      this.#book
        .prices(side)
        .map((price) => ({ side, price, size: this.#book.total(side, price) })),
    );
    this.#write(levels, { tsEvent, prevUpdateId: undefined, flags: SNAPSHOT });
  }

  finish(): EventStream<"book"> {
    return this.#recorder.finish();
  }

  /** The levels that differ from what was last published, which they then are no longer. */
  #publish(): readonly LevelChange[] {
    const changes: LevelChange[] = [];
    for (const [side, published] of this.#published) {
      for (const price of this.#book.drainTouched(side)) {
        const size = this.#book.total(side, price);
        if (size === (published.get(price) ?? 0)) continue;
        if (size === 0) published.delete(price);
        else published.set(price, size);
        changes.push({ side, price, size });
      }
    }
    this.#updateId += changes.length;
    return changes;
  }

  #write(
    levels: readonly LevelChange[],
    message: { tsEvent: number; prevUpdateId: number | undefined; flags: number },
  ): void {
    if (levels.length === 0) return;
    const { tsEvent, prevUpdateId } = message;
    const tsRecv = this.#connection.receive(tsEvent);
    const updateId = this.#updateId;
    for (const [index, level] of levels.entries()) {
      const start = message.flags === SNAPSHOT && index === 0 ? SNAPSHOT_START : 0;
      const end = index === levels.length - 1 ? MESSAGE_END : 0;
      const flags = message.flags | start | end;
      this.#recorder.add({ tsEvent, tsRecv, ...level, flags, updateId, prevUpdateId });
    }
  }
}
