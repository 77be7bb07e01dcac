import type { Lots, Micros, Ticks } from "@aftershock/schema";
import type { Side } from "./order.ts";

/**
 * Why an order did not become one, or ended.
 * - `duplicateId`: an order of that id is working.
 * - `postOnly`: it would have traded on arrival.
 * - `reduceOnly`: there is no position that it could make smaller.
 * - `notWhole`: fill or kill, and not enough rests within its limit.
 * - `bookInvalid`: it had to trade at once, and the recording has a gap there.
 * - `immediate`: the rest of an order that does not rest.
 * - `request`: the study cancelled it.
 */
export type EndReason =
  | "duplicateId"
  | "postOnly"
  | "reduceOnly"
  | "notWhole"
  | "bookInvalid"
  | "immediate"
  | "request";

/**
 * Why a request about an order was refused; the order stays as it is. `unknownOrder`: it has ended, or never was. `sizeFilled`: the new
 * size is already filled. `postOnly`: at its new price the order would trade at once. `notApplicable`: the order has no such price.
 */
export type RefusalReason = "unknownOrder" | "sizeFilled" | "postOnly" | "notApplicable";

/** What every update tells of its order. */
export interface AboutOrder {
  readonly orderId: string;
  /** When it happened at the venue, µs. */
  readonly at: Micros;
  /** Filled so far, lots. */
  readonly filled: Lots;
  /** Still open, lots; 0 when the order has ended. */
  readonly open: Lots;
}

/** The venue took the order: it trades, rests, waits for its trigger, or for the recording to show a book again. */
export interface OrderAccepted extends AboutOrder {
  readonly kind: "accepted";
}

/** The venue did not take the order. */
export interface OrderRejected extends AboutOrder {
  readonly kind: "rejected";
  readonly reason: EndReason;
}

/** A stop was triggered: from now it is a limit or market order. */
export interface OrderTriggered extends AboutOrder {
  readonly kind: "triggered";
}

/** The order was amended. */
export interface OrderAmended extends AboutOrder {
  readonly kind: "amended";
}

/** The order ended without being filled whole; `open` is 0. */
export interface OrderCancelled extends AboutOrder {
  readonly kind: "cancelled";
  readonly reason: EndReason;
}

/** A cancel or an amendment was refused. */
export interface RequestRefused extends AboutOrder {
  readonly kind: "refused";
  readonly request: "cancel" | "amend";
  readonly reason: RefusalReason;
}

/** Part of an order traded, or all of it. */
export interface OrderFilled extends AboutOrder {
  readonly kind: "filled";
  readonly side: Side;
  readonly price: Ticks;
  /** Lots, above 0. */
  readonly size: Lots;
  /** TAKER 1 or MAKER -1. */
  readonly liquidity: 1 | -1;
  /** Fee, settle currency; negative: a rebate. */
  readonly fee: number;
  /** Average price of the order's fills so far, this one included (VWAP), ticks. */
  readonly averagePrice: number;
  /** What filled it: a recorded trade, or size that the recorded book shows. */
  readonly by: "trade" | "book";
}

/** What happened to an order at the venue. */
export type VenueUpdate =
  | OrderAccepted
  | OrderRejected
  | OrderTriggered
  | OrderAmended
  | OrderCancelled
  | RequestRefused
  | OrderFilled;

/** What a study hears of its orders, and when: `heardAt` is the time at which it hears of it, µs, not before `at`. */
export type OrderUpdate = VenueUpdate & { readonly heardAt: Micros };
