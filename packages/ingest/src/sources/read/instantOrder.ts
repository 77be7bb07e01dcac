import type { Emit } from "./emitRecords.ts";

interface HeldTrade {
  readonly at: number;
  readonly id: number;
  readonly emit: Emit;
}

/**
 * Puts trades of one instant into the order of their ids: pages that run from the newest trade to the oldest have them turned round,
 * and the store, which sorts by time, leaves equal times as they come. Trades of one instant must follow each other.
 */
export class InstantOrder {
  private instant: HeldTrade[] = [];

  add(trade: HeldTrade): void {
    if (this.instant[0] !== undefined && this.instant[0].at !== trade.at) this.flush();
    this.instant.push(trade);
  }

  /** Writes the trades that still wait. */
  flush(): void {
    for (const { emit } of this.instant.toSorted((a, b) => a.id - b.id)) emit();
    this.instant = [];
  }
}
