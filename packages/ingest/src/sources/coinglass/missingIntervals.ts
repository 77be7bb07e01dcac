import { MICROS_PER_DAY } from "@aftershock/schema";

/** How many intervals are absent before one, on the day of the one before it and on its own. */
export interface Missing {
  readonly onLastDay: number;
  /** 0 where both are of one day: then all are counted above. */
  readonly onThisDay: number;
}

const dayOf = (at: number): number => Math.floor(at / MICROS_PER_DAY);

/**
 * Finds the intervals that a series of figures lacks: one is expected to follow the other. Days that lack all of theirs are not
 * counted, for no partition of theirs exists to say it.
 */
export class MissingIntervals {
  private readonly interval: number;
  private latest: number | undefined;

  /** `interval`: the length of each, µs. */
  constructor(interval: number) {
    this.interval = interval;
  }

  /** Takes one that starts at `at`, µs, and says what is missing before it. One out of order misses nothing. */
  before(at: number): Missing {
    const last = this.latest;
    if (last === undefined || at > last) this.latest = at;
    if (last === undefined || at <= last + this.interval) return { onLastDay: 0, onThisDay: 0 };
    const missing = Math.ceil((at - last) / this.interval) - 1;
    if (dayOf(last) === dayOf(at)) return { onLastDay: missing, onThisDay: 0 };
    const untilMidnight = (dayOf(last) + 1) * MICROS_PER_DAY - last;
    const sinceMidnight = at - dayOf(at) * MICROS_PER_DAY;
    return {
      onLastDay: Math.ceil(untilMidnight / this.interval) - 1,
      onThisDay: Math.floor(sinceMidnight / this.interval),
    };
  }
}
