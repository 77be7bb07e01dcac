export { Currency } from "./account/currency.ts";
export {
  type AccountId,
  type Exchange,
  Ledger,
  type LedgerSums,
  type Position,
} from "./account/ledger.ts";
export { Marks } from "./account/marks.ts";
export {
  Counterfactual,
  type CounterfactualOptions,
  type CounterfactualResult,
  type Draw,
  type Horizons,
  type RecordResult,
  type RecordSnapshot,
  type RuleScenario,
  type ScenarioResult,
} from "./counterfactual/counterfactual.ts";
export { lastingResponse, noResponse } from "./counterfactual/boundResponses.ts";
export {
  KERNEL_NAMES,
  type KernelName,
  type ResponseFits,
  responseModels,
} from "./counterfactual/calibratedResponses.ts";
export {
  type EngineFigures,
  EngineRun,
  type OwnClosing,
  type Population,
  type PopulationSource,
} from "./counterfactual/engineRun.ts";
export { type PathExtremes, PathFigures, type PathResult } from "./counterfactual/pathFigures.ts";
export {
  answeredAsk,
  answeredBid,
  forcedBeyond,
  NO_ANSWER,
  type PathAnswer,
} from "./counterfactual/pathAnswer.ts";
export { ScenarioBook, type ConsumedFlow } from "./counterfactual/scenarioBook.ts";
export { DEPTH_BAND_BPS, type RecordedStep } from "./counterfactual/recordedStep.ts";
export type { ResponseModel } from "./counterfactual/answeredPath.ts";
export type { RunResult, RunSnapshot } from "./counterfactual/scenarioRun.ts";
export { MARKET_SIDES, SideBooks, type SideGains } from "./counterfactual/sideGains.ts";
export type { SideDepths } from "./counterfactual/sideDepths.ts";
export {
  CurrentMargin,
  type CurrentMarginOptions,
  scaledSchedule,
} from "./engine/currentMargin.ts";
export { MarkBreaker } from "./engine/markBreaker.ts";
export {
  type EngineAccounts,
  type EngineHalt,
  RuledEngine,
  type RuledEngineOptions,
} from "./engine/ruledEngine.ts";
export { VolatilityFactor } from "./engine/volatilityFactor.ts";
export { type AdlAllocator, allocatorBy, queueAllocator } from "./liquidation/adlAllocator.ts";
export { applyLiquidationEvent } from "./liquidation/applyLiquidationEvent.ts";
export {
  bankruptcyValue,
  type PositionWeight,
  priceForValue,
  type PriceForValue,
  worthUnits,
} from "./liquidation/bankruptcy.ts";
export type { ClosingOrder } from "./liquidation/closingOrder.ts";
export {
  DefaultFund,
  type DefaultFundOptions,
  type MemberContribution,
} from "./liquidation/defaultFund.ts";
export type { AdlCandidateSource } from "./liquidation/deleveraging.ts";
export type { UnwindingPolicy } from "./liquidation/fundInventory.ts";
export { LiquidationEngine } from "./liquidation/liquidationEngine.ts";
export type {
  LiquidationEngineOptions,
  ReleaseRule,
} from "./liquidation/liquidationEngineOptions.ts";
export type * from "./liquidation/liquidationEvent.ts";
export type {
  ForcedFill,
  ForcedOrder,
  LiquidationMarket,
} from "./liquidation/liquidationMarket.ts";
export { type LiquidationRow, liquidationRowOf } from "./liquidation/liquidationRow.ts";
export {
  type AdlTerms,
  type InstrumentTerms,
  type LiquidationFeeTerms,
  NO_FEE,
  plainTerms,
} from "./liquidation/liquidationTerms.ts";
export type { OrderThrottleOptions } from "./liquidation/orderThrottle.ts";
export type {
  MissingRule,
  StatedLiquidation,
  StatedRule,
} from "./liquidation/statedLiquidation.ts";
export { type FillableInputs, fillableValue } from "./liquidation/steps/fillableStep.ts";
export {
  missingLiquidationRules,
  venueLiquidation,
  type VenueLiquidation,
  type VenueLiquidationInputs,
} from "./liquidation/venueLiquidation.ts";
export { WalkedBook } from "./liquidation/walkedBook.ts";
export type { MarginModel } from "./margin/marginModel.ts";
export {
  BlockBookKernel,
  type BlockBookOptions,
  type DepthProfile,
} from "./impact/blockBookKernel.ts";
export {
  calibrateImpact,
  type CalibrationOptions,
  type ImpactCalibration,
  type KernelFits,
  type ResponseCalibration,
} from "./impact/calibration/calibrateImpact.ts";
export type { ExponentialFit, MixtureFit, PowerLawFit } from "./impact/calibration/fitResponse.ts";
export type { FlowDay } from "./impact/calibration/flowDay.ts";
export { depthSlope, type DepthSlopeOptions } from "./impact/depthSlope.ts";
export { ExponentialKernel } from "./impact/exponentialKernel.ts";
export type { FlowPair, ImpactKernel } from "./impact/impactKernel.ts";
export { MixtureKernel, type MixturePart } from "./impact/mixtureKernel.ts";
export { PowerLawKernel, type PowerLawOptions, PropagatorSum } from "./impact/powerLawKernel.ts";
export { bankruptcyPrice, type PositionOf } from "./margin/bankruptcyPrice.ts";
export {
  bookLiquidationPrices,
  type BookLiquidationOptions,
  type BookMargin,
  type BookSearch,
} from "./margin/bookLiquidationPrices.ts";
export {
  type ExitBucket,
  type ExitHeatMap,
  exitHeatMap,
  type ExitHeatMapOptions,
} from "./margin/exitHeatMap.ts";
export {
  FullScan,
  type LiquidationWatch,
  type LiquidationWatchOptions,
} from "./margin/fullScan.ts";
export {
  type CollateralTerms,
  type InstrumentMargin,
  instrumentMargins,
  type MarginTerms,
} from "./margin/instrumentMargin.ts";
export {
  type LiquidationPrices,
  liquidationPrices,
  type PriceSearch,
  searchLiquidationPrices,
} from "./margin/liquidationPrice.ts";
export {
  type IsLiquidatable,
  liquidationTest,
  type TriggerTerms,
} from "./margin/liquidationTest.ts";
export { MarginSlack, type SlackLevel, type SlackStretch } from "./margin/marginSlack.ts";
export { OptionBoard, type OptionShock, type OptionState } from "./margin/optionBoard.ts";
export { optionInitial, optionMaintenance, type ShortOption } from "./margin/optionMargin.ts";
export { positionCharges, type PositionDelta } from "./margin/portfolioCharges.ts";
export {
  PortfolioMargin,
  type PortfolioMarginOptions,
  type PortfolioRisk,
  type Scenario,
} from "./margin/portfolioMargin.ts";
export { RuleMargin } from "./margin/ruleMargin.ts";
export { type DangerBand, type DangerBandOf, dangerBands } from "./margin/dangerBand.ts";
export { exemptBands, NO_BANDS, RuleBands, type SafeBands } from "./margin/safeBands.ts";
export {
  type Contingencies,
  type DeltaCharges,
  DERIBIT_FAR_MOVES,
  type ExtendedTable,
  olderGrid,
  type OlderGridChoices,
  type ScenarioGrid,
  scenarioGrid,
  shockedVolatility,
  type VolatilityShock,
} from "./margin/scenarioGrid.ts";
export { type ScheduleSize, scheduleSize, sizeOf } from "./margin/scheduleSize.ts";
export { TriggerIndex } from "./margin/triggerIndex.fast.ts";
export {
  black76,
  black76Greeks,
  type FutureOptionTerms,
  inversePremium,
} from "./pricing/black76.ts";
export {
  blackScholes,
  blackScholesGreeks,
  type Greeks,
  type OptionTerms,
  type Right,
} from "./pricing/blackScholes.ts";
export { impliedVolatility } from "./pricing/impliedVolatility.ts";
export { normalCdf, normalPdf } from "./pricing/normalDistribution.ts";
export {
  openSnapshotAccounts,
  type SkippedAccount,
  type SnapshotAccount,
  type SnapshotAccounts,
  type SnapshotPosition,
} from "./population/snapshotAccounts.ts";
export type {
  ComparedRun,
  LiquidationEvidence,
  PositionSource,
} from "./positions/positionSource.ts";
export {
  type BoundedFigure,
  type BoundReason,
  type EstimatedFigure,
  type Identification,
  type IdentifiedFigure,
  identifiedFigure,
  type WithMoreLiquidated,
  worstIdentification,
} from "./positions/identification.ts";
export type { PinInterval } from "./positions/pinInterval.ts";
export {
  type Pin,
  type PinCounts,
  type PinnedPositions,
  pinnedPositions,
  type PinOptions,
} from "./positions/pinnedPositions.ts";
export type { PlannedPosition } from "./positions/plannedPosition.ts";
export { type GapMinute, PrintGap, type PrintGapResult } from "./positions/printGap.ts";
export type { ShadowPrior } from "./positions/shadowPositions.ts";
export {
  type SnapshotOptions,
  snapshotPositions,
  type SnapshotPositions,
} from "./positions/snapshotPositions.ts";
export type { PriceOrigin } from "./record/bestPrices.ts";
export { AttributedMove } from "./record/attributedMove.ts";
export {
  CALIBRATION_BIN_SECONDS,
  type CalibratedDays,
  type CalibrationDay,
  calibrateResponses,
  RESPONSE_DEPTH_POWER,
  RESPONSE_LAG_BINS,
  RESPONSE_SECONDS,
  RESPONSE_SIZE_POWER,
  type ResponseCalibrationOptions,
} from "./record/calibrateResponses.ts";
export { estimateForcedFlow, type EstimateOptions } from "./record/estimateForcedFlow.ts";
export { type DepthScale, type FlowOf, FlowRecorder } from "./record/flowRecorder.ts";
export {
  type EstimatedFlow,
  type ForcedFlow,
  printedFlow,
  type PrintedFlow,
  UNKNOWN_FLOW,
  type UnknownFlow,
} from "./record/forcedFlow.ts";
export type { ForcedMethod, ForcedPrint } from "./record/forcedPrint.ts";
export { EVERY_PRINT, kappaAt, type KappaBand, kappaOf } from "./record/kappaBand.ts";
export { firstOpenInterest } from "./record/openInterest.ts";
export { PRICE_COLUMNS, type RecordColumn, RecordColumns } from "./record/recordColumns.ts";
export {
  type PrintSums,
  RECORD_STEP_MICROS,
  RecordedDay,
  type RecordedDayOptions,
  type RecordSummary,
} from "./record/recordedDay.ts";
export type { GapReason, RecordGap } from "./record/recordGaps.ts";
export type { StepFlow } from "./record/stepFlow.ts";
export type { StandIns } from "./record/tickerView.ts";
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
export type { FairPrice } from "./oracle/basisAverage.ts";
export {
  type CollateralInput,
  type CollateralPrice,
  ConversionPrice,
  OwnBookPrice,
} from "./oracle/collateralPrice.ts";
export {
  bestLag,
  compareMarks,
  type MarkComparison,
  type PriceSeries,
} from "./oracle/compareMarks.ts";
export { DelayedFeed } from "./oracle/delayedFeed.ts";
export { ExpiringFeed, type ExpiringOptions } from "./oracle/expiringFeed.ts";
export { ExponentialAverage } from "./oracle/exponentialAverage.ts";
export { FrozenFeed } from "./oracle/frozenFeed.ts";
export {
  dampenedRate,
  impactPremium,
  midPremium,
  type PremiumPrices,
} from "./oracle/fundingPremium.ts";
export { impactPrice, impactValue } from "./oracle/impactPrice.ts";
export {
  type IndexOptions,
  IndexPrice,
  type IndexReading,
  type SourceState,
} from "./oracle/indexPrice.ts";
export { LastPrice } from "./oracle/lastPrice.ts";
export { ManipulatedFeed, type Manipulation } from "./oracle/manipulatedFeed.ts";
export type { MarkOptions } from "./oracle/markComponents.ts";
export type { CurrentFunding, MarkInput, MarkNeed } from "./oracle/markInputs.ts";
export { MarkPrice, type MarkReading } from "./oracle/markPrice.ts";
export { PremiumAverage, type PremiumAverageOptions } from "./oracle/premiumAverage.ts";
export type { PriceFeed } from "./oracle/priceFeed.ts";
export { RollingMedian } from "./oracle/rollingMedian.ts";
export type { StepWindow } from "./oracle/stepWindow.ts";
export { TimeAverage } from "./oracle/timeAverage.ts";
export {
  ADL_RANKINGS,
  type AdlPrice,
  type AdlRanking,
  type AdlRule,
  type AdlTrigger,
} from "./rules/adlRule.ts";
export { checkRuleSet } from "./rules/checkRuleSet.ts";
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
export type {
  FeeReceiver,
  FeeSchedule,
  FeeTier,
  ForcedTradingCharge,
  ForcedTradingFee,
  LiquidationFee,
} from "./rules/feeSchedule.ts";
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
export type { CoveredOptions, OptionMarginRule } from "./rules/optionMarginRule.ts";
export type { PortfolioMarginRule } from "./rules/portfolioMarginRule.ts";
export type { PrintRule } from "./rules/printRule.ts";
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
export type {
  AssumableRules,
  AssumedRule,
  Assumption,
  FundingTerms,
  LackingRule,
  RuleAssumptions,
} from "./rules/ruleAssumptions.ts";
export {
  lackingRules,
  type MarkTerms,
  ruleSetOf,
  type RuleSetRequest,
  type VenueRuleSet,
} from "./rules/ruleSetOf.ts";
export type {
  AdlAllocationRule,
  BreakerRule,
  RuleSet,
  VolatilityMarginRule,
} from "./rules/ruleSet.ts";
