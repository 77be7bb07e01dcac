import type { MarkRule } from "../rules/markRule.ts";
import { type MarkOptions, markParts, type MarkParts } from "./markComponents.ts";
import { type CurrentFunding, type MarkInput, MarkInputs, type MarkNeed } from "./markInputs.ts";
import { medianOfThree } from "./median.ts";

/** How a mark comes about at an instant. */
export interface MarkReading {
  /** Quote currency; undefined where there is no mark. */
  readonly price: number | undefined;
  /** What is not there, in the order of the rule; empty where there is a mark made of all of it. */
  readonly missing: readonly MarkNeed[];
  /** Of what the mark is the median, or its one part. */
  readonly components: readonly { readonly name: string; readonly price: number | undefined }[];
}

/**
 * The price at which a venue values and liquidates positions, by its rule of the day (see MarkRule for the formulas), from the index, the
 * contract's own book and trades, its funding and other venues' mids. Quote currency.
 *
 * Where an input that the rule needs is missing there is no mark; nothing stands in for it, except as the rule says (Hyperliquid's average over a
 * shorter time in the place of one of three). Assumes that the venue reads its inputs at once and without rounding; put its latency
 * before them. An exponential average is taken with its time as time constant (see ExponentialAverage). Wrong where a venue intervenes,
 * as by freezing its index, and by up to an update where it publishes marks at intervals.
 */
export class MarkPrice {
  /** What the options put in the place of what the rule does not state, a sentence each. */
  readonly assumptions: readonly string[];
  readonly #inputs: MarkInputs;
  readonly #parts: MarkParts;

  /** Throws ConfigError where the rule leaves something out that the mark needs, and no option gives it. */
  constructor(rule: MarkRule, options: MarkOptions) {
    const venues = rule.kind === "medianWithVenues" ? rule.venues.map(({ name }) => name) : [];
    this.#inputs = new MarkInputs(options.of, venues);
    this.#parts = markParts(rule, this.#inputs, options);
    this.assumptions = this.#parts.assumptions;
  }

  /** Takes a price in. Throws DataError, and changes nothing, when it is not finite and above 0 or is from an earlier time. */
  update(input: MarkInput, price: number, at: number): void {
    this.#inputs.set(input, price, at);
    if (input !== "last") this.#refresh(at);
  }

  /** Takes an index in, and a mid that stands for the best prices, the impact prices and the last trade, all at once. Throws DataError like `update`. */
  updateMid(mid: number, index: number, at: number): void {
    this.#inputs.setContract(mid, index, at);
    this.#refresh(at);
  }

  /** Takes the current funding rate in, which not every rule needs. Throws DataError like `update`. */
  updateFunding(funding: CurrentFunding, at: number): void {
    this.#inputs.setFunding(funding, at);
  }

  /** Takes the mid of the same contract on another venue in. Throws DataError like `update`, and for a venue that is not there. */
  updateVenue(venue: number, mid: number, at: number): void {
    this.#inputs.setVenue(venue, mid, at);
  }

  /** Something is not known from here on: the book is empty or lost, the index is not sent. Throws DataError for an earlier time. */
  lose(need: MarkNeed, at: number): void {
    this.#inputs.lose(need, at);
    this.#refresh(at);
  }

  /** The number of another venue for `updateVenue`. Throws ConfigError for one that the rule does not have. */
  venueNumber(name: string): number {
    return this.#inputs.venueNumber(name);
  }

  /** The mark at an instant not before the last update; NaN where there is none. */
  price(at: number): number {
    const { components, substitute } = this.#parts;
    const first = components[0];
    if (first === undefined) return Number.NaN;
    const a = first.price(at);
    const second = components[1];
    const third = components[2];
    if (second === undefined || third === undefined) return a;
    const b = second.price(at);
    const c = third.price(at);
    const median = medianOfThree(a, b, c);
    if (substitute === undefined || !Number.isNaN(median)) return median;
    const d = substitute.price(at);
    if (Number.isNaN(a)) return medianOfThree(d, b, c);
    return Number.isNaN(b) ? medianOfThree(a, d, c) : medianOfThree(a, b, d);
  }

  /** How the mark comes about, and what is missing. */
  read(at: number): MarkReading {
    const price = this.price(at);
    const needs = new Set(this.#parts.components.flatMap((component) => component.needs));
    return {
      price: Number.isNaN(price) ? undefined : price,
      missing: [...needs].filter((need) => !this.#inputs.has(need)),
      components: this.#parts.components.map((component) => {
        const own = component.price(at);
        return { name: component.name, price: Number.isNaN(own) ? undefined : own };
      }),
    };
  }

  #refresh(at: number): void {
    for (const average of this.#parts.averages) average.refresh(at);
  }
}
