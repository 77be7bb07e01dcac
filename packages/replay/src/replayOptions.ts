import type { Batch, Clock, Micros, StreamName } from "@aftershock/schema";
import type { Wake } from "./book/l2Book.ts";
import type { OrderBook } from "./book/orderBook.ts";
import type { OrdersBook, OrdersStart } from "./book/ordersBook.ts";

/**
 * Takes the rows [from, to) of a batch. `times` are the effective times of all rows of the batch, µs, ascending. Neither they nor the columns may be
 * kept: their memory is freed, or taken for other rows, when the replay is through with the batch.
 */
export type RowsHandler<S extends StreamName> = (
  batch: Batch<S>,
  from: number,
  to: number,
  times: Float64Array,
) => void;

/**
 * Takes the best bid and ask, ticks, NaN for an empty side (both for a book that is not valid). `at` is the effective time, µs; `source` the place of the book's stream in the
 * list that is replayed.
 */
export type OnTouch = (bid: number, ask: number, at: Micros, source: number) => void;

/** What is called after every stretch of a fixed length. */
export interface IntervalHandler {
  /** Length of an interval, µs, whole and above 0. Intervals start at its multiples since the epoch. */
  readonly every: number;
  /**
   * Called when an interval is over: after every event before its end and before every other. From the interval of the first
   * event through that of the last, none left out. `start` is where the interval starts, µs; `books` are those of the replay's
   * streams of books and of orders, in the order in which the streams were given.
   */
  readonly onEnd: (start: Micros, books: readonly OrderBook[]) => void;
}

/** A timer that a study winds itself. */
export interface TimerHandler {
  /** When it rings first, µs. */
  readonly first: Micros;
  /**
   * Called after every event before `at` and before every event at or after it, with the books of the replay's streams of books and of orders in
   * the order in which these were given. Returns when to ring next, after `at`; undefined for never. It does not ring after the last event.
   */
  readonly onTime: (at: Micros, books: readonly OrderBook[]) => Micros | undefined;
}

/** What a study subscribes to. Nothing here changes the replay or its hash. */
export interface ReplayHandlers {
  /**
   * At each end of a message of a book stream, after it was applied (or skipped). `at` is its effective time. The book may be
   * invalid: ask `book.valid`.
   */
  readonly onBook?: (book: OrderBook, at: Micros) => void;
  /** As `onBook`, for streams of orders. */
  readonly onOrders?: (book: OrdersBook, at: Micros) => void;
  /**
   * The best prices at each end of a message of a book stream or of a stream of orders, in the total order of events as everything else, after `onBook` and `onOrders`. For who needs no more of a book
   * than that: where there is neither `onBook`, `interval` nor `timer`, which hand over the book itself, many rows of a book stream are applied at once,
   * twice as fast.
   */
  readonly onTouch?: OnTouch;
  /**
   * When `onBook`, `onOrders` and `onTouch` are called: at each end of a message (the default), or with "touch" only at those after which the best bid or ask is at
   * another price than at the call before, or (for the former two) the book is newly valid or not.
   */
  readonly wake?: Wake;
  /**
   * Rows of any stream, in total order. For a stream of a book or of orders they are handed over before they are
   * applied, message by message when `onBook` or `onOrders` is there too.
   */
  readonly on?: { readonly [S in StreamName]?: RowsHandler<S> };
  readonly interval?: IntervalHandler;
  readonly timer?: TimerHandler;
}

/** How far a replay has come. */
export interface ReplayProgress {
  /** Events so far, those before `from` not counted. */
  readonly events: number;
  /** Effective time of the latest event seen, µs. */
  readonly at: Micros;
}

/** How to replay. */
export interface ReplayOptions {
  /** `recv` (the default): what could be known when. `event`: by the venue's clock. */
  readonly clock?: Clock;
  /**
   * First effective time that handlers, counts and hash see, µs. Books are built from all rows before it all the same. By
   * default from the first event.
   */
  readonly from?: Micros;
  /** First effective time that is no longer replayed, µs. By default to the last event. */
  readonly to?: Micros;
  /** What books of orders are before their first rows; `snapshot` by default. */
  readonly ordersStart?: OrdersStart;
  readonly handlers?: ReplayHandlers;
  /** Called whenever a batch of a stream has been replayed, never more often. */
  readonly onProgress?: (progress: ReplayProgress) => void;
}
