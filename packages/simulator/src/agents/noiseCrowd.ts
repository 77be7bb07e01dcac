import { BUY, SELL } from "@aftershock/schema";
import { STEPS_PER_SECOND } from "../clock.ts";
import type { NoiseConfig } from "../config/marketConfig.ts";
import type { CounterRandom } from "../counterRandom.ts";
import type { Agent, TradingVenue } from "./agent.ts";

/** Orders that may come in one step. */
const SLOTS = 3;
/** However wild it gets, not more than this many times the calm rate. */
const MOST_EXCITED = 5;

/**
 * Everyone who trades for reasons of their own: single market orders of either side at random, more of them when it is volatile. Whether,
 * which side and how much is drawn for each step, whatever the market does, so that two runs that differ in a rule see the same crowd.
 * Assumes that sides are independent; those of real orders are not for hours, which MetaorderCrowd is for.
 */
export class NoiseCrowd implements Agent {
  readonly #venue: TradingVenue;
  readonly #account: number;
  readonly #config: NoiseConfig;
  readonly #random: CounterRandom;

  constructor(options: {
    venue: TradingVenue;
    account: number;
    config: NoiseConfig;
    random: CounterRandom;
  }) {
    this.#venue = options.venue;
    this.#account = options.account;
    this.#config = options.config;
    this.#random = options.random;
  }

  act(step: number): void {
    const { ordersPerSecond, excitedSigmaBps, medianUsd, sizeSigma, largestUsd } = this.#config;
    const venue = this.#venue;
    const random = this.#random;
    const excitement = Math.min(MOST_EXCITED, 1 + venue.sigmaBps / excitedSigmaBps);
    const rate = (ordersPerSecond * excitement) / STEPS_PER_SECOND / SLOTS;
    for (let slot = 0; slot < SLOTS; slot += 1) {
      random.at(step, slot);
      const arrival = random.uniform(0);
      if (arrival >= rate) continue;
      const side = random.uniform(1) < 0.5 ? BUY : SELL;
      const sizeUsd = Math.min(largestUsd, random.logNormal(1, medianUsd, sizeSigma));
      venue.take(this.#account, side, Math.max(1, Math.round(sizeUsd / venue.lotUsd)));
    }
  }
}
