import { CliError, STREAM_NAMES } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { DATA_SETS } from "../src/fetch/archives.ts";
import { HOSTS, limitsOf } from "../src/fetch/hosts.ts";
import { planFetch, type FetchRequest } from "../src/fetch/planFetch.ts";
import { rawPath } from "../src/fetch/rawPath.ts";
import { parseDays, startOfDay } from "../src/fetch/utcDays.ts";

const plan = (
  id: string,
  days: string,
  streams?: string,
  via?: string,
): ReturnType<typeof planFetch> => {
  const [venue = "", instrument = ""] = id.split(":");
  const request: FetchRequest = {
    venue,
    instrument,
    days: parseDays(days.split(" ")),
    ...(streams === undefined ? {} : { streams: streams.split(",") }),
    ...(via === undefined ? {} : { via }),
  };
  return planFetch(request);
};

describe("the address of a file", () => {
  // As the archives' documentation and public tools write them.
  it.each([
    [
      "binance:BTCUSDT",
      "2017-08-17",
      "trades",
      "https://data.binance.vision/data/spot/daily/trades/BTCUSDT/BTCUSDT-trades-2017-08-17.zip",
    ],
    [
      "binance-usdm:BTCUSDT",
      "2021-05-19",
      "aggTrades",
      "https://data.binance.vision/data/futures/um/daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2021-05-19.zip",
    ],
    [
      "binance:BTCUSDT",
      "2022-05-12",
      "klines-1s",
      "https://data.binance.vision/data/spot/daily/klines/BTCUSDT/1s/BTCUSDT-1s-2022-05-12.zip",
    ],
    [
      "binance-usdm:BTCUSDT",
      "2021-05-19",
      "markPriceKlines",
      "https://data.binance.vision/data/futures/um/daily/markPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2021-05-19.zip",
    ],
    [
      "binance-usdm:ETHUSDT",
      "2021-05-19",
      "premiumIndexKlines-5m",
      "https://data.binance.vision/data/futures/um/daily/premiumIndexKlines/ETHUSDT/5m/ETHUSDT-5m-2021-05-19.zip",
    ],
    [
      "binance-coinm:BTCUSD_PERP",
      "2024-08-05",
      "indexPriceKlines",
      "https://data.binance.vision/data/futures/cm/daily/indexPriceKlines/BTCUSD/1m/BTCUSD-1m-2024-08-05.zip",
    ],
    [
      "binance-usdm:BTCUSDT",
      "2024-08-05",
      "fundingRate",
      "https://data.binance.vision/data/futures/um/monthly/fundingRate/BTCUSDT/BTCUSDT-fundingRate-2024-08.zip",
    ],
    [
      "binance-coinm:BTCUSD_PERP",
      "2024-08-05",
      "liquidationSnapshot",
      "https://data.binance.vision/data/futures/cm/daily/liquidationSnapshot/BTCUSD_PERP/BTCUSD_PERP-liquidationSnapshot-2024-08-05.zip",
    ],
    [
      "binance-usdm:BTCUSDT",
      "2023-08-19",
      "metrics",
      "https://data.binance.vision/data/futures/um/daily/metrics/BTCUSDT/BTCUSDT-metrics-2023-08-19.zip",
    ],
    [
      "binance-usdm:BTCUSDT",
      "2023-08-19",
      "bookTicker",
      "https://data.binance.vision/data/futures/um/daily/bookTicker/BTCUSDT/BTCUSDT-bookTicker-2023-08-19.zip",
    ],
    [
      "binance-usdm:BTCUSDT",
      "2023-08-19",
      "bookDepth",
      "https://data.binance.vision/data/futures/um/daily/bookDepth/BTCUSDT/BTCUSDT-bookDepth-2023-08-19.zip",
    ],
    [
      "bybit:BTCUSD",
      "2020-03-12",
      "trades",
      "https://public.bybit.com/trading/BTCUSD/BTCUSD2020-03-12.csv.gz",
    ],
    [
      "bybit-spot:BTCUSDT",
      "2024-08-05",
      "trades",
      "https://public.bybit.com/spot/BTCUSDT/BTCUSDT_2024-08-05.csv.gz",
    ],
    [
      "bybit:BTCUSDT",
      "2025-08-20",
      "book",
      "https://quote-saver.bycsi.com/orderbook/linear/BTCUSDT/2025-08-20_BTCUSDT_ob500.data.zip",
    ],
    [
      "bybit:BTCUSDT",
      "2025-08-21",
      "book",
      "https://quote-saver.bycsi.com/orderbook/linear/BTCUSDT/2025-08-21_BTCUSDT_ob200.data.zip",
    ],
    [
      "bybit:BTCUSDZ24",
      "2024-08-05",
      "book",
      "https://quote-saver.bycsi.com/orderbook/inverse/BTCUSDZ24/2024-08-05_BTCUSDZ24_ob500.data.zip",
    ],
    [
      "bybit:BTCPERP",
      "2024-08-05",
      "book",
      "https://quote-saver.bycsi.com/orderbook/linear/BTCPERP/2024-08-05_BTCPERP_ob500.data.zip",
    ],
    [
      "bybit-spot:BTCUSDT",
      "2025-06-01",
      "book",
      "https://quote-saver.bycsi.com/orderbook/spot/BTCUSDT/2025-06-01_BTCUSDT_ob200.data.zip",
    ],
    [
      "bitmex:XBTUSD",
      "2020-03-12",
      "trades",
      "https://s3-eu-west-1.amazonaws.com/public.bitmex.com/data/trade/20200312.csv.gz",
    ],
    [
      "bitmex:XBTUSD",
      "2020-03-12",
      "quotes",
      "https://s3-eu-west-1.amazonaws.com/public.bitmex.com/data/quote/20200312.csv.gz",
    ],
    [
      "deribit:BTC-PERPETUAL",
      "2024-08-05",
      "trades",
      "https://history.deribit.com/api/v2/public/get_last_trades_by_instrument_and_time?instrument_name=BTC-PERPETUAL&start_timestamp=1722816000000&end_timestamp=1722902400000&count=1000&include_old=true&sorting=asc",
    ],
    [
      "hyperliquid:BTC",
      "2025-10-10",
      "asset_ctxs",
      "https://hyperliquid-archive.s3.amazonaws.com/asset_ctxs/20251010.csv.lz4",
    ],
  ])("of %s on %s, %s, is the archive's", (id, day, set, url) => {
    expect(plan(id, day, set).files.map(({ urls }) => urls)).toEqual([[url]]);
  });

  it("of Tardis has its name of the exchange, capitals, and a file name that tells the type", () => {
    const [file] = plan("binance-usdm:BTCUSDT", "2024-08-01", "liquidations", "tardis").files;
    expect(file?.urls).toEqual([
      "https://datasets.tardis.dev/v1/binance-futures/liquidations/2024/08/01/BTCUSDT.csv.gz",
    ]);
    expect(file?.path).toMatch(/\/binance-futures_liquidations_2024-08-01_BTCUSDT\.csv\.gz$/);
    expect(plan("hyperliquid:kPEPE", "2024-08-01", "trades", "tardis").files[0]?.urls).toEqual([
      "https://datasets.tardis.dev/v1/hyperliquid/trades/2024/08/01/KPEPE.csv.gz",
    ]);
  });

  it("of a name in another script is escaped, and its file is not", () => {
    const [file] = plan("binance:币安人生USDT", "2026-01-05", "trades").files;
    expect(file?.urls[0]).toMatch(
      /\/%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT-trades-2026-01-05\.zip$/,
    );
    expect(file?.path).toMatch(/\/币安人生USDT-trades-2026-01-05\.zip$/);
  });
});

describe("a day of OKX", () => {
  it("needs the files of two of its days for trades, and of one for books, which lie in one of two places", () => {
    const { files } = plan("okx:BTC-USDT-SWAP", "2025-10-10", "trades,book");
    expect(files.map(({ urls, days }) => ({ urls, days }))).toEqual([
      {
        urls: [
          "https://static.okx.com/cdn/okex/traderecords/trades/daily/20251010/BTC-USDT-SWAP-trades-2025-10-10.zip",
        ],
        days: ["2025-10-10"],
      },
      {
        urls: [
          "https://static.okx.com/cdn/okex/traderecords/trades/daily/20251011/BTC-USDT-SWAP-trades-2025-10-11.zip",
        ],
        days: ["2025-10-10"],
      },
      {
        urls: [
          "https://static.okx.com/cdn/okx/match/orderbook/L2/400lv/daily/20251010/BTC-USDT-SWAP-L2orderbook-400lv-2025-10-10.tar.gz",
          "https://static.okx.com/cdn/okx/match/orderbook/pro/L2/400lv/daily/20251010/BTC-USDT-SWAP-L2orderbook-400lv-2025-10-10.tar.gz",
        ],
        days: ["2025-10-10"],
      },
    ]);
  });

  it("shares a file with the next", () => {
    const { files } = plan("okx:BTC-USDT", "2025-10-10..2025-10-12", "trades");
    expect(files.map(({ path, days }) => [path.slice(-14, -4), days])).toEqual([
      ["2025-10-10", ["2025-10-10"]],
      ["2025-10-11", ["2025-10-10", "2025-10-11"]],
      ["2025-10-12", ["2025-10-11", "2025-10-12"]],
      ["2025-10-13", ["2025-10-12"]],
    ]);
  });

  it.each([
    ["BTC-USD-241227", "BTC-USD-futureschain", "okex-futures"],
    ["BTC-USD_UM_XPERP-310404", "BTC-USD_UM_XPERP-futureschain", "okex-futures"],
    ["BTC-USD-241227-42000-C", "BTC-USD-optionchain", "okex-options"],
    ["BTC-USDT-SWAP", "BTC-USDT-SWAP", "okex-swap"],
    ["BTC-USDT", "BTC-USDT", "okex"],
  ])("has %s in the file of %s, as %s in the lake", (symbol, name, venue) => {
    const [file] = plan(`okx:${symbol}`, "2024-08-05", "trades").files;
    expect(file?.dataSet.venue).toBe(venue);
    expect(plan(`${venue}:${symbol}`, "2024-08-05", "trades").files[0]).toEqual(file);
    expect(file?.path).toMatch(new RegExp(`/${name}-trades-2024-08-05\\.zip$`));
  });
});

describe("slices of other lengths than a day", () => {
  it("are hours: 24 of them, named as the archive does", () => {
    const hours = plan("gate-futures:BTC_USDT", "2022-11-08", "orderbooks").files;
    expect(hours).toHaveLength(24);
    expect(hours.at(-1)?.urls).toEqual([
      "https://download.gatedata.org/futures_usdt/orderbooks/202211/BTC_USDT-2022110823.csv.gz",
    ]);
    const [first] = plan("hyperliquid:BTC", "2025-10-10", "l2Book").files;
    expect(first?.urls).toEqual([
      "https://hyperliquid-archive.s3.amazonaws.com/market_data/20251010/0/l2Book/BTC.lz4",
    ]);
    expect(plan("binance-usdm:BTCUSDT", "2025-10-10", "book", "cryptohft").files[21]?.urls).toEqual(
      [
        "https://api.cryptohftdata.com/download?file=binance_futures/2025-10-10/21/BTCUSDT_orderbook.parquet",
      ],
    );
  });

  it("change to another set in the middle of a day", () => {
    const { files } = plan("hyperliquid:BTC", "2025-07-27", "fills");
    const folders = files.map(({ urls }) => urls[0]?.split("/")[3]);
    expect(folders).toEqual([
      ...Array.from({ length: 8 }, () => "node_fills"),
      ...Array.from({ length: 16 }, () => "node_fills_by_block"),
    ]);
  });

  it("are half days where a reply would not hold a day", () => {
    const { files } = plan("deribit:BTC-PERPETUAL", "2024-08-05", "dvol");
    expect(files.map(({ urls }) => new URL(urls[0] ?? "").searchParams.toString())).toEqual([
      "currency=BTC&start_timestamp=1722816000000&end_timestamp=1722859199999&resolution=60",
      "currency=BTC&start_timestamp=1722859200000&end_timestamp=1722902399999&resolution=60",
    ]);
  });

  it("are months, of which one file serves all of its days", () => {
    const { files } = plan("binance-usdm:BTCUSDT", "2024-08-30..2024-09-02", "fundingRate");
    expect(files.map(({ path, days }) => [path.slice(-11, -4), days])).toEqual([
      ["2024-08", ["2024-08-30", "2024-08-31"]],
      ["2024-09", ["2024-09-01", "2024-09-02"]],
    ]);
  });
});

describe("what is asked for", () => {
  const sets = (...args: Parameters<typeof plan>): readonly string[] => [
    ...new Set(plan(...args).files.map(({ dataSet }) => dataSet.set)),
  ];

  it("is everything of the venue's own archive when nothing is named, but each event once", () => {
    expect(sets("binance-usdm:BTCUSDT", "2024-03-01")).toEqual([
      "trades",
      "klines",
      "markPriceKlines",
      "indexPriceKlines",
      "premiumIndexKlines",
      "fundingRate",
      "metrics",
      "bookTicker",
      "bookDepth",
    ]);
    expect(sets("binance-usdm:BTCUSDT", "2024-08-01", undefined, "tardis")).toEqual([
      "incremental_book_L2",
      "trades",
      "quotes",
      "derivative_ticker",
      "liquidations",
    ]);
    expect(sets("deribit:OPTIONS", "2024-08-01", undefined, "tardis")).toContain("options_chain");
  });

  it("leaves out, and tells of, what the archive is not known to have then", () => {
    const { files, left } = plan("binance-usdm:BTCUSDT", "2024-03-29..2024-04-02");
    expect(files.filter(({ dataSet }) => dataSet.set === "bookTicker")).toHaveLength(2);
    expect(left).toEqual([
      {
        set: "bookTicker",
        days: ["2024-03-31", "2024-04-01", "2024-04-02"],
        has: "2023-05-16 … 2024-03-30",
      },
    ]);
  });

  it("leaves out a day of which half lies before what the archive is known to have", () => {
    const { files, left } = plan("okx:BTC-USDT", "2021-08-31..2021-09-01");
    const trades = files.filter(({ dataSet }) => dataSet.set === "trades");
    expect(trades.map(({ path, days }) => [path.slice(-14, -4), days])).toEqual([
      ["2021-09-01", ["2021-09-01"]],
      ["2021-09-02", ["2021-09-01"]],
    ]);
    expect(left).toContainEqual({ set: "trades", days: ["2021-08-31"], has: "from 2021-09-01" });
  });

  it("is asked for all the same when it is named, at the address nearest in time", () => {
    const ask = (day: string): string | undefined =>
      plan("bybit:BTCUSDT", day, "book").files[0]?.path;
    expect(ask("2022-11-08")).toMatch(/ob500/);
    expect(plan("bybit:BTCUSDT", "2022-11-08").left).toMatchObject([{ set: "orderbook" }]);
    expect(plan("binance-usdm:BTCUSDT", "2024-08-05", "bookTicker").files).toHaveLength(1);
  });

  it("is a stream with all sets that feed it, a set, or bars of a length", () => {
    expect(sets("binance-usdm:BTCUSDT", "2024-08-05", "candles")).toEqual([
      "klines",
      "markPriceKlines",
      "indexPriceKlines",
      "premiumIndexKlines",
    ]);
    expect(sets("binance-usdm:BTCUSDT", "2024-08-05", "trades")).toEqual(["trades"]);
    expect(sets("binance-usdm:BTCUSDT", "2024-08-05", "aggTrades")).toEqual(["aggTrades"]);
    const { files } = plan("binance-usdm:BTCUSDT", "2024-08-05", "klines,klines-5m,klines");
    expect(files.map(({ interval }) => interval)).toEqual(["1m", "5m"]);
  });

  it("tells the source which instrument the rows are of, where the file cannot", () => {
    const symbols = plan("binance-coinm:BTCUSD_PERP", "2024-08-05", "candles").files.map(
      ({ symbol }) => symbol,
    );
    expect(symbols).toEqual([
      "BTCUSD_PERP",
      "BTCUSD_PERP@mark",
      "BTCUSD@index",
      "BTCUSD_PERP@premium",
    ]);
  });

  it.each([
    ["nowhere:BTC", "trades", undefined, /no archive is known of the venue "nowhere"/],
    ["binance:BTC/USDT", "trades", undefined, /"BTC\/USDT" is not a symbol/],
    ["binance:..", "trades", undefined, /"\.\." is not a symbol/],
    ["binance:BTCUSDT", "book", undefined, /binance-vision has no book of binance:BTCUSDT/],
    ["binance:BTCUSDT", "boook", undefined, /"boook" is neither a stream nor a data set/],
    ["binance:BTCUSDT", "klines-7m", undefined, /"klines-7m" is neither/],
    ["binance:BTCUSDT", "trades", "okx", /the archive "okx" has nothing of binance:BTCUSDT/],
  ])("is refused for %s, %s, via %s", (id, streams, via, message) => {
    expect(() => plan(id, "2024-08-05", streams, via)).toThrow(CliError);
    expect(() => plan(id, "2024-08-05", streams, via)).toThrow(message);
  });

  it("is told where else it may be", () => {
    try {
      plan("binance-usdm:BTCUSDT", "2024-08-05", "book");
      expect.unreachable();
    } catch (error) {
      expect((error as CliError).hints.join()).toMatch(/--via tardis, --via cryptohft/);
    }
  });
});

describe("the table of data sets", () => {
  const days = parseDays(["2024-08-01"]);
  const symbols = [
    "BTCUSDT",
    "BTC_USDT",
    "BTC_USD",
    "OPTIONS",
    "BTC-PERPETUAL",
    "BTC-USDT",
    "BTC-USDT-SWAP",
    "BTC-USD-241227",
    "BTC-USD-241227-42000-C",
  ];

  it.each(DATA_SETS.map((set) => [`${set.archive} ${set.venue} ${set.set}`, set] as const))(
    "gives %s an https address and a path of its own for every slice",
    (_, set) => {
      const instrument = symbols.find((symbol) => set.symbols?.test(symbol) ?? true) ?? "";
      const { venue, archive: via } = set;
      const { files } = planFetch({ venue, instrument, days, streams: [set.set], via });
      expect(files.length).toBeGreaterThan(0);
      for (const { urls, path } of files) {
        for (const url of urls) expect(new URL(url).href).toBe(url);
        for (const url of urls) expect(url).toMatch(/^https:\/\//);
        expect(rawPath(path)).toBe(path);
        expect(path).toMatch(/\.(?:zip|csv\.gz|tar\.gz|lz4|parquet|json)$/);
      }
      const names = files.map(({ path }) => path.slice(path.lastIndexOf("/") + 1));
      expect(new Set(names).size).toBe(names.length);
    },
  );

  it("names streams that there are, days that there are, and where it was read", () => {
    for (const { streams, first, last, read, checked, caveats } of DATA_SETS) {
      for (const stream of streams) expect(STREAM_NAMES).toContain(stream);
      for (const slice of [first, last, checked]) {
        if (slice !== undefined) expect(() => startOfDay(slice.slice(0, 10))).not.toThrow();
      }
      if (first !== undefined && last !== undefined) expect(first < last).toBe(true);
      expect(read).not.toBe("");
      expect(caveats.length).toBeGreaterThan(0);
    }
  });

  it("puts no two addresses of one day into one file", () => {
    const paths = new Map<string, string>();
    for (const { venue, archive: via, symbols: pattern } of DATA_SETS) {
      const instrument = symbols.find((symbol) => pattern?.test(symbol) ?? true) ?? "";
      for (const { path, urls } of planFetch({ venue, instrument, days, via }).files) {
        expect(paths.get(path) ?? urls[0]).toBe(urls[0]);
        paths.set(path, urls[0] ?? "");
      }
    }
  });

  it("has limits for each host that has some, and gentle ones for the others", () => {
    const hosts = new Set(
      DATA_SETS.flatMap(({ addresses }) => addresses.map((url) => new URL(url).host)),
    );
    for (const { host } of HOSTS) expect(hosts).toContain(host);
    for (const host of hosts) expect(limitsOf(host).spacingMs).toBeGreaterThan(0);
    expect(60_000 / limitsOf("api.cryptohftdata.com").spacingMs).toBeLessThan(60);
    expect(1_000 / limitsOf("static.okx.com").spacingMs).toBeLessThan(100);
  });
});
