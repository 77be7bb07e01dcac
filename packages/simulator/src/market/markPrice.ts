import { STEPS_PER_SECOND } from "../clock.ts";
import type { MarkConfig } from "../marketConfig.ts";

/** The weight of one step in an exponential average of a time constant in seconds. */
const stepWeight = (seconds: number): number => 1 - Math.exp(-1 / (seconds * STEPS_PER_SECOND));

/**
 * Index and mark. Spot makes every ordinary move at once. Beyond those it is a weighted mean of the perpetual, which arbitrage ties
 * it to within seconds, and of the news as spot holders understand them, both as exponential averages. The mark is the index plus a 30 s exponential average of the basis (mid − index), which
 * is Deribit's rule with the mid in place of the fair impact price and without its band.
 * Wrong where spot venues break away from the perpetual, as for wrapped coins on 2025-10-10.
 */
export class MarkPrice {
  readonly #config: MarkConfig;
  readonly #followWeight: number;
  readonly #newsWeight: number;
  readonly #basisWeight: number;
  #followed = 0;
  #understood = 0;
  #basis = 0;
  #index: number;

  constructor(config: MarkConfig, startUsd: number) {
    this.#config = config;
    this.#followWeight = stepWeight(config.spotSeconds);
    this.#newsWeight = stepWeight(config.spotNewsSeconds);
    this.#basisWeight = stepWeight(config.basisSeconds);
    this.#index = startUsd;
  }

  /** Takes in the state at the end of a step: natural logarithms of USD prices. */
  update(state: { logMid: number; logOrdinary: number; logNews: number }): void {
    const { logMid, logOrdinary, logNews } = state;
    const { spotFollows } = this.#config;
    this.#followed += this.#followWeight * (logMid - logOrdinary - this.#followed);
    this.#understood += this.#newsWeight * (logNews - this.#understood);
    const beyond = spotFollows * this.#followed + (1 - spotFollows) * this.#understood;
    this.#index = Math.exp(logOrdinary + beyond);
    this.#basis += this.#basisWeight * (Math.exp(logMid) - this.#index - this.#basis);
  }

  /** Index price, USD. */
  get index(): number {
    return this.#index;
  }

  /** Mark price, USD. */
  get mark(): number {
    return this.#index + this.#basis;
  }

  /**
   * Funding rate of eight hours, a fraction, positive when longs pay: the mark's premium over the index beyond a dampener,
   * within a cap.
   */
  get fundingRate(): number {
    const { fundingDampener, fundingCap } = this.#config;
    const premium = this.#basis / this.#index;
    const rate = Math.max(fundingDampener, premium) + Math.min(-fundingDampener, premium);
    return Math.min(fundingCap, Math.max(-fundingCap, rate));
  }
}
