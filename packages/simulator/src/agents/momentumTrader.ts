import { BUY, SELL } from "@aftershock/schema";
import { STEPS_PER_SECOND } from "../clock.ts";
import { LOT_USD } from "../instruments.ts";
import type { MomentumConfig } from "../marketConfig.ts";
import type { Random } from "../random.ts";
import type { Agent, MarketView } from "./marketView.ts";

/**
 * Sells while the price falls faster than its trigger, buys while it rises so, and otherwise works its position back to zero.
 * Assumes a fixed horizon and no view of value.
 */
export class MomentumTrader implements Agent {
  readonly #account: number;
  readonly #lookbackSteps: number;
  readonly #trigger: number;
  readonly #clip: number;
  readonly #limit: number;
  readonly #reviewSteps: number;
  readonly #phase: number;

  constructor(options: { account: number; config: MomentumConfig; random: Random }) {
    const { config, random } = options;
    this.#account = options.account;
    const lookback = random.between(config.lookbackSecondsFrom, config.lookbackSecondsTo);
    this.#lookbackSteps = Math.round(lookback * STEPS_PER_SECOND);
    this.#trigger = random.between(config.triggerFrom, config.triggerTo);
    this.#clip = Math.max(1, Math.round(random.logNormal(config.clipUsd, 0.5) / LOT_USD));
    this.#limit = this.#clip * config.limitClips;
    this.#reviewSteps = Math.max(1, Math.round(config.reviewSeconds * STEPS_PER_SECOND));
    this.#phase = random.integer(0, this.#reviewSteps - 1);
  }

  act(market: MarketView): void {
    if (market.step % this.#reviewSteps !== this.#phase) return;
    const now = market.logMidAt(market.step - 1);
    const move = now - market.logMidAt(market.step - 1 - this.#lookbackSteps);
    const position = market.position(this.#account);
    if (Math.abs(move) > this.#trigger) {
      const side = move > 0 ? BUY : SELL;
      const room = this.#limit - side * position;
      const size = Math.min(this.#clip, room);
      if (size > 0) market.take(this.#account, side, size);
    } else if (position !== 0) {
      const size = Math.min(Math.ceil(this.#clip / 3), Math.abs(position));
      market.take(this.#account, position > 0 ? SELL : BUY, size);
    }
  }
}
