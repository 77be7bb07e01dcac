import {
  ConfigError,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_SECOND,
} from "@aftershock/schema";
import { type FundingAverage, fundingRate, type PeriodicFunding } from "../rules/fundingRule.ts";
import { checkInstant, checkPrice } from "./priceFeed.ts";
import { statedOr } from "./statedOr.ts";
import { TimeAverage } from "./timeAverage.ts";

/** What the average takes where its rule is silent. Giving what the rule states otherwise is an error. */
export interface PremiumAverageOptions {
  /** Whose funding it is, for messages. */
  readonly of: string;
  readonly average?: FundingAverage;
  readonly sampleSeconds?: number;
  /** For a moving average. */
  readonly averageSeconds?: number;
}

/** A sum of samples with their weights, and how many they are. */
interface Sampled {
  sum: number;
  weight: number;
  count: number;
}

/**
 * The premium of a funding period, sampled and averaged by the rule of the day, and the rate that follows. Samples are of the instants start
 * + i × sample, i from 1 to n, n being the last instant of the period: `mean` counts them alike, `linearWeights` the i-th with weight i. A moving
 * average looks back from any instant instead. Periods begin at the hours of the rule, or else at multiples of the interval from midnight UTC.
 *
 * Assumes that samples are taken at those instants exactly. Wrong where a venue samples at random within each, and for Bybit in 2020, which
 * added the current funding × time left to each premium. Memory and time do not grow with samples.
 */
export class PremiumAverage {
  /** What the options put in the place of what the rule does not state, a sentence each. */
  readonly assumptions: readonly string[];
  readonly #rule: PeriodicFunding;
  readonly #average: FundingAverage;
  readonly #sample: number;
  readonly #interval: number;
  readonly #phase: number;
  readonly #moving: TimeAverage | undefined;
  readonly #sampled: Sampled = { sum: 0, weight: 0, count: 0 };
  readonly #peeked: Sampled = { sum: 0, weight: 0, count: 0 };
  /** The start of the period that #sampled is of. */
  #start = Number.NaN;
  #premium = Number.NaN;
  #at = Number.NEGATIVE_INFINITY;

  /** Throws ConfigError where the rule leaves out how the premium is averaged and no option says, or its hours do not fit its interval. */
  constructor(rule: PeriodicFunding, options: PremiumAverageOptions) {
    const { of } = options;
    const assumptions: string[] = [];
    this.#rule = rule;
    this.#average = statedOr(
      {
        of,
        what: "how funding averages its premium",
        stated: rule.average,
        assumed: options.average,
        option: "average",
      },
      assumptions,
    );
    const sampleSeconds = statedOr(
      {
        of,
        what: "the time between samples of the premium, in seconds,",
        stated: rule.sampleSeconds,
        assumed: options.sampleSeconds,
        option: "sampleSeconds",
      },
      assumptions,
    );
    this.#sample = sampleSeconds * MICROS_PER_SECOND;
    this.#interval = rule.intervalSeconds * MICROS_PER_SECOND;
    this.#phase = phaseOf(of, rule);
    if (!Number.isInteger(this.#interval / this.#sample)) {
      throw new ConfigError(
        `${of}: samples ${sampleSeconds} s apart do not fit funding every ${rule.intervalSeconds} s`,
        {
          hints: ["The interval is a whole number of them."],
        },
      );
    }
    this.#moving =
      this.#average === "movingAverage"
        ? movingAverage(rule, options, this.#sample, assumptions)
        : undefined;
    this.assumptions = assumptions;
  }

  /** Takes the premium in as it is from an instant on, a fraction. Throws DataError when it is not finite or from an earlier time. */
  update(premium: number, at: number): void {
    checkPrice("A funding premium", premium);
    this.#take(premium, at);
  }

  /** There is no premium from here on: its samples are left out. Throws DataError for an earlier time. */
  lose(at: number): void {
    this.#take(Number.NaN, at);
  }

  /**
   * The average up to an instant not before the last update, a fraction; at the end of a period it is that of the whole. NaN before the first
   * sample.
   */
  average(at: number): number {
    if (this.#moving !== undefined) return this.#moving.price(at);
    Object.assign(this.#peeked, this.#sampled);
    const start = this.#advance(this.#peeked, this.#start, at);
    return Number.isNaN(start) ? Number.NaN : this.#peeked.sum / this.#peeked.weight;
  }

  /** The funding rate of the period that an instant is in, as it stands, not capped: see fundingRate. NaN before the first sample. */
  rate(at: number): number {
    return fundingRate(this.#rule, { premium: this.average(at) });
  }

  /** The start of the period that an instant is in, µs; its end belongs to it, its start to the one before. */
  startOf(at: number): number {
    return Math.ceil((at - this.#phase) / this.#interval - 1) * this.#interval + this.#phase;
  }

  #take(premium: number, at: number): void {
    checkInstant("A funding premium", at, this.#at);
    if (this.#moving !== undefined) {
      if (Number.isNaN(premium)) this.#moving.lose(at);
      else this.#moving.update(premium, at);
    } else if (at > this.#at) {
      // The sample of this very instant is of the premium that comes now.
      this.#start = this.#advance(this.#sampled, this.#start, at - 1);
    }
    this.#at = at;
    this.#premium = premium;
  }

  /** Adds the samples after those that are in, up to an instant; returns the start of its period. */
  #advance(into: Sampled, start: number, until: number): number {
    if (this.#at === Number.NEGATIVE_INFINITY) return start;
    const now = this.startOf(until);
    if (now !== start) {
      into.sum = 0;
      into.weight = 0;
      // Samples of this period from before the first update were never seen.
      into.count = Math.max(0, Math.ceil((this.#at - now) / this.#sample) - 1);
    }
    const last = Math.floor((until - now) / this.#sample);
    const added = last - into.count;
    if (added > 0 && !Number.isNaN(this.#premium)) {
      const weight = this.#average === "mean" ? added : ((into.count + 1 + last) * added) / 2;
      into.sum += this.#premium * weight;
      into.weight += weight;
    }
    into.count = Math.max(into.count, last);
    return now;
  }
}

function movingAverage(
  rule: PeriodicFunding,
  options: PremiumAverageOptions,
  stepMicros: number,
  assumptions: string[],
): TimeAverage {
  const seconds = statedOr(
    {
      of: options.of,
      what: "the window of the premium's average, in seconds,",
      stated: rule.averageSeconds,
      assumed: options.averageSeconds,
      option: "averageSeconds",
    },
    assumptions,
  );
  return new TimeAverage({ windowMicros: seconds * MICROS_PER_SECOND, stepMicros });
}

/** How far after midnight UTC a period begins, µs. Throws ConfigError where the hours are not one interval apart. */
function phaseOf(of: string, { hoursUtc, intervalSeconds }: PeriodicFunding): number {
  const interval = intervalSeconds * MICROS_PER_SECOND;
  const [first = 0] = hoursUtc ?? [];
  const fits = (hoursUtc ?? []).every(
    (hour, i) => (hour - first) * MICROS_PER_HOUR === i * interval,
  );
  const fillsDay = hoursUtc === undefined || hoursUtc.length * interval === MICROS_PER_DAY;
  if (fits && fillsDay && Number.isInteger(MICROS_PER_DAY / interval)) {
    return (first * MICROS_PER_HOUR) % interval;
  }
  throw new ConfigError(
    `${of}: funding every ${intervalSeconds} s does not fit the hours ${String(hoursUtc)}`,
    {
      hints: ["Hours are to be one interval apart, and the day a whole number of intervals."],
    },
  );
}
