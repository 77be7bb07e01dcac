import type { StreamName } from "@aftershock/schema";

/** A stretch of a crash day in which it happened. */
export interface CrashWindow {
  /** First instant, ISO 8601 UTC. */
  readonly from: string;
  /** First instant after it, ISO 8601 UTC. */
  readonly to: string;
  /** What of the crash it is. */
  readonly what: string;
  readonly source: string;
  /** False where only a secondary source, or none, says so. */
  readonly verified: boolean;
}

/** Prices of one coin on one market and UTC day, exact decimal text in quote currency. */
export interface DayPrices {
  readonly open: string;
  readonly low: string;
  readonly close: string;
}

/** What is known of a day, in one sentence. */
export interface CrashFact {
  readonly text: string;
  /** The figure of the sentence, where it has one; `unit` says of what. */
  readonly value?: number;
  readonly unit?: string;
  /** Where it was read; `secondary` where only somebody's report of it was. */
  readonly source: string;
  /** False where only a secondary source, or a third party's copy of the data, says so. */
  readonly verified: boolean;
}

/**
 * How a data set of an archive can be had: `free` as a file, `rest` from an API without a key, `requester-pays` from a store that
 * charges the reader's account, `paid` by subscription, `none` not at all for that day, `unverified` perhaps.
 */
export type ArchiveStatus = (typeof ARCHIVE_STATUSES)[number];

/** All of ArchiveStatus, the best first. */
export const ARCHIVE_STATUSES = [
  "free",
  "rest",
  "requester-pays",
  "paid",
  "unverified",
  "none",
] as const;

/** What an archive has of a day. */
export interface DayArchive {
  /** Lower case, e.g. `binance-vision`. */
  readonly archive: string;
  /** Its own names of the data sets. */
  readonly sets: readonly string[];
  readonly status: ArchiveStatus;
  /** Those of the day's instruments that it has; empty where the lake has no name for them. */
  readonly instruments: readonly string[];
  /** The streams of the lake that it fills. */
  readonly streams: readonly StreamName[];
  readonly note?: string;
  readonly source: string;
}

/** What misleads whoever reads recordings of the day. */
export interface DayTrap {
  readonly text: string;
  readonly source: string;
}

/** One crash day of the catalogue: facts with their sources, and where recordings of it are. */
export interface CrashDay {
  /** UTC day, `YYYY-MM-DD`. */
  readonly date: string;
  readonly title: string;
  /** Links the days of one event; the name of the event. */
  readonly event: string;
  /** In order of time. */
  readonly windows: readonly CrashWindow[];
  readonly prices: {
    /** The market and the day's boundaries. */
    readonly market: string;
    readonly BTC: DayPrices;
    readonly ETH: DayPrices;
    readonly source: string;
    readonly verified: boolean;
  };
  readonly facts: readonly CrashFact[];
  /** `venue:SYMBOL` as in the lake; those that existed on the day. */
  readonly instruments: readonly string[];
  readonly archives: readonly DayArchive[];
  readonly traps: readonly DayTrap[];
}
