import type { AdlPrice, AdlRanking, AdlTrigger } from "../rules/adlRule.ts";
import type { FeeReceiver, ForcedTradingCharge } from "../rules/feeSchedule.ts";
import type { LiquidationStep } from "../rules/liquidationRule.ts";
import type { PartName } from "../rules/ruleParts.ts";
import type { AdlAllocator } from "./adlAllocator.ts";

/** What a run states where the rules of a venue do not; each is used only there, and reported. */
export interface StatedLiquidation {
  /** The steps, where there is no rule, or where what is recorded does not say how a position ends: those that follow. */
  readonly steps?: readonly LiquidationStep[];
  readonly stepDownOrder?: "market" | "fillOrKill";
  readonly contractsPerOrder?: number;
  readonly ordersPerSecond?: number;
  /** A fraction of what is closed. */
  readonly feeRate?: number;
  readonly feePaidTo?: FeeReceiver;
  /** Whether forced orders pay the fee of a taker, and its rate, a fraction of what is closed. */
  readonly tradingCharge?: ForcedTradingCharge;
  readonly takerRate?: number;
  readonly takesSurplus?: boolean;
  readonly adlRanking?: AdlRanking;
  /** Who is deleveraged, where a venue goes by no ranking (dYdX v4: in turn); used before `adlRanking`. */
  readonly adlAllocate?: AdlAllocator;
  readonly adlTriggers?: readonly AdlTrigger[];
  readonly adlPrice?: AdlPrice;
  /** What the one who is deleveraged pays, a fraction. */
  readonly adlFeeRate?: number;
  readonly adlCancelsOrders?: boolean;
  /** Balance that `fundBelowThreshold` and `poolProfitRatio` compare with, whole units. */
  readonly fundThresholdUnits?: number;
}

/** A value that an engine needs and the rules of the day do not have. */
export interface MissingRule {
  readonly symbol: string;
  readonly part: PartName;
  /** The value: a name in StatedLiquidation, or `margin`. */
  readonly value: keyof StatedLiquidation | "margin";
  /** Why it is not there. */
  readonly reason: string;
}

/** A value that was stated in place of a rule. */
export interface StatedRule {
  readonly symbol: string;
  readonly part: PartName;
  readonly value: keyof StatedLiquidation;
  /** As text: JSON; of a function that it is one. */
  readonly stated: string;
}

const textOf = (value: unknown): string =>
  typeof value === "function" ? "a function" : JSON.stringify(value);

/** Takes values from the rules or else from what is stated, and keeps a list of either lack. */
export class RuleChoice {
  readonly missing: MissingRule[] = [];
  readonly used: StatedRule[] = [];
  readonly #stated: StatedLiquidation;

  constructor(stated: StatedLiquidation) {
    this.#stated = stated;
  }

  /** Whether a value is stated. */
  has(value: keyof StatedLiquidation): boolean {
    return this.#stated[value] !== undefined;
  }

  /** A rule's value if it is there, else the stated one; undefined, and noted as missing, where there is neither. */
  of<K extends keyof StatedLiquidation>(
    ruled: StatedLiquidation[K],
    place: { symbol: string; part: PartName; value: K; reason: string },
  ): StatedLiquidation[K] {
    if (ruled !== undefined) return ruled;
    const { reason, ...where } = place;
    const stated = this.#stated[place.value];
    if (stated === undefined) this.missing.push({ ...where, reason });
    else this.used.push({ ...where, stated: textOf(stated) });
    return stated;
  }
}
