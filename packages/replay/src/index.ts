export { BookCheck, type BookCheckCounts } from "./book/bookCheck.fast.ts";
export { bookAt } from "./bookAt.ts";
export type { BookCounts, BookTally, Checksums, Gap } from "./book/bookCounts.ts";
export type { Level } from "./book/bookSide.ts";
export type { OrderBook } from "./book/orderBook.ts";
export {
  emptySweep,
  imbalance,
  microprice,
  type SideReads,
  sizeOfTop,
  sizeThrough,
  sizeWithin,
  type Sweep,
  sweep,
  topLevels,
} from "./book/sideReads.ts";
export { FastL2Book } from "./book/l2Book.fast.ts";
export type { OnTouches } from "./book/touchColumns.fast.ts";
export type { OnTouchRuns, TouchRuns } from "./book/touchRuns.fast.ts";
export { L2Book, type OnMessage, type Wake } from "./book/l2Book.ts";
export { FastL3Book } from "./book/l3Book.fast.ts";
export { L3Book } from "./book/l3Book.ts";
export { type OrderCounts, type OrderTally, unknownOrders } from "./book/orderCounts.ts";
export { idWordsOf } from "./book/orderIds.fast.ts";
export type {
  OrdersBook,
  OrdersBookOptions,
  OrdersStart,
  QueuePosition,
  RestingOrder,
} from "./book/ordersBook.ts";
export type { Stretches } from "./book/touchWatch.ts";
export { mergeRuns } from "./clock/mergeRuns.ts";
export type { MergeOptions, Run } from "./clock/runMerger.fast.ts";
export type * from "./facts/factTypes.ts";
export { stylisedFacts, type StylisedFactsOptions } from "./facts/stylisedFacts.ts";
export type { TailIndex } from "./facts/hillIndex.ts";
export type { PowerLaw } from "./facts/powerLaw.ts";
export { featureBars, type FeatureBarsOptions, MAX_FEATURE_DEPTH } from "./features/featureBars.ts";
export { type FeatureColumn, featureColumns } from "./features/featureColumns.ts";
export { FEATURE_DOCS, type FeatureDoc, type FeatureType } from "./features/featureDocs.ts";
export type { FeatureBatch } from "./features/featureTable.ts";
export type { IsRecorded } from "./features/instrumentFeatures.ts";
export type { LiquidationPrint, MarketBar } from "./marketBar.ts";
export { marketBars, type MarketBars, type MarketBarsOptions } from "./marketBars.ts";
export { replay } from "./replay.ts";
export type {
  IntervalHandler,
  OnTouch,
  ReplayHandlers,
  ReplayOptions,
  ReplayProgress,
  RowsHandler,
  TimerHandler,
} from "./replayOptions.ts";
export type { ReplayResult, ReplayedStream } from "./replayResult.ts";
export { quoteSize } from "./contractSize.ts";
export { isBatchOf } from "./isBatchOf.ts";
export { StateHash } from "./stateHash.ts";
export {
  Account,
  type AccountFill,
  type AccountOptions,
  type FundingPayment,
} from "./venue/account.ts";
export { ConstantLatency } from "./venue/constantLatency.ts";
export { ContractValue } from "./venue/contractValue.ts";
export { ExactQueue, type QueuedBook, type QueuedOrder } from "./venue/exactQueue.ts";
export {
  type FeeModel,
  type FeeTier,
  NO_FEES,
  TieredFees,
  type TieredFeesOptions,
} from "./venue/feeModel.ts";
export { FeedLatency, type FeedLatencyOptions, type FeedMultiple } from "./venue/feedLatency.ts";
export {
  type FillModel,
  FILLS_BY_BOOK,
  FILLS_BY_TRADES,
  FILLS_BY_TRADES_AND_BOOK,
  NO_PARTIAL_FILLS,
} from "./venue/fillModel.ts";
export type { Latencies, LatencyModel } from "./venue/latencyModel.ts";
export { FastLimitOrderBook } from "./venue/limitOrderBook.fast.ts";
export { LimitOrderBook } from "./venue/limitOrderBook.ts";
export type { RecordedTrade } from "./venue/matchingEngine.ts";
export type {
  Amendment,
  OrderRequest,
  Side,
  StopTerms,
  TimeInForce,
  TrailDistance,
  TrailingTerms,
  TriggerSource,
} from "./venue/order.ts";
export type * from "./venue/orderUpdate.ts";
export type { OnLevel, OnMatch, ParticipantBook } from "./venue/participantBook.ts";
export {
  logWeight,
  powerWeight,
  ProbabilityQueue,
  relativeShare,
  shareOfPlace,
  shareOfTotal,
  type ShareBehind,
  type SizeWeight,
} from "./venue/probabilityQueue.ts";
export type { LevelChange, QueueModel, QueuePlace } from "./venue/queueModel.ts";
export { type MeasuredLatency, RecordedLatency } from "./venue/recordedLatency.ts";
export { RISK_AVERSE_QUEUE } from "./venue/riskAverseQueue.ts";
export { StudyVenue, type StudyVenueOptions } from "./venue/studyVenue.ts";
export { TakenLiquidity } from "./venue/takenLiquidity.ts";
export { onPriceMoves, venueHandlers } from "./venue/venueHandlers.ts";
export type { VenueTally } from "./venue/venueTally.ts";
export type { OrderState, OrderView } from "./venue/workingOrder.ts";
