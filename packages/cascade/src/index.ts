export { Currency } from "./account/currency.ts";
export {
  type AccountId,
  type Exchange,
  Ledger,
  type LedgerSums,
  type Position,
} from "./account/ledger.ts";
export { Marks } from "./account/marks.ts";
export { type AdlCandidate, adlCandidateOf, openProfit } from "./liquidation/adl/adlCandidate.ts";
export {
  ADL_SCORES,
  type AdlScore,
  adlScoreOf,
  markOverEntryTimesLeverage,
  profitTimesAccountLeverage,
  profitTimesEffectiveLeverage,
  profitTimesLeverage,
  profitTimesMarginRatio,
} from "./liquidation/adl/adlScore.ts";
export {
  type AdlAllocation,
  type AdlRequest,
  type AdlShare,
  type AdlWeight,
  allocateByQueue,
  allocateInTurn,
  allocateMinMax,
  allocateProRata,
  byEquity,
  byProfit,
  bySize,
  type InTurnOptions,
} from "./liquidation/adl/allocateAdl.ts";
export {
  type Apportionment,
  apportion,
  apportionMinMax,
  waterLevel,
} from "./liquidation/adl/apportion.ts";
export {
  allocateMirrorDescent,
  mirrorDescent,
  type MirrorDescentOptions,
  projectOntoBudget,
} from "./liquidation/adl/mirrorDescent.ts";
export {
  ADL_RANKINGS,
  type AdlPrice,
  type AdlRanking,
  type AdlRule,
  type AdlTrigger,
} from "./rules/adlRule.ts";
export {
  type Dated,
  type Dating,
  DATINGS,
  isGap,
  type OtherClaim,
  RULE_STATUSES,
  type RuleGap,
  type RuleSource,
  type RuleStatus,
  startsAt,
  type Timeline,
} from "./rules/dated.ts";
export type { FeeReceiver, FeeSchedule, FeeTier, LiquidationFee } from "./rules/feeSchedule.ts";
export {
  type ContinuousFunding,
  type FundingAverage,
  type FundingBounds,
  fundingBounds,
  type FundingCap,
  type FundingInputs,
  type FundingPremium,
  fundingRate,
  type FundingRule,
  type ImpactNotional,
  type PeriodicFunding,
} from "./rules/fundingRule.ts";
export type { IndexRule, PriceSource } from "./rules/indexRule.ts";
export type { InsuranceFund, InsuranceRule } from "./rules/insuranceRule.ts";
export type * from "./rules/liquidationRule.ts";
export type {
  AuctionRule,
  DutchAuction,
  EnglishAuction,
  SystemRule,
  VaultRule,
} from "./rules/makerRules.ts";
export {
  baseRates,
  type BaseRates,
  initialMargin,
  maintenanceMargin,
  marginTier,
  type SizedPosition,
} from "./rules/marginArithmetic.ts";
export {
  type LinearMargin,
  maintenanceAmounts,
  type MarginSchedule,
  type MarginTier,
  type MarginUnit,
  type SteppedMargin,
  type TieredMargin,
} from "./rules/marginSchedule.ts";
export type * from "./rules/markRule.ts";
export type {
  MarkBand,
  NewAccountRule,
  OrderLimits,
  PremiumBand,
  SettlementRule,
} from "./rules/orderLimits.ts";
export type { PortfolioMarginRule } from "./rules/portfolioMarginRule.ts";
export { PART_NAMES, type PartName, type RuleParts, type VenueKind } from "./rules/ruleParts.ts";
export {
  type HeldRule,
  isHeld,
  type RuleAt,
  ruleAt,
  type RuleDoubt,
  type RulesAt,
  rulesOf,
  type SymbolRules,
  type UnknownRule,
  unverifiedOf,
} from "./rules/rulesOf.ts";
export {
  EVERY_SYMBOL,
  parseVenueRules,
  readVenueRules,
  type SymbolTimelines,
  type VenueRules,
} from "./rules/venueRules.ts";
