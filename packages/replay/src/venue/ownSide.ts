import type { Side } from "./order.ts";
import type { OwnLevel } from "./ownLevel.ts";

/** The prices of one side at which a study has orders, best first. There are few. */
export class OwnSide {
  /** BUY for bids, SELL for asks. */
  readonly side: Side;
  readonly levels: OwnLevel[] = [];

  constructor(side: Side) {
    this.side = side;
  }

  /** The best price, ticks; NaN when there is no order. */
  get bestPrice(): number {
    return this.levels[0]?.price ?? Number.NaN;
  }

  /** The level of a price; `create` makes it when there is none. */
  levelAt(price: number, create: () => OwnLevel): OwnLevel {
    const index = this.levels.findIndex((level) => (price - level.price) * this.side >= 0);
    const found = this.levels[index];
    if (found?.price === price) return found;
    const level = create();
    this.levels.splice(index < 0 ? this.levels.length : index, 0, level);
    return level;
  }

  /** The level of a price, if there is one. */
  find(price: number): OwnLevel | undefined {
    return this.levels.find((level) => level.price === price);
  }

  /** Forgets levels at which no order is left. */
  dropEmpty(): void {
    for (let index = this.levels.length - 1; index >= 0; index -= 1) {
      if (this.levels[index]?.orders.length === 0) this.levels.splice(index, 1);
    }
  }
}
