import type { OrderBook } from "../book/orderBook.ts";

/** Places of the state: since when it holds, µs; the spread, ticks; the spread over the mid; whether the book is valid. */
const SINCE = 0;
const SPREAD = 1;
const RELATIVE = 2;
const VALID = 3;
/** Places of the sums of a bar: µs valid, µs with both sides, ticks × µs, spread over mid × µs. */
const VALID_MICROS = 4;
const TWO_SIDED_MICROS = 5;
const SPREAD_MICROS = 6;
const RELATIVE_MICROS = 7;

/** Sums up for how long a book was valid, and its spread over time. Makes nothing. */
export class SpreadClock {
  // In an array, for a field of numbers that are not small integers may be a new object each time.
  readonly #state = Float64Array.of(Number.NaN, Number.NaN, Number.NaN, 0, 0, 0, 0, 0);

  /** Tells what the book is from `at` on, µs. Times must not run back. */
  observe({ valid, bidSide, askSide }: OrderBook, at: number): void {
    this.advance(at);
    const state = this.#state;
    const bid = bidSide.bestPrice;
    const ask = askSide.bestPrice;
    const doubledMid = bid + ask;
    state[SPREAD] = ask - bid;
    state[RELATIVE] = doubledMid > 0 ? (2 * (ask - bid)) / doubledMid : Number.NaN;
    state[VALID] = valid ? 1 : 0;
  }

  /** Counts the time up to `at`, µs. Before the first call nothing is known, and nothing counted. */
  advance(at: number): void {
    const state = this.#state;
    const passed = at - (state[SINCE] ?? Number.NaN);
    state[SINCE] = at;
    if (!(passed > 0) || state[VALID] === 0) return;
    const spread = state[SPREAD] ?? Number.NaN;
    state[VALID_MICROS] = this.validMicros + passed;
    if (Number.isNaN(spread)) return;
    state[TWO_SIDED_MICROS] = this.twoSidedMicros + passed;
    state[SPREAD_MICROS] = (state[SPREAD_MICROS] ?? 0) + passed * spread;
    state[RELATIVE_MICROS] = (state[RELATIVE_MICROS] ?? 0) + passed * (state[RELATIVE] ?? 0);
  }

  /** Starts the sums anew. */
  clear(): void {
    this.#state.fill(0, VALID_MICROS);
  }

  get validMicros(): number {
    return this.#state[VALID_MICROS] ?? 0;
  }
  /** µs with a bid and an ask. */
  get twoSidedMicros(): number {
    return this.#state[TWO_SIDED_MICROS] ?? 0;
  }
  /** The mean spread over that time, ticks; NaN where there is none. */
  get meanSpread(): number {
    return (this.#state[SPREAD_MICROS] ?? 0) / this.twoSidedMicros;
  }
  /** The mean of the spread over the mid, a fraction; NaN where there is none, or where a mid was not above 0. */
  get meanRelativeSpread(): number {
    return (this.#state[RELATIVE_MICROS] ?? 0) / this.twoSidedMicros;
  }
}
