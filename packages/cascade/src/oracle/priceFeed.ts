import { DataError } from "@aftershock/schema";

/**
 * A price as it is known over time: between updates it stands. Feeds are put inside one another, the outermost first to hear of an update:
 * `new DelayedFeed(new TimeAverage({ windowMicros }), { latencyMicros })`.
 *
 * Prices are in any one unit, and may be 0 or below where they are differences, as a basis is. Times are µs. Updates and reads come in
 * the order of time; of several updates at one instant the last counts. A read changes no later answer.
 */
export interface PriceFeed {
  /** Takes a price in. Throws DataError, and takes nothing, when it is not finite or is from before an earlier update. */
  update(price: number, at: number): void;
  /** From `at` to the next update there is no price. Throws DataError like `update`. */
  lose(at: number): void;
  /** The price at an instant that is not before the last update; NaN where there is none. */
  price(at: number): number;
}

/** Throws DataError unless a price is finite. `what` names it in the message. */
export function checkPrice(what: string, price: number): void {
  if (Number.isFinite(price)) return;
  throw new DataError(`${what} is ${price}`, {
    hints: ["Where there is no price, say so with `lose`; the feed then has none."],
  });
}

/** Throws DataError unless an instant is finite and not before the last one. `what` names the update in the message. */
export function checkInstant(what: string, at: number, last: number): void {
  if (at >= last && at < Number.POSITIVE_INFINITY) return;
  throw new DataError(`${what} is of ${at}, after one of ${last} (µs)`, {
    hints: ["Updates are to be given in the order of their times."],
  });
}
