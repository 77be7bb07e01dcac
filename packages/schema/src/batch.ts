import type { Instrument } from "./instrument.ts";
import type { ColumnsOf, StreamName } from "./streams.ts";

/**
 * Rows of one stream of one instrument, column by column, in the order of the recording (ascending `seq`). All columns have
 * `length` rows. Prices are ticks and sizes lots of `instrument`. A batch is read-only and may be a view of a mapped file.
 */
export interface Batch<S extends StreamName = StreamName> {
  readonly stream: S;
  readonly instrument: Instrument;
  readonly length: number;
  readonly columns: ColumnsOf<S>;
}

/** One stream of one instrument, as far as the lake holds it: batches in order of time. Can be read any number of times. */
export interface EventStream<S extends StreamName = StreamName> {
  readonly stream: S;
  readonly instrument: Instrument;
  /** True when the rows come from the simulator and not from a market. */
  readonly simulated: boolean;
  batches(): AsyncIterable<Batch<S>>;
}
