import { MarkPrice } from "../oracle/markPrice.ts";
import type { MarkOptions } from "../oracle/markComponents.ts";
import type { MarkRule } from "../rules/markRule.ts";

/** A mark made by a rule of mid and index alone: impact prices, best prices and the last trade are taken to be the mid. */
export class RebuiltMark {
  readonly #mark: MarkPrice;

  constructor(rule: MarkRule, options: MarkOptions) {
    this.#mark = new MarkPrice(rule, options);
  }

  /** The mark at an instant with these prices, quote currency; times ascend. */
  at(at: number, mid: number, index: number): number {
    this.#mark.updateMid(mid, index, at);
    return this.#mark.price(at);
  }
}

/** Prices of an instant, quote currency. */
export interface MarkedPrices {
  readonly quoteMid: number;
  readonly index: number;
}

/** What the record has of an instant, quote currency. */
export interface RecordedMark {
  readonly quoteMid: number;
  /** The venue's mark. */
  readonly mark: number;
  /** What the recorded rule's RebuiltMark makes of the recorded prices. */
  readonly rebuiltMark: number;
}

/**
 * How a venue's mark reads a changed price: the recorded mark times the ratio of the mark that the changed rule makes of the changed prices to the mark that the recorded rule makes
 * of the recorded ones. Where rules and prices are the same both are the same number, the ratio is 1 and the recorded mark comes out bit for bit; what the rebuilt marks miss of
 * the venue's own cancels as far as both miss it alike.
 *
 * Assumes that the last trade and impact prices stay where they are relative to the mid. Where the rule needs what is not there (other venues' prices, a funding rate), the mark moves as
 * the mid does, at once.
 */
export class MarkResponse {
  readonly #changed: RebuiltMark;

  /** `changed`: the mark of the changed prices by the changed rule, which no two paths may share. */
  constructor(changed: RebuiltMark) {
    this.#changed = changed;
  }

  /** The changed mark at an instant; times ascend. Quote currency. */
  take(at: number, recorded: RecordedMark, changed: MarkedPrices): number {
    const { mark, rebuiltMark: before } = recorded;
    const after = this.#changed.at(at, changed.quoteMid, changed.index);
    if (before === after) return mark;
    const ratio = before > 0 && after > 0 ? after / before : changed.quoteMid / recorded.quoteMid;
    return ratio === 1 ? mark : mark * ratio;
  }
}
