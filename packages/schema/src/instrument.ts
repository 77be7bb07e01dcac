import { CliError } from "./errors.ts";
import type { Decimal } from "./decimal.ts";
import type { Micros } from "./units.ts";

/**
 * What an instrument is. `optionChain` stands for all options on one underlying, recorded together as chain quotes; `unknown`
 * where neither the recording nor the instrument table says.
 */
export type InstrumentKind =
  | "spot"
  | "perpetual"
  | "future"
  | "option"
  | "optionChain"
  | "index"
  | "unknown";

/**
 * How a contract pays. `linear`: in the quote currency, size × multiplier × Δprice. `inverse`: in the base currency, size ×
 * multiplier × Δ(1/price), with size in quote currency. `quanto`: in a third currency at a fixed multiplier.
 */
export type ContractKind = "linear" | "inverse" | "quanto" | "unknown";

/** Where a tick or lot comes from: a dated table with a source, the recording itself (the finest decimal seen), or the simulator. */
export type GridSource = "table" | "inferred" | "simulated";

/** One tradable thing on one venue for one interval of time: symbols are re-used (LUNA, May 2022), grids change. */
export interface Instrument {
  /** `venue:SYMBOL`, the name used everywhere. */
  readonly id: string;
  /** Lower case, e.g. `binance`, `binance-usdm`, `binance-coinm`, `deribit`. */
  readonly venue: string;
  /** As the venue writes it. */
  readonly symbol: string;
  readonly kind: InstrumentKind;
  readonly contract: ContractKind;
  /** Units of base (linear) or quote (inverse) currency in one unit of size: 1, or 100 USD for a COIN-M BTC contract. */
  readonly multiplier: number;
  /** What is bought, e.g. BTC. Empty when the source does not say. */
  readonly base: string;
  /** What the price is in, e.g. USDT; for Deribit option premiums the base coin. */
  readonly quote: string;
  /** What profit and loss are paid in. */
  readonly settle: string;
  /** The price step in quote currency: a price is a whole number of these. */
  readonly tick: Decimal;
  /** The size step in the venue's size unit: a size is a whole number of these. */
  readonly lot: Decimal;
  readonly gridSource: GridSource;
  /** First instant at which these terms hold; absent when not known. */
  readonly validFrom?: Micros;
  /** First instant at which they no longer hold; absent when they still do or it is not known. */
  readonly validTo?: Micros;
}

const VENUE = /^[a-z0-9][a-z0-9-]{0,63}$/;
// Every symbol character that a venue uses, in any script (币安人生USDT on Binance, @107 on Hyperliquid); no slash, colon, space
// or control character and no leading dot, so that a symbol is always a safe folder name.
const SYMBOL = /^[\p{L}\p{Nd}_@][\p{L}\p{Nd}_.@+-]*$/u;

/** Bytes of UTF-8. File systems allow 255 in a name; `symbol=` and what a file of the lake adds to it must fit too. */
const MAX_SYMBOL_BYTES = 128;

/** A UTF-16 unit is at most three bytes of UTF-8, so that short names need no counting. */
const fits = (symbol: string): boolean =>
  symbol.length * 3 <= MAX_SYMBOL_BYTES ||
  new TextEncoder().encode(symbol).length <= MAX_SYMBOL_BYTES;

/**
 * True when both parts can name a lake folder: this is what keeps every path inside the lake. A venue has up to 64 characters, a
 * symbol up to 128 bytes of UTF-8 in Unicode's normal form C: in another form the same name would be a second folder.
 */
export const isInstrumentName = (venue: string, symbol: string): boolean =>
  VENUE.test(venue) && SYMBOL.test(symbol) && fits(symbol) && symbol.normalize("NFC") === symbol;

/** Splits `venue:SYMBOL`. Throws CliError when the text is not an instrument id. */
export function parseInstrumentId(id: string): { venue: string; symbol: string } {
  const colon = id.indexOf(":");
  const venue = id.slice(0, Math.max(colon, 0));
  const symbol = id.slice(colon + 1);
  if (colon < 0 || !isInstrumentName(venue, symbol)) {
    throw new CliError(`"${id}" is not an instrument id`, {
      hints: ["Write venue:SYMBOL, for example binance-usdm:BTCUSDT or deribit:BTC-PERPETUAL."],
    });
  }
  return { venue, symbol };
}

/** `venue:SYMBOL`. */
export const instrumentId = (venue: string, symbol: string): string => `${venue}:${symbol}`;
