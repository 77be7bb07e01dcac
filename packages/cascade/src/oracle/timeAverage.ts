import { checkInstant, checkPrice, type PriceFeed } from "./priceFeed.ts";
import { type StepWindow, stepsOf } from "./stepWindow.ts";

const FIRST_CAPACITY = 16;

/**
 * The time-weighted average price (TWAP) of a window: the mean of the prices at the last n steps up to and including now, where a price
 * counts for as many steps as it stands. With steps of 1 µs that is the exact average of irregular updates; with longer ones it is
 * that of a venue which samples, e.g. 30 samples one second apart. A window of one step is the price itself, bit for bit.
 *
 * Before the window is full the mean is over the steps since the first price; stretches without a price count for nothing. Wrong where
 * a venue samples at other instants than the multiples of the step, or weights by volume.
 *
 * An update costs amortised O(1), a read O(log n) of the updates in the window, which is all that is kept. With whole prices (ticks) sums are
 * exact while price range × window in steps stays below 2^52.
 */
export class TimeAverage implements PriceFeed {
  readonly #count: number;
  readonly #micros: number;
  /** By stretch of equal price, from #first to #end: its first step, its price (NaN: none), and sums up to that step. */
  #starts = new Float64Array(FIRST_CAPACITY);
  #prices = new Float64Array(FIRST_CAPACITY);
  /** Σ (price − #origin) over steps, and the number of steps with a price. */
  #areas = new Float64Array(FIRST_CAPACITY);
  #presents = new Float64Array(FIRST_CAPACITY);
  #first = 0;
  #end = 0;
  #origin = 0;
  #at = Number.NEGATIVE_INFINITY;

  /** Throws ConfigError where the window is no whole number of steps. */
  constructor(window: StepWindow) {
    const { count, micros } = stepsOf(window);
    this.#count = count;
    this.#micros = micros;
  }

  update(price: number, at: number): void {
    checkPrice("A price to average", price);
    this.#take(price, at);
  }

  lose(at: number): void {
    this.#take(Number.NaN, at);
  }

  price(at: number): number {
    const last = Math.floor(at / this.#micros);
    const from = last - this.#count + 1;
    const to = this.#stretchAt(last);
    if (to < this.#first) return Number.NaN;
    const since = this.#stretchAt(from);
    if (since === to) return this.#prices[to] ?? Number.NaN;
    const present = this.#presentBefore(to, last + 1) - this.#presentBefore(since, from);
    if (present === 0) return Number.NaN;
    const area = this.#areaBefore(to, last + 1) - this.#areaBefore(since, from);
    // Of whole prices both sums are exact, and so the mean is rounded once.
    return area === 0 ? this.#origin : (this.#origin * present + area) / present;
  }

  #take(price: number, at: number): void {
    checkInstant("A price to average", at, this.#at);
    this.#at = at;
    const step = Math.ceil(at / this.#micros);
    // A read at `at` may still be of the step before.
    this.#dropBefore(step - this.#count);
    const last = this.#end - 1;
    if (last >= this.#first) {
      if (this.#starts[last] === step) {
        this.#prices[last] = price;
        if (last === this.#first && !Number.isNaN(price)) this.#origin = price;
        return;
      }
      if (Object.is(this.#prices[last], price)) return;
    }
    this.#append(price, step);
  }

  #append(price: number, step: number): void {
    if (this.#end === this.#starts.length) this.#makeRoom();
    const at = this.#end;
    if (at === this.#first) {
      this.#origin = Number.isNaN(price) ? 0 : price;
      this.#areas[at] = 0;
      this.#presents[at] = 0;
    } else {
      this.#areas[at] = this.#areaBefore(at - 1, step);
      this.#presents[at] = this.#presentBefore(at - 1, step);
    }
    this.#starts[at] = step;
    this.#prices[at] = price;
    this.#end = at + 1;
  }

  /** Forgets the stretches that end before or at a step. */
  #dropBefore(step: number): void {
    while (this.#first + 1 < this.#end && (this.#starts[this.#first + 1] ?? step) <= step) {
      this.#first += 1;
    }
  }

  /** Moves what is kept to the front, of longer arrays where it needs more than half, and sums it anew: sums so never grow with time. */
  #makeRoom(): void {
    const { length } = this.#starts;
    const kept = this.#end - this.#first;
    const capacity = kept > length / 2 ? length * 2 : length;
    const starts = new Float64Array(capacity);
    const prices = new Float64Array(capacity);
    starts.set(this.#starts.subarray(this.#first, this.#end));
    prices.set(this.#prices.subarray(this.#first, this.#end));
    if (capacity > length) {
      this.#areas = new Float64Array(capacity);
      this.#presents = new Float64Array(capacity);
    }
    this.#first = 0;
    this.#end = 0;
    this.#starts = starts;
    this.#prices = prices;
    for (let i = 0; i < kept; i += 1) this.#append(prices[i] ?? 0, starts[i] ?? 0);
  }

  /** The stretch that a step lies in; that before the first where it lies before all. */
  #stretchAt(step: number): number {
    const first = this.#first;
    const last = this.#end - 1;
    // Where reads mostly are: the end of the window, and its beginning.
    if (last >= first && (this.#starts[last] ?? 0) <= step) return last;
    if (first < last && (this.#starts[first + 1] ?? 0) > step) {
      return (this.#starts[first] ?? 0) <= step ? first : first - 1;
    }
    let low = first;
    let high = last + 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= step) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #areaBefore(stretch: number, step: number): number {
    if (stretch < this.#first) return 0;
    const area = this.#areas[stretch] ?? 0;
    const price = this.#prices[stretch] ?? 0;
    if (Number.isNaN(price)) return area;
    return area + (price - this.#origin) * (step - (this.#starts[stretch] ?? 0));
  }

  #presentBefore(stretch: number, step: number): number {
    if (stretch < this.#first) return 0;
    const present = this.#presents[stretch] ?? 0;
    if (Number.isNaN(this.#prices[stretch] ?? 0)) return present;
    return present + step - (this.#starts[stretch] ?? 0);
  }
}
