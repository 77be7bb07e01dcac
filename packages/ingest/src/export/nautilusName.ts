import type { Instrument } from "@aftershock/schema";

/**
 * The instrument id that nautilus_trader's own adapters give a market: `BTCUSDT.BINANCE`, `BTCUSDT-PERP.BINANCE`,
 * `BTCUSD_PERP.BINANCE`, `BTCUSDT-LINEAR.BYBIT`; of venues that need no suffix `SYMBOL.VENUE`. Sources: nautilus_binance
 * common::symbol::format_instrument_id; nautilus_trader/adapters/bybit/common/symbol.py 1.221; read 2026-11.
 */
export function nautilusName({ venue, symbol, contract }: Instrument): string {
  switch (venue) {
    case "binance":
    case "binance-coinm":
      return `${symbol}.BINANCE`;
    case "binance-usdm":
      return symbol.includes("_") ? `${symbol}.BINANCE` : `${symbol}-PERP.BINANCE`;
    case "bybit":
      if (contract === "linear") return `${symbol}-LINEAR.BYBIT`;
      return contract === "inverse" ? `${symbol}-INVERSE.BYBIT` : `${symbol}.BYBIT`;
    case "bybit-spot":
      return `${symbol}-SPOT.BYBIT`;
    case "okex":
    case "okex-swap":
    case "okex-futures":
    case "okex-options":
      return `${symbol}.OKX`;
    default:
      return `${symbol}.${venue.toUpperCase()}`;
  }
}
