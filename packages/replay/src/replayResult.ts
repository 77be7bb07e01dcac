import type { Clock, Micros, StreamName } from "@aftershock/schema";
import type { BookCounts, Checksums, Gap } from "./book/bookCounts.ts";
import type { OrderCounts } from "./book/orderCounts.ts";

/** One stream of a replay. */
export interface ReplayedStream {
  readonly stream: StreamName;
  /** `venue:SYMBOL`. */
  readonly instrument: string;
  /** True when the rows come from the simulator and not from a market. */
  readonly simulated: boolean;
  /** Rows inside the window. */
  readonly events: number;
  /** Rows among them whose clock ran back: they were replayed in the order of the recording, at the time already reached. */
  readonly clockRegressions: number;
  /** What the book met inside the window; absent when this is neither a stream of a book nor of orders. */
  readonly book?: BookCounts | OrderCounts;
}

/** What a replay yields. Times and counts are of the window [from, to) of the options, warm-up excepted. */
export interface ReplayResult {
  readonly clock: Clock;
  /** Rows of all streams. */
  readonly events: number;
  /** Rows of book streams among them. */
  readonly bookUpdates: number;
  /** Rows of trade streams among them. */
  readonly trades: number;
  /** Rows of streams of books and orders before `from`, applied so that the books were right at `from`; counted nowhere else. */
  readonly warmUpEvents: number;
  /**
   * 16 hexadecimal digits: the same for the same rows, clock, window and start of orders, on every machine, however the rows are cut into batches,
   * in whatever order the streams are given, whoever subscribes.
   */
  readonly stateHash: string;
  /** In order of time. */
  readonly gaps: readonly Gap[];
  /** Ends of applied messages at which the bid was above the ask, of all books. */
  readonly crossedMessages: number;
  /** Ends of applied messages at which the bid was equal to the ask, of all books. */
  readonly lockedMessages: number;
  /** Deletes of levels that were not there, of all books. */
  readonly unknownDeletes: number;
  /** Modifications, cancels and executions of orders that were not there, of all books of orders. */
  readonly unknownOrders: number;
  /** Messages that a snapshot already contained, of all books. */
  readonly staleMessages: number;
  /** Checksums of the venues that came with messages, of all books. A book after one that did not agree is a gap. */
  readonly checksums: Checksums;
  /** Effective time of the first event, µs; undefined when there was none. */
  readonly from: Micros | undefined;
  /** Effective time of the last event, µs; undefined when there was none. */
  readonly to: Micros | undefined;
  /** Each stream, in the order given. */
  readonly streams: readonly ReplayedStream[];
}
