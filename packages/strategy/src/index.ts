export { canonicalJson, type JsonValue } from "./canonicalJson.ts";
export { configHash, studyConfig } from "./backtest/configHash.ts";
export type { InstantText } from "./backtest/parseInstant.ts";
export { runStudy, type RunStudyOptions } from "./backtest/runStudy.ts";
export { defineStudy, isStudy, type Study, type StudyDefinition } from "./backtest/study.ts";
export type { Attribution, Outcome, Point, StudyResult } from "./backtest/studyResult.ts";
export { matchesRequest, studyStreams } from "./backtest/studyStreams.ts";
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
export type { Mitigation } from "./mitigations/mitigation.ts";
export { noChange } from "./mitigations/noChange.ts";
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
} from "@aftershock/cascade";
