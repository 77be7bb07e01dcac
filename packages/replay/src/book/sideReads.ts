import type { Lots } from "@aftershock/schema";

/** One side of a book as it is read, without making anything. Prices are ticks, sizes lots. */
export interface SideReads {
  /** BID or ASK. */
  readonly side: 1 | -1;
  /** How many levels there are. */
  readonly depth: number;
  /** The price of the best level: the highest bid or the lowest ask; NaN when the side is empty. */
  readonly bestPrice: number;
  /** The size of the best level; 0 when the side is empty. */
  readonly bestSize: number;
  /** The size at a price; 0 where nothing rests. */
  sizeAt(price: number): Lots;
  /** The best price that is worse than `price` and has a level; NaN when there is none. `price` itself need not have one. */
  priceAfter(price: number): number;
}

/** What an order of some size would meet on one side of a book. To be filled again and again. */
export interface Sweep {
  /** How much of the size rests on the side, lots. */
  filled: number;
  /** Σ price × size over what it takes, ticks × lots. The average price is `notional / filled`. */
  notional: number;
  /** The worst price that it takes, ticks; NaN when it takes nothing. */
  worstPrice: number;
}

/** A sweep of nothing. */
export const emptySweep = (): Sweep => ({ filled: 0, notional: 0, worstPrice: Number.NaN });

/**
 * Writes the best levels into two arrays of equal length, best first; returns how many there are, at most the arrays' length. What
 * stands behind them in the arrays stays.
 */
export function topLevels(side: SideReads, prices: Float64Array, sizes: Float64Array): number {
  let count = 0;
  let price = side.bestPrice;
  while (count < prices.length && !Number.isNaN(price)) {
    prices[count] = price;
    sizes[count] = side.sizeAt(price);
    count += 1;
    price = side.priceAfter(price);
  }
  return count;
}

/** Size resting at prices no worse than `limit`, lots. */
export function sizeThrough(side: SideReads, limit: number): number {
  let size = 0;
  let price = side.bestPrice;
  while ((price - limit) * side.side >= 0) {
    size += side.sizeAt(price);
    price = side.priceAfter(price);
  }
  return size;
}

/** Size resting within `band` ticks of the best price, the best level and both ends included, lots; 0 when the side is empty. */
export const sizeWithin = (side: SideReads, band: number): number =>
  sizeThrough(side, side.bestPrice - band * side.side);

/**
 * What an order of `size` lots would take, from the best price on and, where `limit` is given, not beyond it: the cost to trade it.
 * Assumes that nobody reacts; wrong for sizes that are large against the book.
 */
export function sweep(
  side: SideReads,
  size: number,
  into: Sweep,
  limit: number = Number.NaN,
): Sweep {
  into.filled = 0;
  into.notional = 0;
  into.worstPrice = Number.NaN;
  let price = side.bestPrice;
  while (into.filled < size && !Number.isNaN(price) && !((price - limit) * side.side < 0)) {
    const left = size - into.filled;
    const resting = side.sizeAt(price);
    const taken = resting < left ? resting : left;
    into.filled += taken;
    into.notional += taken * price;
    into.worstPrice = price;
    price = side.priceAfter(price);
  }
  return into;
}

/** Size of the best `levels` levels, lots. */
export function sizeOfTop(side: SideReads, levels: number): number {
  let size = 0;
  let price = side.bestPrice;
  for (let level = 0; level < levels && !Number.isNaN(price); level += 1) {
    size += side.sizeAt(price);
    price = side.priceAfter(price);
  }
  return size;
}

/** (bid size − ask size) / (bid size + ask size) over the best levels of each side, −1 … 1; NaN when both sides are empty. */
export function imbalance(bids: SideReads, asks: SideReads, levels: number = 1): number {
  const bid = sizeOfTop(bids, levels);
  const ask = sizeOfTop(asks, levels);
  return (bid - ask) / (bid + ask);
}

/**
 * The micro-price: the best prices weighted by the size of the other side, ticks: (bid × ask size + ask × bid size) / (bid size + ask
 * size). NaN when a side is empty. It is the first term of Stoikov's micro-price (2018), which goes on to adjust for how the book moves.
 */
export function microprice(bids: SideReads, asks: SideReads): number {
  const { bestPrice: bid, bestSize: bidSize } = bids;
  const { bestPrice: ask, bestSize: askSize } = asks;
  return (bid * askSize + ask * bidSize) / (bidSize + askSize);
}
