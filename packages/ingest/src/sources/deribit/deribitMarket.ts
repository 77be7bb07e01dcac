import { CALL, ConfigError, DataError, isInstrumentName, PUT } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type { InstrumentTerms, ReadHints } from "../../source.ts";
import { textField, type JsonObject } from "../read/jsonFields.ts";
import { parseUtcTime } from "../read/utcTime.ts";

/** The only venue of these files. */
export const VENUE = "deribit";

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const OPTION = /^([A-Z0-9_]+)-(\d{1,2})([A-Z]{3})(\d{2})-(\d+(?:d\d+)?)-([CP])$/;

/** What an option's name says: BTC-27FEB26-68000-P, XRP_USDC-30JUN25-0d625-C. */
export interface OptionName {
  /** All options on one underlying, `BTC-OPTIONS`. */
  readonly chain: string;
  readonly strike: number;
  /** 08:00 UTC of its day, µs. */
  readonly expiry: number;
  readonly right: number;
}

/** Reads an option's name; undefined for that of another instrument. */
export function optionName(symbol: string): OptionName | undefined {
  const [, coin, day = "", month = "", year, strike = "", right] = OPTION.exec(symbol) ?? [];
  const ofYear = String(MONTHS.indexOf(month) + 1).padStart(2, "0");
  const expiry = parseUtcTime(`20${year}-${ofYear}-${day.padStart(2, "0")}T08:00:00`);
  if (coin === undefined || expiry === undefined) return undefined;
  return {
    chain: `${coin}-OPTIONS`,
    strike: Number(strike.replace("d", ".")),
    expiry,
    right: right === "C" ? CALL : PUT,
  };
}

/** The instrument that a record names. */
export function instrumentField(object: JsonObject): string {
  const symbol = textField(object, "instrument_name");
  if (isInstrumentName(VENUE, symbol)) return symbol;
  throw new DataError(`instrument_name is "${symbol.slice(0, 60)}", not the name of an instrument`);
}

const NAMED =
  /(?:^|[_-])([A-Z0-9_]+-(?:PERPETUAL|\d{1,2}[A-Z]{3}\d{2}(?:-[\dd]+-[CP])?))(?![A-Z0-9])/;
const VOLATILITY = /(?:^|[_-])(?:([a-z]{2,5})[_-]?dvol|dvol[_-]([a-z]{2,5}))(?![a-z])/i;

/** The instrument that a file's name says: `BTC-PERPETUAL-candles-1m-2024-08-05.json`, `dvol_btc_daily.json`. */
export function symbolOfName(fileName: string): string | undefined {
  const [, before, after] = VOLATILITY.exec(fileName) ?? [];
  const coin = before ?? after;
  return coin === undefined ? NAMED.exec(fileName)?.[1] : `${coin.toUpperCase()}-DVOL`;
}

/** The instrument of a file whose records name none. Throws ConfigError where neither its name nor the user says it. */
export function fileSymbol(fileName: string, { symbol: given }: ReadHints): string {
  const symbol = symbolOfName(fileName) ?? given;
  if (symbol === undefined) {
    throw new ConfigError(
      `${fileName}: neither its records nor its name say the instrument: --symbol is needed`,
      { hints: ["Add --symbol, e.g. --symbol BTC-PERPETUAL, or BTC-DVOL for a volatility index."] },
    );
  }
  if (isInstrumentName(VENUE, symbol)) return symbol;
  throw new ConfigError(`--symbol ${symbol}: is not the name of an instrument`, {
    hints: ["Write it as Deribit does, e.g. BTC-PERPETUAL."],
  });
}

/** A percentage as a fraction: 55.91 is the double nearest to 0.5591. */
export function fractionOf(percent: number): number {
  // Moving the point in the text avoids the rounding of a division; text with an exponent of its own is divided.
  const shifted = Number(`${percent}e-2`);
  return Number.isNaN(shifted) ? percent / 100 : shifted;
}

const linear = (kind: InstrumentTerms["kind"], base: string, quote: string): InstrumentTerms => ({
  kind,
  contract: "linear",
  multiplier: 1,
  base,
  quote,
  settle: quote,
});

/**
 * What is known of an instrument: the table's word, else what its name leaves no doubt of. Contracts named for two currencies are
 * linear; options named for one pay in it, so that with premiums in coin they are linear with the coin as quote currency.
 */
export function deribitTerms(venue: string, symbol: string, at: number): InstrumentTerms {
  if (symbol.endsWith("-DVOL")) {
    return { kind: "index", contract: "unknown", multiplier: 1, base: "", quote: "", settle: "" };
  }
  const known = terms(venue, symbol, at);
  if (known.contract !== "unknown" || venue !== VENUE) return known;
  const [name = ""] = symbol.split("-", 1);
  const [base = "", quote] = name.split("_");
  if (symbol === name && quote !== undefined) return linear("spot", base, quote);
  if (quote !== undefined) return linear(known.kind, base, quote);
  return optionName(symbol) === undefined ? known : linear("option", base, base);
}
