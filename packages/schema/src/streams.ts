/**
 * How a column is stored and read.
 *
 * | type | in Parquet | in a batch | absent |
 * |---|---|---|---|
 * | `micros` | BIGINT, µs since the epoch | Float64Array | NaN |
 * | `ticks` | BIGINT, whole ticks of the instrument | Float64Array | NaN |
 * | `lots` | BIGINT, whole lots of the instrument | Float64Array | NaN |
 * | `count` | BIGINT, a whole number below 2^53 | Float64Array | NaN |
 * | `real` | DOUBLE | Float64Array | NaN |
 * | `code` | TINYINT, one of the constants below | Int8Array | never absent |
 * | `text` | VARCHAR | array of string | undefined |
 */
export type ColumnType = "micros" | "ticks" | "lots" | "count" | "real" | "code" | "text";

/** One column of a stream. */
export interface ColumnLayout {
  readonly type: ColumnType;
  /** Whether a row may lack it. */
  readonly nullable: boolean;
  /** What it holds: unit, sign, range. */
  readonly doc: string;
}

/** The side of an order or of an aggressor. */
export const BUY = 1;
export const SELL = -1;
/** A source that does not say; on a `book` row: no level at all (an empty snapshot, or a message without changes). */
export const NO_SIDE = 0;
/** The side of a book level. */
export const BID = 1;
export const ASK = -1;

/** `book.flags`, `orders.flags`: the first row of a snapshot; the book before it is discarded. */
export const SNAPSHOT_START = 1;
/** The row is part of a snapshot. */
export const SNAPSHOT = 2;
/** The last row of its message: only here may the best bid and ask be read. */
export const MESSAGE_END = 4;
/**
 * `book.flags`: rows of this book were lost here or just before (bad lines, now in quarantine), and no chain of ids would show it.
 * The book is unknown until the next snapshot.
 */
export const ROWS_LOST = 8;
/**
 * `book.flags`, on the last row of a message: the venue's checksum of the book, computed over the raw text when the message was
 * ingested, agreed with the book after the message, or did not. After one that did not the book is unknown until the next snapshot.
 */
export const CHECKSUM_MATCHED = 16;
export const CHECKSUM_FAILED = 32;

/** `liquidations.method`: the forced order went to the market, to a backstop vault or fund, or was auto-deleveraging. */
export const METHOD_MARKET = 1;
export const METHOD_BACKSTOP = 2;
export const METHOD_ADL = 3;
/** `liquidations.priceKind`: what the printed price is. */
export const PRICE_LIMIT = 1;
export const PRICE_FILL = 2;
export const PRICE_BANKRUPTCY = 3;
/** `fills.liquidity`. */
export const TAKER = 1;
export const MAKER = -1;
/** `options.right`. */
export const CALL = 1;
export const PUT = -1;
/** `orders.action`. */
export const ORDER_ADD = 1;
export const ORDER_MODIFY = 2;
export const ORDER_CANCEL = 3;
export const ORDER_EXECUTE = 4;
export const ORDER_CLEAR = 5;

/** The columns with which every stream starts. */
export const CLOCK_COLUMNS = {
  tsEvent: {
    type: "micros",
    nullable: true,
    doc: "The venue's clock, µs UTC: for a candle when it opens, on chain the block's time. Absent where none is sent.",
  },
  tsRecv: {
    type: "micros",
    nullable: true,
    doc: "The recorder's clock, µs UTC. Absent where nobody recorded it.",
  },
  seq: {
    type: "count",
    nullable: false,
    doc: "Position in the recording, from 0 in each partition: the order of rows within it.",
  },
} as const;

/** The column layout of every stream, after the clock columns. */
export const STREAMS = {
  book: {
    side: {
      type: "code",
      nullable: false,
      doc: "BID 1, ASK -1; 0 for a row that carries a message without any level.",
    },
    price: { type: "ticks", nullable: false, doc: "Price of the level, ticks; 0 where side is 0." },
    size: {
      type: "lots",
      nullable: false,
      doc: "Size now resting at the level, lots, absolute; 0 deletes it.",
    },
    flags: {
      type: "code",
      nullable: false,
      doc: "Bits: SNAPSHOT_START 1, SNAPSHOT 2, MESSAGE_END 4, ROWS_LOST 8, CHECKSUM_MATCHED 16, CHECKSUM_FAILED 32.",
    },
    updateId: {
      type: "count",
      nullable: true,
      doc: "The venue's id of the last update in the message.",
    },
    prevUpdateId: {
      type: "count",
      nullable: true,
      doc: "The id that the book must have before this message; absent in snapshots and where the venue sends no chain.",
    },
  },
  orders: {
    orderId: { type: "text", nullable: false, doc: "The venue's order id, as text." },
    action: {
      type: "code",
      nullable: false,
      doc: "ORDER_ADD 1, ORDER_MODIFY 2, ORDER_CANCEL 3, ORDER_EXECUTE 4, ORDER_CLEAR 5.",
    },
    side: {
      type: "code",
      nullable: false,
      doc: "BID 1, ASK -1; 0 for a row that carries a message without any level.",
    },
    price: { type: "ticks", nullable: false, doc: "Price, ticks." },
    size: {
      type: "lots",
      nullable: false,
      doc: "Size of the order after the action, lots; executed size for ORDER_EXECUTE.",
    },
    flags: {
      type: "code",
      nullable: false,
      doc: "Bits: SNAPSHOT_START 1, SNAPSHOT 2, MESSAGE_END 4, ROWS_LOST 8.",
    },
    updateId: { type: "count", nullable: true, doc: "The venue's sequence of the message." },
    prevUpdateId: { type: "count", nullable: true, doc: "The sequence that must come before it." },
  },
  trades: {
    tradeId: { type: "text", nullable: true, doc: "The venue's trade id." },
    side: { type: "code", nullable: false, doc: "Aggressor side: BUY 1, SELL -1, unknown 0." },
    price: { type: "ticks", nullable: false, doc: "Price, ticks." },
    size: { type: "lots", nullable: false, doc: "Size, lots." },
  },
  liquidations: {
    liquidationId: { type: "text", nullable: true, doc: "The venue's id of the print." },
    side: {
      type: "code",
      nullable: false,
      doc: "Side of the forced order: SELL -1 when a long is liquidated.",
    },
    price: { type: "ticks", nullable: false, doc: "Price, ticks." },
    size: { type: "lots", nullable: false, doc: "Size, lots." },
    method: {
      type: "code",
      nullable: false,
      doc: "METHOD_MARKET 1, METHOD_BACKSTOP 2, METHOD_ADL 3.",
    },
    priceKind: {
      type: "code",
      nullable: false,
      doc: "What the price is: PRICE_LIMIT 1, PRICE_FILL 2, PRICE_BANKRUPTCY 3.",
    },
    account: {
      type: "text",
      nullable: true,
      doc: "Account whose position is closed, where the venue publishes it.",
    },
    markPrice: {
      type: "real",
      nullable: true,
      doc: "Mark price at which it was liquidated, quote currency.",
    },
  },
  fills: {
    account: { type: "text", nullable: false, doc: "Account or address that was filled." },
    tradeId: { type: "text", nullable: true, doc: "The venue's trade id: two fills share it." },
    side: { type: "code", nullable: false, doc: "What the account did: BUY 1, SELL -1." },
    price: { type: "ticks", nullable: false, doc: "Price, ticks." },
    size: { type: "lots", nullable: false, doc: "Size, lots." },
    liquidity: { type: "code", nullable: false, doc: "TAKER 1, MAKER -1, unknown 0." },
    positionBefore: {
      type: "real",
      nullable: true,
      doc: "The account's position before the fill, size units; positive long.",
    },
    realisedPnl: {
      type: "real",
      nullable: true,
      doc: "Profit closed by the fill, settle currency.",
    },
    fee: { type: "real", nullable: true, doc: "Fee paid, feeCurrency; negative: a rebate." },
    feeCurrency: { type: "text", nullable: true, doc: "Currency of the fee." },
    cause: {
      type: "text",
      nullable: true,
      doc: "The venue's own word for what the fill did, e.g. Close Long, Auto-Deleveraging.",
    },
  },
  quotes: {
    bidPrice: {
      type: "ticks",
      nullable: true,
      doc: "Best bid, ticks; absent where there is no bid.",
    },
    bidSize: { type: "lots", nullable: true, doc: "Size at the best bid, lots." },
    askPrice: {
      type: "ticks",
      nullable: true,
      doc: "Best ask, ticks; absent where there is no ask.",
    },
    askSize: { type: "lots", nullable: true, doc: "Size at the best ask, lots." },
    updateId: {
      type: "count",
      nullable: true,
      doc: "The venue's book update id that the quote belongs to.",
    },
  },
  tickers: {
    markPrice: { type: "real", nullable: true, doc: "Mark price, quote currency." },
    indexPrice: { type: "real", nullable: true, doc: "Index price, quote currency." },
    lastPrice: { type: "real", nullable: true, doc: "Last traded price, quote currency." },
    fundingRate: {
      type: "real",
      nullable: true,
      doc: "Funding rate of the current interval, a fraction of notional; positive: longs pay shorts.",
    },
    predictedFundingRate: {
      type: "real",
      nullable: true,
      doc: "Predicted rate of the next interval, a fraction.",
    },
    fundingTime: {
      type: "micros",
      nullable: true,
      doc: "When the funding rate is next exchanged.",
    },
    openInterest: { type: "real", nullable: true, doc: "Open interest in the venue's size unit." },
  },
  options: {
    optionSymbol: {
      type: "text",
      nullable: false,
      doc: "The option's own symbol, e.g. BTC-27FEB26-68000-P.",
    },
    right: { type: "code", nullable: false, doc: "CALL 1, PUT -1." },
    strike: {
      type: "real",
      nullable: true,
      doc: "Strike, in the currency of the underlying price.",
    },
    expiry: { type: "micros", nullable: true, doc: "Expiry." },
    bidPrice: {
      type: "ticks",
      nullable: true,
      doc: "Best bid, ticks of the chain's premium currency; absent without a bid.",
    },
    bidSize: { type: "lots", nullable: true, doc: "Size at the bid, lots." },
    askPrice: { type: "ticks", nullable: true, doc: "Best ask, ticks; absent without an ask." },
    askSize: { type: "lots", nullable: true, doc: "Size at the ask, lots." },
    lastPrice: { type: "real", nullable: true, doc: "Last traded premium, premium currency." },
    markPrice: {
      type: "real",
      nullable: true,
      doc: "The venue's mark, premium currency; not on the tick grid.",
    },
    bidIv: {
      type: "real",
      nullable: true,
      doc: "Implied volatility of the bid, a fraction a year.",
    },
    askIv: {
      type: "real",
      nullable: true,
      doc: "Implied volatility of the ask, a fraction a year.",
    },
    markIv: {
      type: "real",
      nullable: true,
      doc: "Implied volatility of the mark, a fraction a year (0.5 is 50 %).",
    },
    underlying: {
      type: "text",
      nullable: true,
      doc: "The future that the venue prices the option on; SYN.… where interpolated.",
    },
    underlyingPrice: { type: "real", nullable: true, doc: "Its price, quote currency." },
    indexPrice: { type: "real", nullable: true, doc: "Spot index, quote currency." },
    delta: { type: "real", nullable: true, doc: "∂V/∂underlying, -1 … 1." },
    gamma: { type: "real", nullable: true, doc: "∂²V/∂underlying²." },
    vega: {
      type: "real",
      nullable: true,
      doc: "Change of value, in quote currency, per volatility point (0.01).",
    },
    theta: { type: "real", nullable: true, doc: "Change of value, in quote currency, per day." },
    rho: {
      type: "real",
      nullable: true,
      doc: "Change of value, in quote currency, per 1 % of interest.",
    },
    openInterest: { type: "real", nullable: true, doc: "Open interest, contracts." },
    flags: {
      type: "code",
      nullable: false,
      doc: "MESSAGE_END 4 on the last row of one snapshot of the chain.",
    },
  },
  candles: {
    intervalMicros: { type: "count", nullable: true, doc: "Length of the bar, µs." },
    open: { type: "ticks", nullable: false, doc: "Price, ticks." },
    high: { type: "ticks", nullable: false, doc: "Price, ticks." },
    low: { type: "ticks", nullable: false, doc: "Price, ticks." },
    close: { type: "ticks", nullable: false, doc: "Price, ticks." },
    volume: { type: "real", nullable: true, doc: "Volume, base currency." },
    quoteVolume: { type: "real", nullable: true, doc: "Volume, quote currency." },
    trades: { type: "count", nullable: true, doc: "Number of trades." },
    takerBuyVolume: {
      type: "real",
      nullable: true,
      doc: "Volume bought by takers, base currency.",
    },
  },
  positions: {
    account: { type: "text", nullable: false, doc: "Account or address." },
    side: {
      type: "code",
      nullable: false,
      doc: "BUY 1 for a long, SELL -1 for a short, 0 for a loan.",
    },
    size: { type: "lots", nullable: true, doc: "Size, lots; absent for a whole account." },
    asset: {
      type: "text",
      nullable: true,
      doc: "The asset of the row, where the instrument is a venue's accounts and not one market.",
    },
    entryPrice: { type: "real", nullable: true, doc: "Average entry price, quote currency." },
    markPrice: { type: "real", nullable: true, doc: "Mark used for the snapshot, quote currency." },
    collateral: { type: "real", nullable: true, doc: "Collateral value, quote currency." },
    debt: { type: "real", nullable: true, doc: "Debt value, quote currency." },
    leverage: { type: "real", nullable: true, doc: "Leverage, 1 and more." },
    healthFactor: {
      type: "real",
      nullable: true,
      doc: "Health factor; below 1 the position can be liquidated.",
    },
    liquidationThreshold: {
      type: "real",
      nullable: true,
      doc: "Share of the collateral's value that counts against the debt, 0 … 1.",
    },
    unrealisedPnl: { type: "real", nullable: true, doc: "Open profit, settle currency." },
  },
  chain: {
    blockNumber: { type: "count", nullable: true, doc: "Block height." },
    logIndex: { type: "count", nullable: true, doc: "Index of the log in its block." },
    txHash: { type: "text", nullable: true, doc: "Transaction hash, 0x hex." },
    address: { type: "text", nullable: true, doc: "Contract that logged, 0x hex." },
    event: { type: "text", nullable: false, doc: "Name of the decoded event." },
    args: {
      type: "text",
      nullable: false,
      doc: "Its decoded arguments as canonical JSON; integers as decimal text.",
    },
  },
  oracles: {
    roundId: { type: "text", nullable: true, doc: "Round id, decimal text." },
    answer: { type: "real", nullable: true, doc: "Answer, quote currency." },
    startedAt: { type: "micros", nullable: true, doc: "When the round started." },
  },
  measures: {
    measure: {
      type: "text",
      nullable: false,
      doc: "What is measured, with its unit, e.g. longLiquidationsUsd.",
    },
    value: { type: "real", nullable: false, doc: "The figure, in the measure's unit." },
    intervalMicros: {
      type: "count",
      nullable: true,
      doc: "Length of the interval that it sums up, which starts at tsEvent, µs; absent for an instant.",
    },
    account: { type: "text", nullable: true, doc: "Account that it is of; absent for the whole." },
  },
  gas: {
    blockNumber: { type: "count", nullable: true, doc: "Block height." },
    gasPriceGwei: { type: "real", nullable: true, doc: "Gas price, gwei." },
    percentile: {
      type: "real",
      nullable: true,
      doc: "Percentile that the price is, 0 … 100; absent for a single transaction.",
    },
  },
} as const;

/** The name of a stream: also the name of its folder in the lake and of its SQL view. */
export type StreamName = keyof typeof STREAMS;

/** All stream names, in the order of the table above. */
export const STREAM_NAMES: readonly StreamName[] = Object.keys(STREAMS) as StreamName[];

/** The array that holds a column of a type in a batch. */
export type ColumnArray<T extends ColumnType> = T extends "text"
  ? readonly (string | undefined)[]
  : T extends "code"
    ? Int8Array
    : Float64Array;

type Arrays<Layout extends Readonly<Record<string, ColumnLayout>>> = {
  readonly [C in keyof Layout]: ColumnArray<Layout[C]["type"]>;
};

/** The columns of a stream's batch. */
export type ColumnsOf<S extends StreamName> = Arrays<typeof CLOCK_COLUMNS> &
  Arrays<(typeof STREAMS)[S]>;

/** The columns of a stream, in storage order. */
export const columnsOf = (stream: StreamName): readonly (readonly [string, ColumnLayout])[] => [
  ...Object.entries(CLOCK_COLUMNS),
  ...Object.entries(STREAMS[stream]),
];
