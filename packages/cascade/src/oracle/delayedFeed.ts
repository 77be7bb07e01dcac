import { ConfigError } from "@aftershock/schema";
import { checkInstant, checkPrice, type PriceFeed } from "./priceFeed.ts";

/** Updates that are let go of at least at once. */
const LEAST_DROPPED = 256;

/**
 * A feed as it is seen a constant time later: the price at t is what the feed inside had at t − latency. Memory is what is under way.
 * Wrong where delays vary with load, as they do in a crash: on 2020-03-12 oracles on chain came late when gas was dear. For
 * such a stretch put a FrozenFeed around it.
 */
export class DelayedFeed implements PriceFeed {
  readonly #inner: PriceFeed;
  readonly #latencyMicros: number;
  /** Updates under way, NaN for a loss. */
  #prices: number[] = [];
  #times: number[] = [];
  #first = 0;
  #at = Number.NEGATIVE_INFINITY;

  /** Throws ConfigError unless the latency is finite and not below 0. */
  constructor(inner: PriceFeed, { latencyMicros }: { readonly latencyMicros: number }) {
    if (!(latencyMicros >= 0 && latencyMicros < Number.POSITIVE_INFINITY)) {
      throw new ConfigError(`A feed cannot be late by ${latencyMicros} µs`, {
        hints: ["Give a latency of 0 or more."],
      });
    }
    this.#inner = inner;
    this.#latencyMicros = latencyMicros;
  }

  update(price: number, at: number): void {
    checkPrice("A delayed price", price);
    this.#send(price, at);
  }

  lose(at: number): void {
    this.#send(Number.NaN, at);
  }

  price(at: number): number {
    this.#deliver(at - this.#latencyMicros);
    return this.#inner.price(at - this.#latencyMicros);
  }

  #send(price: number, at: number): void {
    checkInstant("A delayed price", at, this.#at);
    this.#at = at;
    this.#deliver(at - this.#latencyMicros);
    this.#prices.push(price);
    this.#times.push(at);
  }

  /** Hands on what was sent up to an instant. */
  #deliver(until: number): void {
    for (;;) {
      const sent = this.#times[this.#first] ?? Number.POSITIVE_INFINITY;
      if (sent > until) break;
      const price = this.#prices[this.#first] ?? Number.NaN;
      this.#first += 1;
      if (Number.isNaN(price)) this.#inner.lose(sent);
      else this.#inner.update(price, sent);
    }
    if (this.#first >= LEAST_DROPPED && this.#first * 2 >= this.#times.length) {
      this.#prices = this.#prices.slice(this.#first);
      this.#times = this.#times.slice(this.#first);
      this.#first = 0;
    }
  }
}
