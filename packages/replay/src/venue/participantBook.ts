/**
 * Called for each resting order that a taker meets, best price first and oldest first, after it was reduced. Price in ticks, lots whole and
 * above 0. It must not change the book.
 */
export type OnMatch = (owner: number, price: number, lots: number, restingId: number) => void;

/** Called for a level: BID or ASK, ticks, lots now resting there (0: the level is gone). */
export type OnLevel = (side: number, price: number, lots: number) => void;

/**
 * A book of orders of participants who trade with each other, matched by price, then time. Owners are numbers from 0, prices whole ticks from
 * 1 to 2^30, sizes whole lots. It is never crossed. The owner of an aggressive order does not trade with itself: its resting orders in the
 * way are cancelled (Binance calls that EXPIRE_MAKER). The book books nothing: who trades what is for its caller to settle.
 *
 * Not modelled: hidden and iceberg orders, pegs, auctions, minimum quantities.
 */
export interface ParticipantBook {
  /** Best price of a side (BID or ASK), ticks; undefined where it is empty. */
  best(side: number): number | undefined;
  /** Lots resting at a price; 0 where there is no level. */
  total(side: number, price: number): number;
  /** Orders resting on both sides. */
  readonly resting: number;
  /**
   * Rests an order behind those of its price, and returns its id, which is never used again. Throws IntegrityError for an order that would
   * cross (send `take` first, or ask for the best price), and for a price or size that cannot be.
   */
  place(owner: number, side: number, price: number, lots: number): number;
  /** Takes an order off the book; returns the lots that were left of it, 0 where it is gone already. */
  cancel(restingId: number): number;
  /** What is left of an order, lots; 0 where it is gone. */
  lotsOf(restingId: number): number;
  /**
   * An immediate-or-cancel order of the aggressor's side (BUY or SELL), level by level down to `limitPrice` (ticks, whole or not;
   * undefined: at any price). Returns the lots filled, fewer than asked for when the book ends or the limit is met.
   */
  take(
    owner: number,
    aggressor: number,
    lots: number,
    limitPrice: number | undefined,
    onMatch: OnMatch,
  ): number;
  /** How many of so many lots `take` would fill for someone who owns none of them: for orders that fill whole or not at all. */
  fillable(aggressor: number, lots: number, limitPrice: number | undefined): number;
  /** All levels of a side, best first. */
  eachLevel(side: number, onLevel: OnLevel): void;
  /**
   * Tells each level whose total is not what it was at the last call, in the order in which they changed first. Does nothing in a book
   * that was not told to watch its levels.
   */
  drainChanges(onLevel: OnLevel): void;
}
