import type { StreamName } from "@aftershock/schema";
import type { StudyResult } from "@aftershock/strategy";

/** One interval of the market's time, as `marketBars` of `@aftershock/replay` yields it: this package reads these fields of it. */
export interface ReportBar {
  /** Start of the interval, µs. */
  readonly at: number;
  /** Last mid of the interval, quote currency; undefined without a valid book. */
  readonly close: number | undefined;
  /** Bids within the band of the mid, base currency; undefined without a valid book. */
  readonly bidDepth: number | undefined;
  /** Asks within the band of the mid, base currency; undefined without a valid book. */
  readonly askDepth: number | undefined;
  /** Best ask − best bid over the mid, 1e-4; undefined without a valid book. */
  readonly spreadBps: number | undefined;
  /** Whether the book was valid at the end of the interval. */
  readonly valid: boolean;
}

/** One recorded forced order. */
export interface LiquidationPrint {
  /** µs */
  readonly at: number;
  /** The forced order's: −1 sells (a long is liquidated), 1 buys, 0 not said. */
  readonly side: number;
  /** Quote currency. */
  readonly price: number;
  /** USD. */
  readonly sizeUsd: number;
}

/** What one market did during the study: its price, book and liquidations. */
export interface ReportMarket {
  /** `venue:SYMBOL`. */
  readonly instrument: string;
  /** In order of time, evenly spaced. */
  readonly bars: readonly ReportBar[];
  /** In order of time. */
  readonly prints: readonly LiquidationPrint[];
  /** Half-width of the band in which depth was counted, 1e-4 of the mid; absent when not known. */
  readonly bandBps?: number;
}

/** One partition of the lake that a run read. */
export interface DataPartition {
  readonly stream: StreamName;
  /** `venue:SYMBOL`. */
  readonly instrument: string;
  /** `YYYY-MM-DD`, UTC. */
  readonly date: string;
  readonly rows: number;
  /** Of the rows, hex. */
  readonly sha256: string;
  /** The files that the rows were read from, with the hash of their bytes. */
  readonly sources: readonly { readonly name: string; readonly sha256: string }[];
  /** True when the rows come from the simulator and not from a market. */
  readonly simulated: boolean;
  /** Quality figures by name: counts, or µs where the name ends in `Micros`. 0 is fine and not shown. */
  readonly quality: Readonly<Record<string, number>>;
  /** Rows that could not be read and stand in the quarantine file. */
  readonly quarantined: number;
}

/** All that a page is made of. The same input gives the same bytes. */
export interface ReportInput {
  /** The heading. */
  readonly title: string;
  readonly study: StudyResult;
  /** Absent where the run read no order book. */
  readonly market?: ReportMarket;
  readonly data: readonly DataPartition[];
  readonly generator: {
    /** Of the program that ran the study. */
    readonly version: string;
    /** The command that gives this page again; absent when there is none. */
    readonly command?: string;
  };
}
