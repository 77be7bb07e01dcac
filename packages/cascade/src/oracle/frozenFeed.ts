import { ConfigError } from "@aftershock/schema";
import { checkInstant, checkPrice, type PriceFeed } from "./priceFeed.ts";

/** What a FrozenFeed holds back while it stands still. */
type Held = { readonly price: number } | undefined;

/**
 * A feed that stands still from an instant to another: what comes meanwhile is held back, and the last of it gets through at the end.
 * So Chainlink's LUNA feed stood at 0.107 USD in May 2022 while the market was near 0.01 (secondary source). For several stretches put one
 * around another. Assumes that the feed comes back with the price of the time; one that waits for its next update is late for as long as that takes.
 */
export class FrozenFeed implements PriceFeed {
  readonly #inner: PriceFeed;
  readonly #from: number;
  readonly #to: number;
  #held: Held;
  #at = Number.NEGATIVE_INFINITY;

  /** Stands still from `from`, included, to `to`, excluded, µs. Throws ConfigError unless `to` is the later. */
  constructor(inner: PriceFeed, { from, to }: { readonly from: number; readonly to: number }) {
    if (!(from < to)) {
      throw new ConfigError(`A feed cannot be frozen from ${from} to ${to} µs`, {
        hints: ["Give an end after the beginning."],
      });
    }
    this.#inner = inner;
    this.#from = from;
    this.#to = to;
  }

  update(price: number, at: number): void {
    checkPrice("A price", price);
    if (this.#holds(price, at)) return;
    this.#inner.update(price, at);
  }

  lose(at: number): void {
    if (this.#holds(Number.NaN, at)) return;
    this.#inner.lose(at);
  }

  price(at: number): number {
    this.#thaw(at);
    return this.#inner.price(at);
  }

  /** Whether the feed stands still at an instant. */
  isFrozen(at: number): boolean {
    return at >= this.#from && at < this.#to;
  }

  #holds(price: number, at: number): boolean {
    checkInstant("A price", at, this.#at);
    this.#at = at;
    this.#thaw(at);
    const isFrozen = this.isFrozen(at);
    if (isFrozen) this.#held = { price };
    return isFrozen;
  }

  #thaw(at: number): void {
    const held = this.#held;
    if (held === undefined || at < this.#to) return;
    this.#held = undefined;
    if (Number.isNaN(held.price)) this.#inner.lose(this.#to);
    else this.#inner.update(held.price, this.#to);
  }
}
