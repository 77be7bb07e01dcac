import { ConfigError, type Micros, STREAM_NAMES, type StreamName } from "@aftershock/schema";
import type { Duck } from "../duck.ts";
import type { Lake } from "../store/lake.ts";
import type { Manifest } from "../store/manifest.ts";

/** The formats in which parts of a lake can be given to other programs. */
export const EXPORT_FORMATS = [
  "parquet",
  "arrow",
  "csv",
  "duckdb",
  "hftbacktest",
  "nautilus",
] as const;

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** The streams that a format can hold. */
export const FORMAT_STREAMS: Readonly<Record<ExportFormat, readonly StreamName[]>> = {
  parquet: STREAM_NAMES,
  arrow: STREAM_NAMES,
  csv: STREAM_NAMES,
  duckdb: STREAM_NAMES,
  hftbacktest: ["book", "trades"],
  nautilus: ["book", "trades", "quotes"],
};

/** A stretch of time by the clock that orders a partition: `from` inclusive, `to` exclusive, µs; absent: without end. */
export interface ExportWindow {
  readonly from?: Micros;
  readonly to?: Micros;
}

/** How far an export is. */
export interface ExportProgress {
  /** What is written. */
  readonly what: string;
  readonly rows: number;
  /** Rows that there are to read, of which a window may take fewer. */
  readonly of: number;
}

/** What a format's writer is given. */
export interface ExportJob {
  readonly lake: Lake;
  /** Of the instruments and streams wanted, in order of stream, instrument and date; those of a book also from before the window. */
  readonly partitions: readonly Manifest[];
  readonly window: ExportWindow;
  /** A DuckDB that is closed when the export ends; it spills where the export is made. */
  readonly openDuck: () => Promise<Duck>;
  readonly onProgress: (progress: ExportProgress) => void;
}

/** A file that an export wrote. */
export interface ExportedFile {
  /** Below the export, `/` between folders; its own name where the export is one file. */
  readonly path: string;
  readonly rows: number;
}

/** What a format's writer has done. */
export interface Exported {
  readonly files: readonly ExportedFile[];
  /** What was left out, changed or made up on the way into a format that cannot hold it, counted. Empty where all is there. */
  readonly notes: Readonly<Record<string, number>>;
}

/**
 * Writes an export to a path that does not exist yet: a file, or a folder where `isFolder`. `name` is what it will be called, which
 * may decide how it is written.
 */
export type ExportWriter = (
  job: ExportJob,
  target: { readonly path: string; readonly name: string; readonly isFolder: boolean },
) => Promise<Exported>;

/** The partitions that have rows in a window. */
export const overlapping = (
  partitions: readonly Manifest[],
  { from = -Infinity, to = Infinity }: { readonly from?: number; readonly to?: number },
): readonly Manifest[] =>
  partitions.filter(({ firstTime, lastTime }) => lastTime >= from && firstTime < to);

/** The only one of some values; throws ConfigError with a hint when there are more. */
export function onlyOne<T>(values: readonly T[], what: string, hint: string): T {
  const [first, second] = values;
  if (first !== undefined && second === undefined) return first;
  throw new ConfigError(what, { hints: [hint] });
}

/** What a file of an export says of its own making, as JSON: the same rows of the lake give the same text. */
export function provenance(
  partitions: readonly Manifest[],
  { from, to }: { readonly from?: number; readonly to?: number },
): string {
  return JSON.stringify({
    lakeVersion: partitions[0]?.lakeVersion,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    simulated: partitions.some(({ simulated }) => simulated !== null),
    partitions: partitions.map(({ stream, instrument, date, rows, rowsSha256, simulated }) => ({
      stream,
      instrument: instrument.id,
      date,
      rows,
      rowsSha256,
      tick: instrument.tick,
      lot: instrument.lot,
      simulated,
    })),
  });
}

/** The notes that count something. */
export const worthSaying = (
  notes: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(notes).filter(([, count]) => count > 0));
