import { ConfigError } from "@aftershock/schema";
import { checkInstant, checkPrice, type PriceFeed } from "./priceFeed.ts";

/**
 * An exponential average over time (EWMA): a price that stood for dt, s ago, has the weight e^(−s/τ) dt, and the weights sum to 1 from the first
 * price on, so that the first one has no more say than the time it stood for. Exact for irregular updates. Source of the weights:
 * Hyperliquid's documentation on its oracle and mark, which averages so with τ = 2.5 minutes.
 *
 * Assumes that what a rule calls an average of 30 s has τ = 30 s. A venue that means a half-life has τ / ln 2, one that means a span of n
 * samples of length s about n·s/2. Without a price the average stands.
 */
export class ExponentialAverage implements PriceFeed {
  readonly #timeMicros: number;
  #price = Number.NaN;
  #at = Number.NEGATIVE_INFINITY;
  /** The average and the sum of its weights at #at. */
  #mean = Number.NaN;
  #weight = 0;
  /** The last lag, and the share that it had: samples are mostly even. */
  #lag = Number.NaN;
  #share = Number.NaN;

  /** `timeMicros` is τ, µs. Throws ConfigError unless it is finite and above 0. */
  constructor({ timeMicros }: { readonly timeMicros: number }) {
    if (!(timeMicros > 0 && timeMicros < Number.POSITIVE_INFINITY)) {
      throw new ConfigError(`An exponential average cannot have a time of ${timeMicros} µs`, {
        hints: ["Give a time above 0."],
      });
    }
    this.#timeMicros = timeMicros;
  }

  update(price: number, at: number): void {
    checkPrice("A price to average", price);
    this.#advance(at);
    this.#price = price;
  }

  lose(at: number): void {
    this.#advance(at);
    this.#price = Number.NaN;
  }

  price(at: number): number {
    return this.#meanAt(this.#gain(at));
  }

  #advance(at: number): void {
    checkInstant("A price to average", at, this.#at);
    const gain = this.#gain(at);
    this.#mean = this.#weight === 0 && gain === 0 ? Number.NaN : this.#meanAt(gain);
    this.#weight = this.#weightAt(gain);
    this.#at = at;
  }

  /** The share that the time since the last update has of all weight, 0 … 1. */
  #gain(at: number): number {
    if (!(at > this.#at && this.#at > Number.NEGATIVE_INFINITY)) return 0;
    const lag = at - this.#at;
    if (lag !== this.#lag) {
      this.#lag = lag;
      this.#share = -Math.expm1(-lag / this.#timeMicros);
    }
    return this.#share;
  }

  #weightAt(gain: number): number {
    return this.#weight * (1 - gain) + (Number.isNaN(this.#price) ? 0 : gain);
  }

  #meanAt(gain: number): number {
    if (Number.isNaN(this.#price)) return this.#mean;
    if (this.#weight === 0) return this.#price;
    if (gain === 0) return this.#mean;
    const share = gain / this.#weightAt(gain);
    return this.#mean + (this.#price - this.#mean) * share;
  }
}
