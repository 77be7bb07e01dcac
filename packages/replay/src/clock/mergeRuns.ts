import type { EventStream } from "@aftershock/schema";
import { RunMerger, type MergeOptions, type Run } from "./runMerger.fast.ts";

/**
 * The runs of any number of streams, in the total order (effective time, stream rank, instrument, sequence): rows whose
 * times are equal keep the order that `schema/order.ts` gives them, rows of one stream that of their recording. The
 * streams are closed when the iteration ends, however it ends.
 *
 * Throws ConfigError for a stream given twice or an empty window, IntegrityError for a row without any clock.
 *
 * ```ts
 * for await (const { source, batch, from, to } of mergeRuns([book, trades], { clock: "recv" })) {
 *   console.log(source, batch.stream, to - from);
 * }
 * ```
 */
export async function* mergeRuns(
  streams: readonly EventStream[],
  options: MergeOptions = {},
): AsyncGenerator<Run> {
  const merger = new RunMerger(streams, options);
  try {
    while (await merger.refill()) {
      while (merger.next()) {
        const { source, batch, from, to, times } = merger;
        yield { source, batch, from, to, times };
      }
    }
  } finally {
    await merger.close();
  }
}
