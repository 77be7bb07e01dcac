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
  /** When it began, by the partition's clock, µs. */
  readonly longestSilenceFrom?: number;
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
  /** Messages before which rows were lost, without a chain of ids that would show it (book). */
  readonly rowsLost?: number;
  /** Messages whose checksum was verified, and those of which it agreed (book). */
  readonly checksums?: { readonly checked: number; readonly matched: number };
  /** Quotes, or message ends of the book, with bid above ask, and with bid equal to ask (quotes, book). */
  readonly crossed?: number;
  readonly locked?: number;
  /** How many stretches those make (book). */
  readonly crossedIntervals?: number;
  readonly lockedIntervals?: number;
  /** Deletes of levels that the book did not have, after its first snapshot (book). */
  readonly unknownDeletes?: number;
  /** Messages after which a replay's book is unknown until the next snapshot (book). */
  readonly bookGaps?: number;
  /** For how long quotes stood crossed, µs (quotes). */
  readonly crossedMicros?: number;
  /** Bars whose low or high does not hold their open and close (candles). */
  readonly badOhlc?: number;
  /** Bars missing between bars of the same length (candles). */
  readonly missingBars?: number;
  /** Prints in one second: most, and mean of the seconds with any. A feed that sends at most one a second shows it (liquidations). */
  readonly printsPerSecond?: { readonly max: number; readonly mean: number };
  /** What the source noted while it read, by name. */
  readonly notes: Readonly<Record<string, number>>;
}
