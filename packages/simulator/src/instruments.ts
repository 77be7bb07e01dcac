import { type Instrument, decimal, decimalToNumber, instrumentId } from "@aftershock/schema";

/** The premium step of the simulated options, BTC. */
export const PREMIUM_TICK_BTC = 0.0001;
/** The size step of the simulated options, BTC. */
export const OPTION_LOT_BTC = 0.1;

const bitcoin = { multiplier: 1, base: "BTC", gridSource: "simulated" } as const;

/** `sim:BTC-PERPETUAL`: an inverse perpetual, price in USD on a grid of 0.5, size in USD on a grid of 10, settled in BTC. */
export const SIMULATED_PERPETUAL: Instrument = {
  ...bitcoin,
  venue: "sim",
  settle: "BTC",
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
  ...bitcoin,
  venue: "sim",
  settle: "BTC",
  id: instrumentId("sim", "BTC-OPTIONS"),
  symbol: "BTC-OPTIONS",
  kind: "optionChain",
  contract: "linear",
  quote: "BTC",
  tick: decimal("0.0001"),
  lot: decimal("0.1"),
};

/** `sim-spot:BTC-USD`: the coin itself on a second venue, price in USD on a grid of 0.5, size in BTC on a grid of 0.0001. */
export const SIMULATED_SPOT: Instrument = {
  ...bitcoin,
  venue: "sim-spot",
  settle: "USD",
  id: instrumentId("sim-spot", "BTC-USD"),
  symbol: "BTC-USD",
  kind: "spot",
  contract: "linear",
  quote: "USD",
  tick: decimal("0.5"),
  lot: decimal("0.0001"),
};

const pegged = {
  multiplier: 1,
  base: "PEGD",
  quote: "USD",
  settle: "USD",
  contract: "linear",
  gridSource: "simulated",
} as const;

/** `sim:PEGD-PERPETUAL`: a linear perpetual on a coin that should be worth a dollar; price in USD on a grid of 0.0001, lots of 10 coins. */
export const PEGGED_PERPETUAL: Instrument = {
  ...pegged,
  venue: "sim",
  id: instrumentId("sim", "PEGD-PERPETUAL"),
  symbol: "PEGD-PERPETUAL",
  kind: "perpetual",
  tick: decimal("0.0001"),
  lot: decimal("10"),
};

/** `sim-spot:PEGD-USD`: that coin on a second venue. */
export const PEGGED_SPOT: Instrument = {
  ...pegged,
  venue: "sim-spot",
  id: instrumentId("sim-spot", "PEGD-USD"),
  symbol: "PEGD-USD",
  kind: "spot",
  tick: decimal("0.0001"),
  lot: decimal("10"),
};

/** What is traded in a simulated market. */
export interface TradedInstruments {
  readonly perpetual: Instrument;
  readonly spot: Instrument;
  /** Absent where the coin has no options. */
  readonly options?: Instrument;
}

/** The instruments by the coin that they are on. */
export const TRADED: Readonly<Record<"BTC" | "PEGD", TradedInstruments>> = {
  BTC: {
    perpetual: SIMULATED_PERPETUAL,
    spot: SIMULATED_SPOT,
    options: SIMULATED_OPTIONS,
  },
  PEGD: { perpetual: PEGGED_PERPETUAL, spot: PEGGED_SPOT },
};

/** The price step of an instrument, quote currency. */
export const tickOf = ({ tick }: Instrument): number => decimalToNumber(tick);

/** What one lot stands for at a price, quote currency: of an inverse contract the lot itself. */
export function lotValueOf({ lot, multiplier, contract }: Instrument, price: number): number {
  const size = decimalToNumber(lot) * multiplier;
  return contract === "inverse" ? size : size * price;
}
