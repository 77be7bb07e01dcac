export {
  type Band,
  type BandedRule,
  type BandModel,
  type Intervals,
  type NoBand,
  noBands,
  spreadOf,
  UNVALIDATED_BANDS,
} from "./scenarios/bandModel.ts";
export { type Basins, basinsOf, type CascadeDirection, LEAST_EXCESS } from "./scenarios/basins.ts";
export { cascadeChance, type ChanceCurve, reachOf } from "./scenarios/cascadeChance.ts";
export { type Bias, KNOWN_BIASES } from "./scenarios/biases.ts";
export {
  bandOf,
  type BandCell,
  type BandTable,
  type Misses,
  missScale,
  plantedBands,
  type PlantedRule,
  scaledMiss,
} from "./scenarios/plantedBands.ts";
export { DEFAULT_LEVERAGE_PRIOR } from "./scenarios/leveragePrior.ts";
export { METRICS, type MetricUnit, type ScenarioMetric } from "./scenarios/scenarioMetrics.ts";
export type {
  CounterfactualDefinition,
  CounterfactualSettings,
  FlowKind,
  LeveragePrior,
  PositionKind,
  ScenarioStandIns,
} from "./scenarios/scenarioOptions.ts";
export type * from "./scenarios/scenarioOutcome.ts";
export { ScenarioSession } from "./scenarios/scenarioSession.ts";
export type {
  PrintedNotional,
  ScenarioPositions,
  ScenarioResponses,
  ScenarioWorld,
} from "./scenarios/scenarioWorld.ts";
export { canonicalJson, type JsonValue } from "./canonicalJson.ts";
export { configHash, studyConfig } from "./backtest/configHash.ts";
export type { InstantText } from "./backtest/parseInstant.ts";
export { runStudy, type RunStudyOptions, type ScenarioReplay } from "./backtest/runStudy.ts";
export { defineStudy, isStudy, type Study, type StudyDefinition } from "./backtest/study.ts";
export type { Attribution, Outcome, Point } from "./backtest/outcome.ts";
export type { StudyResult } from "./backtest/studyResult.ts";
export { matchesRequest, studyStreams } from "./backtest/studyStreams.ts";
export { runsUnderScenarios, UnderScenarios } from "./backtest/underScenarios.ts";
export type {
  ResultsUnderScenarios,
  ScenarioHedges,
  StrategyOutcome,
  StrategyPoint,
} from "./backtest/underResults.ts";
export {
  type ForcedOrder,
  LiquidationFollower,
  type LiquidationFollowerOptions,
} from "./examples/liquidationFollower.ts";
export { MarketMaker, type MarketMakerOptions, type QuoteRequest } from "./examples/marketMaker.ts";
export { choosePut, type OfferedPut, type PutTerms } from "./hedges/choosePut.ts";
export {
  COST_PARTS,
  CoinAccount,
  type CoinFlow,
  type CostPart,
  type FlowPart,
} from "./hedges/coinAccount.ts";
export { deltaNeutral, type DeltaNeutralOptions } from "./hedges/deltaNeutral.ts";
export type {
  Hedge,
  HedgeContext,
  HedgePosition,
  HedgeTrade,
  PositionValue,
  StreamRequest,
} from "./hedges/hedge.ts";
export { DERIBIT_OPTION_FEE, optionFeeCoin, type OptionFee } from "./hedges/optionFee.ts";
export { protectivePut, type ProtectivePutOptions } from "./hedges/protectivePut.ts";
export { ShortInverse } from "./hedges/shortInverse.ts";
export { unhedged } from "./hedges/unhedged.ts";
export { chainDiagnostics, modelPremium, type ChainSnapshot } from "./market/chainDiagnostics.ts";
export type { CoinMarket, MarketFrame } from "./market/marketFrame.ts";
export type { FundingAccrual } from "./market/funding.ts";
export { futureExpiry, type DatedFuture } from "./market/futureExpiry.ts";
export type { OptionChain, OptionQuote } from "./market/optionChain.ts";
export type { TickerPrice, TickerState } from "./market/tickerState.ts";
export { expectedShortfall } from "./metrics/expectedShortfall.ts";
export type { EquityPoint } from "./metrics/equityPoint.ts";
export { maxDrawdown, type Drawdown } from "./metrics/maxDrawdown.ts";
export { SHORTFALL_LEVEL, metricsOf, type Metrics } from "./metrics/metrics.ts";
export { realisedVolatility } from "./metrics/realisedVolatility.ts";
export { adlRanking, type AdlRankingOptions } from "./mitigations/adlRanking.ts";
export { changedRules } from "./mitigations/changedRules.ts";
export { checkMitigation } from "./mitigations/checkMitigation.ts";
export { circuitBreaker, type CircuitBreakerOptions } from "./mitigations/circuitBreaker.ts";
export { compose } from "./mitigations/compose.ts";
export { hiddenLevels } from "./mitigations/hiddenLevels.ts";
export { insuranceFund, type InsuranceFundOptions } from "./mitigations/insuranceFund.ts";
export type { Mitigation } from "./mitigations/mitigation.ts";
export { noChange } from "./mitigations/noChange.ts";
export { noLiquidations } from "./mitigations/noLiquidations.ts";
export {
  scaledMaintenance,
  type ScaledMaintenanceOptions,
} from "./mitigations/scaledMaintenance.ts";
export { throttledEngine, type ThrottledEngineOptions } from "./mitigations/throttledEngine.ts";
export {
  trancheLiquidation,
  type TrancheLiquidationOptions,
} from "./mitigations/trancheLiquidation.ts";
export { twapOracle, type TwapOracleOptions } from "./mitigations/twapOracle.ts";
export { volatilityMargin, type VolatilityMarginOptions } from "./mitigations/volatilityMargin.ts";
export { marketMaking, type MarketMakingOptions } from "./strategies/marketMaking.ts";
export type { Strategy, TradingStrategy, VenueTerms } from "./strategies/strategy.ts";
export { assumedRules, type AssumedVenue } from "./venues/assumedRules.ts";
export {
  black76,
  black76Greeks,
  blackScholes,
  blackScholesGreeks,
  type FutureOptionTerms,
  type Greeks,
  impliedVolatility,
  inversePremium,
  normalCdf,
  normalPdf,
  type OptionTerms,
  type Right,
  type RuleSet,
} from "@aftershock/cascade";
