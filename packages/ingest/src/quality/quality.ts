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
