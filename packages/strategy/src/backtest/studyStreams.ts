import { instrumentId, type EventStream } from "@aftershock/schema";
import type { StreamRequest } from "../hedges/hedge.ts";
import type { Study } from "./study.ts";

/**
 * What a study reads, each once: `venue:COIN-OPTIONS` options for every coin (snapshots of them are the valuation points), and
 * what its hedges ask for. An instrument may end in a pattern, `deribit:BTC-*`: see `matchesRequest`.
 */
export function studyStreams(study: Study): readonly StreamRequest[] {
  const requests = new Map<string, StreamRequest>();
  const coins = study.hedges.length === 0 ? [] : Object.keys(study.portfolio);
  for (const coin of coins) {
    const chain: StreamRequest = {
      stream: "options",
      instrument: instrumentId(study.venue, `${coin}-OPTIONS`),
      required: true,
    };
    // Where a recording keeps no index beside the options, the perpetual's ticker has it.
    const index: StreamRequest = {
      stream: "tickers",
      instrument: instrumentId(study.venue, `${coin}-PERPETUAL`),
      required: false,
    };
    for (const request of [
      chain,
      index,
      ...study.hedges.flatMap((h) => h.streams(study.venue, coin)),
    ]) {
      const key = `${request.stream} ${request.instrument}`;
      const required = request.required || (requests.get(key)?.required ?? false);
      requests.set(key, { ...request, required });
    }
  }
  return [...requests.values()];
}

/** True when a stream is one that was asked for: `*` in the requested id stands for any characters. */
export function matchesRequest(
  request: StreamRequest,
  stream: Pick<EventStream, "stream" | "instrument">,
): boolean {
  if (request.stream !== stream.stream) return false;
  const { id } = stream.instrument;
  const [head = "", ...rest] = request.instrument.split("*");
  if (rest.length === 0) return id === head;
  if (!id.startsWith(head)) return false;
  const tail = rest.pop() ?? "";
  let from = head.length;
  for (const part of rest) {
    const found = id.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return id.length - tail.length >= from && id.endsWith(tail);
}
