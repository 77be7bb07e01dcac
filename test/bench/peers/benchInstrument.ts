import { decimal, type Instrument } from "@aftershock/schema";

/** The instrument of the made-up and the recorded streams. */
export const BENCH_INSTRUMENT: Instrument = {
  id: "binance-usdm:BTCUSDT",
  venue: "binance-usdm",
  symbol: "BTCUSDT",
  kind: "perpetual",
  contract: "linear",
  multiplier: 1,
  base: "BTC",
  quote: "USDT",
  settle: "USDT",
  tick: decimal("0.1"),
  lot: decimal("0.001"),
  gridSource: "table",
};

/** Ticks and lots of it as numbers. */
export const BENCH_GRID = { tickSize: 0.1, lotSize: 0.001 } as const;
