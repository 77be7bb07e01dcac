import { ASK, BID, IntegrityError } from "@aftershock/schema";
import type { OnLevel, OnMatch, ParticipantBook } from "./participantBook.ts";

/** Largest price, ticks. */
export const MOST_TICKS: number = 2 ** 30;

interface RestingOrder {
  readonly id: number;
  readonly owner: number;
  readonly side: number;
  readonly price: number;
  lots: number;
}

interface Level {
  total: number;
  /** Oldest first. */
  readonly orders: RestingOrder[];
}

/** The error for an order that no book takes. */
export const impossibleOrder = (
  side: number,
  price: number,
  lots: number,
  why: string,
): IntegrityError =>
  new IntegrityError(`An order of side ${side} at ${price} ticks for ${lots} lots ${why}`, {
    hints: [
      `Sides are BUY 1 and SELL -1, prices whole ticks from 1 to ${MOST_TICKS}, sizes whole lots above 0.`,
    ],
  });

/** Throws IntegrityError for an order that cannot rest. */
export function checkOrder(side: number, price: number, lots: number): void {
  const isPrice = Number.isInteger(price) && price >= 1 && price <= MOST_TICKS;
  if ((side === BID || side === ASK) && isPrice && Number.isSafeInteger(lots) && lots > 0) return;
  throw impossibleOrder(side, price, lots, "cannot be");
}

/** One side: a level for each tick that holds orders. */
class BookSide {
  readonly levels: Map<number, Level> = new Map();
  /** What each level held at the last drain, of those that changed since. */
  readonly changed: Map<number, number> = new Map();
  readonly #side: number;

  constructor(side: number) {
    this.#side = side;
  }

  /** Whether a price is at least as good as another for who rests on this side. */
  isWithin(price: number, limit: number): boolean {
    return (price - limit) * this.#side >= 0;
  }

  /** Prices, best first. */
  prices(): readonly number[] {
    return [...this.levels.keys()].sort((a, b) => (b - a) * this.#side);
  }

  best(): number | undefined {
    let best: number | undefined;
    for (const price of this.levels.keys()) {
      if (best === undefined || (price - best) * this.#side > 0) best = price;
    }
    return best;
  }

  total(price: number): number {
    return this.levels.get(price)?.total ?? 0;
  }

  /** To be called before a level changes. */
  touch(price: number): void {
    if (!this.changed.has(price)) this.changed.set(price, this.total(price));
  }
}

/**
 * The plain book of participants. It looks for the best price among all levels each time: for books of any size take FastLimitOrderBook, which
 * does the same.
 */
export class LimitOrderBook implements ParticipantBook {
  readonly #bids = new BookSide(BID);
  readonly #asks = new BookSide(ASK);
  readonly #orders = new Map<number, RestingOrder>();
  readonly #watchLevels: boolean;
  /** Changed levels of both sides in the order of their first change. */
  #changes: { side: number; price: number }[] = [];
  #nextId = 0;

  /** `watchLevels`: whether `drainChanges` is wanted. Default false. */
  constructor(options: { watchLevels?: boolean } = {}) {
    this.#watchLevels = options.watchLevels ?? false;
  }

  best(side: number): number | undefined {
    return this.#side(side).best();
  }

  total(side: number, price: number): number {
    return this.#side(side).total(price);
  }

  get resting(): number {
    return this.#orders.size;
  }

  place(owner: number, side: number, price: number, lots: number): number {
    checkOrder(side, price, lots);
    const opposite = this.best(-side);
    if (opposite !== undefined && (opposite - price) * side <= 0) {
      throw impossibleOrder(side, price, lots, `would cross ${opposite}`);
    }
    this.#touch(side, price);
    const order = { id: this.#nextId, owner, side, price, lots };
    this.#nextId += 1;
    this.#orders.set(order.id, order);
    const { levels } = this.#side(side);
    const level = levels.get(price) ?? { total: 0, orders: [] };
    levels.set(price, level);
    level.total += lots;
    level.orders.push(order);
    return order.id;
  }

  cancel(restingId: number): number {
    const order = this.#orders.get(restingId);
    if (order === undefined) return 0;
    const left = order.lots;
    this.#reduce(order, left);
    return left;
  }

  lotsOf(restingId: number): number {
    return this.#orders.get(restingId)?.lots ?? 0;
  }

  take(
    owner: number,
    aggressor: number,
    lots: number,
    limitPrice: number | undefined,
    onMatch: OnMatch,
  ): number {
    checkOrder(aggressor, 1, lots);
    const side = this.#side(-aggressor);
    let left = lots;
    for (let price = side.best(); left > 0 && price !== undefined; price = side.best()) {
      if (limitPrice !== undefined && !side.isWithin(price, limitPrice)) break;
      const order = side.levels.get(price)?.orders[0];
      if (order === undefined) throw new IntegrityError("Invariant: a level holds an order");
      if (order.owner === owner) {
        this.#reduce(order, order.lots);
        continue;
      }
      const filled = Math.min(left, order.lots);
      left -= filled;
      this.#reduce(order, filled);
      onMatch(order.owner, price, filled, order.id);
    }
    return lots - left;
  }

  fillable(aggressor: number, lots: number, limitPrice: number | undefined): number {
    const side = this.#side(-aggressor);
    let sum = 0;
    for (const price of side.prices()) {
      if (limitPrice !== undefined && !side.isWithin(price, limitPrice)) break;
      sum += side.total(price);
    }
    return Math.min(sum, lots);
  }

  eachLevel(side: number, onLevel: OnLevel): void {
    const own = this.#side(side);
    for (const price of own.prices()) onLevel(side, price, own.total(price));
  }

  drainChanges(onLevel: OnLevel): void {
    const changes = this.#changes;
    this.#changes = [];
    for (const { side, price } of changes) {
      const own = this.#side(side);
      const before = own.changed.get(price);
      own.changed.delete(price);
      if (own.total(price) !== before) onLevel(side, price, own.total(price));
    }
  }

  /** Takes lots off a resting order, and the order off the book with its last. */
  #reduce(order: RestingOrder, lots: number): void {
    const { side, price } = order;
    const { levels } = this.#side(side);
    const level = levels.get(price);
    if (level === undefined) throw new IntegrityError("Invariant: an order has a level");
    this.#touch(side, price);
    order.lots -= lots;
    level.total -= lots;
    if (order.lots > 0) return;
    this.#orders.delete(order.id);
    level.orders.splice(level.orders.indexOf(order), 1);
    if (level.orders.length === 0) levels.delete(price);
  }

  #touch(side: number, price: number): void {
    if (!this.#watchLevels) return;
    const own = this.#side(side);
    if (!own.changed.has(price)) this.#changes.push({ side, price });
    own.touch(price);
  }

  #side(side: number): BookSide {
    if (side === BID) return this.#bids;
    if (side === ASK) return this.#asks;
    throw impossibleOrder(side, 1, 1, "cannot be");
  }
}
