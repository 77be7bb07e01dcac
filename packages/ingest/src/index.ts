export {
  ARCHIVE_STATUSES,
  type ArchiveStatus,
  type CrashDay,
  type CrashFact,
  type CrashWindow,
  type DayArchive,
  type DayPrices,
  type DayTrap,
} from "./catalogue/crashDay.ts";
export { loadCrashDays } from "./catalogue/crashDays.ts";
export { detectSource } from "./detectSource.ts";
export type { DataSet } from "./fetch/dataSet.ts";
export type { FetchClock } from "./fetch/fetchClock.ts";
export {
  type FetchedFile,
  fetchRaw,
  type FetchOptions,
  type FetchProgress,
} from "./fetch/fetchRaw.ts";
export type { Credentials } from "./fetch/identity.ts";
export {
  holdsOtherDays,
  type IngestGroup,
  ingestGroups,
  type IngestGroups,
} from "./fetch/ingestGroups.ts";
export { onlyAsked } from "./fetch/onlyAsked.ts";
export { type FetchPlan, type FetchRequest, planFetch } from "./fetch/planFetch.ts";
export { rawFolder } from "./fetch/rawPath.ts";
export { parseDays } from "./fetch/utcDays.ts";
export * from "./lakeEntry.ts";
export { ingest, type IngestOptions, type IngestResult } from "./ingest.ts";
export type { ReadProgress } from "./files/openFile.ts";
export type * from "./source.ts";
export { SOURCES } from "./sources.ts";
export type { PartitionOutcome } from "./store/lakeWriter.ts";
export { type PriceOutliers, priceOutliers } from "./quality/priceOutliers.ts";
export {
  storeBatches,
  type StoreBatchesOptions,
  type StoreOptions,
  storeStreams,
} from "./store/storeStreams.ts";
export { confineToLake, createViews } from "./store/views.ts";
export { type ResultColumn, writeTable } from "./store/writeTable.ts";
export { type ExportedFile, type ExportProgress, FORMAT_STREAMS } from "./export/exportFormat.ts";
export { exportLake, type ExportOptions, type ExportResult } from "./export/exportLake.ts";
export { TableFile, type TableFileOptions, type TableFormat } from "./export/tableFile.ts";
