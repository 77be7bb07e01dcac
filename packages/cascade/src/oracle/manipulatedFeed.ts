import { ConfigError } from "@aftershock/schema";
import { checkInstant, checkPrice, type PriceFeed } from "./priceFeed.ts";

/** What is done to a price from an instant on, up to the next of the path: price × factor + added. */
export interface Manipulation {
  /** µs; the instants of a path rise. */
  readonly at: number;
  /** Above 0; default 1. */
  readonly factor?: number;
  /** In the unit of the prices, of either sign; default 0. */
  readonly added?: number;
}

/**
 * A feed whose source is moved along a given path, as by who trades in the thin market that an oracle reads. Before the path the price is
 * untouched; to end a manipulation give a last entry without factor and addition. Assumes that nobody answers: no arbitrage brings the source
 * back, and what the manipulation costs is not asked.
 */
export class ManipulatedFeed implements PriceFeed {
  readonly #inner: PriceFeed;
  readonly #path: readonly Manipulation[];
  #next = 0;
  #factor = 1;
  #added = 0;
  #raw = Number.NaN;
  #at = Number.NEGATIVE_INFINITY;

  /** Throws ConfigError for instants that do not rise, a factor that is not above 0, or an addition that is not finite. */
  constructor(inner: PriceFeed, path: readonly Manipulation[]) {
    let before = Number.NEGATIVE_INFINITY;
    for (const { at, factor = 1, added = 0 } of path) {
      const isPossible = factor > 0 && Number.isFinite(factor) && Number.isFinite(added);
      if (!isPossible || !Number.isFinite(at) || at <= before) {
        throw new ConfigError(`No price can be moved by × ${factor} + ${added} from ${at} µs on`, {
          hints: [`Give a factor above 0 and an instant after ${before} µs.`],
        });
      }
      before = at;
    }
    this.#inner = inner;
    this.#path = path;
  }

  update(price: number, at: number): void {
    checkPrice("A price", price);
    checkInstant("A price", at, this.#at);
    this.#advance(at);
    this.#at = at;
    this.#raw = price;
    this.#inner.update(price * this.#factor + this.#added, at);
  }

  lose(at: number): void {
    checkInstant("A loss", at, this.#at);
    this.#advance(at);
    this.#at = at;
    this.#raw = Number.NaN;
    this.#inner.lose(at);
  }

  price(at: number): number {
    this.#advance(at);
    return this.#inner.price(at);
  }

  #advance(to: number): void {
    for (;;) {
      const step = this.#path[this.#next];
      if (step === undefined || step.at > to) return;
      this.#next += 1;
      this.#factor = step.factor ?? 1;
      this.#added = step.added ?? 0;
      if (!Number.isNaN(this.#raw)) {
        this.#inner.update(this.#raw * this.#factor + this.#added, step.at);
      }
    }
  }
}
