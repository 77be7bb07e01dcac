import { type Instrument, decimal, instrumentId } from "@aftershock/schema";

/** The price step of the simulated perpetual, USD (as on Deribit's BTC-PERPETUAL). */
export const TICK_USD = 0.5;
/** The size step of the simulated perpetual, USD of contract value (as on Deribit's BTC-PERPETUAL). */
export const LOT_USD = 10;
/** The premium step of the simulated options, BTC. */
export const PREMIUM_TICK_BTC = 0.0001;
/** The size step of the simulated options, BTC. */
export const OPTION_LOT_BTC = 0.1;

const simulatedTerms = {
  venue: "sim",
  multiplier: 1,
  base: "BTC",
  settle: "BTC",
  gridSource: "simulated",
} as const;

/** `sim:BTC-PERPETUAL`: an inverse perpetual, price in USD on a grid of 0.5, size in USD on a grid of 10, settled in BTC. */
export const SIMULATED_PERPETUAL: Instrument = {
  ...simulatedTerms,
  id: instrumentId("sim", "BTC-PERPETUAL"),
  symbol: "BTC-PERPETUAL",
  kind: "perpetual",
  contract: "inverse",
  quote: "USD",
  tick: decimal("0.5"),
  lot: decimal("10"),
};

/** `sim:BTC-OPTIONS`: the chain of all BTC options; premium in BTC on a grid of 0.0001, size in BTC on a grid of 0.1. */
export const SIMULATED_OPTIONS: Instrument = {
  ...simulatedTerms,
  id: instrumentId("sim", "BTC-OPTIONS"),
  symbol: "BTC-OPTIONS",
  kind: "optionChain",
  contract: "linear",
  quote: "BTC",
  tick: decimal("0.0001"),
  lot: decimal("0.1"),
};
