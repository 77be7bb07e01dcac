import type { Clock, Lots, Ticks } from "@aftershock/schema";
import type { OrderCounts } from "./orderCounts.ts";
import type { OrderBook } from "./orderBook.ts";

/** One order that rests in a book. */
export interface RestingOrder {
  /** The venue's id, as the recording has it. */
  readonly id: string;
  /** BID or ASK. */
  readonly side: 1 | -1;
  readonly price: Ticks;
  /** What is left of it, lots, above 0. */
  readonly size: Lots;
}

/** What has to trade or leave at an order's price before the order is first. */
export interface QueuePosition {
  /** Σ size of the orders ahead, lots; 0 for the first. */
  readonly sizeAhead: Lots;
  /** How many orders are ahead; 0 for the first. */
  readonly ordersAhead: number;
}

/**
 * A book that knows each of its orders (L3). Its levels are what the venue's book by price (L2) is: the orders summed up by price.
 *
 * Orders at a price stand in the order in which they came to it. One that is made smaller keeps its place; one that is made larger, or
 * moved to another price or side, goes to the back, and so does one that comes under a new id in place of another. Sources: CME Group,
 * "Order Functionalities" (what of a modification changes priority), Nasdaq, "TotalView-ITCH 5.0" (a replaced order has a new reference
 * number), Databento, "Limit order book construction", all 2025. A snapshot lists the orders of a price first to last.
 *
 * Assumed: that the venue serves the orders of a price by time, and that the recording shows each of them from its coming on. Wrong for
 * venues that share a trade out among a price's orders (some CME options and rates), for what they hide (iceberg orders), and for
 * recordings of the best orders only (Bitfinex), where an order that comes back into sight is taken as new.
 */
export interface OrdersBook extends OrderBook {
  /** How many orders there are, on both sides. */
  readonly orders: number;
  /** The order of an id; undefined when it is not in the book. */
  order(id: string): RestingOrder | undefined;
  /** Where an order stands in the queue of its price; undefined when it is not in the book. */
  queueAhead(id: string): QueuePosition | undefined;
  /** The orders at a price, the first to trade first. `side` is BID or ASK, `price` in ticks. */
  ordersAt(side: 1 | -1, price: number): readonly RestingOrder[];
  /** How many orders there are at a price. */
  orderCount(side: 1 | -1, price: number): number;
  readonly counts: OrderCounts;
}

/**
 * What a book of orders is taken to be before its first row. `snapshot`: nobody knows, it is not valid until a snapshot or a row that clears
 * it. `empty`: it is valid and empty, for recordings that have neither, such as LOBSTER's. Wrong for what rested before the recording:
 * those orders are missing, and what becomes of them is counted as unknown.
 */
export type OrdersStart = "snapshot" | "empty";

/** How a book of orders is kept. */
export interface OrdersBookOptions {
  /** The clock that message ends and gaps are timed by; `recv` by default. */
  readonly clock?: Clock;
  /** `snapshot` by default. */
  readonly start?: OrdersStart;
}
