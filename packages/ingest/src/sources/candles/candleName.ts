import { ConfigError, isInstrumentName } from "@aftershock/schema";
import type { ReadHints } from "../../source.ts";
import { intervalInName, parseInterval } from "../read/barInterval.ts";

/** What the bars of a file are of: trades, or another price of the same symbol. */
const SERIES: Readonly<Record<string, string | undefined>> = {
  mark: "mark",
  index: "index",
  premiumIndex: "premium",
};

/** What the name of a file says. */
export interface CandleName {
  readonly base: string | undefined;
  readonly quote: string | undefined;
  /** The currency that a derivative settles in; absent for spot. */
  readonly settle: string | undefined;
  /** Length of a bar, µs. */
  readonly interval: number | undefined;
  /** `mark`, `index`, `premium`; undefined for bars of trades. */
  readonly series: string | undefined;
  /** Rates, not bars: as a fraction, or in percent. */
  readonly funding: "fraction" | "percent" | undefined;
}

/** `BTC_USDT-1m.json`, `BTC_USDT_USDT-8h-mark.json`: freqtrade's. */
const FREQTRADE =
  /^([A-Z0-9]+)_([A-Z0-9]+)(?:_([A-Z0-9]+))?-(\d+[smhdwM])(?:-(futures|mark|index|premiumIndex|funding_rate))?\.json\b/;
const PERCENT_FUNDING = /^funding_rate_([a-z0-9]+)[_.]/;
/** `eth_usd_10m.json`, `btc-perp-1m-….csv`. */
const PLAIN = /^([A-Za-z0-9]+)[-_]([A-Za-z]{3,5})[-_]\d+[smhdw][-_.]/;

const NOTHING: CandleName = {
  base: undefined,
  quote: undefined,
  settle: undefined,
  interval: undefined,
  series: undefined,
  funding: undefined,
};

/** True for a name that freqtrade gives its files of bars. */
export const isFreqtradeName = (name: string): boolean => FREQTRADE.test(name);

/** True for the name of a file of funding rates in percent. */
export const isPercentFundingName = (name: string): boolean => PERCENT_FUNDING.test(name);

/** Reads a file's name; what it does not say is undefined. */
export function readCandleName(name: string): CandleName {
  const freqtrade = FREQTRADE.exec(name);
  if (freqtrade !== null) {
    const [, base, quote, settle, interval = "", type = ""] = freqtrade;
    const funding = type === "funding_rate" ? "fraction" : undefined;
    const series = Object.hasOwn(SERIES, type) ? SERIES[type] : undefined;
    return { base, quote, settle, interval: parseInterval(interval), series, funding };
  }
  const [, coin] = PERCENT_FUNDING.exec(name) ?? [];
  if (coin !== undefined) return { ...NOTHING, base: coin.toUpperCase(), funding: "percent" };
  const [, base, quote] = PLAIN.exec(name) ?? [];
  const interval = intervalInName(name);
  return { ...NOTHING, interval, base: base?.toUpperCase(), quote: quote?.toUpperCase() };
}

/** A file's instrument, without the series. */
export interface CandleInstrument {
  readonly venue: string;
  readonly symbol: string;
}

/** How venues write what trades on them, and whether that is spot. */
const SPELLINGS: readonly (readonly [
  venue: string,
  market: "spot" | "derivative",
  symbol: (base: string, quote: string) => string,
])[] = [
  ["binance", "spot", (base, quote) => `${base}${quote}`],
  ["binance-usdm", "derivative", (base, quote) => `${base}${quote}`],
  ["binance-coinm", "derivative", (base, quote) => `${base}${quote}_PERP`],
  ["bybit", "derivative", (base, quote) => `${base}${quote}`],
  ["bybit-spot", "spot", (base, quote) => `${base}${quote}`],
  ["okex", "spot", (base, quote) => `${base}-${quote}`],
  ["okex-swap", "derivative", (base, quote) => `${base}-${quote}-SWAP`],
  ["kucoin", "spot", (base, quote) => `${base}-${quote}`],
  ["hyperliquid", "derivative", (base) => base],
];

function venueOf(fileName: string, name: CandleName, hints: ReadHints): string {
  const { venue } = hints;
  if (venue === undefined) {
    throw new ConfigError(`${fileName}: nothing in it says which venue it is of`, {
      hints: ["Say it with --venue, e.g. --venue binance."],
    });
  }
  const known = SPELLINGS.find(([other]) => other === venue);
  const market = name.settle === undefined ? "spot" : "derivative";
  if (known === undefined || !isFreqtradeName(fileName) || known[1] === market) return venue;
  const others = SPELLINGS.filter(([, kind]) => kind === market).map(([other]) => other);
  throw new ConfigError(
    `${fileName}: is of ${market === "spot" ? "a spot market" : "futures"} by its name, and ${venue} is not`,
    { hints: [`Name the market with --venue: ${others.join(", ")} or another.`] },
  );
}

/**
 * Which instrument a file is of: the venue as the user says, the symbol as the user says or as the name does, spelled as the venue
 * spells it. Throws ConfigError naming the flag that is missing.
 */
export function candleInstrument(
  fileName: string,
  name: CandleName,
  hints: ReadHints,
): CandleInstrument {
  const venue = venueOf(fileName, name, hints);
  const spelling = SPELLINGS.find(([known]) => known === venue)?.[2];
  const { base, quote } = name;
  const named = base === undefined || quote === undefined ? undefined : spelling?.(base, quote);
  const symbol = hints.symbol ?? named;
  if (symbol === undefined) {
    throw new ConfigError(`${fileName}: its name does not say how ${venue} calls the instrument`, {
      hints: ["Say it with --symbol, as the venue writes it, e.g. --symbol BTCUSDT."],
    });
  }
  if (isInstrumentName(venue, symbol)) return { venue, symbol };
  throw new ConfigError(`${venue}:${symbol} cannot be the name of an instrument`, {
    hints: ["A venue is lower case; in a symbol, write - for / and :."],
  });
}
