import { ConfigError, MICROS_PER_SECOND } from "@aftershock/schema";
import { Fading } from "./fading.ts";
import { checkedFlow, checkedPositive, type FlowPair, type ImpactKernel } from "./impactKernel.ts";

/**
 * Impact that is linear in the flow and fades exponentially: G(l) = slope · [p + (1 − p)·e^(−l/τ)], p the permanent share.
 *
 * Assumes: that a unit moves the price alike whatever came before, up or down; that what follows forgets it at one rate. Linear h is the only one without
 * price manipulation under exponential decay (Gatheral 2010, "No-dynamic-arbitrage and market impact"). Liquidations tell nothing of value, so the permanent share
 * starts near 0 (Donier and Bonart, arXiv 1412.4503). Wrong where the book empties: the true response is state dependent, several times larger in a vacuum than in
 * calm; and where others' reaction comes in several speeds, then the power law is nearer.
 * The same as a block-shaped book that refills at rate 1/τ (Obizhaeva and Wang 2013).
 */
export class ExponentialKernel implements ImpactKernel {
  readonly name = "exponential";
  readonly #left: Fading;
  readonly #permanentShare: number;
  #fading = 0;
  #permanent = 0;
  #last = Number.NEGATIVE_INFINITY;

  /** `tauSeconds` above 0; `permanentShare` 0 … 1, default 0. Throws ConfigError on others. */
  constructor(options: { readonly tauSeconds: number; readonly permanentShare?: number }) {
    const { tauSeconds, permanentShare = 0 } = options;
    this.#left = new Fading(checkedPositive(tauSeconds, "The decay time") * MICROS_PER_SECOND);
    if (!(permanentShare >= 0 && permanentShare <= 1)) {
      throw new ConfigError(`The permanent share is ${permanentShare}`, {
        hints: ["It is a fraction from 0 to 1."],
      });
    }
    this.#permanentShare = permanentShare;
  }

  add(flow: FlowPair): void {
    const at = checkedFlow(flow, this.#last);
    this.#fading = this.#faded(at);
    this.#last = at;
    const moved = flow.slope * (flow.changed - flow.recorded);
    this.#fading += (1 - this.#permanentShare) * moved;
    this.#permanent += this.#permanentShare * moved;
  }

  delta(at: number): number {
    return this.#permanent + this.#faded(at);
  }

  #faded(at: number): number {
    return this.#fading === 0 ? 0 : this.#fading * this.#left.after(at - this.#last);
  }
}
