import { type Batch, NO_SIDE, ORDER_CANCEL, SNAPSHOT } from "@aftershock/schema";
import type { OrderBook } from "../book/orderBook.ts";
import type { CancellationFacts } from "./factTypes.ts";

/** What trades took out of the book. */
export interface Traded {
  readonly trades: number;
  readonly levelsHit: number;
  readonly lots: number;
}

/**
 * Decreases of levels, which are trades or cancellations. A row of an update that leaves a level less than it had is one decrease. Of them, those
 * that trades explain are as many as prices that orders traded at; in size, what traded. The rest was cancelled.
 *
 * A lower bound: what was cancelled and put back between two messages is not seen, and a level that was traded and cancelled from in one message
 * counts as traded. Too high where a feed shows the best levels only, which leave it when better ones come. Snapshots are left out.
 *
 * Of orders, each cancel is one: exact where the venue tells cancels from executions, too high where an order that was filled also leaves as
 * cancelled (Bitfinex).
 */
export class CancelSums {
  /** Sizes that the open message has given levels so far, by price times two plus side. */
  readonly #open = new Map<number, number>();
  #openDecreases = 0;
  #openLots = 0;
  #openRows = 0;
  #decreases = 0;
  #lots = 0;
  #updates = 0;
  #cancels = 0;

  /** Takes rows of a book before they are applied to it; `book` is as it was before them. */
  takeLevels(
    { columns }: Batch<"book">,
    from: number,
    to: number,
    book: OrderBook | undefined,
  ): void {
    if (book?.valid !== true) return;
    for (let row = from; row < to; row += 1) {
      const side = columns.side[row] ?? NO_SIDE;
      if (side === NO_SIDE || ((columns.flags[row] ?? 0) & SNAPSHOT) !== 0) continue;
      this.#openRows += 1;
      const price = columns.price[row] ?? Number.NaN;
      const size = columns.size[row] ?? Number.NaN;
      const key = 2 * price + (side > 0 ? 1 : 0);
      const before = this.#open.get(key) ?? book.sizeAt(side > 0 ? 1 : -1, price);
      this.#open.set(key, size);
      if (size >= before) continue;
      this.#openDecreases += 1;
      this.#openLots += before - size;
    }
  }

  /** A message is over; `applied`: whether the book took it. */
  endMessage(applied: boolean): void {
    if (applied && this.#openRows > 0) {
      this.#decreases += this.#openDecreases;
      this.#lots += this.#openLots;
      this.#updates += 1;
    }
    this.#openRows = 0;
    this.#openDecreases = 0;
    this.#openLots = 0;
    this.#open.clear();
  }

  /** Counts the cancels among rows of orders. */
  takeOrders({ columns }: Batch<"orders">, from: number, to: number): void {
    for (let row = from; row < to; row += 1) {
      if (columns.action[row] === ORDER_CANCEL) this.#cancels += 1;
    }
    this.#updates += to - from;
  }

  /** `from` says what rows were taken. Undefined where nothing traded or nothing was taken. */
  facts(
    from: "levels" | "orders",
    { trades, levelsHit, lots }: Traded,
  ): CancellationFacts | undefined {
    if (trades === 0 || this.#updates === 0) return undefined;
    const cancellations =
      from === "orders" ? this.#cancels : Math.max(this.#decreases - levelsHit, 0);
    return {
      from,
      cancellations,
      trades,
      perTrade: cancellations / trades,
      sizePerTraded: from === "orders" ? undefined : Math.max(this.#lots - lots, 0) / lots,
    };
  }
}
