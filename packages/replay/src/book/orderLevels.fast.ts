/**
 * The levels of one side of a book of orders, as they are read: a ladder knows where they are, and the orders how large. Plain twin:
 * `BookSide`. Benchmark: test/bench/l3.ts.
 */
import { ticks, type Lots } from "@aftershock/schema";
import type { Level } from "./bookSide.ts";
import type { SideReads } from "./sideReads.ts";

/** What rests at a price, lots. */
interface Sizes {
  sizeAt(side: number, price: number): Lots;
}

export class OrderLevels implements SideReads {
  readonly side: 1 | -1;
  private readonly sizes: Sizes;
  private readonly ladder: SideReads;

  constructor(sizes: Sizes, ladder: SideReads) {
    this.side = ladder.side;
    this.sizes = sizes;
    this.ladder = ladder;
  }

  get bestPrice(): number {
    return this.ladder.bestPrice;
  }

  get depth(): number {
    return this.ladder.depth;
  }

  get bestSize(): number {
    return this.sizes.sizeAt(this.side, this.bestPrice);
  }

  sizeAt(price: number): Lots {
    return this.sizes.sizeAt(this.side, price);
  }

  priceAfter(price: number): number {
    return this.ladder.priceAfter(price);
  }

  /** The best level; undefined when the side is empty. */
  get best(): Level | undefined {
    const price = this.bestPrice;
    return Number.isNaN(price) ? undefined : { price: ticks(price), size: this.sizeAt(price) };
  }

  /** The best `depth` levels, best first. */
  levels(depth: number): readonly Level[] {
    const levels: Level[] = [];
    let price = this.bestPrice;
    while (levels.length < depth && !Number.isNaN(price)) {
      levels.push({ price: ticks(price), size: this.sizeAt(price) });
      price = this.ladder.priceAfter(price);
    }
    return levels;
  }
}
