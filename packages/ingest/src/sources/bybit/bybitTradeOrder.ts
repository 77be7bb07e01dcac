import { decimalToNumber, type Decimal } from "@aftershock/schema";
import type { Emit } from "../read/emitRecords.ts";

/** A trade that waits for the order of its instant to be known. */
export interface HeldTrade {
  readonly tsEvent: number;
  readonly price: Decimal;
  /** What the venue says of its price against that of the trade before: above 1, below −1, the same 0. */
  readonly tick: number;
  readonly emit: Emit;
}

/** How many trades of a row of them stand, by price, as their ticks say when the row is read in this order. */
function fits(trades: readonly HeldTrade[]): number {
  return trades.filter((trade, i) => {
    const before = trades[i - 1];
    if (before === undefined) return false;
    const step = Math.sign(decimalToNumber(trade.price) - decimalToNumber(before.price));
    return step === trade.tick;
  }).length;
}

/**
 * Puts the trades of each instant into the order in which they happened. The oldest files run from the newest trade to the oldest;
 * the store sorts by time, but trades of one instant, such as the prints of one sweep, would stay turned round. Each trade says
 * whether its price was above or below that of the trade before it: of the two orders of an instant's trades the one is taken
 * that fits these better, and where both do alike, the direction of the file.
 */
export class BybitTradeOrder {
  private instant: HeldTrade[] = [];
  private newestFirst = false;

  add(trade: HeldTrade): void {
    const [first] = this.instant;
    if (first !== undefined && first.tsEvent !== trade.tsEvent) {
      this.newestFirst = trade.tsEvent < first.tsEvent;
      this.flush();
    }
    this.instant.push(trade);
  }

  /** Writes the trades that still wait. */
  flush(): void {
    const turned = this.instant.toReversed();
    const gain = fits(turned) - fits(this.instant);
    const ordered = gain > 0 || (gain === 0 && this.newestFirst) ? turned : this.instant;
    for (const { emit } of ordered) emit();
    this.instant = [];
  }
}
