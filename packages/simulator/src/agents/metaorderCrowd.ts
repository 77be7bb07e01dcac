import { BUY, SELL } from "@aftershock/schema";
import { stepsIn } from "../clock.ts";
import type { MetaorderConfig } from "../config/marketConfig.ts";
import type { CounterRandom } from "../counterRandom.ts";
import type { Agent, TradingVenue } from "./agent.ts";

/** A metaorder whose last part has been sent. */
export interface FinishedMetaorder {
  /** Steps of its first and of its last part. */
  readonly from: number;
  readonly to: number;
  /** BUY 1 or SELL −1. */
  readonly side: number;
  readonly parts: number;
  /** What was filled. */
  readonly lots: number;
}

interface Metaorder {
  /** How many orders this desk has begun: what its luck is found by. */
  number: number;
  side: number;
  partsLeft: number;
  /** Steps between two parts, and the step of the next. */
  every: number;
  next: number;
  /** What has been sent of it: the step of the first part, parts, and filled lots. */
  from: number;
  parts: number;
  lots: number;
}

/** Room in lanes for the parts of one order. */
const LANES = 1 << 16;

/**
 * Orders that are too large for one go: each desk works one after the other, side by chance, in a number of parts with a Pareto tail, at a steady
 * pace. That the same side comes again and again is what gives order signs their long memory: with a tail exponent α their
 * autocorrelation falls as lag^(1−α). What is drawn depends on the desk and the number of its order alone.
 * Source: F. Lillo, S. Mike, J. D. Farmer, "Theory for long memory in supply and demand", Physical Review E 71 (2005).
 * Assumes that nobody stops an order because the price runs away. Real ones are stopped, and started, by the price.
 */
export class MetaorderCrowd implements Agent {
  readonly #venue: TradingVenue;
  readonly #account: number;
  readonly #config: MetaorderConfig;
  readonly #random: CounterRandom;
  readonly #desks: Metaorder[];
  readonly #onFinished: (order: FinishedMetaorder) => void;

  /** `onFinished` is called with each metaorder in the step of its last part. */
  constructor(options: {
    venue: TradingVenue;
    account: number;
    config: MetaorderConfig;
    random: CounterRandom;
    onFinished?: (order: FinishedMetaorder) => void;
  }) {
    const { config, onFinished = () => undefined } = options;
    this.#onFinished = onFinished;
    this.#venue = options.venue;
    this.#account = options.account;
    this.#config = config;
    this.#random = options.random;
    this.#desks = Array.from({ length: config.count }, () => ({
      number: 0,
      side: BUY,
      partsLeft: 0,
      every: 1,
      next: 0,
      from: 0,
      parts: 0,
      lots: 0,
    }));
    this.#desks.forEach((desk, index) => this.#begin(desk, index, 0));
  }

  act(step: number): void {
    for (let index = 0; index < this.#desks.length; index += 1) {
      const desk = this.#desks[index];
      if (desk === undefined || desk.next > step) continue;
      if (desk.parts === 0) desk.from = step;
      desk.lots += this.#sendPart(desk, index);
      desk.parts += 1;
      desk.partsLeft -= 1;
      desk.next = step + desk.every;
      if (desk.partsLeft > 0) continue;
      const { from, side, parts, lots } = desk;
      this.#onFinished({ from, to: step, side, parts, lots });
      this.#begin(desk, index, desk.next);
    }
  }

  #begin(desk: Metaorder, index: number, from: number): void {
    const { tail, mostParts, everySecondsFrom, everySecondsTo } = this.#config;
    const random = this.#random.at(desk.number * this.#config.count + index, 0);
    desk.number += 1;
    desk.side = random.uniform(0) < 0.5 ? BUY : SELL;
    desk.partsLeft = Math.min(mostParts, Math.floor(random.uniform(1) ** (-1 / tail)));
    desk.every = stepsIn(random.betweenLog(2, everySecondsFrom, everySecondsTo));
    desk.next = from + Math.floor(random.uniform(3) * desk.every);
    desk.parts = 0;
    desk.lots = 0;
  }

  /** Returns the lots that were filled. */
  #sendPart(desk: Metaorder, index: number): number {
    const { medianUsd, sizeSigma, count } = this.#config;
    const slot = (desk.number - 1) * count + index;
    const random = this.#random.at(slot, 1 + (desk.partsLeft % LANES));
    const sizeUsd = random.logNormal(0, medianUsd, sizeSigma);
    return this.#venue.take(
      this.#account,
      desk.side,
      Math.max(1, Math.round(sizeUsd / this.#venue.lotUsd)),
    );
  }
}
