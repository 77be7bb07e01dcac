import type {
  AdlRule,
  FeeSchedule,
  FundingCap,
  InsuranceRule,
  LiquidationFee,
  LiquidationRule,
  MarginSchedule,
  MarkRule,
  PeriodicFunding,
} from "@aftershock/cascade";

/** A pause of forced selling after a fast move of the mark. */
export interface BreakerRule {
  /** The move that sets it off, a fraction, in either direction, and within how many seconds. */
  readonly move: number;
  readonly withinSeconds: number;
  /** How long it lasts, seconds. */
  readonly pauseSeconds: number;
  /** `liquidations`: no forced orders. `trading`: nobody but makers may send orders. */
  readonly stops: "liquidations" | "trading";
}

/**
 * The rules of the simulated venue, in the terms in which real venues' rules are written (`@aftershock/cascade`, rules), and what those leave
 * unsaid. Whoever simulates a change of one rule changes it here.
 */
export interface SimulatedRules {
  readonly margin: MarginSchedule;
  readonly fees: FeeSchedule;
  readonly liquidationFee: LiquidationFee;
  readonly mark: MarkRule;
  readonly funding: PeriodicFunding;
  readonly fundingCap: FundingCap;
  readonly liquidation: LiquidationRule;
  readonly insurance: InsuranceRule;
  readonly adl: AdlRule;
  /** What the insurance fund holds at the start, settle currency. */
  readonly insuranceFund: number;
  /** What the engine may send to the market in a second, USD. */
  readonly throttleUsdPerSecond: number;
  /** The mark that liquidations go by is averaged over the last so many seconds; 0: it is the mark. */
  readonly markTwapSeconds: number;
  readonly breaker: BreakerRule | undefined;
  /** Whether traders cannot see at which prices accounts are liquidated. */
  readonly hiddenLevels: boolean;
}

/** Some rules changed; the others stay. */
export type RulesChange = Partial<SimulatedRules>;
