import type { CounterRandom } from "../counterRandom.ts";
import type { TradingVenue } from "./agent.ts";

/** Resizing within these bounds is not worth losing one's place in the queue. */
const SMALLEST_KEPT = 0.5;
const LARGEST_KEPT = 1.8;
/** Sizes are drawn around what is wanted, from and to. */
const DRAWN_FROM = 0.7;
const DRAWN_TO = 1.3;

/** The quotes of one maker on one side: what is wanted at which price, and what rests. */
export class QuoteLadder {
  readonly side: number;
  readonly #venue: TradingVenue;
  readonly #account: number;
  readonly #random: CounterRandom;
  readonly #firstLane: number;
  /** Wanted: prices (ticks) and sizes (lots), the first `#wanted` of each. */
  readonly #prices: number[];
  readonly #sizes: number[];
  #wanted = 0;
  /** Resting: prices and ids, the first `#resting` of each. */
  readonly #restingPrices: number[];
  readonly #restingIds: number[];
  #resting = 0;

  constructor(options: {
    venue: TradingVenue;
    account: number;
    side: number;
    levels: number;
    random: CounterRandom;
    /** Where the lanes of this ladder's draws begin; it takes one a level. */
    firstLane: number;
  }) {
    this.#venue = options.venue;
    this.#account = options.account;
    this.side = options.side;
    this.#random = options.random;
    this.#firstLane = options.firstLane;
    const empty = (): number[] => Array.from({ length: options.levels }, () => 0);
    this.#prices = empty();
    this.#sizes = empty();
    this.#restingPrices = empty();
    this.#restingIds = empty();
  }

  /** Nothing is wanted. */
  clear(): void {
    this.#wanted = 0;
  }

  /** So many lots are wanted at a price, beside what is wanted there already. Prices come best first. */
  want(price: number, lots: number): void {
    const last = this.#wanted - 1;
    if (last >= 0 && this.#prices[last] === price) {
      this.#sizes[last] = (this.#sizes[last] ?? 0) + lots;
      return;
    }
    this.#prices[this.#wanted] = price;
    this.#sizes[this.#wanted] = lots;
    this.#wanted += 1;
  }

  /** Cancels what is no longer wanted, and forgets what was filled. */
  withdraw(): void {
    let kept = 0;
    for (let i = 0; i < this.#resting; i += 1) {
      const id = this.#restingIds[i] ?? 0;
      const price = this.#restingPrices[i] ?? 0;
      const left = this.#venue.restingLots(id);
      const size = this.#sizeAt(price);
      if (left > 0 && left >= size * SMALLEST_KEPT && left <= size * LARGEST_KEPT) {
        this.#restingIds[kept] = id;
        this.#restingPrices[kept] = price;
        kept += 1;
      } else if (left > 0) this.#venue.cancel(id);
    }
    this.#resting = kept;
  }

  /** Rests what is wanted and not there yet; a quote that would cross goes one tick behind the other side's best. */
  place(step: number): void {
    for (let i = 0; i < this.#wanted; i += 1) {
      const target = this.#prices[i] ?? 0;
      if (this.#rests(target)) continue;
      const opposite = this.#venue.best(-this.side);
      const crosses = opposite !== undefined && (opposite - target) * this.side <= 0;
      const price = crosses ? opposite - this.side : target;
      if (price < 1 || (crosses && this.#rests(price))) continue;
      const luck = this.#random.at(step, this.#firstLane + i).between(0, DRAWN_FROM, DRAWN_TO);
      const lots = Math.max(1, Math.round((this.#sizes[i] ?? 0) * luck));
      this.#restingIds[this.#resting] = this.#venue.place(this.#account, this.side, price, lots);
      this.#restingPrices[this.#resting] = price;
      this.#resting += 1;
    }
  }

  #sizeAt(price: number): number {
    for (let i = 0; i < this.#wanted; i += 1) {
      if (this.#prices[i] === price) return this.#sizes[i] ?? 0;
    }
    return 0;
  }

  #rests(price: number): boolean {
    for (let i = 0; i < this.#resting; i += 1) if (this.#restingPrices[i] === price) return true;
    return false;
  }
}
