import { BUY, SELL } from "@aftershock/schema";
import { stepsIn } from "../clock.ts";
import type { FrontRunnerConfig } from "../config/marketConfig.ts";
import type { CounterRandom } from "../counterRandom.ts";
import type { Agent, TradingVenue } from "./agent.ts";

/** What can be seen of where accounts are liquidated. */
export interface VisibleLevels {
  /**
   * Notional of the positions that are liquidated between the price now and `range` (a fraction) further on, USD: longs below it for SELL,
   * shorts above it for BUY; 0 where levels are hidden.
   */
  notionalAhead(side: number, range: number): number;
}

/**
 * Sells ahead of longs that are about to be liquidated, while the price goes there (and buys ahead of shorts), and takes the other side of the
 * forced orders afterwards: it closes once nothing is left ahead, or when its patience ends.
 * Assumes that levels can be seen, as on venues with open positions (Hyperliquid) or guessed from heat maps elsewhere; the rule `hiddenLevels` takes that
 * away. Assumes that all see the same and none of them is squeezed.
 */
export class FrontRunner implements Agent {
  readonly #venue: TradingVenue;
  readonly #levels: VisibleLevels;
  readonly #account: number;
  readonly #config: FrontRunnerConfig;
  readonly #clip: number;
  readonly #least: number;
  readonly #lookbackSteps: number;
  readonly #reviewSteps: number;
  readonly #holdSteps: number;
  readonly #phase: number;
  #lastSent = 0;

  constructor(options: {
    venue: TradingVenue;
    levels: VisibleLevels;
    account: number;
    config: FrontRunnerConfig;
    random: CounterRandom;
  }) {
    const { config, venue } = options;
    const random = options.random.at(0);
    this.#venue = venue;
    this.#levels = options.levels;
    this.#account = options.account;
    this.#config = config;
    this.#clip = Math.max(1, Math.round(config.clipUsd / venue.lotUsd));
    this.#least = config.leastUsd * random.between(0, 0.5, 1.5);
    this.#lookbackSteps = stepsIn(config.lookbackSeconds);
    this.#reviewSteps = stepsIn(config.reviewSeconds);
    this.#holdSteps = stepsIn(config.holdSeconds);
    this.#phase = random.integer(1, 0, this.#reviewSteps - 1);
  }

  act(step: number): void {
    if (step % this.#reviewSteps !== this.#phase) return;
    const venue = this.#venue;
    const position = venue.position(this.#account);
    const move = venue.logMid - venue.logMidBefore(this.#lookbackSteps);
    const side = move < 0 ? SELL : BUY;
    const isMoving = Math.abs(move) > this.#config.trigger;
    if (isMoving && this.#levels.notionalAhead(side, this.#config.range) > this.#least) {
      const room = this.#clip * this.#config.limitClips - side * position;
      const size = Math.min(this.#clip, room);
      if (size <= 0) return;
      this.#lastSent = step;
      venue.take(this.#account, side, size);
      return;
    }
    if (position === 0) return;
    const held = position < 0 ? SELL : BUY;
    const isOver = this.#levels.notionalAhead(held, this.#config.range) < this.#least / 4;
    if (!isOver && step - this.#lastSent < this.#holdSteps) return;
    venue.take(this.#account, -held, Math.min(this.#clip, Math.abs(position)));
  }
}
