import { MICROS_PER_MINUTE, MICROS_PER_SECOND } from "@aftershock/schema";

/** The time of the means of which the lowest is `low30`, seconds. */
const MEAN_SECONDS = 30;

/** What is known of a path up to an instant. Prices as natural logarithms. */
export interface PathExtremes {
  /** The lowest and highest price at the end of a step, and when, µs. */
  readonly low: number;
  readonly lowAt: number;
  readonly high: number;
  readonly highAt: number;
  /** The lowest and highest mean over 30 s, of logarithms. */
  readonly low30: number;
  readonly high30: number;
  readonly last: number;
}

/** What is known of a path when it is over. */
export interface PathResult extends PathExtremes {
  /** The price at the end of each whole minute since the epoch that lies within the path, in order. */
  readonly minutes: readonly number[];
  /** The first of those minutes' ends, µs; NaN where there is none. */
  readonly firstMinute: number;
}

/** A plain loop: it runs once a window. */
function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i] ?? 0;
  return sum;
}

/** Follows a path step by step. */
export class PathFigures {
  readonly #stepMicros: number;
  readonly #ring: Float64Array;
  readonly #minutes: number[] = [];
  #firstMinute = Number.NaN;
  /** End of the minute that is under way, µs. */
  #minuteEnd = Number.NEGATIVE_INFINITY;
  #count = 0;
  /** Where the next price goes in the ring. */
  #place = 0;
  #sum = 0;
  #low = Number.POSITIVE_INFINITY;
  #lowAt = Number.NaN;
  #high = Number.NEGATIVE_INFINITY;
  #highAt = Number.NaN;
  #low30 = Number.POSITIVE_INFINITY;
  #high30 = Number.NEGATIVE_INFINITY;
  #last = Number.NaN;
  #at = Number.NaN;

  /** Length of a step, µs. */
  constructor(stepMicros: number) {
    this.#stepMicros = stepMicros;
    this.#ring = new Float64Array(
      Math.max(1, Math.round((MEAN_SECONDS * MICROS_PER_SECOND) / stepMicros)),
    );
  }

  /** Takes the price at the end of a step; a step that was left out had the price of the one before. */
  take(at: number, logPrice: number): void {
    if (at - this.#at > this.#stepMicros) this.#fill(at);
    this.#add(at, logPrice);
  }

  /** Takes the steps that were left out before an instant. */
  #fill(at: number): void {
    const missed = Math.round((at - this.#at) / this.#stepMicros) - 1;
    for (let gap = missed; gap > 0; gap -= 1) this.#add(at - gap * this.#stepMicros, this.#last);
  }

  #add(at: number, logPrice: number): void {
    const ring = this.#ring;
    this.#sum += logPrice - (ring[this.#place] ?? 0);
    ring[this.#place] = logPrice;
    this.#count += 1;
    this.#place += 1;
    if (this.#place === ring.length) {
      this.#place = 0;
      this.#sum = sumOf(ring);
    }
    if (this.#count >= ring.length) {
      const mean = this.#sum / ring.length;
      if (mean < this.#low30) this.#low30 = mean;
      if (mean > this.#high30) this.#high30 = mean;
    }
    if (logPrice < this.#low) {
      this.#low = logPrice;
      this.#lowAt = at;
    }
    if (logPrice > this.#high) {
      this.#high = logPrice;
      this.#highAt = at;
    }
    this.#takeMinutes(at, logPrice);
    this.#last = logPrice;
    this.#at = at;
  }

  /** Takes down the minutes that have ended since the step before, each at the price that stood at its end. */
  #takeMinutes(at: number, logPrice: number): void {
    if (this.#minuteEnd === Number.NEGATIVE_INFINITY) {
      this.#minuteEnd = Math.ceil(at / MICROS_PER_MINUTE) * MICROS_PER_MINUTE;
    }
    for (; this.#minuteEnd <= at; this.#minuteEnd += MICROS_PER_MINUTE) {
      if (this.#minutes.length === 0) this.#firstMinute = this.#minuteEnd;
      this.#minutes.push(this.#minuteEnd === at ? logPrice : this.#last);
    }
  }

  /** The extremes so far. */
  get extremes(): PathExtremes {
    const { length } = this.#ring;
    const mean = this.#count >= length ? undefined : this.#sum / Math.max(1, this.#count);
    return {
      low: this.#low,
      lowAt: this.#lowAt,
      high: this.#high,
      highAt: this.#highAt,
      low30: mean ?? this.#low30,
      high30: mean ?? this.#high30,
      last: this.#last,
    };
  }

  get result(): PathResult {
    return {
      ...this.extremes,
      minutes: [...this.#minutes],
      firstMinute: this.#firstMinute,
    };
  }
}
