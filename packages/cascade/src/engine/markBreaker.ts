import { ConfigError, MICROS_PER_SECOND } from "@aftershock/schema";
import type { BreakerRule } from "../rules/ruleSet.ts";

/** Marks of which none later is beyond them, oldest first: the first is the extreme of the window. */
class RollingExtreme {
  readonly #sign: 1 | -1;
  #times: number[] = [];
  #prices: number[] = [];
  #first = 0;

  /** 1 for the highest, −1 for the lowest. */
  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  take(at: number, price: number, oldest: number): number {
    while (
      this.#prices.length > this.#first &&
      (price - (this.#prices.at(-1) ?? price)) * this.#sign >= 0
    ) {
      this.#prices.pop();
      this.#times.pop();
    }
    this.#prices.push(price);
    this.#times.push(at);
    while ((this.#times[this.#first] ?? at) < oldest) this.#first += 1;
    if (this.#first > 1_024) {
      this.#times = this.#times.slice(this.#first);
      this.#prices = this.#prices.slice(this.#first);
      this.#first = 0;
    }
    return this.#prices[this.#first] ?? price;
  }
}

/**
 * A circuit breaker on the mark: open from the instant at which the mark is `move` away from the highest or the lowest of the last
 * `withinSeconds`, for `pauseSeconds`. While it is open further moves do not prolong it; when the pause is over it looks anew, at the marks from then on alone.
 *
 * Assumes one venue that can stop by itself. Wrong where traders go elsewhere, where the mark moves on by other venues' prices during the pause (it does here: marks are
 * taken as they come), and where they sell ahead of a halt that they see coming.
 */
export class MarkBreaker {
  readonly #rule: BreakerRule;
  #highest = new RollingExtreme(1);
  #lowest = new RollingExtreme(-1);
  #openUntil = Number.NEGATIVE_INFINITY;
  #opened = 0;

  /** Throws ConfigError on terms that cannot be. */
  constructor(rule: BreakerRule) {
    const { move, withinSeconds, pauseSeconds, stops, throttleShare } = rule;
    const isShare = throttleShare !== undefined && throttleShare > 0 && throttleShare < 1;
    if (
      !(move > 0 && withinSeconds > 0 && pauseSeconds > 0) ||
      (stops === "throttle" && !isShare)
    ) {
      throw new ConfigError(
        `A breaker at ${move} within ${withinSeconds} s for ${pauseSeconds} s is none`,
        {
          hints: ["Give a move and times above 0, and with `throttle` a share between 0 and 1."],
        },
      );
    }
    this.#rule = rule;
  }

  /** Takes a mark; times ascend. Returns whether the breaker is open at it. */
  take(at: number, mark: number): boolean {
    if (at < this.#openUntil) return true;
    const { move, withinSeconds, pauseSeconds } = this.#rule;
    const oldest = at - withinSeconds * MICROS_PER_SECOND;
    const high = this.#highest.take(at, mark, oldest);
    const low = this.#lowest.take(at, mark, oldest);
    if (mark > high * (1 - move) && mark < low * (1 + move)) return false;
    this.#openUntil = at + pauseSeconds * MICROS_PER_SECOND;
    this.#opened += 1;
    this.#highest = new RollingExtreme(1);
    this.#lowest = new RollingExtreme(-1);
    return true;
  }

  /** How often it has opened. */
  get opened(): number {
    return this.#opened;
  }
}
