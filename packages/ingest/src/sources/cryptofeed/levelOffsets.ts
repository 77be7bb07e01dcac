import { BID } from "@aftershock/schema";
import type { BookLevel } from "../read/bookMessage.ts";
import { LevelTable } from "../read/levelTable.fast.ts";

/** The offset of the last change of each level of a book: the first value of its price. */
export class LevelOffsets {
  readonly bids: LevelTable = new LevelTable();
  readonly asks: LevelTable = new LevelTable();

  private side({ side }: BookLevel): LevelTable {
    return side === BID ? this.bids : this.asks;
  }

  /** The offset of a level; undefined for one that was never there. */
  get(level: BookLevel): number | undefined {
    const side = this.side(level);
    const place = side.find(level.price.mantissa, level.price.decimals);
    return place < 0 ? undefined : side.firstAt(place);
  }

  set(level: BookLevel, offset: number): void {
    this.side(level).set(level.price.mantissa, level.price.decimals, offset, 0);
  }
}
