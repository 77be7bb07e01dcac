/* oxlint-disable max-lines -- a table: what is looked up stands in one place. */
import type { DataSet } from "./dataSet.ts";

// Nothing here was listed at the archives themselves: first and last days are what public sources say that they saw.

const CHECKED = "2026-11-21";

const KLINE_INTERVALS = ["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d"];

const VISION = {
  archive: "binance-vision",
  source: "binance-vision",
  checksum: "CHECKSUM",
  read: "github.com/binance/binance-public-data @5c7f3197 (2025-01-09), README and python/utility.py",
  checked: CHECKED,
} as const;

const REVISED =
  "The archive has revised files in place (2022-04, 2022-08, 2022-10): the checksum beside the file says which version it is.";

/** Spot, and the two kinds of futures: the folder of the market, the venue here, and when its sets start. */
const VISION_MARKETS = [
  { folder: "spot", venue: "binance", first: "2017-08-17" },
  { folder: "futures/um", venue: "binance-usdm", first: "2019-09-08" },
  { folder: "futures/cm", venue: "binance-coinm", first: "2020-08-11" },
] as const;

const visionDay = (folder: string, set: string): readonly string[] => [
  `https://data.binance.vision/data/${folder}/daily/${set}/{symbol}/{symbol}-${set}-{YYYY}-{MM}-{DD}.zip`,
];

const visionBars = (folder: string, set: string, symbol = "symbol"): readonly string[] => [
  `https://data.binance.vision/data/${folder}/daily/${set}/{${symbol}}/{interval}/{${symbol}}-{interval}-{YYYY}-{MM}-{DD}.zip`,
];

const VISION_TRADED: readonly DataSet[] = VISION_MARKETS.flatMap(({ folder, venue, first }) => [
  {
    ...VISION,
    venue,
    set: "trades",
    streams: ["trades"],
    addresses: visionDay(folder, "trades"),
    slice: "day",
    first,
    caveats: [REVISED, "Spot times are µs from 2025-01-01, ms before it; those of futures are ms."],
  },
  {
    ...VISION,
    venue,
    set: "aggTrades",
    streams: ["trades"],
    onlyWhenNamed: true,
    addresses: visionDay(folder, "aggTrades"),
    slice: "day",
    first: folder === "futures/um" ? "2019-12-31" : first,
    caveats: [
      REVISED,
      "Fills of one order at one price are one row: the same events as `trades`, fewer rows.",
    ],
  },
  {
    ...VISION,
    venue,
    set: "klines",
    streams: ["candles"],
    addresses: visionBars(folder, "klines"),
    slice: "day",
    intervals: folder === "spot" ? [...KLINE_INTERVALS, "1s"] : KLINE_INTERVALS,
    first: folder === "futures/um" ? "2020-01-01" : first,
    caveats:
      folder === "futures/cm" ? ["The column quote_volume really holds base currency."] : [REVISED],
  },
]);

const VISION_DERIVED: readonly DataSet[] = [
  { folder: "futures/um", venue: "binance-usdm", first: "2020-01-01", indexOf: "symbol" },
  { folder: "futures/cm", venue: "binance-coinm", first: "2020-08-11", indexOf: "pair" },
].flatMap(({ folder, venue, first, indexOf }): readonly DataSet[] => [
  ...(
    [
      ["markPriceKlines", "symbol", "mark"],
      ["indexPriceKlines", indexOf, "index"],
      ["premiumIndexKlines", "symbol", "premium"],
    ] as const
  ).map(([set, symbol, series]): DataSet => ({
    ...VISION,
    venue,
    set,
    streams: ["candles"],
    readAs: `{${symbol}}@${series}`,
    addresses: visionBars(folder, set, symbol),
    // The archive's own name is that of traded bars; only its folder says of what they are.
    path: `data.binance.vision/data/${folder}/daily/${set}/{${symbol}}/{interval}/{${symbol}}-${set}-{interval}-{YYYY}-{MM}-{DD}.zip`,
    slice: "day",
    intervals: KLINE_INTERVALS,
    first,
    caveats: ["The first day is assumed, not measured."],
  })),
  {
    ...VISION,
    venue,
    set: "fundingRate",
    streams: ["tickers", "measures"],
    addresses: [
      `https://data.binance.vision/data/${folder}/monthly/fundingRate/{symbol}/{symbol}-fundingRate-{YYYY}-{MM}.zip`,
    ],
    slice: "month",
    first,
    caveats: [
      "By the month only; published on the first Monday after it.",
      ...(venue === "binance-coinm"
        ? ["Before 2022-07 probably absent (third-party listing)."]
        : []),
    ],
  },
]);

const GAP_OF_COINM = "COIN-M is missing 2024-03-04 … 2024-06-08.";

const VISION_MEASURED: readonly DataSet[] = [
  {
    ...VISION,
    venue: "binance-usdm",
    set: "metrics",
    streams: ["tickers", "measures"],
    addresses: visionDay("futures/um", "metrics"),
    slice: "day",
    first: "2020-09-01",
    caveats: ["Open interest and ratios every 5 minutes; columns differ in what their time means."],
  },
  {
    ...VISION,
    venue: "binance-coinm",
    set: "metrics",
    streams: ["tickers", "measures"],
    addresses: visionDay("futures/cm", "metrics"),
    slice: "day",
    first: "2020-09-01",
    caveats: [
      "Open interest and ratios every 5 minutes; columns differ in what their time means.",
      GAP_OF_COINM,
    ],
  },
  {
    ...VISION,
    venue: "binance-usdm",
    set: "bookTicker",
    streams: ["quotes"],
    addresses: visionDay("futures/um", "bookTicker"),
    slice: "day",
    first: "2023-05-16",
    last: "2024-03-30",
    caveats: ["Every change of the best bid or ask: gigabytes a day. January 2024 is interleaved."],
  },
  {
    ...VISION,
    venue: "binance-coinm",
    set: "bookTicker",
    streams: ["quotes"],
    addresses: visionDay("futures/cm", "bookTicker"),
    slice: "day",
    first: "2023-05-16",
    last: "2024-10-15",
    caveats: ["Every change of the best bid or ask: gigabytes a day. The first day is assumed."],
  },
  ...(["um", "cm"] as const).map((kind): DataSet => ({
    ...VISION,
    venue: kind === "um" ? "binance-usdm" : "binance-coinm",
    set: "bookDepth",
    streams: ["measures"],
    addresses: visionDay(`futures/${kind}`, "bookDepth"),
    slice: "day",
    first: "2023-01-01",
    caveats: ["No book: cumulative depth within ±1 … 5 % of the price, every 30 s."],
  })),
  {
    ...VISION,
    venue: "binance-coinm",
    set: "liquidationSnapshot",
    streams: ["liquidations"],
    addresses: visionDay("futures/cm", "liquidationSnapshot"),
    slice: "day",
    first: "2023-06-25",
    last: "2024-10-14",
    caveats: [
      "Every row is doubled. Missing: 2023-09-09, -23, -25, 2024-06-01, -11, -12. USD-M was withdrawn.",
    ],
  },
];

const BYBIT = {
  archive: "bybit",
  source: "bybit",
  slice: "day",
  read: "public.bybit.com and quote-saver.bycsi.com, as public tools address and list them",
  checked: CHECKED,
} as const;

const ONE_SNAPSHOT =
  "The first row is normally the only full book of the day: where rows are lost, the rest of the day is unknown.";

const BYBIT_SETS: readonly DataSet[] = [
  {
    ...BYBIT,
    venue: "bybit",
    set: "trading",
    streams: ["trades"],
    addresses: ["https://public.bybit.com/trading/{symbol}/{symbol}{YYYY}-{MM}-{DD}.csv.gz"],
    first: "2019-10-01",
    caveats: ["Linear from 2020-03-25. Older files have the newest trade first."],
  },
  {
    ...BYBIT,
    venue: "bybit-spot",
    set: "spot",
    streams: ["trades"],
    addresses: ["https://public.bybit.com/spot/{symbol}/{symbol}_{YYYY}-{MM}-{DD}.csv.gz"],
    first: "2022-11-10",
    caveats: ["From November 2022; the first day is not known."],
  },
  {
    ...BYBIT,
    venue: "bybit",
    set: "orderbook",
    streams: ["book"],
    addresses: [
      "https://quote-saver.bycsi.com/orderbook/{bybitKind}/{symbol}/{YYYY}-{MM}-{DD}_{symbol}_ob500.data.zip",
    ],
    first: "2023-01-18",
    last: "2025-08-20",
    caveats: [ONE_SNAPSHOT, "500 levels a side, about every 100 ms; 80 to 360 MB a day."],
  },
  {
    ...BYBIT,
    venue: "bybit",
    set: "orderbook",
    streams: ["book"],
    addresses: [
      "https://quote-saver.bycsi.com/orderbook/{bybitKind}/{symbol}/{YYYY}-{MM}-{DD}_{symbol}_ob200.data.zip",
    ],
    first: "2025-08-21",
    caveats: [ONE_SNAPSHOT, "200 levels a side."],
  },
  {
    ...BYBIT,
    venue: "bybit-spot",
    set: "orderbook",
    streams: ["book"],
    addresses: [
      "https://quote-saver.bycsi.com/orderbook/spot/{symbol}/{YYYY}-{MM}-{DD}_{symbol}_ob200.data.zip",
    ],
    first: "2025-05-01",
    caveats: [ONE_SNAPSHOT, "From April or May 2025: sources differ."],
  },
];

const OKX = {
  archive: "okx",
  source: "okx",
  slice: "day",
  read: "static.okx.com, as public tools address it; names, floors and the two places of books as a public study measured them in 2026-08",
  checked: CHECKED,
} as const;

/** The venue is that of other recordings of OKX, by the form of the symbol. */
const OKX_MARKETS: readonly (readonly [venue: string, symbols: RegExp])[] = [
  ["okex", /^[^-]+-[^-]+$/],
  ["okex-swap", /-SWAP$/],
  ["okex-futures", /-\d{6}$/],
  ["okex-options", /-\d{6}-\d+(?:\.\d+)?-[CP]$/],
];

const OKX_DAY =
  "A file is a day of UTC+8, from 16:00 UTC of the day before: two files make a UTC day.";

const okxRecords = (folder: string, name: string, set: string): readonly string[] => [
  `https://static.okx.com/cdn/okex/traderecords/${folder}/daily/{YYYY}{MM}{DD}/${name}-${set}-{YYYY}-{MM}-{DD}.zip`,
];

const okxBooks = (level: string): readonly string[] =>
  ["", "pro/"].map(
    (place) =>
      `https://static.okx.com/cdn/okx/match/orderbook/${place}L2/${level}/daily/{YYYY}{MM}{DD}/{okxFile}-L2orderbook-${level}-{YYYY}-{MM}-{DD}.tar.gz`,
  );

const OKX_PLACES = "Under /pro/ from about 2026-06, elsewhere until 2026-08-04.";

const OKX_SETS: readonly DataSet[] = OKX_MARKETS.flatMap(([venue, symbols]): DataSet[] => {
  const market = { ...OKX, venue, symbols, manyInstruments: true } as const;
  return [
    {
      ...market,
      set: "trades",
      streams: ["trades"],
      addresses: okxRecords("trades", "{okxFile}", "trades"),
      dayStartsAt: 16,
      first: "2021-09-01",
      caveats: [OKX_DAY, "Swaps from 2021-10. The sizes of derivatives are contracts."],
    },
    {
      ...market,
      set: "aggtrades",
      streams: ["trades"],
      onlyWhenNamed: true,
      addresses: okxRecords("aggtrades", "{okxFile}", "aggtrades"),
      dayStartsAt: 16,
      first: "2021-10-01",
      caveats: [OKX_DAY, "The same events as `trades`, fewer rows."],
    },
    {
      ...market,
      set: "books",
      streams: ["book"],
      addresses: okxBooks("400lv"),
      first: "2023-03-22",
      caveats: ["400 levels a side; a file is a UTC day.", OKX_PLACES],
    },
    {
      ...market,
      set: "books5000",
      streams: ["book"],
      onlyWhenNamed: true,
      addresses: okxBooks("5000lv"),
      first: "2025-11-01",
      caveats: ["5,000 levels a side, every second; a file is a UTC day.", OKX_PLACES],
    },
    {
      ...market,
      set: "candlesticks",
      streams: ["candles"],
      addresses: okxRecords("candlesticks", "{okxFile}", "candlesticks"),
      dayStartsAt: 16,
      first: "2019-12-01",
      caveats: [
        OKX_DAY,
        "Bars of one minute. Sources differ on the first day: 2019-12 or 2023-07.",
      ],
    },
  ];
}).concat({
  ...OKX,
  venue: "okex-swap",
  symbols: /-SWAP$/,
  set: "fundingRates",
  streams: ["tickers"],
  addresses: okxRecords("swaprates", "allswap", "fundingrates"),
  dayStartsAt: 16,
  manyInstruments: true,
  first: "2022-03-01",
  caveats: [OKX_DAY, "One file holds all swaps."],
});

const BITMEX = {
  archive: "bitmex",
  venue: "bitmex",
  source: "bitmex",
  slice: "day",
  manyInstruments: true,
  first: "2014-11-22",
  last: "2026-09-23",
  read: "public.bitmex.com, as public tools address and list it; the venue's notice of closure",
  checked: CHECKED,
} as const;

const CLOSED =
  "The venue closed on 2026-09-23; whether the archive stays is not known. One file holds all instruments.";

const BITMEX_SETS: readonly DataSet[] = [
  {
    ...BITMEX,
    set: "trade",
    streams: ["trades", "tickers"],
    addresses: [
      "https://s3-eu-west-1.amazonaws.com/public.bitmex.com/data/trade/{YYYY}{MM}{DD}.csv.gz",
    ],
    path: "public.bitmex.com/data/trade/{YYYY}{MM}{DD}.csv.gz",
    caveats: [CLOSED, "After 2025-02-22 the files look incomplete."],
  },
  {
    ...BITMEX,
    set: "quote",
    streams: ["quotes"],
    addresses: [
      "https://s3-eu-west-1.amazonaws.com/public.bitmex.com/data/quote/{YYYY}{MM}{DD}.csv.gz",
    ],
    path: "public.bitmex.com/data/quote/{YYYY}{MM}{DD}.csv.gz",
    caveats: [CLOSED],
  },
];

const DERIBIT = {
  archive: "deribit",
  venue: "deribit",
  source: "deribit",
  read: "docs.deribit.com, public methods; github.com/BarendPotijk/deribit_historical_trades",
  checked: CHECKED,
} as const;

const DERIBIT_SETS: readonly DataSet[] = [
  {
    ...DERIBIT,
    set: "trades",
    streams: ["trades", "liquidations", "tickers", "measures"],
    addresses: [
      "https://history.deribit.com/api/v2/public/get_last_trades_by_instrument_and_time?instrument_name={symbol}&start_timestamp={startMs}&end_timestamp={endMs}&count=1000&include_old=true&sorting=asc",
    ],
    path: "history.deribit.com/trades/{symbol}/{YYYY}-{MM}-{DD}/{symbol}-trades-{YYYY}-{MM}-{DD}.json",
    slice: "day",
    first: "2018-01-01",
    pages: "deribitTrades",
    reply: "trades",
    caveats: [
      "Pages of 1,000 trades; a page starts with the trades of the last millisecond before.",
    ],
  },
  {
    ...DERIBIT,
    set: "candles",
    streams: ["candles"],
    addresses: [
      "https://history.deribit.com/api/v2/public/get_tradingview_chart_data?instrument_name={symbol}&start_timestamp={startMs}&end_timestamp={lastMs}&resolution=1",
    ],
    path: "history.deribit.com/candles/{symbol}/{symbol}-candles-1m-{YYYY}-{MM}-{DD}.json",
    slice: "day",
    first: "2018-08-14",
    reply: "bars",
    caveats: ["Bars of one minute. The first day is assumed."],
  },
  {
    ...DERIBIT,
    set: "dvol",
    streams: ["candles"],
    addresses: [
      "https://www.deribit.com/api/v2/public/get_volatility_index_data?currency={coin}&start_timestamp={startMs}&end_timestamp={lastMs}&resolution=60",
    ],
    path: "www.deribit.com/dvol/{coin}/{coin}-DVOL-{YYYY}-{MM}-{DD}-{HH}.json",
    readAs: "{coin}-DVOL",
    slice: "halfDay",
    first: "2021-03-24",
    reply: "wholeBars",
    caveats: [
      "The volatility index of the coin, by the minute; asked for by half days, as a reply holds 1,000 bars. The first day is assumed.",
    ],
  },
  {
    ...DERIBIT,
    symbols: /-PERPETUAL$/,
    set: "funding",
    streams: ["tickers", "measures"],
    addresses: [
      "https://www.deribit.com/api/v2/public/get_funding_rate_history?instrument_name={symbol}&start_timestamp={startMs}&end_timestamp={lastMs}",
    ],
    path: "www.deribit.com/funding/{symbol}/{symbol}-funding-{YYYY}-{MM}-{DD}.json",
    slice: "day",
    first: "2019-04-30",
    reply: "list",
    caveats: ["By the hour. How far back it goes is not known."],
  },
];

const TARDIS = {
  archive: "tardis",
  source: "tardis",
  slice: "day",
  access: "tardis",
  read: "docs.tardis.dev/downloadable-csv-files; github.com/tardis-dev/tardis-node (2026-08)",
  checked: CHECKED,
} as const;

/** Exchanges as Tardis calls them and as venues here, with the first day where one is known. */
const TARDIS_EXCHANGES: readonly (readonly [exchange: string, venue: string, first?: string])[] = [
  ["binance", "binance"],
  ["binance-futures", "binance-usdm", "2019-11-17"],
  ["binance-delivery", "binance-coinm"],
  ["binance-european-options", "binance-european-options"],
  ["bybit", "bybit", "2019-11-07"],
  ["bybit-spot", "bybit-spot"],
  ["bybit-options", "bybit-options"],
  ["okex", "okex"],
  ["okex-swap", "okex-swap", "2019-03-30"],
  ["okex-futures", "okex-futures"],
  ["okex-options", "okex-options", "2020-02-01"],
  ["bitmex", "bitmex", "2019-03-30"],
  ["deribit", "deribit", "2019-03-30"],
  ["huobi-dm-swap", "huobi-dm-swap"],
  ["huobi-dm-linear-swap", "huobi-dm-linear-swap"],
  ["cryptofacilities", "cryptofacilities", "2019-03-30"],
  ["kraken", "kraken"],
  ["coinbase", "coinbase"],
  ["bitfinex", "bitfinex"],
  ["bitfinex-derivatives", "bitfinex-derivatives"],
  ["bitstamp", "bitstamp"],
  ["gate-io-futures", "gate-io-futures", "2020-07-01"],
  ["bitget-futures", "bitget-futures"],
  ["kucoin-futures", "kucoin-futures"],
  ["dydx", "dydx"],
  ["dydx-v4", "dydx-v4"],
  ["hyperliquid", "hyperliquid"],
  ["ftx", "ftx"],
];

const TARDIS_SETS: readonly DataSet[] = TARDIS_EXCHANGES.flatMap(([exchange, venue, first]) =>
  (
    [
      ["incremental_book_L2", "book", false],
      ["trades", "trades", false],
      ["quotes", "quotes", false],
      ["derivative_ticker", "tickers", false],
      ["liquidations", "liquidations", false],
      ["options_chain", "options", false],
      ["book_snapshot_25", "book", true],
      ["book_snapshot_5", "book", true],
      ["book_ticker", "quotes", true],
    ] as const
  ).map(([set, stream, onlyWhenNamed]): DataSet => ({
    ...TARDIS,
    venue,
    set,
    streams: [stream],
    ...(onlyWhenNamed ? { onlyWhenNamed } : {}),
    ...(set === "options_chain" ? { symbols: /^OPTIONS$/ } : {}),
    addresses: [
      `https://datasets.tardis.dev/v1/${exchange}/${set}/{YYYY}/{MM}/{DD}/{SYMBOL}.csv.gz`,
    ],
    // Tardis's own clients name files so; trades and liquidations can only be told apart by the name.
    path: `datasets.tardis.dev/${exchange}/${set}/${exchange}_${set}_{YYYY}-{MM}-{DD}_{SYMBOL}.csv.gz`,
    ...(first === undefined ? {} : { first }),
    caveats: ["Cut by Tardis's own clock. A day without data is an empty file."],
  })),
);

const GATE = {
  archive: "gate",
  source: "gate",
  read: "download.gatedata.org, as public tools address it",
  checked: CHECKED,
} as const;

/** The folder of a market, the venue here, and which symbols it has. */
const GATE_MARKETS: readonly (readonly [folder: string, venue: string, symbols?: RegExp])[] = [
  ["spot", "gate"],
  ["futures_usdt", "gate-futures", /_USDT$/],
  ["futures_btc", "gate-futures", /_USD$/],
];

const GATE_SETS: readonly DataSet[] = GATE_MARKETS.flatMap(([folder, venue, symbols]) => {
  const trades = folder === "spot" ? "deals" : "trades";
  const market = { venue, ...(symbols === undefined ? {} : { symbols }) };
  return [
    {
      ...GATE,
      ...market,
      set: trades,
      streams: ["trades"],
      addresses: [
        `https://download.gatedata.org/${folder}/${trades}/{YYYY}{MM}/{symbol}-{YYYY}{MM}.csv.gz`,
      ],
      slice: "month",
      ...(folder === "spot" ? { first: "2018-01-01" } : {}),
      caveats: ["By the month, after its end: a month is downloaded for a day."],
    },
    {
      ...GATE,
      ...market,
      set: "orderbooks",
      streams: ["book"],
      addresses: [
        `https://download.gatedata.org/${folder}/orderbooks/{YYYY}{MM}/{symbol}-{YYYY}{MM}{DD}{HH}.csv.gz`,
      ],
      slice: "hour",
      first: "2021-08-01",
      caveats: ["By the hour, about 32 MB each for BTC; published after the end of the month."],
    },
    {
      ...GATE,
      ...market,
      set: "candlesticks",
      streams: ["candles"],
      addresses: [
        `https://download.gatedata.org/${folder}/candlesticks_1m/{YYYY}{MM}/{symbol}-{YYYY}{MM}.csv.gz`,
      ],
      slice: "month",
      caveats: ["Bars of one minute, by the month, after its end."],
    },
  ];
});

const CRYPTOHFT = {
  archive: "cryptohft",
  source: "cryptohft",
  slice: "hour",
  first: "2025-06-28",
  read: "api.cryptohftdata.com, as public tools address it, among them nautilus_trader's examples",
  checked: CHECKED,
} as const;

const CRYPTOHFT_SETS: readonly DataSet[] = [
  ["binance_futures", "binance-usdm"] as const,
  ["binance_spot", "binance"] as const,
].flatMap(([exchange, venue]) =>
  (
    [
      ["orderbook", "book"],
      ["trades", "trades"],
    ] as const
  ).map(([set, stream]): DataSet => ({
    ...CRYPTOHFT,
    venue,
    set,
    streams: [stream],
    addresses: [
      `https://api.cryptohftdata.com/download?file=${exchange}/{YYYY}-{MM}-{DD}/{HH}/{symbol}_${set}.parquet`,
    ],
    path: `api.cryptohftdata.com/${exchange}/{YYYY}-{MM}-{DD}/{symbol}_${set}_{YYYY}-{MM}-{DD}_{HH}.parquet`,
    caveats: [
      "Changes of the book without a snapshot to start from. The parquet files are packed once more with zstandard.",
    ],
  })),
);

const HYPERLIQUID = {
  archive: "hyperliquid",
  venue: "hyperliquid",
  source: "hyperliquid",
  access: "requesterPays",
  read: "github.com/hyperliquid-dex/historical_data (2023-05-02); bucket layouts as public tools list them",
  checked: CHECKED,
} as const;

const PAID =
  "The bucket's egress is billed to your AWS account, about $0.09 a GB; hours are missing.";

const HYPERLIQUID_SETS: readonly DataSet[] = [
  {
    ...HYPERLIQUID,
    set: "l2Book",
    streams: ["book"],
    addresses: [
      "https://hyperliquid-archive.s3.amazonaws.com/market_data/{YYYY}{MM}{DD}/{H}/l2Book/{symbol}.lz4",
    ],
    path: "hyperliquid-archive/market_data/{YYYY}{MM}{DD}/{symbol}_l2Book_{YYYY}-{MM}-{DD}_{HH}.lz4",
    slice: "hour",
    first: "2023-04-15",
    caveats: [PAID, "Books of 20 levels a side, about every half second."],
  },
  {
    ...HYPERLIQUID,
    set: "asset_ctxs",
    streams: ["tickers", "measures"],
    addresses: ["https://hyperliquid-archive.s3.amazonaws.com/asset_ctxs/{YYYY}{MM}{DD}.csv.lz4"],
    path: "hyperliquid-archive/asset_ctxs/asset_ctxs_{YYYY}-{MM}-{DD}.csv.lz4",
    slice: "day",
    manyInstruments: true,
    first: "2023-05-20",
    caveats: [PAID, "Mark, oracle, funding and open interest of all coins, by the minute."],
  },
  ...(
    [
      ["node_trades", "2025-03-22T00", "2025-05-25T13", ["trades"]],
      ["node_fills", "2025-05-25T14", "2025-07-27T07", ["fills", "trades", "liquidations"]],
      ["node_fills_by_block", "2025-07-27T08", undefined, ["fills", "trades", "liquidations"]],
    ] as const
  ).map(([folder, first, last, streams]): DataSet => ({
    ...HYPERLIQUID,
    set: "fills",
    streams: [...streams],
    addresses: [
      `https://hl-mainnet-node-data.s3.amazonaws.com/${folder}/hourly/{YYYY}{MM}{DD}/{H}.lz4`,
    ],
    path: `hl-mainnet-node-data/${folder}/{YYYY}{MM}{DD}/${folder}_{YYYY}-{MM}-{DD}_{HH}.lz4`,
    slice: "hour",
    manyInstruments: true,
    first,
    ...(last === undefined ? {} : { last }),
    caveats: [
      PAID,
      "All coins in one file, about 1 GB a day. Trades alone before 2025-05-25T14; the format changed within the hour 2025-07-27T08.",
    ],
  })),
];

/** Every data set that can be fetched. The archives stand in the order in which a venue's own comes before others'. */
export const DATA_SETS: readonly DataSet[] = [
  ...VISION_TRADED,
  ...VISION_DERIVED,
  ...VISION_MEASURED,
  ...BYBIT_SETS,
  ...OKX_SETS,
  ...BITMEX_SETS,
  ...DERIBIT_SETS,
  ...GATE_SETS,
  ...HYPERLIQUID_SETS,
  ...TARDIS_SETS,
  ...CRYPTOHFT_SETS,
];
