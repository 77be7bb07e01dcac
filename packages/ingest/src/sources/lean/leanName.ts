import { ConfigError, DataError, isInstrumentName } from "@aftershock/schema";
import type { ReadHints } from "../../source.ts";

/** What a file of Lean's holds. */
export type LeanSet = "trade" | "quote" | "funding";

/** What the name of a file says. */
export interface LeanName {
  readonly set: LeanSet;
  /** The market as Lean calls it, e.g. `binance`; absent where the folder above had it. */
  readonly market: string | undefined;
  /** As Lean writes it, lower case, e.g. `btcusd`. */
  readonly symbol: string | undefined;
  /** Midnight of the day of the bars, as `YYYY-MM-DD`. */
  readonly date: string | undefined;
}

/** `cryptofuture_binance_minute_btcusd_20221213_trade.zip`: the path in Lean's data folder, in one name. */
const FLAT = /^crypto(?:future)?_([a-z0-9]+)_minute_([a-z0-9]+)_(\d{8})_(trade|quote)\b/;
/** `20221213_btcusd_minute_trade_perp.csv`: the file inside the archive. */
const INNER = /^(\d{8})_([a-z0-9]+)_minute_(trade|quote)(?:_perp)?\.csv\b/;
/** `20221213_trade.zip`: the archive, whose folders name the rest. */
const OUTER = /^(\d{8})_(trade|quote)\.zip$/;
const FUNDING = /^crypto(?:future)?_([a-z0-9]+)_margin_interest_([a-z0-9]+)\.csv\b/;

const dayOf = (digits: string): string =>
  `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;

const setOf = (word: string | undefined): LeanSet => (word === "quote" ? "quote" : "trade");

/** Reads a file's name. Undefined for one that Lean does not write. */
export function readLeanName(name: string): LeanName | undefined {
  const flat = FLAT.exec(name);
  if (flat !== null) {
    const [, market, symbol, day = "", set] = flat;
    return { set: setOf(set), market, symbol, date: dayOf(day) };
  }
  const inner = INNER.exec(name);
  if (inner !== null) {
    const [, day = "", symbol, set] = inner;
    return { set: setOf(set), market: undefined, symbol, date: dayOf(day) };
  }
  const outer = OUTER.exec(name);
  if (outer !== null) {
    const [, day = "", set] = outer;
    return { set: setOf(set), market: undefined, symbol: undefined, date: dayOf(day) };
  }
  const [, market, symbol] = FUNDING.exec(name) ?? [];
  if (market === undefined) return undefined;
  return { set: "funding", market, symbol, date: undefined };
}

/** An instrument as it is called here. */
export interface LeanInstrument {
  readonly venue: string;
  readonly symbol: string;
}

/** Perpetuals as Lean calls them, by market: the venue they trade on and their name there. */
const PERPETUALS: readonly (readonly [
  market: string,
  symbol: RegExp,
  venue: string,
  name: (base: string, quote: string) => string,
])[] = [
  ["binance", /^(\w+?)(usd)$/, "binance-coinm", (base, quote) => `${base}${quote}_PERP`],
  ["binance", /^(\w+?)(usdt|usdc|busd)$/, "binance-usdm", (base, quote) => `${base}${quote}`],
  ["bybit", /^(\w+?)(usdt|usd)$/, "bybit", (base, quote) => `${base}${quote}`],
  ["dydx", /^(\w+?)(usd)$/, "dydx", (base, quote) => `${base}-${quote}`],
];

function perpetualOf(market: string, symbol: string): LeanInstrument | undefined {
  for (const [known, pattern, venue, name] of PERPETUALS) {
    const [, base = "", quote = ""] = known === market ? (pattern.exec(symbol) ?? []) : [];
    if (base !== "") return { venue, symbol: name(base, quote).toUpperCase() };
  }
  return undefined;
}

/**
 * Which instrument a file is of: as the user says (both of --venue and --symbol), or as its name does for the perpetuals that Lean
 * publishes. Throws ConfigError naming the flags otherwise, and DataError for what cannot name an instrument.
 */
export function leanInstrument(fileName: string, name: LeanName, hints: ReadHints): LeanInstrument {
  if (hints.venue !== undefined && hints.symbol !== undefined) {
    const { venue, symbol } = hints;
    if (isInstrumentName(venue, symbol)) return { venue, symbol };
    throw new DataError(`${venue}:${symbol} cannot be the name of an instrument`);
  }
  const market = hints.venue ?? name.market;
  const symbol = hints.symbol?.toLowerCase() ?? name.symbol;
  const found =
    market === undefined || symbol === undefined ? undefined : perpetualOf(market, symbol);
  if (found !== undefined) return found;
  throw new ConfigError(`${fileName}: its name does not say which instrument it is of`, {
    hints: ["Name it with --venue and --symbol, e.g. --venue binance-usdm --symbol BTCUSDT."],
  });
}
