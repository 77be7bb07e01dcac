import { checkInstant, checkPrice, type PriceFeed } from "./priceFeed.ts";

/** The last price itself: what a venue that marks at its last trade uses, and the innermost of feeds that only change when a price is known. */
export class LastPrice implements PriceFeed {
  #price = Number.NaN;
  #at = Number.NEGATIVE_INFINITY;

  update(price: number, at: number): void {
    checkPrice("A price", price);
    checkInstant("A price", at, this.#at);
    this.#price = price;
    this.#at = at;
  }

  lose(at: number): void {
    checkInstant("A loss", at, this.#at);
    this.#price = Number.NaN;
    this.#at = at;
  }

  price(_at: number): number {
    return this.#price;
  }
}
