/** What a venue has met that the reader of a study's results must know. All whole numbers from 0. */
export interface VenueTally {
  /** Times that the recording lost the book: nothing was filled from there to the next snapshot. */
  gaps: number;
  /** Recorded trades in gaps that would have got to the price of a resting order, and did nothing. */
  tradesInGaps: number;
  /** Their size, lots. */
  lotsInGaps: number;
  /** Orders that came, or were triggered, in a gap, and waited for the next snapshot. */
  heldOrders: number;
  /** Orders that had to trade at once and came in a gap: rejected. */
  rejectedInGaps: number;
  /** Message ends at which the book had come to a resting order, and was crossed or locked by itself: nothing was filled by it. */
  crossedMessages: number;
  /** Orders that traded on arrival in a crossed book: their prices are those of levels of which one is wrong. */
  crossedTakes: number;
  /** Trades without a side that were given one, by where they printed: at the bid or below it a sale, at the ask or above it a purchase. */
  inferredSides: number;
  /** Trades without a side that printed inside the spread: they filled nothing. */
  tradesWithoutSide: number;
}

/** A tally with nothing in it. */
export const emptyVenueTally = (): VenueTally => ({
  gaps: 0,
  tradesInGaps: 0,
  lotsInGaps: 0,
  heldOrders: 0,
  rejectedInGaps: 0,
  crossedMessages: 0,
  crossedTakes: 0,
  inferredSides: 0,
  tradesWithoutSide: 0,
});
