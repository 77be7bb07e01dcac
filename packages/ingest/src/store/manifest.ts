import type { Instrument, StreamName } from "@aftershock/schema";

/** Raised when the layout of partitions or manifests changes. */
export const LAKE_VERSION = 1;

/** A file from which rows of a partition came. */
export interface SourceRecord {
  /** Its base name. */
  readonly name: string;
  /** Of the file's bytes as they lay on disk; for a simulation, of its configuration. */
  readonly sha256: string;
  readonly bytes: number;
  /** Rows of this partition that came from it. */
  readonly rows: number;
}

/** What is known of a partition's trustworthiness. Counts are rows unless the name says otherwise; times are µs. */
export interface Quality {
  /** Rows dropped because an equal row (same id where there is one) was there already. */
  readonly duplicates: number;
  /** Rows that came with an earlier time than a row before them, and were sorted into place. */
  readonly outOfOrder: number;
  /** Rows in the quarantine file. */
  readonly quarantined: number;
  /** Rows whose venue clock is earlier than that of a row before them. */
  readonly eventClockRegressions: number;
  /** Longest time without a row, µs. */
  readonly longestSilenceMicros: number;
  /** tsRecv − tsEvent: smallest, median and largest, µs; absent where a clock is. Negative: the recorder's clock runs behind. */
  readonly latencyMicros?: { readonly min: number; readonly median: number; readonly max: number };
  /** Messages in the partition (book and options). */
  readonly messages?: number;
  /** Snapshots in the partition (book). */
  readonly snapshots?: number;
  /** When the first snapshot in the partition came, by the partition's clock, µs; absent without one (book). */
  readonly firstSnapshotTime?: number;
  /** Places where a message does not follow the one before it by the venue's ids (book). */
  readonly sequenceGaps?: number;
  /** Quotes with bid above ask, and equal to it (quotes). */
  readonly crossed?: number;
  readonly locked?: number;
  /** What the source noted while it read, by name. */
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
  /** sha256 of the rows' values, column by column; independent of how they are packed. */
  readonly rowsSha256: string;
  /** sha256 of the Parquet file. */
  readonly fileSha256: string;
  /** Name of the Parquet file in the partition's folder. */
  readonly file: string;
  readonly loader: { readonly name: string; readonly version: number };
  readonly sources: readonly SourceRecord[];
  /** What made the rows, when no market did. */
  readonly simulated: Readonly<Record<string, number | string>> | null;
  readonly quality: Quality;
}
