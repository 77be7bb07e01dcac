import { STEP_MICROS } from "../clock.ts";
import type { Market } from "../market/market.ts";

/** Steps that the watch remembers: longer than the longest metaorder, a day. */
const REMEMBERED_STEPS = 24 * 60 * 600;

/** A metaorder of the crowd on the perpetual, from its first part to its last. */
export interface ObservedMetaorder {
  /** Start of the step of its first part, and end of that of its last, µs. */
  readonly from: number;
  readonly to: number;
  readonly side: "buy" | "sell";
  readonly parts: number;
  /** What was filled, quote currency. */
  readonly sizeUsd: number;
  /** Natural logarithm of the mid after the last part less that before the first. */
  readonly logMove: number;
  /** What of it the value's ordinary moves alone would have been: they do not depend on what is traded. */
  readonly logOrdinaryMove: number;
}

/** Follows the metaorders of a market that has just opened: those that begin and end in its recording. */
export class MetaorderWatch {
  readonly #market: Market;
  readonly #from: number;
  readonly #firstStep: number;
  /** Logarithms of mid and ordinary value before each step, step by step, in a ring. */
  readonly #mids: number[] = [];
  readonly #values: number[] = [];

  /** `from`: when the recording starts, µs. */
  constructor(market: Market, from: number) {
    this.#market = market;
    this.#from = from;
    this.#firstStep = market.step;
    this.#remember();
  }

  /** The metaorders that ended in the step that the market has just run. */
  take(): readonly ObservedMetaorder[] {
    const { finishedMetaorders, perpetual, value } = this.#market;
    const found = finishedMetaorders.flatMap(({ from, to, side, parts, lots }) => {
      const first = from - this.#firstStep;
      const mid = this.#mids[first % REMEMBERED_STEPS];
      const ordinary = this.#values[first % REMEMBERED_STEPS];
      if (first < 0 || to - from >= REMEMBERED_STEPS) return [];
      if (mid === undefined || ordinary === undefined) return [];
      return [
        {
          from: this.#timeOf(from),
          to: this.#timeOf(to + 1),
          side: side > 0 ? ("buy" as const) : ("sell" as const),
          parts,
          sizeUsd: lots * perpetual.lotUsd,
          logMove: perpetual.logMid - mid,
          logOrdinaryMove: value.logOrdinary - ordinary,
        },
      ];
    });
    this.#remember();
    return found;
  }

  #remember(): void {
    const { step, perpetual, value } = this.#market;
    const row = (step - this.#firstStep) % REMEMBERED_STEPS;
    this.#mids[row] = perpetual.logMid;
    this.#values[row] = value.logOrdinary;
  }

  #timeOf(step: number): number {
    return this.#from + (step - this.#firstStep) * STEP_MICROS;
  }
}
