import { ConfigError } from "@aftershock/schema";

/** BUY 1 or SELL -1. */
export type Side = 1 | -1;

/**
 * What becomes of the part of an order that does not trade on arrival. `gtc`: it rests. `ioc`: it ends. `fok`: the order trades whole on
 * arrival, or not at all.
 */
export type TimeInForce = "gtc" | "ioc" | "fok";

/** The price that a stop watches: that of the last recorded trade, or the venue's mark. */
export type TriggerSource = "last" | "mark";

/** A stop: a buy is triggered when the watched price is at `price` or above, a sell when it is at `price` or below. */
export interface StopTerms {
  readonly kind: "stop";
  readonly trigger: TriggerSource;
  /** Ticks. */
  readonly price: number;
}

/** How far a trailing stop stays behind: in ticks, or in basis points (1e-4) of the best price that it has seen. Above 0. */
export type TrailDistance = { readonly ticks: number } | { readonly bps: number };

/**
 * A trailing stop. A sell follows the highest watched price since it arrived, and is triggered when the price is `by` or more below it; a
 * buy follows the lowest, and is triggered `by` or more above it. With `activation` it can be triggered only when the price that it follows
 * has reached that. Sources: Binance.US, "Trailing stop FAQ" (what it follows), Binance, "New Order" of futures (activation price), read
 * 2026-11.
 */
export interface TrailingTerms {
  readonly kind: "trailing";
  readonly trigger: TriggerSource;
  readonly by: TrailDistance;
  /** Ticks; without it the stop is active at once. */
  readonly activation?: number;
}

/**
 * An order of a study. With `price` it is a limit order, without it a market order; `stop` makes it wait first (stop-limit and
 * stop-market), and `displaySize` makes it an iceberg.
 */
export interface OrderRequest {
  /** The study's own name of the order. It may be used again when the order has ended. */
  readonly id: string;
  readonly side: Side;
  /** Lots, whole, above 0. */
  readonly size: number;
  /** The worst price at which it may trade, ticks, whole. */
  readonly price?: number;
  /** `gtc` by default for limit orders; market orders are `ioc` or `fok`, and `ioc` by default. */
  readonly timeInForce?: TimeInForce;
  /** The order is rejected where it would trade on arrival. By default false. */
  readonly postOnly?: boolean;
  /** The order trades only as far as it makes the position smaller. By default false. */
  readonly reduceOnly?: boolean;
  /** How much of it the book shows at a time, lots, whole, above 0. By default all. */
  readonly displaySize?: number;
  readonly stop?: StopTerms | TrailingTerms;
}

/** What to change of an order. What is left out stays. */
export interface Amendment {
  /** New limit, ticks. The order loses its place in the queue. */
  readonly price?: number;
  /** New size, lots, what has been filled included. A smaller order keeps its place, a larger one loses it. */
  readonly size?: number;
  /** New trigger of a stop that still waits, ticks. */
  readonly stopPrice?: number;
}

const refuse = (id: string, what: string, hint: string): never => {
  throw new ConfigError(`Order "${id}" ${what}`, { hints: [hint] });
};

function checkSize(id: string, name: string, size: number): void {
  if (!Number.isSafeInteger(size) || size <= 0) {
    refuse(id, `has a ${name} of ${size} lots`, "Give a whole number of lots above 0.");
  }
}

function checkPrice(id: string, name: string, price: number): void {
  if (!Number.isSafeInteger(price)) {
    refuse(id, `has a ${name} of ${price} ticks`, "Give a whole number of ticks.");
  }
}

function checkStop(id: string, stop: StopTerms | TrailingTerms): void {
  if (stop.kind === "stop") {
    checkPrice(id, "stop price", stop.price);
    return;
  }
  if (stop.activation !== undefined) checkPrice(id, "activation price", stop.activation);
  const distance = "ticks" in stop.by ? stop.by.ticks : stop.by.bps;
  if (!Number.isFinite(distance) || distance <= 0) {
    refuse(id, `trails by ${distance}`, "Give a distance above 0, in ticks or in basis points.");
  }
}

function checkResting({ id, timeInForce = "gtc", postOnly, displaySize, price }: OrderRequest) {
  const rests = price !== undefined && timeInForce === "gtc";
  if (postOnly === true && !rests) {
    refuse(id, "is post-only but never rests", "Give it a price, and no time in force but gtc.");
  }
  if (displaySize !== undefined && !rests) {
    refuse(id, "hides size but never rests", "Give it a price, and no time in force but gtc.");
  }
  if (price === undefined && timeInForce === "gtc") {
    refuse(id, "has no price and gtc", "A market order is ioc or fok.");
  }
}

/** Throws ConfigError when an order makes no sense, whatever the market. */
export function checkOrder(request: OrderRequest): void {
  const { id, side, size, price, displaySize, stop } = request;
  if (side !== 1 && side !== -1) refuse(id, `has side ${String(side)}`, "Give BUY or SELL.");
  checkSize(id, "size", size);
  if (price !== undefined) checkPrice(id, "price", price);
  if (displaySize !== undefined) checkSize(id, "display size", displaySize);
  if (stop !== undefined) checkStop(id, stop);
  if (stop?.kind === "trailing" && price !== undefined) {
    refuse(
      id,
      "is a trailing stop with a limit",
      "Leave the price out: it becomes a market order.",
    );
  }
  checkResting({ ...request, timeInForce: timeInForceOf(request) });
}

/** Throws ConfigError when an amendment of an order makes no sense, whatever the order. */
export function checkAmendment(id: string, { price, size, stopPrice }: Amendment): void {
  if (price === undefined && size === undefined && stopPrice === undefined) {
    refuse(id, "is amended in nothing", "Give a price, a size or a stop price.");
  }
  if (price !== undefined) checkPrice(id, "price", price);
  if (size !== undefined) checkSize(id, "size", size);
  if (stopPrice !== undefined) checkPrice(id, "stop price", stopPrice);
}

/** The time in force of an order: its own, or the default of its type. */
export const timeInForceOf = ({ price, timeInForce }: OrderRequest): TimeInForce =>
  timeInForce ?? (price === undefined ? "ioc" : "gtc");
