/** The entry `@aftershock/ingest/lake`: what reads a lake, without the readers of vendors' files, whose loading takes longer than a look into a book. */
export {
  type Duck,
  type DuckConnections,
  duckOnDemand,
  openDuck,
  type PlainValue,
  sqlString,
} from "./duck.ts";
export { EXPORT_FORMATS, type ExportFormat } from "./export/exportFormat.ts";
export type { Quality } from "./quality/quality.ts";
export { keyOf, Lake } from "./store/lake.ts";
export { lakeStream, type LakeStreamOptions } from "./store/lakeStream.ts";
export type { Manifest, SourceRecord } from "./store/manifest.ts";
export { abandonStaging } from "./store/stagingFolder.ts";
export { writeInPlace } from "./store/unfinished.ts";
export { readTruth, type TruthKey, truthFile, writeTruth } from "./store/truthFile.ts";
