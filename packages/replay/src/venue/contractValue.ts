import { ConfigError, IntegrityError, decimalToNumber, type Instrument } from "@aftershock/schema";

/**
 * What a position is worth in its settle currency, by price.
 *
 * A linear contract of size s is worth s × multiplier × price, in quote currency. An inverse one, with s in quote currency, is worth
 * −s × multiplier / price, in base currency: a long owes coin that a rising price makes less. A quanto one is worth
 * s × multiplier × price in its settle currency. What a position gains is the difference of its values: for a long of an inverse contract
 * s × multiplier × (1 / entry − 1 / exit). Spot is linear: what was bought, at its price. Source of the inverse: BitMEX, "Inverse Futures
 * Guide", read 2026-11.
 *
 * Values are kept in steps, so that they are exact where whole numbers can be: ticks × lots (linear and quanto), or lots / ticks (inverse);
 * `unit` makes money of them.
 */
export class ContractValue {
  /** Settle currency in one step of value. */
  readonly unit: number;
  readonly #isInverse: boolean;
  readonly #tick: number;

  /** Throws ConfigError for an instrument whose contract is not known: nothing can be said of its money. */
  constructor({ id, contract, multiplier, tick, lot }: Instrument) {
    if (contract === "unknown") {
      throw new ConfigError(`How ${id} pays is not known: its contract is "unknown"`, {
        hints: ["Say in the instrument whether it is linear, inverse or quanto."],
      });
    }
    this.#isInverse = contract === "inverse";
    this.#tick = decimalToNumber(tick);
    const lotSize = decimalToNumber(lot) * multiplier;
    const mantissa = tick.mantissa * lot.mantissa;
    const decimals = tick.decimals + lot.decimals;
    this.unit = this.#isInverse
      ? lotSize / this.#tick
      : decimalToNumber({ mantissa, decimals }) * multiplier;
  }

  /** The value of a signed size in lots at a price in ticks, steps. Throws IntegrityError for an inverse contract at 0 or below. */
  steps(signedLots: number, price: number): number {
    if (!this.#isInverse) return signedLots * price;
    if (price > 0) return -signedLots / price;
    throw new IntegrityError(`An inverse contract has a price of ${price} ticks`, {
      hints: ["Its prices are above 0: look at the recording."],
    });
  }

  /** A price in quote currency as ticks; whole when it is on the grid, however it was rounded. */
  ticksOf(quotePrice: number): number {
    const exact = quotePrice / this.#tick;
    const nearest = Math.round(exact);
    // A double of a price with up to 15 digits is within a few units of its last place after one division.
    return Math.abs(exact - nearest) <= Math.abs(nearest) * 1e-12 ? nearest : exact;
  }

  /** The average price at which a signed size in lots has the value `steps`, ticks. */
  averagePrice(signedLots: number, steps: number): number {
    return this.#isInverse ? -signedLots / steps : steps / signedLots;
  }
}
