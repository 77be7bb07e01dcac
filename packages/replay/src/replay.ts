import type { EventStream, Micros, StreamStart } from "@aftershock/schema";
import { checkWindow, RunMerger } from "./clock/runMerger.fast.ts";
import { isBookStream, keepsStates } from "./replayedBook.ts";
import type { ReplayOptions } from "./replayOptions.ts";
import type { ReplayResult } from "./replayResult.ts";
import { ReplaySession } from "./replaySession.ts";
import { TouchLoops } from "./touchLoops.fast.ts";

/** What is learned of a class of studies is of use to its next replay. */
const loops = new TouchLoops();

/**
 * Replays streams in their total order: builds a book from every book stream, calls the handlers, and says what was met.
 *
 * With `from`, the books are first built from the rows before it, silently: handlers, counts and hash see [from, to) only, the
 * books everything before `to`. Memory is bounded by one batch of each stream and the books.
 *
 * Throws ConfigError for a stream given twice, an empty window or an impossible interval, IntegrityError for rows that
 * contradict the layout of their stream.
 *
 * ```ts
 * const { stateHash, gaps } = await replay([book, trades], {
 *   handlers: { onBook: ({ bestBid, bestAsk }, at) => plot(at, bestBid, bestAsk) },
 * });
 * ```
 */
export async function replay(
  streams: readonly EventStream[],
  options: ReplayOptions = {},
): Promise<ReplayResult> {
  const { clock = "recv", from, to } = options;
  checkWindow(options);
  const starts = from === undefined ? [] : await startsOf(streams, from, options);
  const session = new ReplaySession(streams, options, starts);
  // Rows before `from` are merged too: the books need them.
  const window = to === undefined ? {} : { to };
  const merger = new RunMerger(streams, { clock, starts, loose: session.loose, ...window });
  const { handlers = {} } = options;
  const { onTouch } = handlers;
  const loop = loops.loopFor(handlers);
  try {
    while (await merger.refill()) {
      if (loop !== undefined && onTouch !== undefined) loop(merger, session, onTouch);
      else while (merger.next()) session.take(merger);
      await session.keepStates();
    }
  } finally {
    await session.keepStates();
    await merger.close();
  }
  return session.finish();
}

/** Where the streams are read from, so that nothing at or after `from` is missed and the books are right there. */
async function startsOf(
  streams: readonly EventStream[],
  from: Micros,
  { clock = "recv", ordersStart }: ReplayOptions,
): Promise<readonly (StreamStart | undefined)[]> {
  const starts: (StreamStart | undefined)[] = [];
  for (const { stream, seekable } of streams) {
    // Of a stream with a book every row before the window counts.
    const withState = isBookStream(stream);
    const isRead = withState && !keepsStates(stream, ordersStart);
    starts.push(isRead ? undefined : await seekable?.seek(from, clock, { withState }));
  }
  return starts;
}
