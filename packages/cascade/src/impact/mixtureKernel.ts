import { ConfigError, MICROS_PER_SECOND } from "@aftershock/schema";
import { checkedFlow, checkedPositive, type FlowPair, type ImpactKernel } from "./impactKernel.ts";

/** One of the speeds at which impact fades. */
export interface MixturePart {
  /** Share of the slope that fades at this speed, 0 or more; the shares of a kernel sum to 1. */
  readonly share: number;
  /** Seconds, above 0. */
  readonly tauSeconds: number;
}

/**
 * Impact that is linear in the flow and fades at several speeds: G(l) = slope · Σ shareₖ·e^(−l/τₖ). The fast parts are makers who come back, the slow ones those who understand late that
 * nothing happened but a sale. With shares of 0 or more it never rises with the lag, and round trips cannot gain.
 *
 * Assumes, like ExponentialKernel, that a unit moves the price alike in any state of the market but for its slope. Wrong where an answer overshoots: a price that others
 * push beyond where it had been.
 */
export class MixtureKernel implements ImpactKernel {
  readonly name = "mixture";
  readonly #shares: Float64Array;
  readonly #tauMicros: Float64Array;
  readonly #parts: Float64Array;
  /** What is left of each of them after the last lag that was asked for. */
  readonly #left: Float64Array;
  #lag = Number.NaN;
  #isZero = true;
  #last = Number.NEGATIVE_INFINITY;

  /** Throws ConfigError unless shares are 0 or more and sum to 1, and times are above 0. */
  constructor(parts: readonly MixturePart[]) {
    const sum = parts.reduce((total, { share }) => total + share, 0);
    if (Math.abs(sum - 1) > 1e-9 || parts.some(({ share }) => !(share >= 0))) {
      throw new ConfigError(`The shares of an impact kernel sum to ${sum}`, {
        hints: ["Give shares of 0 or more that sum to 1."],
      });
    }
    this.#shares = Float64Array.from(parts, ({ share }) => share);
    this.#tauMicros = Float64Array.from(
      parts,
      ({ tauSeconds }) => checkedPositive(tauSeconds, "A decay time") * MICROS_PER_SECOND,
    );
    this.#parts = new Float64Array(parts.length);
    this.#left = new Float64Array(parts.length);
  }

  add(flow: FlowPair): void {
    const at = checkedFlow(flow, this.#last);
    const { changed, recorded, slope } = flow;
    const isAlike = changed === recorded;
    if (this.#isZero && isAlike) {
      this.#last = at;
      return;
    }
    const moved = isAlike ? 0 : slope * (changed - recorded);
    const left = this.#leftAfter(at);
    for (let k = 0; k < this.#parts.length; k += 1) {
      const part = this.#parts[k] ?? 0;
      const faded = part === 0 ? 0 : part * (left[k] ?? 0);
      this.#parts[k] = faded + moved * (this.#shares[k] ?? 0);
    }
    this.#isZero = false;
    this.#last = at;
  }

  delta(at: number): number {
    if (this.#isZero) return 0;
    const left = this.#leftAfter(at);
    let sum = 0;
    for (let k = 0; k < this.#parts.length; k += 1) {
      const part = this.#parts[k] ?? 0;
      if (part !== 0) sum += part * (left[k] ?? 0);
    }
    return sum;
  }

  /** By part: the share that is left at an instant. Before the first flow there are none, and it does not matter. */
  #leftAfter(at: number): Float64Array {
    const lag = at - this.#last;
    if (lag !== this.#lag) {
      this.#lag = lag;
      for (let k = 0; k < this.#left.length; k += 1) {
        this.#left[k] = Math.exp(-lag / (this.#tauMicros[k] ?? 0));
      }
    }
    return this.#left;
  }
}
