/** A price or size grid for one interval of time. Texts are exact decimals; instants ISO 8601 UTC, the end exclusive. */
export interface GridRow {
  readonly from: string;
  readonly to?: string;
  /** Absent where no source says. */
  readonly tick?: string;
  /** Absent where no source says. */
  readonly lot?: string;
  /** Where the values were read, and when. */
  readonly source: string;
}

/** What does not change while a contract lives. */
export interface ContractRow {
  readonly kind: "spot" | "perpetual" | "future" | "option" | "optionChain";
  readonly contract: "linear" | "inverse" | "quanto";
  /** Units of base (linear) or quote (inverse) currency in one unit of size; for a quanto, settle currency a point of price. */
  readonly multiplier: number;
  readonly base: string;
  readonly quote: string;
  readonly settle: string;
}

/** One instrument, or the family of all whose symbol matches. */
export interface InstrumentRow extends ContractRow {
  readonly venue: string;
  readonly symbol: string | RegExp;
  readonly grids: readonly GridRow[];
}

const linear = (base: string, quote: string, multiplier = 1): Omit<ContractRow, "kind"> => ({
  contract: "linear",
  multiplier,
  base,
  quote,
  settle: quote,
});

const inverse = (base: string, multiplier: number): Omit<ContractRow, "kind"> => ({
  contract: "inverse",
  multiplier,
  base,
  quote: "USD",
  settle: base,
});

/** A Deribit future is dated `27FEB26`; days below ten have one digit. */
const EXPIRY = String.raw`\d{1,2}[A-Z]{3}\d{2}`;

// Where a venue changed a grid on a date that no source gives, the rows start at the first instant for which the new grid is
// attested; before it the grid is inferred from the recording.
const BINANCE: readonly InstrumentRow[] = [
  {
    venue: "binance",
    symbol: "BTCUSDT",
    kind: "spot",
    ...linear("BTC", "USDT"),
    grids: [
      {
        from: "2024-07-01",
        tick: "0.01",
        // Orders are in steps of 0.00001, but levels far from the market still hold orders from the time of finer steps.
        lot: "0.000001",
        source: "recorded depth of 2024-08-08/09: levels such as 93.756587 at 74000",
      },
    ],
  },
  {
    venue: "binance",
    symbol: "ETHUSDT",
    kind: "spot",
    ...linear("ETH", "USDT"),
    grids: [
      {
        from: "2024-07-01",
        tick: "0.01",
        // Orders are in steps of 0.0001; see BTCUSDT.
        lot: "0.00001",
        source: "recorded depth of 2024-08-08/09: levels such as 2292.22972 at 5000",
      },
    ],
  },
  // One symbol, two coins: the first was halted for good, the second took its name. The ticks changed with the price, day by day.
  {
    venue: "binance",
    symbol: "LUNAUSDT",
    kind: "spot",
    ...linear("LUNA", "USDT"),
    grids: [
      {
        from: "2022-05-01",
        to: "2022-05-13T00:40:00Z",
        source:
          "recorded bars of 2022-05: Terra's first coin, later LUNC, last traded in the minute of 2022-05-13 00:39",
      },
      {
        from: "2022-05-31T06:00:00Z",
        source: "recorded bars of 2022-05: the coin of Terra 2.0, first traded 2022-05-31 06:00",
      },
    ],
  },
  {
    venue: "binance-usdm",
    symbol: "BTCUSDT",
    kind: "perpetual",
    ...linear("BTC", "USDT"),
    grids: [
      {
        from: "2022-12-30",
        tick: "0.1",
        lot: "0.001",
        source:
          "QuantConnect Lean symbol database of 2022-12-30; recorded depth of 2024-07 and 2024-08",
      },
    ],
  },
  {
    venue: "binance-usdm",
    symbol: "ETHUSDT",
    kind: "perpetual",
    ...linear("ETH", "USDT"),
    grids: [
      {
        from: "2022-12-30",
        tick: "0.01",
        lot: "0.001",
        source: "QuantConnect Lean symbol database of 2022-12-30; recorded depth of 2024-08",
      },
    ],
  },
  {
    venue: "binance-coinm",
    symbol: "BTCUSD_PERP",
    kind: "perpetual",
    ...inverse("BTC", 100),
    grids: [
      {
        from: "2022-12-30",
        tick: "0.1",
        lot: "1",
        source: "QuantConnect Lean symbol database of 2022-12-30",
      },
    ],
  },
  {
    venue: "binance-coinm",
    symbol: "ETHUSD_PERP",
    kind: "perpetual",
    ...inverse("ETH", 10),
    grids: [
      {
        from: "2022-12-30",
        tick: "0.01",
        lot: "1",
        source: "QuantConnect Lean symbol database of 2022-12-30; recorded depth of 2024-08",
      },
    ],
  },
];

// Size is in USD for inverse futures and perpetuals, in coin for options. Premiums of options are in coin, so that an option pays
// (in coin) size × the change of its premium: linear, with the coin as its quote currency.
const DERIBIT: readonly InstrumentRow[] = [
  {
    venue: "deribit",
    symbol: "BTC-PERPETUAL",
    kind: "perpetual",
    ...inverse("BTC", 1),
    grids: [
      {
        from: "2020-04-01",
        tick: "0.5",
        lot: "10",
        source:
          "recorded book of 2020-04-01; contract page as of 2026-07; minute prices of 2025-12 … 2026-04",
      },
    ],
  },
  {
    venue: "deribit",
    symbol: "ETH-PERPETUAL",
    kind: "perpetual",
    ...inverse("ETH", 1),
    grids: [
      {
        from: "2025-12-30",
        tick: "0.05",
        lot: "1",
        source: "minute prices and costs of 2025-12 … 2026-04",
      },
    ],
  },
  {
    venue: "deribit",
    symbol: new RegExp(`^BTC-${EXPIRY}$`),
    kind: "future",
    ...inverse("BTC", 1),
    grids: [
      {
        from: "2025-12-30",
        tick: "2.5",
        lot: "10",
        source: "minute prices and costs of 22 futures, 2025-12 … 2026-04",
      },
    ],
  },
  {
    venue: "deribit",
    symbol: new RegExp(`^ETH-${EXPIRY}$`),
    kind: "future",
    ...inverse("ETH", 1),
    grids: [
      {
        from: "2025-12-30",
        tick: "0.25",
        lot: "1",
        source: "minute prices and costs of 22 futures, 2025-12 … 2026-04",
      },
    ],
  },
  {
    venue: "deribit",
    symbol: "BTC-OPTIONS",
    kind: "optionChain",
    ...linear("BTC", "BTC"),
    grids: [
      {
        from: "2020-06-07",
        tick: "0.0001",
        lot: "0.1",
        source:
          "recorded chains of 2020-06 and 2026-01/02; dearer options step by 0.0005, a multiple",
      },
    ],
  },
  {
    venue: "deribit",
    symbol: "ETH-OPTIONS",
    kind: "optionChain",
    ...linear("ETH", "ETH"),
    grids: [
      {
        from: "2025-12-30",
        tick: "0.0001",
        lot: "1",
        source: "recorded chains of 2026-01/02; dearer options step by 0.0005, a multiple",
      },
    ],
  },
];

const BITMEX_TICK_CHANGE = "2024-07-31T04:00:00Z";
const BITMEX_CLOSED = "2026-09-23T04:00:00Z";

const BITMEX: readonly InstrumentRow[] = [
  {
    venue: "bitmex",
    symbol: "XBTUSD",
    kind: "perpetual",
    ...inverse("XBT", 1),
    grids: [
      {
        from: "2019-01-01",
        to: "2021-06-08T04:30:00Z",
        tick: "0.5",
        lot: "1",
        source: "BitMEX announcements: lot 1 to 100 contracts on 2021-06-08 04:30",
      },
      {
        from: "2021-06-08T04:30:00Z",
        to: BITMEX_TICK_CHANGE,
        tick: "0.5",
        lot: "100",
        source: "BitMEX announcements: tick 0.5 to 0.1 on 2024-07-31 04:00",
      },
      {
        from: BITMEX_TICK_CHANGE,
        to: BITMEX_CLOSED,
        tick: "0.1",
        lot: "100",
        source: "BitMEX announcements; closed on 2026-09-23 04:00",
      },
    ],
  },
  {
    venue: "bitmex",
    symbol: "ETHUSD",
    kind: "perpetual",
    contract: "quanto",
    multiplier: 0.000001,
    base: "ETH",
    quote: "USD",
    settle: "XBT",
    grids: [
      {
        from: "2019-01-01",
        to: BITMEX_TICK_CHANGE,
        tick: "0.05",
        source: "BitMEX announcements: tick 0.05 to 0.01 on 2024-07-31 04:00",
      },
      {
        from: BITMEX_TICK_CHANGE,
        to: BITMEX_CLOSED,
        tick: "0.01",
        source: "BitMEX announcements; closed on 2026-09-23 04:00",
      },
    ],
  },
];

const OTHERS: readonly InstrumentRow[] = [
  {
    venue: "bybit",
    symbol: "BTCUSDT",
    kind: "perpetual",
    ...linear("BTC", "USDT"),
    grids: [
      {
        from: "2023-09-18",
        tick: "0.1",
        lot: "0.001",
        source: "QuantConnect Lean symbol database of 2023-09-18",
      },
    ],
  },
  {
    venue: "bybit",
    symbol: "ETHUSDT",
    kind: "perpetual",
    ...linear("ETH", "USDT"),
    grids: [
      {
        from: "2023-09-18",
        tick: "0.01",
        lot: "0.01",
        source: "QuantConnect Lean symbol database of 2023-09-18",
      },
    ],
  },
  {
    venue: "bybit",
    symbol: "BTCUSD",
    kind: "perpetual",
    ...inverse("BTC", 1),
    grids: [
      {
        from: "2025-06-03",
        tick: "0.1",
        lot: "1",
        source: "QuantConnect Lean symbol database of 2025-06-03; 0.5 until a date not found",
      },
    ],
  },
  {
    venue: "bybit",
    symbol: "ETHUSD",
    kind: "perpetual",
    ...inverse("ETH", 1),
    grids: [
      {
        from: "2025-06-03",
        tick: "0.01",
        lot: "1",
        source: "QuantConnect Lean symbol database of 2025-06-03; 0.05 until a date not found",
      },
    ],
  },
  {
    venue: "okex-swap",
    symbol: "BTC-USDT-SWAP",
    kind: "perpetual",
    ...linear("BTC", "USDT", 0.01),
    grids: [],
  },
  {
    venue: "okex-swap",
    symbol: "ETH-USDT-SWAP",
    kind: "perpetual",
    ...linear("ETH", "USDT", 0.1),
    grids: [],
  },
  {
    venue: "okex-swap",
    symbol: "BTC-USD-SWAP",
    kind: "perpetual",
    ...inverse("BTC", 100),
    grids: [],
  },
];

/**
 * Instruments whose terms a source attests, with the interval and the source of each grid. Grids of one row do not overlap. What
 * is not here is not known: see `terms`.
 */
export const INSTRUMENT_TABLE: readonly InstrumentRow[] = [
  ...BINANCE,
  ...DERIBIT,
  ...BITMEX,
  ...OTHERS,
];
