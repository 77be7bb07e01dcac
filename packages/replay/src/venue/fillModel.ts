/**
 * How much of a resting order fills. One of the seams of the venue.
 *
 * What is the same for all models. A resting order trades at its own limit, as a maker. A recorded trade at its price gets to it when it is
 * larger than the queue ahead; one at a worse price gets to it whole, since the order would have been first. The book gets to it when the
 * opposite side stands at its price or through it and the book is neither crossed nor locked by itself. Orders are served by price, then
 * time, and what one has taken of a trade or a level is gone for the next. Orders that trade on arrival do not come here: they take what
 * rests at each level from the best on, under every model.
 */
export interface FillModel {
  /** Lots that a recorded trade fills, 0 to `open`. `reach`: lots of the trade that get to the order, whole, above 0. */
  byTrade(reach: number, open: number): number;
  /** Lots that the book fills, 0 to `open`. `resting`: lots of the opposite side at the order's price or better, whole, above 0. */
  byBook(resting: number, open: number): number;
}

const whole = (_reach: number, open: number): number => open;
const part = (reach: number, open: number): number => Math.min(reach, open);
const nothing = (): number => 0;

/**
 * Resting orders fill whole as soon as anything gets to them: a trade past the queue ahead, or the opposite side of the book. Of an
 * iceberg, the slice that shows. Source: hftbacktest, "Order Fill", NoPartialFillExchange, read 2026-11, whose taking orders, unlike ours,
 * fill whole at the best price too.
 *
 * Assumed: orders are small against what trades. Wrong for larger ones: a trade of one lot fills any size, so fills may exceed what the
 * record shows.
 */
export const NO_PARTIAL_FILLS: FillModel = { byTrade: whole, byBook: whole };

/**
 * Resting orders fill by recorded trades only, with as much as gets to them. Assumed: what a study's order would have traded with, traded
 * in truth with somebody else. Wrong, too careful, where the opposite side came to rest at the order's price instead of trading, as there
 * was nobody to trade with: inside the spread nothing fills but by trades at worse prices.
 */
export const FILLS_BY_TRADES: FillModel = { byTrade: part, byBook: nothing };

/**
 * Resting orders fill only when the opposite side of the book comes to their price, with as much as rests there. For recordings
 * without trades. Wrong, too careful, for orders that a queue of trades would have filled while the price stayed.
 */
export const FILLS_BY_BOOK: FillModel = { byTrade: nothing, byBook: part };

/**
 * Resting orders fill by recorded trades and by the book, with as much as gets to them. Assumed: what trades at a price and what then rests
 * at it are different lots. Wrong, too optimistic, where a source sends its book before the trades that it shows, so that a moment's
 * locked level is counted with the trades that resolved it.
 */
export const FILLS_BY_TRADES_AND_BOOK: FillModel = { byTrade: part, byBook: part };
