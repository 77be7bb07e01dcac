import type { FeatureTable } from "./featureTable.ts";

/** The columns of one stream of one instrument. */
export interface FeatureGroup {
  /** Whether the stream had no event in the bar so far. */
  readonly isIdle: boolean;
  /** Puts the values of the bar that ends at `end`, µs, and begins the next. */
  endBar(table: FeatureTable, end: number): void;
}
