import {
  ConfigError,
  DataError,
  isoMicros,
  type Clock,
  type EventStream,
  type Micros,
} from "@aftershock/schema";
import type { OrderBook } from "./book/orderBook.ts";
import type { OrdersStart } from "./book/ordersBook.ts";
import { firstRowAt } from "./clock/firstRowAt.ts";
import { mergeRuns } from "./clock/mergeRuns.ts";
import { applyRows, bookOf, isBookBatch, keepsStates, type ReplayedBook } from "./replayedBook.ts";

/** The one stream that has a book, and the book before its first row. */
function onlyBook(
  streams: readonly EventStream[],
  clock: Clock,
  ordersStart: OrdersStart,
): { readonly stream: EventStream; readonly book: ReplayedBook } {
  const found = streams.flatMap((stream) => {
    const book = bookOf(stream, clock, ordersStart);
    return book === undefined ? [] : [{ stream, book }];
  });
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  throw new ConfigError(
    `A book at a time needs one stream of a book or of orders, and ${found.length} were given`,
  );
}

function outside(stream: EventStream, at: Micros, where: string): DataError {
  return new DataError(`${isoMicros(at)} is ${where} of the book of ${stream.instrument.id}`, {
    hints: ["Choose a time inside the recording; `aftershock lake` lists what is recorded."],
  });
}

/**
 * The book as it was at an instant: after every message whose effective time is at or before `at`, µs. It may be invalid (no
 * snapshot yet, or a gap): ask `book.valid`.
 *
 * Throws DataError when `at` is before the first event of the recording or after its last one, where nothing is known of the
 * book, and ConfigError unless exactly one of the streams is of a book or of orders. Other streams are not read.
 */
export async function bookAt(
  streams: readonly EventStream[],
  at: Micros,
  options: { readonly clock?: Clock; readonly ordersStart?: OrdersStart } = {},
): Promise<OrderBook> {
  const { clock = "recv", ordersStart = "snapshot" } = options;
  const { stream, book } = onlyBook(streams, clock, ordersStart);
  const seekable = keepsStates(stream.stream, ordersStart) ? stream.seekable : undefined;
  const start = await seekable?.seek(at, clock, { withState: true });
  if (start?.state !== undefined) book.restore(start.state);
  let last = start === undefined || start.skipped.rows === 0 ? undefined : start.now;
  let batches = start?.skipped.batches ?? 0;
  for await (const { batch, from, to, times } of mergeRuns([stream], { clock, starts: [start] })) {
    if (!isBookBatch(batch)) continue;
    const past = firstRowAt(times, from, to, at + 1);
    applyRows(book, batch, from, past, times);
    if (past > from) last = times[past - 1];
    if (past < to && last === undefined) throw outside(stream, at, "before the first event");
    if (past < to) return book;
    batches += 1;
    if (seekable?.wants(batches, clock) === true) {
      await seekable.keep(batches, clock, book.encode());
    }
  }
  if (last === at) return book;
  const isEmpty = last === undefined;
  throw outside(stream, at, isEmpty ? "outside the empty recording" : "after the last event");
}
