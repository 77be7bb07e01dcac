import type { BookCounts } from "./bookCounts.ts";

/** What a book of orders has met in rows that it applied, and that its reader must know. All whole numbers from 0. */
export interface OrderTally {
  /** Adds of an id that was in the book: the order that was there is gone, and the one of the row stands at the back. */
  duplicateAdds: number;
  /** Adds of an order without any size: nothing rests. */
  emptyAdds: number;
  /** Modifications of an order that was not there: it is added as the row has it, at the back. */
  unknownModifies: number;
  /** Cancels of an order that was not there: ignored. */
  unknownCancels: number;
  /** Executions of an order that was not there: ignored. */
  unknownExecutions: number;
  /** Executions of more than the order had: it is gone. */
  overExecutions: number;
}

/** The counts of a book of orders. It has no `unknownDeletes`: levels are sums of orders. */
export interface OrderCounts extends BookCounts, Readonly<OrderTally> {}

/** Modifications, cancels and executions of orders that were not there; 0 for a book by price, which knows no orders. */
export const unknownOrders = (counts: BookCounts | OrderCounts): number =>
  "unknownModifies" in counts
    ? counts.unknownModifies + counts.unknownCancels + counts.unknownExecutions
    : 0;

/** A tally with nothing in it. */
export const emptyOrderTally = (): OrderTally => ({
  duplicateAdds: 0,
  emptyAdds: 0,
  unknownModifies: 0,
  unknownCancels: 0,
  unknownExecutions: 0,
  overExecutions: 0,
});
