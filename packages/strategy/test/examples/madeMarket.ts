import {
  ASK,
  BID,
  MESSAGE_END,
  METHOD_MARKET,
  PRICE_FILL,
  SNAPSHOT,
  SNAPSHOT_START,
  columnsOf,
  decimal,
  type Batch,
  type ColumnsOf,
  type EventStream,
  type Instrument,
  type StreamName,
} from "@aftershock/schema";

/** A linear perpetual with a tick of 1 and a lot of 1: money is ticks × lots. */
export const INSTRUMENT: Instrument = {
  id: "made:BTC",
  venue: "made",
  symbol: "BTC",
  kind: "perpetual",
  contract: "linear",
  multiplier: 1,
  base: "BTC",
  quote: "USD",
  settle: "USD",
  tick: decimal("1"),
  lot: decimal("1"),
  gridSource: "simulated",
};

type Levels = readonly (readonly [price: number, size: number])[];

/** A whole book at an instant, µs, best levels first. */
export type MadeBook = readonly [at: number, bids: Levels, asks: Levels];

/** A trade or a liquidation: µs, side of the aggressor or of the forced order, ticks, lots. */
export type MadeTrade = readonly [at: number, side: 1 | -1, price: number, size: number];

/** What happens in a made-up market. */
export interface MadeMarket {
  readonly books: readonly MadeBook[];
  readonly trades?: readonly MadeTrade[];
  readonly liquidations?: readonly MadeTrade[];
}

type MadeRow = Readonly<Record<string, number>>;

function streamOf<S extends StreamName>(stream: S, rows: readonly MadeRow[]): EventStream<S> {
  const columns = columnsOf(stream).map(([name, { type }]) => {
    if (type === "text") return [name, rows.map(() => undefined)];
    if (type === "code") return [name, Int8Array.from(rows, (row) => row[name] ?? 0)];
    return [name, Float64Array.from(rows, (row) => row[name] ?? Number.NaN)];
  });
  const batch: Batch<S> = {
    stream,
    instrument: INSTRUMENT,
    length: rows.length,
    columns: Object.fromEntries(columns) as ColumnsOf<S>,
  };
  return {
    stream,
    instrument: INSTRUMENT,
    simulated: true,
    // oxlint-disable-next-line typescript/require-await -- the interface is asynchronous, the data is at hand
    async *batches() {
      yield batch;
    },
  };
}

function bookRows([at, bids, asks]: MadeBook): readonly MadeRow[] {
  const levels = [
    ...bids.map(([price, size]) => ({ side: BID, price, size })),
    ...asks.map(([price, size]) => ({ side: ASK, price, size })),
  ];
  return levels.map((level, index) => {
    const start = index === 0 ? SNAPSHOT_START : 0;
    const end = index === levels.length - 1 ? MESSAGE_END : 0;
    return { ...level, tsEvent: at, tsRecv: at, flags: SNAPSHOT | start | end };
  });
}

const numbered = (rows: readonly MadeRow[]): readonly MadeRow[] =>
  rows.map((row, seq) => ({ ...row, seq }));

/** The streams of a made-up market: whole books, trades, liquidations. */
export function madeStreams({
  books,
  trades = [],
  liquidations = [],
}: MadeMarket): readonly EventStream[] {
  const rows = (some: readonly MadeTrade[], more: MadeRow = {}): readonly MadeRow[] =>
    some.map(([at, side, price, size]) => {
      return { ...more, tsEvent: at, tsRecv: at, side, price, size };
    });
  const forced = rows(liquidations, { method: METHOD_MARKET, priceKind: PRICE_FILL });
  return [
    streamOf("book", numbered(books.flatMap(bookRows))),
    streamOf("trades", numbered(rows(trades))),
    streamOf("liquidations", numbered(forced)),
  ];
}
