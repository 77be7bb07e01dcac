import type { ConsumedFlow } from "@aftershock/cascade";
import type { Bias } from "../scenarios/biases.ts";
import type { LeftRows } from "../scenarios/movedRows.ts";
import type { Assumed } from "../scenarios/scenarioOutcome.ts";
import type { Outcome } from "./outcome.ts";

/** A strategy's account at the end of a minute. Settle currency; lots, negative: short. */
export interface StrategyPoint {
  /** µs UTC. */
  readonly at: number;
  readonly equity: number;
  readonly position: number;
}

/** What a strategy came to under one scenario, in the settle currency of its contract. */
export interface StrategyOutcome {
  readonly name: string;
  readonly description: string;
  readonly settle: string;
  readonly start: number;
  /** At the last mark. */
  readonly end: number;
  readonly pnl: number;
  /** The deepest fall from a peak, at the marks of all steps; µs, null before the first step. */
  readonly maxDrawdown: {
    readonly amount: number;
    readonly peakAt: number | null;
    readonly troughAt: number | null;
  };
  /** Lots that it traded, in how many fills, and what it paid for that. */
  readonly fills: number;
  readonly tradedLots: number;
  readonly fees: number;
  /** Lots at the end, negative: short; and the largest without sign. */
  readonly position: number;
  readonly largestPosition: number;
  /** One a minute. */
  readonly series: readonly StrategyPoint[];
}

/** Hedges and strategies under one scenario. */
export interface ScenarioHedges {
  readonly scenario: string;
  /** Whether nothing that they saw was different from the record. */
  readonly identical: boolean;
  /** Whether the path went so far from the record that the model says nothing any more; from then on it stays as far. */
  readonly diverged: boolean;
  /** What became of forced flow beyond the record's; null where no strategy looks at the book. */
  readonly consumed: ConsumedFlow | null;
  /** Rows that were seen as recorded because they could not be moved. */
  readonly left: readonly LeftRows[];
  /** As the study's own outcomes. */
  readonly hedges: readonly Outcome[];
  readonly strategies: readonly StrategyOutcome[];
}

/** What hedges and strategies came to under each scenario: plain JSON. */
export interface ResultsUnderScenarios {
  /** Which of the ways in which prices may have answered was seen. */
  readonly draw: "central";
  /** Why there is no error band. */
  readonly band: { readonly none: string };
  /** In the study's order, that of nothing changed first. */
  readonly scenarios: readonly ScenarioHedges[];
  readonly assumed: readonly Assumed[];
  readonly biases: readonly Bias[];
}

/** Why nothing is told of how far an outcome under a scenario may be off. */
export const NO_BAND =
  "one path alone is seen, the central draw: how far outcomes differ between draws, and how they are off on days whose truth is known, was not measured";

/** What every outcome under a scenario takes for granted. */
export const UNDER_ASSUMED: readonly Assumed[] = [
  {
    part: "shape of the book",
    value: "levels lie as far from each other as recorded, at the recorded sizes",
    why: "how makers would have quoted under other rules is not recorded",
  },
  {
    part: "consumed sizes",
    value:
      "what a scenario forced beyond the record is taken from the best levels on; where it forced less, nothing is added",
    why: "the record shows what its own forced orders left, and not what they took",
  },
  {
    part: "refills",
    value:
      "a consumed level is back as far as the record adds size to it, shows it anew, or a snapshot comes",
    why: "how a book fills again is known only as it was recorded",
  },
  {
    part: "own orders",
    value: "nobody answers them, and they move no price",
    why: "the answer of prices was measured for forced flow",
  },
  {
    part: "trades and prints",
    value:
      "those of the record, at moved prices: none is added for what a scenario forced, none left out for what it did not",
    why: "which trade met a forced order is not recorded",
  },
  {
    part: "other contracts of the coin, and the futures that options are on",
    value: "move as the index does, from its own answer",
    why: "there is no other answer of prices elsewhere",
  },
  {
    part: "options",
    value:
      "premiums move by what Black-76 at the recorded volatility makes of the future's move; who did not quote does not",
    why: "how volatility would have answered is not known",
  },
  {
    part: "funding rates, open interest and Greeks",
    value: "as recorded",
    why: "what they would have been is not computed",
  },
];

/** What is taken for granted where no calibration tells how prices answer. */
export const NO_ANSWER_ASSUMED: Assumed = {
  part: "answer of prices",
  value: "none: in the central draw prices answer to nothing, so that sizes alone differ",
  why: "there is no calibration; the other bound, that forced flow made all of the move, is not seen",
};

/** What makes outcomes under scenarios wrong, beside what makes the scenarios so. */
export const UNDER_BIASES: readonly Bias[] = [
  {
    name: "one path",
    direction: "either",
    says: "An outcome depends on the path and not only on its extreme: another draw of the model, as near to the record, may fill other orders. It is the central draw's as it is, and not what figures of scenarios tell, which is the record with a factor of the effect of all kernels.",
  },
  {
    name: "shifted and consumed",
    direction: "either",
    says: "The answer of prices already holds what forced flow does to quotes in the mean: where a level is consumed and the book is shifted as well, who trades meets a hole that is too deep, and where less was forced than in the record, a book that is too thin.",
  },
  {
    name: "two answers",
    direction: "either",
    size: "on 24 simulated crash hours coins with a short perpetual were told drawdowns 0–0.1 % of the portfolio deeper under rules that help, and had ones 0.3–0.6 % shallower",
    says: "The price of the contract and the index answer by estimates of their own: their difference moves the basis, which stays as recorded but for that. What is hedged with one and valued by the other gains or loses that.",
  },
  {
    name: "volatility as recorded",
    direction: "either",
    size: "on 24 simulated crash hours coins with a put were told drawdowns 0.5–1.0 % of the portfolio deeper under rules that help, and had ones 0.1–0.7 % shallower",
    says: "Volatility would have been lower in a milder crash and higher in a harder one: with it as recorded, options are worth too much under rules that help, and too little under rules that harm.",
  },
];
