import { ConfigError, micros } from "@aftershock/schema";
import type { OrderBook } from "./book/orderBook.ts";
import type { IntervalHandler } from "./replayOptions.ts";

/** Tells when the intervals of a replay are over. */
export class IntervalClock {
  readonly #handler: IntervalHandler;
  readonly #books: readonly OrderBook[];
  #start: number | undefined;

  /** Throws ConfigError when the length of the interval is not a whole number above 0. */
  constructor(handler: IntervalHandler, books: readonly OrderBook[]) {
    if (!Number.isSafeInteger(handler.every) || handler.every <= 0) {
      throw new ConfigError(`An interval of ${handler.every} µs is not possible`, {
        hints: [
          "Give a whole number of microseconds above 0, for example 60_000_000 for a minute.",
        ],
      });
    }
    this.#handler = handler;
    this.#books = books;
  }

  /**
   * Tells that the next event is at `at`, µs, and ends the intervals that are over by then. Returns the end of the
   * interval that holds the event.
   */
  advance(at: number): number {
    const { every } = this.#handler;
    this.#start ??= Math.floor(at / every) * every;
    while (at >= this.#start + every) {
      this.#end(this.#start);
      this.#start += every;
    }
    return this.#start + every;
  }

  /** Tells that there are no more events, and ends the last interval if there ever was an event. */
  finish(): void {
    if (this.#start !== undefined) this.#end(this.#start);
  }

  #end(start: number): void {
    this.#handler.onEnd(micros(start), this.#books);
  }
}
