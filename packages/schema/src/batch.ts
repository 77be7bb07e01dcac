import type { Instrument } from "./instrument.ts";
import type { Clock } from "./order.ts";
import type { ColumnsOf, StreamName } from "./streams.ts";

/**
 * A text column of ids as numbers, for who does not need their text: a text that writes a number below 10^19 is its 64 bits, the lower and the upper
 * word (as int32) in the row's place of `lo` and `hi`; for any other text `hi` is NO_NUMBER.
 */
export interface IdWords {
  readonly lo: Int32Array;
  readonly hi: Int32Array;
}

/** A text column of which every text is ASCII, for who need not make them: text n is bytes[offsets[n] … offsets[n + 1]). */
export interface AsciiTexts {
  readonly bytes: Uint8Array;
  readonly offsets: Int32Array;
  /** A bit a row, from the lowest of each byte on, 0 for an absent text; undefined where none is absent. */
  readonly valid: Uint8Array | undefined;
}

/** The upper word of an id that is no number below 10^19, whose upper words end at 2,328,306,436 (unsigned). */
export const NO_NUMBER: number = -1;

/**
 * Rows of one stream of one instrument, column by column, in the order of the recording (ascending `seq`). All columns have
 * `length` rows. Prices are ticks and sizes lots of `instrument`. A batch is read-only, and its columns are those of its reader, who may `release`
 * them: what a handler of a replay is to keep beyond its call it copies.
 */
export interface Batch<S extends StreamName = StreamName> {
  readonly stream: S;
  readonly instrument: Instrument;
  readonly length: number;
  readonly columns: ColumnsOf<S>;
  /** Of `orders` the column `orderId`; absent where the batch comes of no tape. */
  readonly idWords?: IdWords | undefined;
  /** Columns of texts, by name; absent where the batch comes of no tape, and without those of which a text is not ASCII. */
  readonly asciiTexts?: Readonly<Record<string, AsciiTexts>> | undefined;
  /**
   * Frees the memory of the columns, which are empty then, or hold other rows where a thread reads these into the same memory; absent where there is none of its own. To be called by who asked for the batch, at
   * most once. Left to the garbage collector, the bytes of a day make it walk through the whole heap every few dozen megabytes.
   */
  readonly release?: (() => void) | undefined;
}

/** Where a stream is read from, if not from its start. */
export interface StreamStart<S extends StreamName = StreamName> {
  readonly batches: AsyncIterable<Batch<S>>;
  /** How many of the stream's batches lie before them, and how many rows these have. */
  readonly skipped: { readonly batches: number; readonly rows: number };
  /** The effective time of the last row before them, µs; -Infinity when there is none. */
  readonly now: number;
  /** What was kept of the state after that row; undefined where nothing was asked for or no row lies before. */
  readonly state: Float64Array | undefined;
}

/** A stream that need not be read from its start. */
export interface Seekable<S extends StreamName = StreamName> {
  /**
   * The latest start such that every row before it has an effective time before `at`, µs; with `withState` the latest of those of which a
   * state was kept, or the stream's own start.
   */
  seek(at: number, clock: Clock, options: { readonly withState: boolean }): Promise<StreamStart<S>>;
  /** Whether the state after so many batches should be kept, and is not yet. */
  wants(batches: number, clock: Clock): boolean;
  /** Keeps it for later readers, where that is possible. Takes the memory of `state` over: it may be empty afterwards. */
  keep(batches: number, clock: Clock, state: Float64Array): Promise<void>;
}

/** One stream of one instrument, as far as the lake holds it: batches in order of time. Can be read any number of times. */
export interface EventStream<S extends StreamName = StreamName> {
  readonly stream: S;
  readonly instrument: Instrument;
  /** True when the rows come from the simulator and not from a market. */
  readonly simulated: boolean;
  batches(): AsyncIterable<Batch<S>>;
  /** Absent where reading is from the start only. */
  readonly seekable?: Seekable<S>;
}
