import type { StreamName } from "@aftershock/schema";

/** What one file, or one reply, of a data set covers. */
export type Slice = "hour" | "halfDay" | "day" | "month";

/**
 * One data set of one venue in one public archive: everything that is needed to fetch it, as data. Texts in braces are filled in,
 * see `fillAddress`.
 */
export interface DataSet {
  /** Who publishes it, as after --via. */
  readonly archive: string;
  /** The venue, as in an instrument id. */
  readonly venue: string;
  /** The symbols that the set has; absent: all. */
  readonly symbols?: RegExp;
  /** The set's name, as after --streams; one name may stand in several rows that follow each other in time. */
  readonly set: string;
  /** The streams of the lake that it feeds. */
  readonly streams: readonly StreamName[];
  /** Taken only when it is named itself: another set has the same events. */
  readonly onlyWhenNamed?: true;
  /** The ingest source that reads it. */
  readonly source: string;
  /** The symbol that the source is told, where the lake's is not the venue's. */
  readonly readAs?: string;
  /** Where a slice lies; the second is tried where the first is not there. */
  readonly addresses: readonly string[];
  /**
   * Where it goes below `raw`; absent: host and path of the first address. The name must say by itself what the file is: the
   * lake's manifests know files by it.
   */
  readonly path?: string;
  readonly slice: Slice;
  /** The hour of the day before (UTC) at which the slices of a day start, where that is not midnight. */
  readonly dayStartsAt?: 16;
  /** The bar length of candles where none is named, and the others that there are. */
  readonly intervals?: readonly string[];
  /** First and last slice known: `YYYY-MM-DD`, of hours `YYYY-MM-DDTHH`. Absent: not known; the last: still published. */
  readonly first?: string;
  readonly last?: string;
  /** `CHECKSUM`: the same address with `.CHECKSUM` after it holds the sha256. */
  readonly checksum?: "CHECKSUM";
  /** The replies of an API come in pages, each of which says how the next is asked for. */
  readonly pages?: "deribitTrades";
  /** What the replies of an API must hold. */
  readonly reply?: "trades" | "bars" | "wholeBars" | "list";
  /** A file holds many instruments: only the one asked for goes into the lake. */
  readonly manyInstruments?: true;
  /** Absent: open to everybody. */
  readonly access?: "tardis" | "requesterPays";
  /** Where all this was read. */
  readonly read: string;
  /** When it was read, `YYYY-MM-DD`. */
  readonly checked: string;
  /** What its user should know. */
  readonly caveats: readonly string[];
}
