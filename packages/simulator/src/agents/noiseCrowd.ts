import { BUY, SELL } from "@aftershock/schema";
import { STEPS_PER_SECOND } from "../clock.ts";
import { LOT_USD } from "../instruments.ts";
import type { NoiseConfig } from "../marketConfig.ts";
import type { Random } from "../random.ts";
import type { Agent, MarketView } from "./marketView.ts";

/** Orders that may come in one step. */
const SLOTS = 3;
/** However wild it gets, not more than this many times the calm rate. */
const MOST_EXCITED = 5;

/**
 * Everyone who trades for reasons of their own: market orders of either side at random, more of them when it is volatile.
 * Each step costs the same number of draws whatever the market does, so that two runs that differ in a rule see the same crowd.
 * Assumes that sides are independent; real order flow is autocorrelated for hours.
 */
export class NoiseCrowd implements Agent {
  readonly #account: number;
  readonly #config: NoiseConfig;
  readonly #random: Random;

  constructor(options: { account: number; config: NoiseConfig; random: Random }) {
    this.#account = options.account;
    this.#config = options.config;
    this.#random = options.random;
  }

  act(market: MarketView): void {
    const excitement = Math.min(MOST_EXCITED, 1 + market.sigmaBps / this.#config.excitedSigmaBps);
    const rate = (this.#config.ordersPerSecond * excitement) / STEPS_PER_SECOND / SLOTS;
    for (let slot = 0; slot < SLOTS; slot += 1) {
      const arrives = this.#random.uniform() < rate;
      const side = this.#random.uniform() < 0.5 ? BUY : SELL;
      const drawn = this.#random.logNormal(this.#config.medianUsd, this.#config.sizeSigma);
      if (!arrives) continue;
      const sizeUsd = Math.min(this.#config.largestUsd, drawn);
      market.take(this.#account, side, Math.max(1, Math.round(sizeUsd / LOT_USD)));
    }
  }
}
