/** A recording of one instrument: files of ../shared/data/orderbook, in the order of the recording. */
export interface Capture {
  readonly name: string;
  readonly instrument: string;
  readonly files: readonly string[];
  /** Where it begins, ISO 8601 UTC; absent: with its first row. */
  readonly from?: string;
}

const binance = (name: string, instrument: string, ...files: readonly string[]): Capture => ({
  name: `Binance ${name}`,
  instrument,
  files: files.map((file) => `binance-raw/${file}.gz`),
});

/**
 * The captures of BTC and ETH with a book: what the simulated perpetual is a model of. Those of Deribit are of options, and those of OKX and
 * Coinbase of other coins or of a handful of trades: they tell nothing to compare with.
 */
export const CAPTURES: readonly Capture[] = [
  binance(
    "perp BTC 2024-07-18",
    "binance-usdm:BTCUSDT",
    "usdm_btcusdt_20240718",
    "usdm_btcusdt_20240719",
  ),
  binance("perp BTC 2024-08-08", "binance-usdm:BTCUSDT", "usdm_btcusdt_20240808"),
  binance("perp ETH 2024-08-08", "binance-usdm:ETHUSDT", "usdm_ethusdt_20240808"),
  binance(
    "COIN-M ETH 2024-08-08",
    "binance-coinm:ETHUSD_PERP",
    "cm_ethusd_perp_20240808",
    "cm_ethusd_perp_20240809",
  ),
  binance(
    "spot BTC 2024-08-08",
    "binance:BTCUSDT",
    "spot_btcusdt_20240808",
    "spot_btcusdt_20240809",
  ),
  binance(
    "spot ETH 2024-08-08",
    "binance:ETHUSDT",
    "spot_ethusdt_20240808",
    "spot_ethusdt_20240809",
  ),
  {
    name: "Lighter perp BTC 2025-12-10",
    instrument: "lighter:BTC",
    files: ["lighter_BTC_20251210_l2_trades_liqs.json.gz"],
    // The venue sent a backlog of trades of the quarter of an hour before, with every forced order that there is.
    from: "2025-12-10T19:14:00Z",
  },
  {
    name: "Bybit inverse BTC 2021-04-17",
    instrument: "bybit:BTCUSD",
    files: ["multivenue-raw/BYBIT.ws.26.0.gz"],
  },
  {
    name: "BitMEX future BTC 2021-04-05",
    instrument: "bitmex:XBTM21",
    files: ["multivenue-raw/BITMEX-d944be.0.gz"],
  },
  {
    name: "Kraken spot BTC 2021-04-05",
    instrument: "kraken:XBT-USD",
    files: ["multivenue-raw/KRAKEN-c197c0.0.gz"],
  },
  {
    name: "Gemini spot BTC 2021-04-17",
    instrument: "gemini:BTCUSD",
    files: ["multivenue-raw/GEMINI.ws.36.0.gz"],
  },
  {
    name: "Binance perp BTC 2020-02-22, trades only",
    instrument: "binance-usdm:BTCUSDT",
    files: ["tardis_binance-futures_BTCUSDT_trades_20200222.csv.gz"],
  },
];
