import { BUY, SELL } from "@aftershock/schema";
import { stepsIn } from "../clock.ts";
import type { ValueTraderConfig } from "../config/marketConfig.ts";
import type { CounterRandom } from "../counterRandom.ts";
import type { Agent, TradingVenue, ValueView } from "./agent.ts";

/** However wide the gap, not more than this many orders' worth at once. */
const MOST_EAGER = 3;

/**
 * Understands the news with a lag of its own and trades towards it once the price is further away than its threshold. Those with
 * little lag and a narrow threshold carry the news into the price; those with a wide threshold buy what a cascade throws away.
 * Assumes that value can be known and that its seekers never run out of margin, only of their position limit.
 */
export class ValueTrader implements Agent {
  readonly #venue: TradingVenue;
  readonly #value: ValueView;
  readonly #account: number;
  readonly #lagSteps: number;
  readonly #threshold: number;
  readonly #clip: number;
  readonly #limit: number;
  readonly #startPosition: number;
  readonly #reviewSteps: number;
  readonly #phase: number;

  /** What it holds now is what it carries against coin of its own; the position limit counts from there. */
  constructor(options: {
    venue: TradingVenue;
    value: ValueView;
    account: number;
    config: ValueTraderConfig;
    random: CounterRandom;
  }) {
    const { config, venue, account } = options;
    const random = options.random.at(0);
    this.#venue = venue;
    this.#value = options.value;
    this.#account = account;
    this.#startPosition = venue.position(account);
    this.#lagSteps = stepsIn(random.betweenLog(0, config.lagSecondsFrom, config.lagSecondsTo));
    this.#threshold = random.betweenLog(1, config.thresholdFrom, config.thresholdTo);
    this.#clip = Math.max(1, Math.round(random.logNormal(1, config.clipUsd, 0.5) / venue.lotUsd));
    this.#limit = this.#clip * config.limitClips;
    this.#reviewSteps = stepsIn(config.reviewSeconds);
    this.#phase = random.at(1).integer(0, 0, this.#reviewSteps - 1);
  }

  act(step: number): void {
    if (step % this.#reviewSteps !== this.#phase) return;
    const venue = this.#venue;
    const value = this.#value.logOrdinary + this.#value.logNews(this.#lagSteps);
    const gap = value - venue.logMid;
    const eagerness = Math.abs(gap) / this.#threshold;
    if (eagerness < 1) return;
    const side = gap > 0 ? BUY : SELL;
    const moved = venue.position(this.#account) - this.#startPosition;
    const room = this.#limit - side * moved;
    const size = Math.min(Math.round(this.#clip * Math.min(MOST_EAGER, eagerness)), room);
    if (size > 0) venue.take(this.#account, side, size);
  }
}
