import type { MarkInputs, MarkNeed } from "./markInputs.ts";
import type { PriceFeed } from "./priceFeed.ts";

/** What the basis is measured with: the middle of the best prices, or of the impact prices. */
export type FairPrice = "mid" | "impact";

const NEEDS: Readonly<Record<FairPrice, readonly MarkNeed[]>> = {
  mid: ["index", "bid", "ask"],
  impact: ["index", "impactBid", "impactAsk"],
};

/** Index + average of (fair price − index), for any average. */
export class BasisAverage {
  /** What has to be there for a price. */
  readonly needs: readonly MarkNeed[];
  readonly #inputs: MarkInputs;
  readonly #fair: FairPrice;
  readonly #average: PriceFeed;
  #isThere = false;

  constructor(inputs: MarkInputs, fair: FairPrice, average: PriceFeed) {
    this.#inputs = inputs;
    this.#fair = fair;
    this.#average = average;
    this.needs = NEEDS[fair];
  }

  /** Takes the basis of the inputs as they are now. */
  refresh(at: number): void {
    const basis = this.#fairNow() - this.#inputs.get("index");
    const isThere = !Number.isNaN(basis);
    if (isThere) this.#average.update(basis, at);
    else if (this.#isThere) this.#average.lose(at);
    this.#isThere = isThere;
  }

  /** The averaged basis alone, quote currency, of either sign; NaN where an input is missing. */
  basis(at: number): number {
    return this.#isThere ? this.#average.price(at) : Number.NaN;
  }

  price(at: number): number {
    return this.#inputs.get("index") + this.basis(at);
  }

  #fairNow(): number {
    return this.#fair === "mid" ? this.#inputs.mid : this.#inputs.impactMid;
  }
}
