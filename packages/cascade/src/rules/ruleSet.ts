import type { AdlRule } from "./adlRule.ts";
import type { FeeSchedule, ForcedTradingFee, LiquidationFee } from "./feeSchedule.ts";
import type { FundingCap, PeriodicFunding } from "./fundingRule.ts";
import type { InsuranceRule } from "./insuranceRule.ts";
import type { LiquidationRule } from "./liquidationRule.ts";
import type { MarginSchedule } from "./marginSchedule.ts";
import type { MarkRule } from "./markRule.ts";

/** A pause after a fast move of the mark. */
export interface BreakerRule {
  /** The move that sets it off, a fraction above 0, in either direction, and within how many seconds. */
  readonly move: number;
  readonly withinSeconds: number;
  /** How long it lasts, seconds. */
  readonly pauseSeconds: number;
  /**
   * `liquidations`: nobody is liquidated, and no forced order is sent. `throttle`: forced orders go on at `throttleShare` of their pace. `trading`: besides, nobody but
   * makers may trade at all.
   */
  readonly stops: "liquidations" | "throttle" | "trading";
  /** With `throttle`: the share of `throttlePerSecond` that is left, above 0 and below 1. */
  readonly throttleShare?: number;
}

/** Maintenance margin that rises with volatility. */
export interface VolatilityMarginRule {
  /** Half-life of the volatility of the mark, seconds. */
  readonly halfLifeSeconds: number;
  /** Volatility, a fraction a year, at which margin is as the schedule says; twice that doubles it. */
  readonly referenceVolatility: number;
  /** Bounds of the factor on maintenance margin, from above 0 to at least that. */
  readonly least: number;
  readonly most: number;
  /** How often the factor is set anew, seconds. */
  readonly everySeconds: number;
}

/** Who gives up how much in auto-deleveraging: the venue's queue, or all winners by size. */
export type AdlAllocationRule = "queue" | "proRata";

/**
 * The rules of one contract at one venue, of which nothing is left open: what a simulated venue works by, and what a scenario changes. A mitigation is a function from
 * RuleSet to RuleSet, so that mitigations compose.
 */
export interface RuleSet {
  readonly margin: MarginSchedule;
  /** Factor on maintenance margin, above 0; 1 as the schedule says. */
  readonly maintenanceFactor: number;
  /** Undefined: maintenance margin does not move with volatility. */
  readonly volatilityMargin: VolatilityMarginRule | undefined;
  readonly fees: FeeSchedule;
  readonly liquidationFee: LiquidationFee;
  readonly forcedTradingFee: ForcedTradingFee;
  readonly mark: MarkRule;
  readonly funding: PeriodicFunding;
  readonly fundingCap: FundingCap;
  readonly liquidation: LiquidationRule;
  /** Whether a latched account is let go when it has enough margin again after a part was closed. */
  readonly release: "whenSafeAfterClose" | "never";
  readonly insurance: InsuranceRule;
  readonly adl: AdlRule;
  readonly adlAllocation: AdlAllocationRule;
  /** What the insurance fund holds at the start, settle currency. */
  readonly insuranceFund: number;
  /**
   * Balance of the fund that the ADL triggers `fundBelowThreshold` and `poolProfitRatio` compare with, settle currency; only rules with one of them need it.
   */
  readonly fundThreshold?: number;
  /** Length of a block of the venue's chain, seconds; only rules with the step `fillable` need it. */
  readonly blockSeconds?: number;
  /** What the engine may send to the market in a second, quote currency; undefined: anything. */
  readonly throttlePerSecond: number | undefined;
  /** The mark that liquidations go by is averaged over the last so many seconds; 0: it is the mark. */
  readonly markTwapSeconds: number;
  readonly breaker: BreakerRule | undefined;
  /** Whether traders cannot see at which prices accounts are liquidated. */
  readonly hiddenLevels: boolean;
  /** False: nobody is ever liquidated. */
  readonly liquidates: boolean;
}
