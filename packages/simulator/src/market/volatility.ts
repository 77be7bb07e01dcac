const SECONDS_PER_YEAR = 365 * 86_400;
const BPS = 1e-4;

/** An exponentially weighted volatility of one-second returns. */
export class Volatility {
  readonly #weight: number;
  #variance: number;

  /** Half-life in seconds, and the volatility to start from, a fraction a year. */
  constructor(options: { halfLifeSeconds: number; startAnnual: number }) {
    this.#weight = 1 - 0.5 ** (1 / options.halfLifeSeconds);
    this.#variance = options.startAnnual ** 2 / SECONDS_PER_YEAR;
  }

  /** Takes in the move of one second, a logarithm. */
  update(move: number): void {
    this.#variance += this.#weight * (move * move - this.#variance);
  }

  /** Basis points a √second. */
  get bps(): number {
    return Math.sqrt(this.#variance) / BPS;
  }

  /** A fraction a year of 365 days. */
  get annual(): number {
    return Math.sqrt(this.#variance * SECONDS_PER_YEAR);
  }
}
