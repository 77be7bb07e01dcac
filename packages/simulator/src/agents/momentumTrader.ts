import { BUY, SELL } from "@aftershock/schema";
import { stepsIn } from "../clock.ts";
import type { MomentumConfig } from "../config/marketConfig.ts";
import type { CounterRandom } from "../counterRandom.ts";
import type { Agent, TradingVenue } from "./agent.ts";

/**
 * Sells while the price falls faster than its trigger, buys while it rises so, and otherwise works its position back to zero.
 * Assumes a fixed horizon and no view of value.
 */
export class MomentumTrader implements Agent {
  readonly #venue: TradingVenue;
  readonly #account: number;
  readonly #lookbackSteps: number;
  readonly #trigger: number;
  readonly #clip: number;
  readonly #limit: number;
  readonly #reviewSteps: number;
  readonly #phase: number;

  constructor(options: {
    venue: TradingVenue;
    account: number;
    config: MomentumConfig;
    random: CounterRandom;
  }) {
    const { config, venue } = options;
    const random = options.random.at(0);
    this.#venue = venue;
    this.#account = options.account;
    this.#lookbackSteps = stepsIn(
      random.between(0, config.lookbackSecondsFrom, config.lookbackSecondsTo),
    );
    this.#trigger = random.between(1, config.triggerFrom, config.triggerTo);
    this.#clip = Math.max(1, Math.round(random.logNormal(1, config.clipUsd, 0.5) / venue.lotUsd));
    this.#limit = this.#clip * config.limitClips;
    this.#reviewSteps = stepsIn(config.reviewSeconds);
    this.#phase = random.at(1).integer(0, 0, this.#reviewSteps - 1);
  }

  act(step: number): void {
    if (step % this.#reviewSteps !== this.#phase) return;
    const venue = this.#venue;
    const move = venue.logMid - venue.logMidBefore(this.#lookbackSteps);
    const position = venue.position(this.#account);
    if (Math.abs(move) > this.#trigger) {
      const side = move > 0 ? BUY : SELL;
      const size = Math.min(this.#clip, this.#limit - side * position);
      if (size > 0) venue.take(this.#account, side, size);
    } else if (position !== 0) {
      const size = Math.min(Math.ceil(this.#clip / 3), Math.abs(position));
      venue.take(this.#account, position > 0 ? SELL : BUY, size);
    }
  }
}
