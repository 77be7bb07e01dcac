import { ConfigError, DataError, MICROS_PER_SECOND } from "@aftershock/schema";
import type { IndexRule } from "../rules/indexRule.ts";
import { checkInstant } from "./priceFeed.ts";
import { medianOf, sortWeighted, weightedMedianOf } from "./median.ts";
import { statedOr } from "./statedOr.ts";

/** What an index takes where its rule is silent. Giving what the rule states otherwise is an error. */
export interface IndexOptions {
  /** Whose index it is, for messages, e.g. `binance-usdm BTCUSDT`. */
  readonly of: string;
  readonly combination?: NonNullable<IndexRule["combination"]>;
  /** One for each source of the rule, above 0; or `equal`. Needed by weighted combinations of sources without weights. */
  readonly weights?: "equal" | readonly number[];
  /**
   * What is done with a source beyond the deviation limit: `excluded`, the default, as the rules say; `clamped`: it counts at the limit,
   * as some venues have it.
   */
  readonly deviating?: "excluded" | "clamped";
}

/** What a source does for the index at an instant. */
export type SourceState = "counts" | "clamped" | "deviates" | "stale" | "absent";

/** How an index comes about at an instant. */
export interface IndexReading {
  /** Undefined where there is none. */
  readonly price: number | undefined;
  /** Why there is none. */
  readonly reason: string | undefined;
  /** True where the price is the median because several sources deviate. */
  readonly fellBack: boolean;
  /** In the order of the rule; `price` is the source's own, undefined where it never told one or lost it. */
  readonly sources: readonly {
    readonly name: string;
    readonly price: number | undefined;
    readonly state: SourceState;
  }[];
}

/**
 * A venue's index, or oracle price, of other markets, by its rule of the day: the weighted mean, the median or the weighted median of the sources that are
 * there, not stale and not too far from the median of all that are. It is looked at anew when a source changes or goes stale, and, where
 * the rule has an interval, at the next multiple of it; a change below the rule's least one is not taken over.
 *
 * Prices are quote currency, above 0. Assumes that sources are told to the venue when they are told here: put its latency before. A source
 * is as old as its last update, so that one which only sends changes must be repeated. With fewer sources than the rule asks for there is no price.
 */
export class IndexPrice {
  /** The sources of the rule, in its order: a source is told by its number here. */
  readonly sources: readonly string[];
  /** What the options put in the place of what the rule does not state, a sentence each. */
  readonly assumptions: readonly string[];
  readonly #rule: IndexRule;
  readonly #of: string;
  readonly #combination: NonNullable<IndexRule["combination"]>;
  readonly #clamps: boolean;
  readonly #maxAge: number;
  readonly #interval: number;
  /** By source: weight, price (NaN: none) and time of the last update. */
  readonly #weights: Float64Array;
  readonly #prices: Float64Array;
  readonly #times: Float64Array;
  /** Sorted copies to work on. */
  readonly #sorted: Float64Array;
  readonly #sortedWeights: Float64Array;
  #median = Number.NaN;
  #fellBack = false;
  #published = Number.NaN;
  /** When the index is next looked at. */
  #due = Number.POSITIVE_INFINITY;
  #at = Number.NEGATIVE_INFINITY;

  /** Throws ConfigError where the rule leaves out how sources are combined or weighed and no option says. */
  constructor(rule: IndexRule, options: IndexOptions) {
    const { of, combination, deviating = "excluded" } = options;
    const assumptions: string[] = [];
    this.#rule = rule;
    this.#of = of;
    this.sources = rule.sources.map(({ name }) => name);
    this.#combination = statedOr(
      {
        of,
        what: "how the index combines its sources",
        stated: rule.combination,
        assumed: combination,
        option: "combination",
      },
      assumptions,
    );
    this.#weights = Float64Array.from(weightsOf(rule, this.#combination, options, assumptions));
    this.#clamps = deviating === "clamped";
    if (this.#clamps) assumptions.push(`${of}: sources beyond the limit count at the limit`);
    this.#maxAge = (rule.staleAfterSeconds ?? Number.POSITIVE_INFINITY) * MICROS_PER_SECOND;
    this.#interval = (rule.updateSeconds ?? 0) * MICROS_PER_SECOND;
    const count = this.sources.length;
    this.#prices = new Float64Array(count).fill(Number.NaN);
    this.#times = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
    this.#sorted = new Float64Array(count);
    this.#sortedWeights = new Float64Array(count);
    this.assumptions = assumptions;
  }

  /** The number of a source. Throws ConfigError for one that the rule does not have. */
  sourceNumber(name: string): number {
    const number = this.sources.indexOf(name);
    if (number >= 0) return number;
    throw new ConfigError(`${this.#of}: ${name} is no source of the index`, {
      hints: [`Its sources are ${this.sources.join(", ")}.`],
    });
  }

  /** Takes the price of a source in. Throws DataError for a price that is not finite and above 0, an unknown source, or an earlier time. */
  update(source: number, price: number, at: number): void {
    if (!(price > 0 && price < Number.POSITIVE_INFINITY)) {
      throw new DataError(
        `${this.#of}: ${this.#nameOf(source)} has a price of ${price} at ${at} µs`,
        {
          hints: ["Prices are finite and above 0; where there is none say so with `lose`."],
        },
      );
    }
    this.#take(source, price, at);
  }

  /** A source has no price from here on. Throws DataError like `update`. */
  lose(source: number, at: number): void {
    this.#take(source, Number.NaN, at);
  }

  /** The index at an instant not before the last update; NaN where there is none. */
  price(at: number): number {
    this.#settle(at);
    // What is due now may change again by updates at this very instant.
    return this.#due === at ? this.#judged(at) : this.#published;
  }

  /** How the index comes about: which sources count. Where the index is looked at at intervals, `sources` are as of now. */
  read(at: number): IndexReading {
    const price = this.price(at);
    const candidate = this.#candidate(at);
    const fellBack = this.#fellBack;
    const sources = this.sources.map((name, i) => ({
      name,
      price: Number.isNaN(this.#prices[i]) ? undefined : this.#prices[i],
      state: this.#stateOf(i, at),
    }));
    if (!Number.isNaN(price)) return { price, reason: undefined, fellBack, sources };
    const there = sources.filter(({ state }) => state !== "stale" && state !== "absent").length;
    const needed = Math.max(1, this.#rule.minimumSources ?? 1);
    let reason = `${there} of ${this.sources.length} sources are there, and ${needed} are needed`;
    if (there >= needed) {
      reason = Number.isNaN(candidate) ? "every source deviates" : "not looked at yet";
    }
    return { price: undefined, reason, fellBack, sources };
  }

  #take(source: number, price: number, at: number): void {
    if (this.sources[source] === undefined || !(at >= this.#at)) {
      checkInstant(`${this.#of}: a price of ${this.#nameOf(source)}`, at, this.#at);
    }
    this.#settle(at);
    this.#at = at;
    this.#prices[source] = price;
    this.#times[source] = at;
    this.#due = Math.min(this.#due, this.#lookAfter(at));
  }

  #nameOf(source: number): string {
    const name = this.sources[source];
    if (name !== undefined) return name;
    throw new DataError(`${this.#of}: the index has no source number ${source}`, {
      hints: [`It has ${this.sources.length}, counted from 0: ${this.sources.join(", ")}.`],
    });
  }

  /** Looks at the index wherever that was due before an instant. */
  #settle(before: number): void {
    while (this.#due < before) {
      this.#published = this.#judged(this.#due);
      this.#due = this.#lookAfter(this.#nextStale(this.#due));
    }
  }

  /** When the index is next looked at after something happened. */
  #lookAfter(at: number): number {
    return this.#interval === 0 ? at : Math.ceil(at / this.#interval) * this.#interval;
  }

  /** When the next source goes stale after an instant. */
  #nextStale(after: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#times.length; i += 1) {
      const stale = (this.#times[i] ?? 0) + this.#maxAge;
      if (stale > after && stale < next && !Number.isNaN(this.#prices[i] ?? 0)) next = stale;
    }
    return next;
  }

  /** What is published when the index is looked at: the candidate, or what stands where that hardly differs. */
  #judged(at: number): number {
    const candidate = this.#candidate(at);
    const { minimumChange } = this.#rule;
    const change = Math.abs(candidate - this.#published);
    const isSmall = minimumChange !== undefined && change < minimumChange * this.#published;
    return isSmall ? this.#published : candidate;
  }

  #isThere(source: number, at: number): boolean {
    const price = this.#prices[source] ?? Number.NaN;
    return !Number.isNaN(price) && at - (this.#times[source] ?? 0) < this.#maxAge;
  }

  #isFar(price: number): boolean {
    const { deviationLimit } = this.#rule;
    if (deviationLimit === undefined) return false;
    return Math.abs(price - this.#median) > deviationLimit * this.#median;
  }

  #stateOf(source: number, at: number): SourceState {
    const price = this.#prices[source] ?? Number.NaN;
    if (Number.isNaN(price)) return "absent";
    if (!this.#isThere(source, at)) return "stale";
    if (this.#fellBack || !this.#isFar(price)) return "counts";
    return this.#clamps ? "clamped" : "deviates";
  }

  /** The index as the rule makes it of the sources at an instant, whatever was published before; NaN where it cannot. */
  #candidate(at: number): number {
    let there = this.#collect(at);
    this.#fellBack = false;
    if (there < Math.max(1, this.#rule.minimumSources ?? 1)) return Number.NaN;
    this.#median = medianOf(this.#sorted, there);
    const { deviationLimit, ifSeveralDeviate } = this.#rule;
    if (deviationLimit !== undefined) {
      let far = 0;
      for (let i = 0; i < there; i += 1) if (this.#isFar(this.#sorted[i] ?? 0)) far += 1;
      if (far > 1 && ifSeveralDeviate === "median") {
        this.#fellBack = true;
        return this.#median;
      }
      if (far > 0) there = this.#limit(there, deviationLimit);
    }
    return this.#combined(there);
  }

  /** Copies the sources that are there, in the order of their prices; returns how many. */
  #collect(at: number): number {
    let there = 0;
    for (let i = 0; i < this.#prices.length; i += 1) {
      if (this.#isThere(i, at)) {
        this.#sorted[there] = this.#prices[i] ?? 0;
        this.#sortedWeights[there] = this.#weights[i] ?? 0;
        there += 1;
      }
    }
    sortWeighted(this.#sorted, this.#sortedWeights, there);
    return there;
  }

  /** Takes out what is beyond the limit, or brings it to the limit; the order stays. Returns how many are left. */
  #limit(count: number, limit: number): number {
    let left = 0;
    for (let i = 0; i < count; i += 1) {
      const price = this.#sorted[i] ?? 0;
      const isFar = this.#isFar(price);
      if (!isFar || this.#clamps) {
        const bound = this.#median * (price > this.#median ? 1 + limit : 1 - limit);
        this.#sorted[left] = isFar ? bound : price;
        this.#sortedWeights[left] = this.#sortedWeights[i] ?? 0;
        left += 1;
      }
    }
    return left;
  }

  #combined(count: number): number {
    if (count === 0) return Number.NaN;
    switch (this.#combination) {
      case "median":
        return medianOf(this.#sorted, count);
      case "weightedMedian":
        return weightedMedianOf(this.#sorted, this.#sortedWeights, count);
      case "weightedMean": {
        // Counted from the lowest price, the mean of equal prices is that price itself.
        const lowest = this.#sorted[0] ?? Number.NaN;
        let sum = 0;
        let weight = 0;
        for (let i = 0; i < count; i += 1) {
          sum += (this.#sortedWeights[i] ?? 0) * ((this.#sorted[i] ?? 0) - lowest);
          weight += this.#sortedWeights[i] ?? 0;
        }
        return lowest + sum / weight;
      }
      default:
        return this.#combination satisfies never;
    }
  }
}

/** The weight of each source: the rule's, those of the options, or 1 where a median asks for none. */
function weightsOf(
  { sources }: IndexRule,
  combination: NonNullable<IndexRule["combination"]>,
  { of, weights }: IndexOptions,
  assumptions: string[],
): readonly number[] {
  const stated = sources.map(({ weight }) => weight);
  if (combination === "median") return sources.map(() => 1);
  if (weights === undefined) {
    return stated.map((weight, i) => {
      if (weight !== undefined) return weight;
      throw new ConfigError(`${of}: the weight of ${sources[i]?.name} in the index is not known`, {
        hints: ['Give weights, or "equal": the result then says that they are assumed.'],
      });
    });
  }
  if (stated.some((weight) => weight !== undefined)) {
    throw new ConfigError(`${of}: the rule has weights of its own for the index`, {
      hints: ["Leave weights out, or change the rule itself."],
    });
  }
  const given = weights === "equal" ? sources.map(() => 1) : weights;
  if (
    given.length !== sources.length ||
    !given.every((weight) => weight > 0 && weight < Infinity)
  ) {
    throw new ConfigError(`${of}: ${given.length} weights for ${sources.length} sources`, {
      hints: ["Give one for each source of the rule, above 0."],
    });
  }
  assumptions.push(`${of}: the weights of the index are not known and taken as ${String(weights)}`);
  return given;
}
