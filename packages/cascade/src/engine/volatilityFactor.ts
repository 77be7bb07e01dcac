import { ConfigError, MICROS_PER_SECOND, MICROS_PER_YEAR } from "@aftershock/schema";
import type { VolatilityMarginRule } from "../rules/ruleSet.ts";

/** How fine the factor is: a change below this share leaves it as it is. */
const LEAST_CHANGE = 0.02;

/**
 * The factor on maintenance margin by the volatility of the mark: σ / reference, within bounds, set every so often; σ is an exponentially weighted root mean square of the mark's
 * returns, a fraction a year. It starts at the reference.
 *
 * Assumes that the venue raises margin on positions that are open, without notice: that liquidates accounts which nothing else would have, at the worst time. Wrong for venues that
 * raise it for new positions alone.
 */
export class VolatilityFactor {
  readonly #rule: VolatilityMarginRule;
  #variance: number;
  #last: { readonly at: number; readonly log: number } | undefined;
  #setAt = Number.NEGATIVE_INFINITY;
  #factor = 1;

  /** Throws ConfigError on terms that cannot be. */
  constructor(rule: VolatilityMarginRule) {
    const { halfLifeSeconds, referenceVolatility, least, most, everySeconds } = rule;
    const isGood = [halfLifeSeconds, referenceVolatility, least, everySeconds].every(
      (value) => value > 0,
    );
    if (!isGood || !(most >= least)) {
      throw new ConfigError(
        `Margin by volatility from ${least} to ${most} times at ${referenceVolatility} a year is not possible`,
        {
          hints: ["Give numbers above 0, and a largest factor not below the least."],
        },
      );
    }
    this.#rule = rule;
    this.#variance = referenceVolatility ** 2;
  }

  /** Takes a mark; times ascend. Returns the factor that holds from then on. */
  take(at: number, mark: number): number {
    const { halfLifeSeconds, referenceVolatility, least, most, everySeconds } = this.#rule;
    const log = Math.log(mark);
    const last = this.#last;
    if (last !== undefined && at > last.at) {
      const span = at - last.at;
      const annual = ((log - last.log) ** 2 * MICROS_PER_YEAR) / span;
      const weight = 1 - 0.5 ** (span / (halfLifeSeconds * MICROS_PER_SECOND));
      this.#variance += weight * (annual - this.#variance);
    }
    // Of several marks at one instant the first stands until time has passed, so that the jump to the last is not lost.
    if (last === undefined || at > last.at) this.#last = { at, log };
    if (at < this.#setAt + everySeconds * MICROS_PER_SECOND) return this.#factor;
    this.#setAt = at;
    const wanted = Math.min(most, Math.max(least, Math.sqrt(this.#variance) / referenceVolatility));
    if (Math.abs(wanted / this.#factor - 1) >= LEAST_CHANGE) this.#factor = wanted;
    return this.#factor;
  }
}
