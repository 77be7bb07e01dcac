import { decimalToNumber, type Instrument, stepsToNumber } from "@aftershock/schema";

/** Places of the sums: Σ lots, Σ ticks × lots, Σ lots / ticks. */
const LOTS = 0;
const TICK_LOTS = 1;
const LOTS_PER_TICK = 2;

/**
 * What sizes at prices add up to: Σ lots, Σ ticks × lots and Σ lots / ticks. The first two are exact while they are below 2^53, and
 * rounded as doubles are beyond.
 */
export class TradedMoney {
  readonly #instrument: Instrument;
  readonly #sums = new Float64Array(3);

  constructor(instrument: Instrument) {
    this.#instrument = instrument;
  }

  /** Adds a size at a price. */
  add(ticks: number, lots: number): void {
    const sums = this.#sums;
    sums[LOTS] = this.lots + lots;
    sums[TICK_LOTS] = this.#tickLots + ticks * lots;
    sums[LOTS_PER_TICK] = this.#lotsPerTick + lots / ticks;
  }

  clear(): void {
    this.#sums.fill(0);
  }

  /** Σ size, lots. */
  get lots(): number {
    return this.#sums[LOTS] ?? 0;
  }
  get #tickLots(): number {
    return this.#sums[TICK_LOTS] ?? 0;
  }
  get #lotsPerTick(): number {
    return this.#sums[LOTS_PER_TICK] ?? 0;
  }

  /** Σ size, the venue's size unit. */
  get size(): number {
    return stepsToNumber(this.lots, this.#instrument.lot);
  }

  /**
   * Σ notional, quote currency. Linear: size × multiplier × price. Inverse, whose size is in quote currency: size × multiplier. Quanto
   * and unknown contracts are taken as linear.
   */
  get notional(): number {
    const { contract, tick, lot, multiplier } = this.#instrument;
    if (contract === "inverse") return this.size * multiplier;
    const tickLot = {
      mantissa: tick.mantissa * lot.mantissa,
      decimals: tick.decimals + lot.decimals,
    };
    return stepsToNumber(this.#tickLots, tickLot) * multiplier;
  }

  /** The mean price of a unit of base currency: notional / Σ base, quote currency; NaN when there is no size. */
  get meanPrice(): number {
    const { contract, tick } = this.#instrument;
    const ticks =
      contract === "inverse" ? this.lots / this.#lotsPerTick : this.#tickLots / this.lots;
    return ticks * decimalToNumber(tick);
  }
}
