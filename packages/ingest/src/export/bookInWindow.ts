import { BID, type Micros } from "@aftershock/schema";
import type { BookLevel, BookMessage } from "./bookMessages.ts";

/** When a message happened, by the clock that orders its partition. */
const momentOf = ({ tsEvent, tsRecv }: BookMessage): number =>
  Number.isNaN(tsRecv) ? tsEvent : tsRecv;

/** The levels of a book, built from its messages. */
class Levels {
  private readonly bids = new Map<number, number>();
  private readonly asks = new Map<number, number>();
  /** False where nothing is known of the book. */
  known = false;

  apply({ clears, snapshot, levels }: BookMessage): void {
    if (clears) {
      this.bids.clear();
      this.asks.clear();
      this.known = snapshot;
    }
    for (const { side, price, size } of levels) {
      const own = side === BID ? this.bids : this.asks;
      if (size === 0) own.delete(price);
      else own.set(price, size);
    }
  }

  /** Bids and then asks, each from the best on. */
  list(): readonly BookLevel[] {
    const sorted = (own: ReadonlyMap<number, number>, side: 1 | -1): readonly BookLevel[] =>
      [...own]
        .map(([price, size]) => ({ side, price, size }))
        .toSorted((a, b) => (b.price - a.price) * side);
    return [...sorted(this.bids, 1), ...sorted(this.asks, -1)];
  }
}

/**
 * The messages of a book in a window. What came before `from` is told by one snapshot at `from`, when the book is known there; its
 * venue's clock is that of the last message in it, so that what the venue sent after that stays after it.
 */
export class BookInWindow {
  private readonly from: number;
  private readonly to: number;
  private readonly before = new Levels();
  private last: BookMessage | undefined;
  private begun: boolean;

  constructor({ from, to }: { readonly from?: Micros; readonly to?: Micros }) {
    this.from = from ?? -Infinity;
    this.to = to ?? Infinity;
    this.begun = from === undefined;
  }

  /** Takes messages, the next ones of the recording; returns what of them is in the window. */
  take(messages: readonly BookMessage[]): readonly BookMessage[] {
    const found: BookMessage[] = [];
    for (const message of messages) {
      const moment = momentOf(message);
      if (moment >= this.to) {
        found.push(...this.begin());
        break;
      }
      if (moment < this.from) {
        this.before.apply(message);
        this.last = message;
        continue;
      }
      found.push(...this.begin(), message);
    }
    return found;
  }

  /** What of the window no message after `from` has told: the snapshot at `from`, where nothing changed after it. */
  end(): readonly BookMessage[] {
    return this.begin();
  }

  private begin(): readonly BookMessage[] {
    if (this.begun) return [];
    this.begun = true;
    const { last } = this;
    if (last === undefined || !this.before.known) return [];
    const recorded = !Number.isNaN(last.tsRecv);
    const clocks = recorded
      ? { tsEvent: last.tsEvent, tsRecv: this.from }
      : { tsEvent: this.from, tsRecv: Number.NaN };
    const levels = this.before.list();
    return [
      { ...clocks, updateId: last.updateId, clears: true, snapshot: true, opening: true, levels },
    ];
  }
}
