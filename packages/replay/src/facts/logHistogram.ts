/** Bins in each doubling: values of one bin are within 0.54 % of each other. */
const BINS_PER_OCTAVE = 128;
/** The lowest and the highest power of two that have bins of their own; what lies beyond goes into the outermost ones. */
const LOWEST_POWER = -40;
const HIGHEST_POWER = 44;
const BINS = (HIGHEST_POWER - LOWEST_POWER) * BINS_PER_OCTAVE;

/** How many bins there are for values above 0. */
export const LOG_BINS: number = BINS;

/** The bin of a value above 0, 0 … LOG_BINS − 1; of 0 and below the lowest. */
export function logBin(value: number): number {
  if (!(value > 0)) return 0;
  const bin = Math.floor((Math.log2(value) - LOWEST_POWER) * BINS_PER_OCTAVE);
  return Math.min(Math.max(bin, 0), BINS - 1);
}

/**
 * Weights of values in bins of equal width by logarithm, with the mean of each bin. Its memory is fixed, whatever is added. A quantile is
 * the mean of the bin that holds it: exact where a bin holds one value only (whole numbers below 128 do), else off by at most 0.54 %.
 * All values of 0 and below share one bin.
 */
export class LogHistogram {
  // The place 0 is of 0 and below.
  readonly #weights = new Float64Array(BINS + 1);
  readonly #sums = new Float64Array(BINS + 1);
  #total = 0;
  /** The places in use. */
  #from = BINS + 1;
  #to = -1;

  /** Adds a value, any unit, with a weight from 0. What is not a number, or weighs nothing, is left out. */
  add(value: number, weight: number = 1): void {
    if (Number.isNaN(value) || !(weight > 0)) return;
    const place = value > 0 ? logBin(value) + 1 : 0;
    this.#weights[place] = (this.#weights[place] ?? 0) + weight;
    this.#sums[place] = (this.#sums[place] ?? 0) + weight * value;
    this.#total += weight;
    if (place < this.#from) this.#from = place;
    if (place > this.#to) this.#to = place;
  }

  /** Σ weight. */
  get weight(): number {
    return this.#total;
  }

  /** The lowest value that at least the share `q`, 0 … 1, of the weight does not exceed; NaN when there is none. */
  quantile(q: number): number {
    let passed = 0;
    for (let place = this.#from; place <= this.#to; place += 1) {
      passed += this.#weights[place] ?? 0;
      if (passed > 0 && passed >= q * this.#total) return this.#mean(place);
    }
    return Number.NaN;
  }

  /** The means of the bins that hold something, highest first, with their weights, until `visit` returns false. */
  fromTop(visit: (mean: number, weight: number) => boolean): void {
    for (let place = this.#to; place >= this.#from; place -= 1) {
      const weight = this.#weights[place] ?? 0;
      if (weight > 0 && !visit(this.#mean(place), weight)) return;
    }
  }

  #mean(place: number): number {
    return (this.#sums[place] ?? 0) / (this.#weights[place] ?? 0);
  }

  clear(): void {
    if (this.#to < 0) return;
    this.#weights.fill(0, this.#from, this.#to + 1);
    this.#sums.fill(0, this.#from, this.#to + 1);
    this.#total = 0;
    this.#from = BINS + 1;
    this.#to = -1;
  }

  /** Becomes equal to another. */
  copyFrom(other: LogHistogram): void {
    this.#weights.set(other.#weights);
    this.#sums.set(other.#sums);
    this.#total = other.#total;
    this.#from = other.#from;
    this.#to = other.#to;
  }
}
