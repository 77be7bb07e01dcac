import { DataError } from "@aftershock/schema";
import { checkInstant, checkPrice, type PriceFeed } from "./priceFeed.ts";
import { type StepWindow, stepsOf } from "./stepWindow.ts";
import { WeightedOrder } from "./weightedOrder.ts";

/** Stretches that are let go of at least at once. */
const LEAST_DROPPED = 256;

/**
 * The median of a window over time: the middle one of the prices at the last n steps up to and including now, or the mean of the two
 * middle ones; a price counts for as many steps as it stands. A spike that stands for less than half of the window has no effect. A window of one
 * step is the price itself.
 *
 * Before the window is full the median is over the steps since the first price; stretches without a price count for nothing. Wrong where
 * a venue takes the median of its trades instead of over time.
 *
 * Amortised O(log n) for an update or a read, n the updates in the window, which is all that is kept.
 */
export class RollingMedian implements PriceFeed {
  readonly #count: number;
  readonly #micros: number;
  /** By stretch of equal price: its first step and its price, NaN for none. */
  #starts: number[] = [];
  #prices: number[] = [];
  readonly #order = new WeightedOrder();
  /** The steps that are in #order, `#until` not included, and the stretches that they begin and end in. */
  #from = 0;
  #until = Number.NaN;
  #head = 0;
  #tail = 0;
  #at = Number.NEGATIVE_INFINITY;

  /** Throws ConfigError where the window is no whole number of steps. */
  constructor(window: StepWindow) {
    const { count, micros } = stepsOf(window);
    this.#count = count;
    this.#micros = micros;
  }

  update(price: number, at: number): void {
    checkPrice("A price for a median", price);
    this.#take(price, at);
  }

  lose(at: number): void {
    this.#take(Number.NaN, at);
  }

  price(at: number): number {
    const last = Math.floor(at / this.#micros);
    this.#slide(last + 1);
    return this.#order.median();
  }

  #take(price: number, at: number): void {
    checkInstant("A price for a median", at, this.#at);
    const step = Math.ceil(at / this.#micros);
    if (this.#until > step + 1) {
      throw new DataError(`A price of ${at} µs comes after a read of a later instant`, {
        hints: ["Read and update in the order of time."],
      });
    }
    this.#at = at;
    if (Number.isNaN(this.#until)) {
      this.#until = step;
      this.#from = step;
    }
    // This very step was read before it had its last price.
    if (this.#until === step + 1) {
      this.#weigh(this.#tail, -1);
      this.#until = step;
    }
    const last = this.#starts.length - 1;
    if (this.#starts[last] === step) this.#prices[last] = price;
    else if (last < 0 || !Object.is(this.#prices[last], price)) {
      this.#starts.push(step);
      this.#prices.push(price);
    }
    this.#slide(step);
  }

  /** Lets the window end before a step, where it does not end later already. */
  #slide(until: number): void {
    if (!(until > this.#until)) return;
    while (this.#until < until) {
      const end = Math.min(this.#starts[this.#tail + 1] ?? until, until);
      this.#weigh(this.#tail, end - this.#until);
      this.#until = end;
      if (this.#starts[this.#tail + 1] === end) this.#tail += 1;
    }
    const from = until - this.#count;
    while (this.#from < from) {
      const end = Math.min(this.#starts[this.#head + 1] ?? from, from);
      this.#weigh(this.#head, this.#from - end);
      this.#from = end;
      if (this.#starts[this.#head + 1] === end) this.#head += 1;
    }
    if (this.#head >= LEAST_DROPPED && this.#head * 2 >= this.#starts.length) this.#drop();
  }

  #weigh(stretch: number, steps: number): void {
    const price = this.#prices[stretch] ?? Number.NaN;
    if (!Number.isNaN(price)) this.#order.add(price, steps);
  }

  #drop(): void {
    this.#starts = this.#starts.slice(this.#head);
    this.#prices = this.#prices.slice(this.#head);
    this.#tail -= this.#head;
    this.#head = 0;
  }
}
