/** How far what is quoted on one path of a scenario is from the record as of the last finished step. Factors are exactly 1 while nothing differs. */
export interface PathAnswer {
  /** On recorded prices of the contract: of Δ alone, without what the path takes out of spikes (QuotedPath). */
  readonly price: number;
  /** On its recorded mark. */
  readonly mark: number;
  /** On the recorded index. */
  readonly index: number;
  /** Forced flow of that step beyond the record's, quote currency: bought above 0; see `forcedBeyond`. */
  readonly forcedBeyond: number;
  /** Whether the path went so far from the record that the model says nothing any more: factors are then those of the step before. */
  readonly diverged: boolean;
}

/** That of a path which nothing has moved. */
export const NO_ANSWER: PathAnswer = {
  price: 1,
  mark: 1,
  index: 1,
  forcedBeyond: 0,
  diverged: false,
};

/**
 * What a scenario forces in its own direction beyond what the record forced in that direction, signed as flows are (bought above 0, one unit): 0 where the record forced as much or more.
 * Of selling 30 where the record sold 10 it is −20, of selling 30 where the record bought 10 it is −30, of selling 10 where the record sold 30 it is 0.
 */
export function forcedBeyond(recorded: number, changed: number): number {
  if (changed < 0) return Math.min(0, changed - Math.min(0, recorded));
  return Math.max(0, changed - Math.max(0, recorded));
}

/** A recorded bid, ticks, at a factor: itself at 1. */
export const answeredBid = (price: number, factor: number): number =>
  factor === 1 ? price : Math.round(price * factor);

/** A recorded ask, ticks, at a factor: itself at 1, else above the best bid at that factor. `bestBid` is the recorded one, NaN for none. */
export function answeredAsk(price: number, factor: number, bestBid: number): number {
  if (factor === 1) return price;
  const moved = Math.round(price * factor);
  return Number.isNaN(bestBid) ? moved : Math.max(Math.round(bestBid * factor) + 1, moved);
}
