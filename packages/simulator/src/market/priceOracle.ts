import type { MarkRule } from "@aftershock/cascade";
import { ConfigError } from "@aftershock/schema";
import { STEPS_PER_SECOND, stepsIn } from "../clock.ts";

/** The weight of one step in an exponential average of a time constant in seconds. */
const stepWeight = (seconds: number): number => 1 - Math.exp(-1 / (seconds * STEPS_PER_SECOND));

/**
 * Index and mark, step by step. The index is the mid of the spot market, the only one there is: who moves spot moves the index, as for coins with
 * few venues. The mark is made by the venue's rule from the index and the perpetual's mid.
 */
export class PriceOracle {
  readonly #basisWeight: number;
  readonly #window: Float64Array;
  #basis = 0;
  #index: number;
  #sum: number;
  #updates = 0;

  constructor(rule: MarkRule, options: { startUsd: number; twapSeconds: number }) {
    if (rule.kind !== "emaBasis") {
      throw new ConfigError(`The simulated venue has no mark of kind ${rule.kind}`, {
        hints: ["Take emaBasis."],
      });
    }
    const { startUsd, twapSeconds } = options;
    this.#basisWeight = stepWeight(rule.emaSeconds);
    this.#index = startUsd;
    this.#window = new Float64Array(twapSeconds === 0 ? 1 : stepsIn(twapSeconds)).fill(startUsd);
    this.#sum = startUsd * this.#window.length;
  }

  /** Takes in the state at the end of a step: prices in USD. */
  update(midUsd: number, spotUsd: number): void {
    this.#index = spotUsd;
    this.#basis += this.#basisWeight * (midUsd - spotUsd - this.#basis);
    const place = this.#updates % this.#window.length;
    this.#updates += 1;
    this.#sum += this.mark - (this.#window[place] ?? 0);
    this.#window[place] = this.mark;
  }

  /** Index price, USD. */
  get index(): number {
    return this.#index;
  }

  /** Mark price, USD. */
  get mark(): number {
    return this.#index + this.#basis;
  }

  /** The mark that liquidations go by, USD. */
  get liquidationMark(): number {
    return this.#window.length === 1 ? this.mark : this.#sum / this.#window.length;
  }
}
