import type { AdlPrice, AdlRanking, AdlRule, AdlTrigger } from "./adlRule.ts";
import type { FeeReceiver, FeeSchedule, ForcedTradingCharge } from "./feeSchedule.ts";
import type { FundingCap, PeriodicFunding } from "./fundingRule.ts";
import type { LiquidationRule, LiquidationStep, StepDownStep } from "./liquidationRule.ts";
import type { MarginSchedule } from "./marginSchedule.ts";
import type { MarkRule } from "./markRule.ts";
import type { PartName } from "./ruleParts.ts";
import type { AdlAllocationRule, RuleSet } from "./ruleSet.ts";

/** Those terms of periodic funding that sources often leave out. */
export type FundingTerms = {
  readonly [
    K in "premium" | "average" | "sampleSeconds" | "averageSeconds" | "paid" | "impact"
  ]: NonNullable<PeriodicFunding[K]>;
};

/** What may be assumed where the dated rules of a venue say nothing; each is used only there. */
export interface AssumableRules {
  readonly margin: MarginSchedule;
  /** Of tiers that break off: positions beyond them are charged as those of the last tier that is known. */
  readonly marginTail: "lastTier";
  readonly marginCharge: "marginal" | "whole";
  /** Of tiers without a leverage: the initial rate over the maintenance rate, 1 or more. */
  readonly marginInitialFactor: number;
  /** Of margin by steps: the largest size at the base rates, and the size of a step, in the schedule's unit. */
  readonly marginBaseLimit: number;
  readonly marginStep: number;
  readonly fees: FeeSchedule;
  /** A fraction of what is closed, 0 … 1. */
  readonly liquidationFeeRate: number;
  readonly liquidationFeePaidTo: FeeReceiver;
  readonly forcedTradingCharge: ForcedTradingCharge;
  readonly mark: MarkRule;
  /** Window of the average in the mark, and time between its samples, seconds. */
  readonly markAverageSeconds: number;
  readonly markSampleSeconds: number | "continuous";
  /** Band of the mark around the index, a fraction; `none` for no band. */
  readonly markBandRate: number | "none";
  readonly funding: PeriodicFunding;
  readonly fundingTerms: FundingTerms;
  readonly fundingCap: FundingCap;
  readonly liquidation: LiquidationRule;
  /** What follows where the steps that are recorded do not say how a position ends. */
  readonly furtherSteps: readonly LiquidationStep[];
  readonly stepDownOrder: NonNullable<StepDownStep["order"]>;
  readonly contractsPerOrder: number;
  readonly ordersPerSecond: number;
  readonly takesSurplus: boolean;
  readonly adlAllocation: AdlAllocationRule;
  readonly adlRanking: AdlRanking;
  readonly adlTriggers: readonly AdlTrigger[];
  readonly adlPrice: AdlPrice;
  readonly adlFee: NonNullable<AdlRule["fee"]>;
  readonly adlCancelsOrders: boolean;
  /** Settle currency: see RuleSet. */
  readonly fundThreshold: number;
  /** What the fund held at the start, settle currency. */
  readonly insuranceFund: number;
  readonly release: RuleSet["release"];
  /** Quote currency; `none`: anything. */
  readonly throttlePerSecond: number | "none";
  readonly blockSeconds: number;
  readonly hiddenLevels: boolean;
}

/** A value that stands for a rule that is not known, and why this one. */
export interface Assumption<T> {
  readonly value: T;
  /** One sentence, for the reader of a result. */
  readonly why: string;
}

/** What a run assumes, by name. */
export type RuleAssumptions = {
  readonly [K in keyof AssumableRules]?: Assumption<AssumableRules[K]>;
};

/** A value that a rule set needs and the rules of the day do not have. */
export interface LackingRule {
  /** `engine`: what no dated rule of any venue states. */
  readonly part: PartName | "engine";
  readonly name: keyof AssumableRules;
  /** Why it is not there. */
  readonly lacks: string;
}

/** A value that was assumed in place of a rule. */
export interface AssumedRule extends LackingRule {
  /** As JSON. */
  readonly value: string;
  /** Why this one. */
  readonly why: string;
}

/** Takes values from the rules or else from the assumptions, and keeps a list of either lack. */
export class RuleTaking {
  readonly lacking: LackingRule[] = [];
  readonly assumed: AssumedRule[] = [];
  readonly #assumptions: RuleAssumptions;

  constructor(assumptions: RuleAssumptions) {
    this.#assumptions = assumptions;
  }

  /** A rule's value if it is there, else the assumed one; undefined, and noted as lacking, where there is neither. */
  of<K extends keyof AssumableRules>(
    ruled: AssumableRules[K] | undefined,
    place: { readonly part: LackingRule["part"]; readonly name: K; readonly lacks: string },
  ): AssumableRules[K] | undefined {
    if (ruled !== undefined) return ruled;
    const assumption: Assumption<AssumableRules[K]> | undefined = this.#assumptions[place.name];
    if (assumption === undefined) {
      this.lacking.push(place);
      return undefined;
    }
    const { value, why } = assumption;
    this.assumed.push({ ...place, value: JSON.stringify(value), why });
    return value;
  }
}
