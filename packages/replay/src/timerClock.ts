import { ConfigError, type Micros, micros } from "@aftershock/schema";
import type { OrderBook } from "./book/orderBook.ts";
import type { TimerHandler } from "./replayOptions.ts";

/** Rings a study's timer between the events of a replay. */
export class TimerClock {
  readonly #handler: TimerHandler;
  readonly #books: readonly OrderBook[];
  #next: number;

  /** Throws ConfigError when the timer has no time to ring first. */
  constructor(handler: TimerHandler, books: readonly OrderBook[]) {
    if (Number.isNaN(handler.first)) {
      throw new ConfigError("A timer that rings first at NaN µs is not possible", {
        hints: ["Give `first` as a time, or leave the timer out."],
      });
    }
    this.#handler = handler;
    this.#books = books;
    this.#next = handler.first;
  }

  /** Tells that the next event is at `at`, µs: rings for every time before it and at it. Returns the first time after it; Infinity for none. */
  advance(at: number): number {
    while (this.#next <= at) this.#ring(micros(this.#next));
    return this.#next;
  }

  #ring(at: Micros): void {
    const next = this.#handler.onTime(at, this.#books);
    if (next !== undefined && !(next > at)) {
      throw new ConfigError(
        `A timer that rang at ${at} µs asks for ${next} µs, which is not after it`,
        {
          hints: ["Return a later time from `onTime`, or undefined for none."],
        },
      );
    }
    this.#next = next ?? Number.POSITIVE_INFINITY;
  }
}
