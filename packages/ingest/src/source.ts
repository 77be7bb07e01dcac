import type {
  ColumnArray,
  ColumnType,
  Decimal,
  Instrument,
  STREAMS,
  StreamName,
} from "@aftershock/schema";

/** What is known of an instrument before its rows are read: all but the grid may come from the source's own words. */
export interface InstrumentTerms extends Pick<
  Instrument,
  "kind" | "contract" | "multiplier" | "base" | "quote" | "settle"
> {
  /** Absent: inferred from the finest decimal in the recording. */
  readonly tick?: Decimal;
  /** Absent: inferred from the finest decimal in the recording. */
  readonly lot?: Decimal;
  readonly validFrom?: Instrument["validFrom"];
  readonly validTo?: Instrument["validTo"];
}

/** The value of a column as a source emits it: prices and sizes as exact decimals, everything else as it is stored. */
type RawValue<T extends ColumnType> = T extends "ticks" | "lots"
  ? Decimal
  : ColumnArray<T> extends readonly (string | undefined)[]
    ? string
    : number;

/** The columns of a raw row; a column that the layout lets be absent may be left out. */
export type RawRow<S extends StreamName = StreamName> = {
  readonly [
    C in keyof (typeof STREAMS)[S] as (typeof STREAMS)[S][C] extends { nullable: false } ? C : never
  ]: (typeof STREAMS)[S][C] extends { type: infer T extends ColumnType } ? RawValue<T> : never;
} & {
  readonly [
    C in keyof (typeof STREAMS)[S] as (typeof STREAMS)[S][C] extends { nullable: true } ? C : never
  ]?:
    | ((typeof STREAMS)[S][C] extends { type: infer T extends ColumnType } ? RawValue<T> : never)
    | undefined;
} & {
  /** The venue's clock, whole µs; a row needs at least one clock. */
  readonly tsEvent?: number | undefined;
  /** The recorder's clock, whole µs. */
  readonly tsRecv?: number | undefined;
  /** The line it came from: where the quarantine points if the row turns out to be off its instrument's grid. */
  readonly line: number;
};

/** One line of a file with its number, from 1, as quarantine reports it. */
export interface SourceLine {
  readonly number: number;
  readonly text: string;
}

/** A file as a source sees it: unpacked, in bounded batches. A packed file (gzip, zstd, lz4, zip or tar of one file) is its content. */
export interface SourceFile {
  /** The file's base name, as it lies on disk. */
  readonly name: string;
  /** The bytes, unpacked, in chunks of bounded size; for binary formats. Throws as `lines` does. */
  bytes(): AsyncIterable<Uint8Array>;
  /**
   * The lines in batches of bounded size, without their line ends; packed files are known by their first bytes, whatever the name.
   * Throws DataError when the packed data ends early or is damaged, saying after which line.
   */
  lines(): AsyncIterable<readonly SourceLine[]>;
}

/** The beginning of a file, unpacked: what a source is recognised by. */
export interface FileHead {
  /** The file's base name, as it lies on disk. */
  readonly name: string;
  /** The first bytes, at most 64 KiB. */
  readonly bytes: Uint8Array;
  /** The same as text; the last line may be cut. */
  readonly text: string;
}

/** What the user says about files that do not say it themselves. */
export interface ReadHints {
  /** The venue, as in an instrument id. */
  readonly venue?: string;
  /** The venue's symbol; on chain, the contract. */
  readonly symbol?: string;
  /** The UTC day of times of day, `YYYY-MM-DD`. */
  readonly date?: string;
}

/**
 * Rows of one stream of one instrument, as a reader of bulk formats fills them: one row at a time, its columns as numbers, no object.
 * Absent numbers are NaN; a price or size is the column of its name (mantissa) and the one after it (decimals, 0 … 40, trailing zeros
 * dropped, as `parseExact` has them).
 */
export interface BulkRows {
  /** The row being filled, by place; `commit` leaves it as it is. */
  readonly numbers: Float64Array;
  /** The place of a column, from 0. `line` is one. */
  placeOf(column: string): number;
  /** Sets a text column; undefined for none. */
  setText(place: number, text: string | undefined): void;
  /** Sets a text column to ASCII digits and letters: `bytes[from … to)`, up to 12 of them; returns false, and sets nothing, for more. */
  setShortText(place: number, bytes: Uint8Array, from: number, to: number): boolean;
  /** Adds the row. */
  commit(): void;
}

/** Where a source puts what it read. Every line must end in exactly one of rows, quarantine or skipped. */
export interface RowSink {
  /** A good row. Rows of one (stream, venue, symbol) must come in the order of the recording. */
  row<S extends StreamName>(stream: S, venue: string, symbol: string, row: RawRow<S>): void;
  /** A bad line: kept beside the partition with its reason and text. */
  quarantine(line: SourceLine, reason: string): void;
  /** A line that holds no event by design (a header, a subscription reply), counted under its reason. */
  skip(line: SourceLine, reason: string): void;
  /**
   * Something about the data that its reader must know (e.g. `snapshotStale`), counted in the manifest of that stream and
   * instrument.
   */
  note(stream: StreamName, venue: string, symbol: string, what: string, count?: number): void;
  /**
   * Says which of the vendor's data sets the current file is of (`metrics`, `klines-1m`), before its first row. Files of one set
   * that cover the same time replace each other in a partition; those of different sets stand side by side. Two forms of one set,
   * which tell of the same events (`trades:aggregated`, `trades:single`), replace each other too, and are refused in one ingest.
   */
  dataset(name: string): void;
  /** The rows of an instrument, for readers of bulk formats; absent where a sink takes objects only. */
  bulk?(stream: StreamName, venue: string, symbol: string): BulkRows;
}

/** Reads files of one format. A reader is used for one ingest, and may carry state from file to file. */
export interface SourceReader {
  read(file: SourceFile, sink: RowSink): Promise<void>;
  /** Called once after the last file. */
  finish?(sink: RowSink): void;
}

/** A vendor format. */
export interface Source {
  /** As on the command line, e.g. `tardis`. */
  readonly name: string;
  /** Raised whenever the same bytes give different rows; part of every manifest. */
  readonly version: number;
  /**
   * Whether a file is certainly of this format, by its beginning and name. Must be false where another format could look the
   * same: an analyst names the source then.
   */
  recognises(head: FileHead): boolean;
  /** `hints` holds what the user said; a reader that needs more throws ConfigError saying which flag gives it. */
  createReader(hints: ReadHints): SourceReader;
  /**
   * True when a reader carries state from file to file (a book goes on at midnight): then all files of an ingest go through one
   * reader in order. Otherwise files may be read side by side, each by a reader of its own.
   */
  readonly continues?: true;
  /** Whether a file carries no state all the same, by its base name: such files are read side by side. */
  standsAlone?(fileName: string): boolean;
  /**
   * Cuts a file into numbered records where those are not its lines: elements of a JSON array, fixed-size binary records. The
   * reader must use the same; quarantine finds the text of a record by its number.
   */
  records?(file: SourceFile): AsyncIterable<readonly SourceLine[]>;
  /** What is known of an instrument of this source at an instant (µs). */
  terms(venue: string, symbol: string, at: number): InstrumentTerms;
}
