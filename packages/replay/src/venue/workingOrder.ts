import type { Micros } from "@aftershock/schema";
import { timeInForceOf, type OrderRequest, type Side, type TimeInForce } from "./order.ts";
import { UNPLACED, type QueuePlace } from "./queueModel.ts";

/**
 * Where an order is: `new` on arrival, `waiting` for its trigger, `held` until the recording shows a book again, `resting` in the
 * book, `ended`.
 */
export type OrderState = "new" | "waiting" | "held" | "resting" | "ended";

/** An order as it stands at the venue. What the study has heard of it may be less. */
export interface OrderView {
  readonly id: string;
  readonly side: Side;
  readonly state: OrderState;
  /** Limit, ticks; undefined for a market order. */
  readonly price: number | undefined;
  /** Lots, amendments included. */
  readonly size: number;
  /** Lots. */
  readonly filled: number;
  /** Lots. */
  readonly open: number;
  /** What of it the book would show, lots: less than `open` for an iceberg. */
  readonly displayed: number;
  /** Recorded size that the queue model puts before it, lots, not always whole; NaN when it does not rest. */
  readonly ahead: number;
  /** When it arrived at the venue, µs. */
  readonly arrivedAt: Micros;
}

/** An order at the venue: its terms, how much of it is left, and where it stands in the queue of its price. */
export class WorkingOrder implements OrderView {
  readonly request: OrderRequest;
  readonly arrivedAt: Micros;
  readonly timeInForce: TimeInForce;
  state: OrderState = "new";
  /** False until the venue has told that it took the order. */
  accepted = false;
  price: number | undefined;
  /** Trigger of a stop, ticks; NaN for others. */
  stopPrice: number;
  size: number;
  filled = 0;
  /** Σ price × size over the fills, ticks × lots. */
  filledValue = 0;
  displayed = 0;
  ahead: number = Number.NaN;
  /** `ahead` before the last fall of the level; NaN when the order came after it. See OwnLevel. */
  aheadBefore: number = Number.NaN;
  place: QueuePlace = UNPLACED;

  constructor(request: OrderRequest, arrivedAt: Micros) {
    this.request = request;
    this.arrivedAt = arrivedAt;
    this.timeInForce = timeInForceOf(request);
    this.price = request.price;
    this.stopPrice = request.stop?.kind === "stop" ? request.stop.price : Number.NaN;
    this.size = request.size;
  }

  get id(): string {
    return this.request.id;
  }

  get side(): Side {
    return this.request.side;
  }

  get open(): number {
    return this.state === "ended" ? 0 : this.size - this.filled;
  }

  /** Average price of the fills, ticks; NaN before the first. */
  get averagePrice(): number {
    return this.filledValue / this.filled;
  }

  /** Whether a price is within the limit; every price is for a market order. */
  allows(price: number): boolean {
    return this.price === undefined || (this.price - price) * this.side >= 0;
  }

  /** Shows the next slice of an iceberg, and the whole of any other order. */
  display(): void {
    this.displayed = Math.min(this.request.displaySize ?? this.open, this.open);
  }

  /** Books a fill of `lots` at a price. */
  fill(lots: number, price: number): void {
    this.filled += lots;
    this.filledValue += lots * price;
    this.displayed = Math.max(0, this.displayed - lots);
  }

  /** Leaves the queue that it stands in. */
  leaveQueue(): void {
    this.displayed = 0;
    this.ahead = Number.NaN;
    this.aheadBefore = Number.NaN;
    this.place = UNPLACED;
  }
}
