import { ConfigError, DataError } from "@aftershock/schema";
import { checkInstant } from "./priceFeed.ts";

/**
 * What a collateral may be priced by: `book`, its own price on the venue's spot book; `underlying`, the index of what it stands for; `ratio`, how much
 * of the underlying one of it is redeemed for.
 */
export type CollateralInput = "book" | "underlying" | "ratio";

/** The price at which a venue counts a collateral, quote currency. All take all inputs, so that one may stand for another. */
export interface CollateralPrice {
  /** Takes an input in. Throws DataError, and changes nothing, when it is not finite and above 0 or is from an earlier time. */
  update(input: CollateralInput, value: number, at: number): void;
  /** The price at an instant not before the last update; NaN where an input that it needs never came. */
  price(at: number): number;
}

/** The latest of each input. */
class CollateralInputs {
  readonly values: Record<CollateralInput, number> = {
    book: Number.NaN,
    underlying: Number.NaN,
    ratio: Number.NaN,
  };
  #at = Number.NEGATIVE_INFINITY;

  set(input: CollateralInput, value: number, at: number): void {
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
      throw new DataError(`The ${input} of a collateral is ${value} at ${at} µs`, {
        hints: ["Prices and ratios are finite and above 0."],
      });
    }
    checkInstant("A price of a collateral", at, this.#at);
    this.#at = at;
    this.values[input] = value;
  }
}

/**
 * A collateral at its own price on the venue's own spot book, whatever it is worth elsewhere. So Binance's unified accounts counted USDe,
 * wBETH and BNSOL up to 2025-10-14: on 2025-10-10 between 21:36 and 22:16 UTC that book fell to 0.65, about 430 and 34.9 USDT, while the
 * coins behind the latter two were never below eight and five times as much (press; daily candles of Binance spot). Assumes that the book's
 * price is told as it trades; a venue that averages has an average before it.
 */
export class OwnBookPrice implements CollateralPrice {
  readonly #inputs = new CollateralInputs();

  update(input: CollateralInput, value: number, at: number): void {
    this.#inputs.set(input, value, at);
  }

  price(_at: number): number {
    return this.#inputs.values.book;
  }
}

/**
 * A collateral at what it is redeemed for: ratio × index of the underlying, the own book being left out; not below a floor, where there is one. So
 * Binance counts wBETH and BNSOL from 2025-10-14 08:00 UTC on, and gave USDe a floor, whose height no source tells. Wrong where
 * redemption is halted or takes days: the collateral can then not be sold at this price.
 */
export class ConversionPrice implements CollateralPrice {
  readonly #inputs = new CollateralInputs();
  readonly #floor: number;

  /** `floor` is quote currency, above 0; default none. Throws ConfigError for another. */
  constructor({ floor }: { readonly floor?: number } = {}) {
    if (floor !== undefined && !(floor > 0 && floor < Number.POSITIVE_INFINITY)) {
      throw new ConfigError(`A collateral cannot have a floor of ${floor}`, {
        hints: ["Give a price above 0, or none."],
      });
    }
    this.#floor = floor ?? 0;
  }

  update(input: CollateralInput, value: number, at: number): void {
    this.#inputs.set(input, value, at);
  }

  price(_at: number): number {
    const { underlying, ratio } = this.#inputs.values;
    return Math.max(this.#floor, underlying * ratio);
  }
}
