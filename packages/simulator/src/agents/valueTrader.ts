import { BUY, SELL } from "@aftershock/schema";
import { STEPS_PER_SECOND } from "../clock.ts";
import { LOT_USD } from "../instruments.ts";
import type { ValueTraderConfig } from "../marketConfig.ts";
import type { Random } from "../random.ts";
import type { Agent, MarketView } from "./marketView.ts";

/** However wide the gap, not more than this many orders' worth at once. */
const MOST_EAGER = 3;

const uniformLog = (random: Random, from: number, to: number): number =>
  from * (to / from) ** random.uniform();

/**
 * Understands the news with a lag of its own and trades towards it once the price is further away than its threshold. Those with
 * little lag and a narrow threshold carry the news into the price; those with a wide threshold buy what a cascade throws away.
 * Assumes that value can be known and that its seekers never run out of margin, only of their position limit.
 */
export class ValueTrader implements Agent {
  readonly #account: number;
  readonly #lagSteps: number;
  readonly #threshold: number;
  readonly #clip: number;
  readonly #limit: number;
  readonly #startPosition: number;
  readonly #reviewSteps: number;
  readonly #phase: number;

  /** `startPosition` in lots is what it carries against coin of its own; the position limit counts from there. */
  constructor(options: {
    account: number;
    config: ValueTraderConfig;
    random: Random;
    startPosition: number;
  }) {
    const { config, random } = options;
    this.#account = options.account;
    this.#startPosition = options.startPosition;
    const lag = uniformLog(random, config.lagSecondsFrom, config.lagSecondsTo);
    this.#lagSteps = Math.round(lag * STEPS_PER_SECOND);
    this.#threshold = uniformLog(random, config.thresholdFrom, config.thresholdTo);
    this.#clip = Math.max(1, Math.round(random.logNormal(config.clipUsd, 0.5) / LOT_USD));
    this.#limit = this.#clip * config.limitClips;
    this.#reviewSteps = Math.max(1, Math.round(config.reviewSeconds * STEPS_PER_SECOND));
    this.#phase = random.integer(0, this.#reviewSteps - 1);
  }

  act(market: MarketView): void {
    if (market.step % this.#reviewSteps !== this.#phase) return;
    const value = market.logOrdinary + market.logNews(this.#lagSteps);
    const gap = value - market.logMidAt(market.step - 1);
    const eagerness = Math.abs(gap) / this.#threshold;
    if (eagerness < 1) return;
    const side = gap > 0 ? BUY : SELL;
    const moved = market.position(this.#account) - this.#startPosition;
    const room = this.#limit - side * moved;
    const size = Math.min(Math.round(this.#clip * Math.min(MOST_EAGER, eagerness)), room);
    if (size > 0) market.take(this.#account, side, size);
  }
}
