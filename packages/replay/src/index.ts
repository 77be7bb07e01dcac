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
export { L2Book, type OnMessage } from "./book/l2Book.ts";
export type { Stretches } from "./book/touchWatch.ts";
export { mergeRuns } from "./clock/mergeRuns.ts";
export type { MergeOptions, Run } from "./clock/runMerger.ts";
export type { LiquidationPrint, MarketBar } from "./marketBar.ts";
export { marketBars, type MarketBars, type MarketBarsOptions } from "./marketBars.ts";
export { replay } from "./replay.ts";
export type {
  IntervalHandler,
  ReplayHandlers,
  ReplayOptions,
  ReplayProgress,
  RowsHandler,
} from "./replayOptions.ts";
export type { ReplayResult, ReplayedStream } from "./replayResult.ts";
export { StateHash } from "./stateHash.ts";
