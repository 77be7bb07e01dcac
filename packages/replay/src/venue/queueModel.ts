import type { Side } from "./order.ts";

/** What the recording shows of a price level at which a study's order rests. Sizes are lots. */
export interface LevelChange {
  /** The model's estimate of the size ahead of the order before the change, 0 or more; trades have already been taken off. */
  readonly ahead: number;
  /** Size of the level before the change; trades have already been taken off. */
  readonly before: number;
  /** How much of it is gone that no trade explains: cancelled, or amended. From 0 to `before`. */
  readonly gone: number;
  /** True when the book was replaced by a snapshot: sizes before and after say nothing about cancels. */
  readonly isRestart: boolean;
}

/** The place of one order of a study in the queue of its price. */
export interface QueuePlace {
  /** The size ahead of the order after a change of its level, lots, 0 or more. The venue takes no more than the level shows. */
  sizeAhead(change: LevelChange): number;
}

/**
 * How much recorded size stands before an order of a study at its price. One of the seams of the venue: RiskAverseQueue,
 * ProbabilityQueue, ExactQueue.
 *
 * What is the same for all of them. An order joins at the back: everything that the level shows is ahead of it. A recorded trade at the
 * price takes from the front. Size that is added goes behind. Never more is ahead than the level shows, so that a level that vanishes and
 * comes back has nothing ahead of an order that was there all the time. A model says only how much of a cancelled size was ahead.
 *
 * Assumed: price-time priority. Wrong for venues that share trades out in proportion, and where a book is recorded to a limited depth: a
 * level out of sight looks like one that is empty.
 */
export interface QueueModel {
  /** An order joins the back of the queue at a price, in ticks. */
  join(side: Side, price: number): QueuePlace;
}

/** The place of an order that rests nowhere. */
export const UNPLACED: QueuePlace = { sizeAhead: ({ ahead }) => ahead };
