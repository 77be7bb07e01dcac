import type { EventStream } from "@aftershock/schema";
import { RunMerger } from "./clock/runMerger.ts";
import type { ReplayOptions } from "./replayOptions.ts";
import type { ReplayResult } from "./replayResult.ts";
import { ReplaySession } from "./replaySession.ts";

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
  const session = new ReplaySession(streams, options);
  // Rows before `from` are merged too: the books need them.
  const merger = new RunMerger(streams, {
    clock: options.clock ?? "recv",
    ...(options.to === undefined ? {} : { to: options.to }),
  });
  try {
    while (await merger.refill()) {
      for (let run = merger.next(); run !== undefined; run = merger.next()) session.take(run);
    }
  } finally {
    await merger.close();
  }
  return session.finish();
}
