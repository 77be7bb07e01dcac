import type { Batch, EventStream, Instrument } from "@aftershock/schema";
import { type BookRows, syntheticBook } from "../syntheticBook.ts";
import { BENCH_INSTRUMENT } from "./benchInstrument.ts";
import { bookBatches } from "./bookBatches.ts";
import { Xoshiro128 } from "./xoshiro128.ts";

/** Rows of a batch, as the tape has them. */
const BATCH_ROWS = 65_536;

/** Four streams in memory: two books, trades of the one, tickers of the other. No two events have the same time. */
export interface PipelineStreams {
  readonly events: number;
  readonly books: readonly [BookRows, BookRows];
  readonly trades: Ticks;
  readonly tickers: Ticks;
}

/** Times, µs ascending, with a price and a size each. */
export interface Ticks {
  readonly length: number;
  readonly tsRecv: Float64Array;
  readonly price: Float64Array;
  readonly size: Float64Array;
}

const SECOND_INSTRUMENT: Instrument = {
  ...BENCH_INSTRUMENT,
  id: "binance-usdm:ETHUSDT",
  symbol: "ETHUSDT",
  base: "ETH",
};

/** Spreads times so that each stream has its own: four times as long after the start, and `own` more. */
const ownTime = (at: number, start: number, own: number): number => start + 4 * (at - start) + own;

function spread(rows: BookRows, own: number): BookRows {
  const start = rows.tsRecv[0] ?? 0;
  return { ...rows, tsRecv: rows.tsRecv.map((at) => ownTime(at, start, own)) };
}

function ticks(length: number, like: BookRows, own: number): Ticks {
  const random = new Xoshiro128(own);
  const [first = 0, last = 0] = [like.tsRecv[0], like.tsRecv[like.length - 1]];
  const step = (last - first) / length;
  const tsRecv = Float64Array.from({ length }, (_, row) =>
    ownTime(first + Math.floor((row + 1) * step), first, own),
  );
  return {
    length,
    tsRecv,
    price: Float64Array.from({ length }, () => 500_000 + random.below(100_000)),
    size: Float64Array.from({ length }, () => 1 + random.below(5_000)),
  };
}

/** Of the events two in five are updates of either book, 15 % trades, 5 % tickers. */
export function pipelineStreams(events: number): PipelineStreams {
  const updates = Math.round(events * 0.4);
  const [first, second] = [syntheticBook({ updates }), syntheticBook({ updates, seed: 2 })];
  const trades = ticks(Math.round(events * 0.15), first, 2);
  const tickers = ticks(Math.round(events * 0.05), first, 3);
  return {
    // A snapshot counts as one event, as it is one message.
    events: 2 * (updates + 1) + trades.length + tickers.length,
    books: [spread(first, 0), spread(second, 1)],
    trades,
    tickers,
  };
}

function inMemory<S extends "book" | "trades" | "tickers">(
  stream: S,
  instrument: Instrument,
  made: readonly Batch<S>[],
): EventStream<S> {
  return {
    stream,
    instrument,
    simulated: true,
    async *batches() {
      yield* made;
    },
  };
}

/** The clock columns of rows [from, to), and a column of nothing. */
function clocks({ tsRecv }: Ticks, from: number, to: number) {
  const none = new Float64Array(to - from).fill(Number.NaN);
  const seq = Float64Array.from({ length: to - from }, (_, row) => from + row);
  return { tsRecv: tsRecv.subarray(from, to), tsEvent: none, seq, none };
}

function inBatches<T>(length: number, make: (from: number, to: number) => T): readonly T[] {
  return Array.from({ length: Math.ceil(length / BATCH_ROWS) }, (_, index) =>
    make(index * BATCH_ROWS, Math.min((index + 1) * BATCH_ROWS, length)),
  );
}

function tradeBatches(rows: Ticks): readonly Batch<"trades">[] {
  return inBatches(rows.length, (from, to) => {
    const { none: _none, ...clock } = clocks(rows, from, to);
    const columns = {
      ...clock,
      tradeId: Array.from({ length: to - from }, () => undefined),
      side: new Int8Array(to - from).fill(1),
      price: rows.price.subarray(from, to),
      size: rows.size.subarray(from, to),
    };
    return { stream: "trades", instrument: BENCH_INSTRUMENT, length: to - from, columns };
  });
}

function tickerBatches(rows: Ticks): readonly Batch<"tickers">[] {
  return inBatches(rows.length, (from, to) => {
    const { none, ...clock } = clocks(rows, from, to);
    const columns = {
      ...clock,
      markPrice: rows.price.subarray(from, to),
      indexPrice: rows.size.subarray(from, to),
      lastPrice: none,
      fundingRate: none,
      predictedFundingRate: none,
      fundingTime: none,
      openInterest: none,
    };
    return { stream: "tickers", instrument: SECOND_INSTRUMENT, length: to - from, columns };
  });
}

/** The streams as a replay takes them. */
export const eventStreams = ({
  books,
  trades,
  tickers,
}: PipelineStreams): readonly EventStream[] => [
  inMemory("book", BENCH_INSTRUMENT, bookBatches(books[0])),
  inMemory("book", SECOND_INSTRUMENT, bookBatches(books[1], SECOND_INSTRUMENT)),
  inMemory("trades", BENCH_INSTRUMENT, tradeBatches(trades)),
  inMemory("tickers", SECOND_INSTRUMENT, tickerBatches(tickers)),
];
