import { MarkPrice } from "../oracle/markPrice.ts";
import type { MarkOptions } from "../oracle/markComponents.ts";
import type { MarkRule } from "../rules/markRule.ts";

/** Mid and index, quote currency. */
interface Prices {
  readonly mid: number;
  readonly index: number;
}

/** A mark made by a rule of mid and index alone: impact prices, best prices and the last trade are taken to be the mid. */
class RebuiltMark {
  readonly #mark: MarkPrice;

  constructor(rule: MarkRule, options: MarkOptions) {
    this.#mark = new MarkPrice(rule, options);
  }

  at(at: number, { mid, index }: Prices): number {
    const mark = this.#mark;
    mark.update("index", index, at);
    mark.update("impactBid", mid, at);
    mark.update("impactAsk", mid, at);
    mark.update("bid", mid, at);
    mark.update("ask", mid, at);
    mark.update("last", mid, at);
    return mark.price(at);
  }
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
  readonly #recorded: RebuiltMark;
  readonly #changed: RebuiltMark;

  constructor(
    rules: { readonly recorded: MarkRule; readonly changed: MarkRule },
    options: MarkOptions,
  ) {
    this.#recorded = new RebuiltMark(rules.recorded, options);
    this.#changed = new RebuiltMark(rules.changed, options);
  }

  /** The changed mark at an instant; times ascend. Quote currency. */
  take(at: number, mark: number, recorded: Prices, changed: Prices): number {
    const [before, after] = [this.#recorded.at(at, recorded), this.#changed.at(at, changed)];
    if (before === after) return mark;
    const ratio = before > 0 && after > 0 ? after / before : changed.mid / recorded.mid;
    return ratio === 1 ? mark : mark * ratio;
  }
}
