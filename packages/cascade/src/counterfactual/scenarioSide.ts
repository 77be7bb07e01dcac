import type { Level, OrderBook, SideReads, TakenLiquidity } from "@aftershock/replay";
import { BID, type Lots, lots, ticks } from "@aftershock/schema";
import { answeredAsk, answeredBid } from "./pathAnswer.ts";

/** What the two sides of a scenario's book are made of, as of now. */
export interface SideTerms {
  readonly record: OrderBook;
  /** On recorded prices. */
  readonly factor: number;
  /** What is consumed of recorded levels. */
  readonly taken: TakenLiquidity;
}

/**
 * One side of a recorded book as a scenario has it: each level at its price times the factor, in whole ticks, with what is not consumed. Levels that come to one price are one level; one of which all is
 * consumed is none. At a factor of 1 with nothing consumed every read is the recorded side's.
 */
export class ScenarioSide implements SideReads {
  readonly side: 1 | -1;
  readonly #terms: SideTerms;

  /** `terms` is read anew at each read. */
  constructor(side: 1 | -1, terms: SideTerms) {
    this.side = side;
    this.#terms = terms;
  }

  get depth(): number {
    if (this.#isRecorded) return this.#recorded.depth;
    return this.levels(Number.POSITIVE_INFINITY).length;
  }

  get bestPrice(): number {
    const { bestPrice } = this.#recorded;
    return this.#isRecorded ? bestPrice : this.#firstLeft(bestPrice);
  }

  get bestSize(): number {
    return this.#isRecorded ? this.#recorded.bestSize : this.sizeAt(this.bestPrice);
  }

  sizeAt(price: number): Lots {
    const recorded = this.#recorded;
    if (this.#isRecorded) return recorded.sizeAt(price);
    let size = 0;
    for (
      let level = this.#firstAt(price);
      this.priceOf(level) === price;
      level = recorded.priceAfter(level)
    ) {
      size += this.#terms.taken.available(recorded, level);
    }
    return lots(size);
  }

  priceAfter(price: number): number {
    const recorded = this.#recorded;
    if (this.#isRecorded) return recorded.priceAfter(price);
    let level = this.#firstAt(price);
    while (this.priceOf(level) === price) level = recorded.priceAfter(level);
    return this.#firstLeft(level);
  }

  /** The best `depth` levels, best first. */
  levels(depth: number): readonly Level[] {
    const levels: Level[] = [];
    let price = this.bestPrice;
    while (!Number.isNaN(price) && levels.length < depth) {
      levels.push({ price: ticks(price), size: this.sizeAt(price) });
      price = this.priceAfter(price);
    }
    return levels;
  }

  /** The price of a recorded level in the scenario, ticks. */
  priceOf(level: number): number {
    const { factor, record } = this.#terms;
    return this.side === BID
      ? answeredBid(level, factor)
      : answeredAsk(level, factor, record.bidSide.bestPrice);
  }

  get #recorded(): SideReads {
    const { bidSide, askSide } = this.#terms.record;
    return this.side === BID ? bidSide : askSide;
  }

  get #isRecorded(): boolean {
    const { factor, taken } = this.#terms;
    return factor === 1 && taken.isEmpty;
  }

  /** The best recorded level whose price in the scenario is no better than `price`; NaN where there is none. */
  #firstAt(price: number): number {
    if (Number.isNaN(price)) return Number.NaN;
    const recorded = this.#recorded;
    const { bestPrice } = recorded;
    if ((this.priceOf(bestPrice) - price) * this.side <= 0) return bestPrice;
    // One tick better in the scenario, so that no level of this price lies before it.
    const exact = (price + this.side) / this.#terms.factor;
    let level = recorded.priceAfter(this.side === BID ? Math.ceil(exact) : Math.floor(exact));
    while ((this.priceOf(level) - price) * this.side > 0) level = recorded.priceAfter(level);
    return level;
  }

  /** The price in the scenario of the first recorded level from `level` on of which something is left; NaN where there is none. */
  #firstLeft(level: number): number {
    const recorded = this.#recorded;
    let left = level;
    while (!Number.isNaN(left) && this.#terms.taken.available(recorded, left) <= 0) {
      left = recorded.priceAfter(left);
    }
    return this.priceOf(left);
  }
}
