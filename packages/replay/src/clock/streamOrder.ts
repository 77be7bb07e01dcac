import { ConfigError, STREAM_RANK, type EventStream } from "@aftershock/schema";

/**
 * The place of each stream among events of one instant, from 0, index for index with `streams`: by rank of the stream, then
 * by instrument id. It does not depend on the order in which the streams are given. Throws ConfigError when a stream of an
 * instrument is given twice, because its events would have no order.
 */
export function streamOrder(streams: readonly EventStream[]): readonly number[] {
  const sorted = streams.map((stream, source) => ({ stream, source }));
  sorted.sort(({ stream: a }, { stream: b }) => {
    if (a.stream !== b.stream) return STREAM_RANK[a.stream] - STREAM_RANK[b.stream];
    if (a.instrument.id === b.instrument.id) {
      throw new ConfigError(`The stream ${a.stream} of ${a.instrument.id} is given twice`, {
        hints: ["Give each stream of an instrument once; one stream may span many days."],
      });
    }
    return a.instrument.id < b.instrument.id ? -1 : 1;
  });
  const order = streams.map(() => 0);
  for (const [place, { source }] of sorted.entries()) order[source] = place;
  return order;
}
