import type { TrailDistance, TriggerSource } from "./order.ts";
import type { WorkingOrder } from "./workingOrder.ts";

/** A stop that waits, and for a trailing one the best price that it has seen, ticks. */
interface WaitingStop {
  readonly order: WorkingOrder;
  extreme: number;
}

/** The price at which a trailing stop of `side` triggers that has seen `extreme`, ticks. */
const trailPrice = (side: number, extreme: number, by: TrailDistance): number =>
  "ticks" in by ? extreme + side * by.ticks : extreme * (1 + (side * by.bps) / 10_000);

/** Takes a price, ticks; true when it triggers the stop. */
function reach(waiting: WaitingStop, price: number): boolean {
  const { order } = waiting;
  const { stop } = order.request;
  if (stop === undefined) return false;
  if (stop.kind === "stop") return (price - order.stopPrice) * order.side >= 0;
  // A buy follows the lowest price, a sell the highest.
  const isBetter = !((price - waiting.extreme) * order.side >= 0);
  if (isBetter) waiting.extreme = price;
  const { activation } = stop;
  if (activation !== undefined && (waiting.extreme - activation) * order.side > 0) return false;
  return (price - trailPrice(order.side, waiting.extreme, stop.by)) * order.side >= 0;
}

/**
 * The stops of a study that wait for their trigger, in the order in which they came.
 *
 * Assumed: a stop is triggered by every recorded trade, or mark, at or beyond its price. Wrong for venues that want the price to hold for
 * a while, that watch an index, or that protect stops against a last price far from the mark.
 */
export class StopWatch {
  readonly #waiting: WaitingStop[] = [];
  readonly #lastPrices: Record<TriggerSource, number> = { last: Number.NaN, mark: Number.NaN };

  /** Adds a stop; true when the last price that it watches triggers it at once. */
  add(order: WorkingOrder): boolean {
    const waiting: WaitingStop = { order, extreme: Number.NaN };
    const price = this.#lastPrices[order.request.stop?.trigger ?? "last"];
    if (!Number.isNaN(price) && reach(waiting, price)) return true;
    this.#waiting.push(waiting);
    return false;
  }

  /** Tries a stop again whose trigger was amended; true when it is triggered, and waits no more. */
  retry(order: WorkingOrder): boolean {
    this.remove(order);
    return this.add(order);
  }

  remove(order: WorkingOrder): void {
    const index = this.#waiting.findIndex((waiting) => waiting.order === order);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  /** Takes a price, ticks; a mark need not be whole. Returns the stops that it triggers, which wait no more. */
  take(source: TriggerSource, price: number): readonly WorkingOrder[] {
    this.#lastPrices[source] = price;
    if (this.#waiting.length === 0) return [];
    const triggered = this.#waiting.filter(
      (waiting) => waiting.order.request.stop?.trigger === source && reach(waiting, price),
    );
    for (const { order } of triggered) this.remove(order);
    return triggered.map(({ order }) => order);
  }
}
