import type { AnsweredPath, SharedStep } from "./answeredPath.ts";
import type { MarkResponse } from "./markResponse.ts";

/**
 * What is quoted on a path: recorded prices moved by Δ alone, and the mark of those. What AnsweredPath takes out besides, spikes that removed flow had made, it takes out by going towards a trailing median: that is nearer to the truth in the mean, and lags
 * where prices run away, so that quotes would stand off the index by a basis that nobody leaves.
 */
export class QuotedPath {
  readonly #mark: MarkResponse;
  /** On recorded prices as of the last step: exactly 1 while nothing differs. */
  factor = 1;
  /** The same of the recorded mark. */
  markFactor = 1;

  /** `mark`: no other path's. */
  constructor(mark: MarkResponse) {
    this.#mark = mark;
  }

  /** Goes to a step that `prices` has taken. */
  take(step: SharedStep, { at, delta, index }: AnsweredPath): void {
    this.factor = delta === 0 ? 1 : Math.exp(delta);
    const mark = this.#mark.take(at, step, { quoteMid: step.quoteMid * this.factor, index });
    this.markFactor = mark === step.mark ? 1 : mark / step.mark;
  }
}
