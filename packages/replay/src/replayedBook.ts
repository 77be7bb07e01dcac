import type { Batch, Clock, EventStream, StreamName } from "@aftershock/schema";
import { FastL2Book } from "./book/l2Book.fast.ts";
import type { OnMessage, Wake } from "./book/l2Book.ts";
import { FastL3Book } from "./book/l3Book.fast.ts";
import type { OrdersStart } from "./book/ordersBook.ts";
import { isBatchOf } from "./isBatchOf.ts";

/** A book that a replay builds, of a stream of a book or of orders. */
export type ReplayedBook = FastL2Book | FastL3Book;

/** Rows that a book is built of. */
export type BookBatch = Batch<"book"> | Batch<"orders">;

/** Who hears of ends of messages, and of which. */
export interface BookListener {
  readonly onBook: OnMessage<FastL2Book>;
  readonly onOrders: OnMessage<FastL3Book>;
  readonly wake: Wake;
}

/**
 * Whether states of the book of a stream are kept for later readers, and taken up. Not of orders that start from an empty book: a state does
 * not tell what it started from, and the others start from none.
 */
export const keepsStates = (stream: StreamName, start: OrdersStart = "snapshot"): boolean =>
  stream === "book" || (stream === "orders" && start === "snapshot");

/** Whether a book is built of a stream. */
export const isBookStream = (stream: StreamName): stream is "book" | "orders" =>
  stream === "book" || stream === "orders";

/** True when a batch holds rows that a book is built of. */
export const isBookBatch = (batch: Batch): batch is BookBatch => isBookStream(batch.stream);

/** The book of a stream before its first row; undefined for a stream that builds none. `start` is of a book of orders. */
export function bookOf(
  { stream, instrument }: EventStream,
  clock: Clock,
  start: OrdersStart = "snapshot",
): ReplayedBook | undefined {
  if (stream === "book") return new FastL2Book(instrument, clock);
  return stream === "orders" ? new FastL3Book(instrument, { clock, start }) : undefined;
}

/** Those among streams of which a book is built, in their order. */
export const bookStreams = (streams: readonly EventStream[]): readonly EventStream[] =>
  streams.filter(({ stream }) => isBookStream(stream));

/**
 * The stream that tells the levels of an instrument, of whose streams these are: its book, or where there is none its orders. Undefined
 * where there is neither.
 */
export function levelsStream(streams: readonly EventStream[]): "book" | "orders" | undefined {
  const names = new Set(streams.map(({ stream }) => stream));
  if (names.has("book")) return "book";
  return names.has("orders") ? "orders" : undefined;
}

/** Gives a book the rows [from, to) of its stream. `times` are the effective times of all rows of the batch, µs. */
export function applyRows(
  book: ReplayedBook,
  batch: BookBatch,
  from: number,
  to: number,
  times: Float64Array,
  listener?: BookListener,
): void {
  if (book instanceof FastL2Book && isBatchOf(batch, "book")) {
    book.apply(batch, from, to, listener?.onBook, times, listener?.wake);
  } else if (book instanceof FastL3Book && isBatchOf(batch, "orders")) {
    book.apply(batch, from, to, listener?.onOrders, times, listener?.wake);
  }
}
