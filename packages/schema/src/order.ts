import type { StreamName } from "./streams.ts";

/** Which clock a replay runs by: `recv` the recorder's (what could be known when), `event` the venue's. */
export type Clock = "recv" | "event";

/**
 * The rank of each stream among events of one instant: lower comes first. Marks and oracles before the books that traders
 * quote on them, books before the quotes derived from them, then trades (the book at a trade's instant already shows what
 * the venue published of it), then forced trades, then account states and aggregates, which sum up all of it.
 */
export const STREAM_RANK: Readonly<Record<StreamName, number>> = {
  gas: 0,
  oracles: 1,
  tickers: 2,
  orders: 3,
  book: 4,
  quotes: 5,
  options: 6,
  trades: 7,
  fills: 8,
  liquidations: 9,
  chain: 10,
  positions: 11,
  candles: 12,
  measures: 13,
};

/** The parts by which any two events are ordered. */
export interface OrderKey {
  /** The replay clock's time of the event, µs. */
  readonly at: number;
  readonly stream: StreamName;
  /** `venue:SYMBOL`: events of one instant and stream are ordered by it, in code-unit order. */
  readonly instrument: string;
  /** Position in the recording of that stream and instrument. */
  readonly seq: number;
}

/**
 * The total order of events: time, then stream rank, then instrument, then sequence. Negative when `a` comes first. Two
 * different events never compare equal, and every replay's determinism rests on that.
 */
export function compareEvents(a: OrderKey, b: OrderKey): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.stream !== b.stream) return STREAM_RANK[a.stream] - STREAM_RANK[b.stream];
  if (a.instrument !== b.instrument) return a.instrument < b.instrument ? -1 : 1;
  return a.seq - b.seq;
}
