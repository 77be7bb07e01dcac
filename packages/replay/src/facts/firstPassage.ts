import { LOG_BINS, logBin } from "./logHistogram.ts";

/**
 * The lowest value so far, and when each higher one was first reached after it: in fixed memory, for a target that is known only at the
 * end. Reached is taken as within 0.54 % of the target.
 */
export class FirstPassage {
  readonly #firstAt = new Float64Array(LOG_BINS);
  #low = Number.POSITIVE_INFINITY;
  #lowAt = Number.NaN;
  #top = -1;

  /** Takes a value from 0 at a time, µs; a new lowest one starts anew. */
  take(value: number, at: number): void {
    if (value < this.#low) {
      this.#low = value;
      this.#lowAt = at;
      this.#top = logBin(value);
    } else this.follow(value, at);
  }

  /** Takes a value after the lowest, which stays what it is. */
  follow(value: number, at: number): void {
    if (Number.isNaN(value) || Number.isNaN(this.#lowAt)) return;
    const bin = logBin(value);
    if (bin <= this.#top) return;
    this.#firstAt.fill(at, this.#top + 1, bin + 1);
    this.#top = bin;
  }

  /** The lowest value; NaN when there is none. */
  get low(): number {
    return Number.isNaN(this.#lowAt) ? Number.NaN : this.#low;
  }

  /** From the lowest value to the first that is not below `target`, µs; NaN when it was not reached. */
  timeTo(target: number): number {
    if (Number.isNaN(this.#lowAt)) return Number.NaN;
    if (target <= this.#low) return 0;
    const bin = logBin(target);
    if (bin > this.#top) return Number.NaN;
    return bin <= logBin(this.#low) ? 0 : (this.#firstAt[bin] ?? Number.NaN) - this.#lowAt;
  }

  clear(): void {
    this.#low = Number.POSITIVE_INFINITY;
    this.#lowAt = Number.NaN;
    this.#top = -1;
  }

  /** Becomes equal to another. */
  copyFrom(other: FirstPassage): void {
    this.#firstAt.set(other.#firstAt);
    this.#low = other.#low;
    this.#lowAt = other.#lowAt;
    this.#top = other.#top;
  }
}
