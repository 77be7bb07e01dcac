import type { Micros } from "@aftershock/schema";
import type { AccountId } from "../account/ledger.ts";

/** An order that a venue sends for an account which it liquidates. */
export interface ForcedOrder {
  readonly account: AccountId;
  /** Number of the instrument in its ledger. */
  readonly instrument: number;
  /** BUY 1 closes a short, SELL −1 a long. */
  readonly side: 1 | -1;
  /** Whole, above 0. */
  readonly lots: number;
  /** Ticks, whole or not: nothing is to be filled worse than this. Undefined: at any price. */
  readonly limitPrice: number | undefined;
  /** Fills whole or not at all. */
  readonly fillOrKill: boolean;
  readonly at: Micros;
}

/** What a forced order met. */
export interface ForcedFill {
  /** Ticks. */
  readonly price: number;
  /** Whole, above 0. */
  readonly lots: number;
  /** Who took the other side: an account of the same ledger, and not that of the order. */
  readonly counterparty: AccountId;
}

/**
 * Where forced orders trade: a recorded book that is walked and consumed, a simulated one, a pool. What is not filled at once does not rest
 * (immediate or cancel). The market books nothing: whoever sends the order does.
 */
export interface LiquidationMarket {
  /** Fills an order as far as it goes, best price first; lots sum to at most the order's. */
  take(order: ForcedOrder): readonly ForcedFill[];
  /** Cancels the open orders of an account, in all instruments. */
  cancelOrders(account: AccountId, at: Micros): void;
}
