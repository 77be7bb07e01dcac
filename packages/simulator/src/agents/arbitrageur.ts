import { BUY, SELL } from "@aftershock/schema";
import { STEPS_PER_MINUTE, stepsIn } from "../clock.ts";
import type { ArbitrageConfig } from "../config/marketConfig.ts";
import type { CounterRandom } from "../counterRandom.ts";
import type { Agent, TradingVenue } from "./agent.ts";

/** An account on each of two venues. */
export interface ArbitrageLeg {
  readonly venue: TradingVenue;
  readonly account: number;
}

/**
 * Sells the dearer and buys the cheaper of the perpetual and spot once they are further apart than its threshold beyond the usual distance,
 * which it learns slowly, and closes both legs when they have come back to it. The second leg follows at once for what the first one filled.
 * Assumes that coin and dollars are on both venues already, up to the limit of the position. In stress they were not, in time: on
 * 10 October 2025 the venues came apart because transfers stood still.
 */
export class Arbitrageur implements Agent {
  readonly #perpetual: ArbitrageLeg;
  readonly #spot: ArbitrageLeg;
  readonly #threshold: number;
  readonly #clip: number;
  readonly #limit: number;
  readonly #reviewSteps: number;
  readonly #phase: number;
  readonly #learning: number;
  readonly #spotLots: number;
  #usual = 0;

  constructor(options: {
    perpetual: ArbitrageLeg;
    spot: ArbitrageLeg;
    config: ArbitrageConfig;
    random: CounterRandom;
  }) {
    const { config, perpetual, spot } = options;
    const random = options.random.at(0);
    this.#perpetual = perpetual;
    this.#spot = spot;
    this.#threshold = random.betweenLog(0, config.thresholdFrom, config.thresholdTo);
    const { lotUsd } = perpetual.venue;
    this.#clip = Math.max(1, Math.round(random.logNormal(1, config.clipUsd, 0.5) / lotUsd));
    this.#limit = this.#clip * config.limitClips;
    this.#reviewSteps = stepsIn(config.reviewSeconds);
    this.#phase = random.at(1).integer(0, 0, this.#reviewSteps - 1);
    this.#learning = this.#reviewSteps / (config.basisMinutes * STEPS_PER_MINUTE);
    this.#spotLots = lotUsd / spot.venue.lotUsd;
  }

  act(step: number): void {
    if (step % this.#reviewSteps !== this.#phase) return;
    const basis = this.#perpetual.venue.logMid - this.#spot.venue.logMid;
    const distance = basis - this.#usual;
    this.#usual += this.#learning * distance;
    const position = this.#perpetual.venue.position(this.#perpetual.account);
    if (Math.abs(distance) > this.#threshold) {
      // A perpetual that is dear is sold.
      const side = distance > 0 ? SELL : BUY;
      this.#trade(side, Math.min(this.#clip, this.#limit - side * position));
    } else if (position * distance > 0 || Math.abs(distance) < this.#threshold / 4) {
      this.#trade(position > 0 ? SELL : BUY, Math.min(this.#clip, Math.abs(position)));
    }
  }

  /** Lots of the perpetual on one side, and as much of spot on the other. */
  #trade(side: number, lots: number): void {
    if (lots <= 0) return;
    const filled = this.#perpetual.venue.take(this.#perpetual.account, side, lots);
    const spotLots = Math.round(filled * this.#spotLots);
    if (spotLots > 0) this.#spot.venue.take(this.#spot.account, -side, spotLots);
  }
}
