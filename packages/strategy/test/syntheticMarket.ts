import {
  MESSAGE_END,
  decimal,
  type Batch,
  type EventStream,
  type Instrument,
} from "@aftershock/schema";

/** One option of a made-up chain; premiums in coin, on a grid of 0.0001 where they are quotes. */
export interface MadeOption {
  readonly symbol: string;
  readonly right: 1 | -1;
  readonly strike: number;
  readonly expiry: number;
  readonly bid?: number;
  readonly ask?: number;
  readonly askSize?: number;
  readonly mark?: number;
  readonly iv?: number;
  readonly underlying?: number;
}

/** One snapshot of a made-up chain. */
export interface MadeSnapshot {
  readonly at: number;
  readonly index: number;
  readonly options: readonly MadeOption[];
}

/** One made-up ticker. */
export interface MadeTicker {
  readonly at: number;
  readonly tsEvent?: number;
  readonly mark?: number;
  readonly last?: number;
  readonly index?: number;
  readonly fundingRate?: number;
}

const instrument = (
  symbol: string,
  kind: Instrument["kind"],
  grid: { tick: string; lot: string },
): Instrument => ({
  id: `sim:${symbol}`,
  venue: "sim",
  symbol,
  kind,
  contract: kind === "optionChain" ? "linear" : "inverse",
  multiplier: 1,
  base: symbol.slice(0, 3),
  quote: kind === "optionChain" ? symbol.slice(0, 3) : "USD",
  settle: symbol.slice(0, 3),
  tick: decimal(grid.tick),
  lot: decimal(grid.lot),
  gridSource: "simulated",
});

const streamOf = (batch: Batch): EventStream => ({
  stream: batch.stream,
  instrument: batch.instrument,
  simulated: true,
  // oxlint-disable-next-line typescript/require-await -- the interface is asynchronous, the data is at hand
  async *batches() {
    yield batch;
  },
});

/** An option chain as a stream: `sim:BTC-OPTIONS`. */
export function chainStream(coin: string, snapshots: readonly MadeSnapshot[]): EventStream {
  const rows = snapshots.flatMap(({ at, index, options }) =>
    options.map((option, i) => ({ ...option, at, index, end: i === options.length - 1 })),
  );
  const reals = (read: (row: (typeof rows)[number]) => number | undefined): Float64Array =>
    Float64Array.from(rows, (row) => read(row) ?? Number.NaN);
  const ticks = (read: (row: (typeof rows)[number]) => number | undefined): Float64Array =>
    reals((row) => {
      const premium = read(row);
      return premium === undefined ? undefined : Math.round(premium * 10_000);
    });
  const absent = reals(() => undefined);
  const batch: Batch<"options"> = {
    stream: "options",
    instrument: instrument(`${coin}-OPTIONS`, "optionChain", { tick: "0.0001", lot: "0.1" }),
    length: rows.length,
    columns: {
      tsEvent: absent,
      tsRecv: reals(({ at }) => at),
      seq: Float64Array.from(rows, (_, i) => i),
      optionSymbol: rows.map(({ symbol }) => symbol),
      right: Int8Array.from(rows, ({ right }) => right),
      strike: reals(({ strike }) => strike),
      expiry: reals(({ expiry }) => expiry),
      bidPrice: ticks(({ bid }) => bid),
      bidSize: absent,
      askPrice: ticks(({ ask }) => ask),
      askSize: reals(({ askSize }) => (askSize === undefined ? undefined : askSize * 10)),
      lastPrice: absent,
      markPrice: reals(({ mark }) => mark),
      bidIv: absent,
      askIv: absent,
      markIv: reals(({ iv }) => iv),
      underlying: rows.map(() => undefined),
      underlyingPrice: reals(({ underlying, index }) => underlying ?? index),
      indexPrice: reals(({ index }) => index),
      delta: absent,
      gamma: absent,
      vega: absent,
      theta: absent,
      rho: absent,
      openInterest: absent,
      flags: Int8Array.from(rows, ({ end }) => (end ? MESSAGE_END : 0)),
    },
  };
  return streamOf(batch);
}

/** A perpetual's or future's tickers as a stream: `sim:BTC-PERPETUAL`, in lots of 10 USD. */
export function tickerStream(symbol: string, tickers: readonly MadeTicker[]): EventStream {
  const reals = (read: (ticker: MadeTicker) => number | undefined): Float64Array =>
    Float64Array.from(tickers, (ticker) => read(ticker) ?? Number.NaN);
  const absent = reals(() => undefined);
  const kind = symbol.endsWith("PERPETUAL") ? "perpetual" : "future";
  const batch: Batch<"tickers"> = {
    stream: "tickers",
    instrument: instrument(symbol, kind, { tick: "0.5", lot: "10" }),
    length: tickers.length,
    columns: {
      tsEvent: reals(({ tsEvent }) => tsEvent),
      tsRecv: reals(({ at }) => at),
      seq: Float64Array.from(tickers, (_, i) => i),
      markPrice: reals(({ mark }) => mark),
      indexPrice: reals(({ index }) => index),
      lastPrice: reals(({ last }) => last),
      fundingRate: reals(({ fundingRate }) => fundingRate),
      predictedFundingRate: absent,
      fundingTime: absent,
      openInterest: absent,
    },
  };
  return streamOf(batch);
}
