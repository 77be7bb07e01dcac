import type { Instrument, StreamName } from "@aftershock/schema";
import type { Quality } from "../quality/quality.ts";

/** Raised when the layout of partitions or manifests changes. */
export const LAKE_VERSION = 2;

/** A file from which rows of a partition came. */
export interface SourceRecord {
  /** Its base name. */
  readonly name: string;
  /** Of the file's bytes as they lay on disk; for a simulation, of its configuration. */
  readonly sha256: string;
  readonly bytes: number;
  /** Which of the vendor's data sets it is of; empty where the loader knows only one. */
  readonly dataset: string;
  /** Rows of this partition that came from it. */
  readonly rows: number;
  /** First and last time of its rows in this partition, by the partition's clock, µs. */
  readonly firstTime: number;
  readonly lastTime: number;
  /** Of its rows and lines: see Quality, which sums them up. */
  readonly duplicates: number;
  readonly outOfOrder: number;
  readonly quarantined: number;
  readonly notes: Readonly<Record<string, number>>;
}

/** The description of one partition: `manifest.json` beside its rows. The same source bytes give the same manifest bytes. */
export interface Manifest {
  readonly lakeVersion: number;
  readonly stream: StreamName;
  readonly instrument: Instrument;
  /** UTC day of its rows, by the recorder's clock, or the venue's where none recorded. */
  readonly date: string;
  readonly rows: number;
  /** First and last time by that clock, µs. */
  readonly firstTime: number;
  readonly lastTime: number;
  /** First and last time by the venue's clock, µs; null where it sends none. */
  readonly eventSpan: { readonly firstTime: number; readonly lastTime: number } | null;
  /** sha256 of the rows' values, column by column; independent of how they are packed. */
  readonly rowsSha256: string;
  /** sha256 of the Parquet file. */
  readonly fileSha256: string;
  /** Name of the Parquet file in the partition's folder. */
  readonly file: string;
  readonly loader: { readonly name: string; readonly version: number };
  /** By name; the Parquet file's column `source` counts in it, from 0. */
  readonly sources: readonly SourceRecord[];
  /** What made the rows, when no market did. */
  readonly simulated: Readonly<Record<string, number | string>> | null;
  readonly quality: Quality;
}
