import { ConfigError } from "@aftershock/schema";
import { checkInstant, checkPrice, type PriceFeed } from "./priceFeed.ts";

/** When a price is too old, and what is then taken. */
export interface ExpiringOptions {
  /** A price is stale as soon as it is so old, µs, above 0. */
  readonly maxAgeMicros: number;
  /** `absent`: the feed inside loses its price then. `hold`: the price stands, and only `isStale` says so. */
  readonly whenStale: "absent" | "hold";
}

/**
 * A feed whose price goes stale without updates. Age is counted from the last update, also of an equal price. Wrong for a venue that sends
 * changes only: a quiet market would look dead.
 */
export class ExpiringFeed implements PriceFeed {
  readonly #inner: PriceFeed;
  readonly #maxAgeMicros: number;
  readonly #holds: boolean;
  #updated = Number.NEGATIVE_INFINITY;
  /** The last update or loss. */
  #at = Number.NEGATIVE_INFINITY;
  #isLost = true;

  /** Throws ConfigError unless the age is above 0. */
  constructor(inner: PriceFeed, { maxAgeMicros, whenStale }: ExpiringOptions) {
    if (!(maxAgeMicros > 0)) {
      throw new ConfigError(`A price cannot be stale after ${maxAgeMicros} µs`, {
        hints: ["Give an age above 0."],
      });
    }
    this.#inner = inner;
    this.#maxAgeMicros = maxAgeMicros;
    this.#holds = whenStale === "hold";
  }

  update(price: number, at: number): void {
    checkPrice("A price", price);
    checkInstant("A price", at, this.#at);
    this.#expire(at);
    this.#inner.update(price, at);
    this.#updated = at;
    this.#at = at;
    this.#isLost = false;
  }

  lose(at: number): void {
    checkInstant("A loss", at, this.#at);
    this.#expire(at);
    this.#inner.lose(at);
    this.#at = at;
    this.#isLost = true;
  }

  price(at: number): number {
    this.#expire(at);
    return this.#inner.price(at);
  }

  /** Whether there is no update that is young enough at an instant, not before the last one. */
  isStale(at: number): boolean {
    return !(at < this.#updated + this.#maxAgeMicros);
  }

  #expire(at: number): void {
    if (this.#holds || this.#isLost || !this.isStale(at)) return;
    this.#inner.lose(this.#updated + this.#maxAgeMicros);
    this.#isLost = true;
  }
}
