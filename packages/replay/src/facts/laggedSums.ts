import { ConfigError } from "@aftershock/schema";

/** Pairs that an autocorrelation needs, so that its standard error, about 1/√pairs, is below 0.2. */
const FEWEST_PAIRS = 30;
/** Of Σx², below which a variance is rounding and not a variance. */
const ROUNDING = 1e-12;

/** Autocorrelation at one lag. */
export interface LagCorrelation {
  /** The lag, in values of the series. */
  readonly lag: number;
  /** −1 … 1. */
  readonly correlation: number;
  /** How many pairs it was made of. */
  readonly pairs: number;
}

/**
 * Autocorrelation of a series that is never held: only the last values, as many as the longest lag. A series may be broken off: no
 * pair then lies across the break. The estimate at lag k is the mean of (x_t − m)(x_{t−k} − m) over all pairs, over the variance, with the
 * mean m and the variance of all values. Assumes a stationary series: a mean that drifts shows as a correlation that does not fall.
 */
export class LaggedSums {
  readonly #lags: readonly number[];
  readonly #ring: Float64Array;
  readonly #pairs: Float64Array;
  readonly #products: Float64Array;
  /** Σ of the later and of the earlier values of the pairs. */
  readonly #later: Float64Array;
  readonly #earlier: Float64Array;
  #next = 0;
  #held = 0;
  #count = 0;
  #sum = 0;
  #squares = 0;

  /** `lags`: whole numbers from 1, ascending. Throws ConfigError for others. */
  constructor(lags: readonly number[]) {
    const longest = lags.at(-1) ?? 0;
    if (lags.some((lag, i) => !Number.isInteger(lag) || lag <= (lags[i - 1] ?? 0))) {
      throw new ConfigError(`Lags ${lags.join(", ")} are not possible`, {
        hints: ["Give whole numbers from 1, ascending."],
      });
    }
    this.#lags = lags;
    this.#ring = new Float64Array(longest + 1);
    this.#pairs = new Float64Array(lags.length);
    this.#products = new Float64Array(lags.length);
    this.#later = new Float64Array(lags.length);
    this.#earlier = new Float64Array(lags.length);
  }

  /** Takes the next value of the series. */
  take(value: number): void {
    const ring = this.#ring;
    for (let i = 0; i < this.#lags.length; i += 1) {
      const lag = this.#lags[i] ?? 0;
      if (lag > this.#held) break;
      const before = ring[(this.#next - lag + ring.length) % ring.length] ?? 0;
      this.#pairs[i] = (this.#pairs[i] ?? 0) + 1;
      this.#products[i] = (this.#products[i] ?? 0) + value * before;
      this.#later[i] = (this.#later[i] ?? 0) + value;
      this.#earlier[i] = (this.#earlier[i] ?? 0) + before;
    }
    ring[this.#next] = value;
    this.#next = (this.#next + 1) % ring.length;
    this.#held = Math.min(this.#held + 1, ring.length - 1);
    this.#count += 1;
    this.#sum += value;
    this.#squares += value * value;
  }

  /** The series is broken off: the next value is not paired with those before it. */
  breakOff(): void {
    this.#held = 0;
  }

  /** How many values there were. */
  get count(): number {
    return this.#count;
  }

  /** The autocorrelation at every lag that has 30 pairs at least; none of a constant series. */
  correlations(): readonly LagCorrelation[] {
    const mean = this.#sum / this.#count;
    const variance = this.#squares / this.#count - mean * mean;
    if (!(variance > (ROUNDING * this.#squares) / this.#count)) return [];
    return this.#lags.flatMap((lag, i) => {
      const pairs = this.#pairs[i] ?? 0;
      if (pairs < FEWEST_PAIRS) return [];
      const product = this.#products[i] ?? 0;
      const sums = (this.#later[i] ?? 0) + (this.#earlier[i] ?? 0);
      const covariance = (product - mean * sums) / pairs + mean * mean;
      return [{ lag, correlation: covariance / variance, pairs }];
    });
  }
}
