import { CALL, PUT } from "@aftershock/schema";
import { DateTime } from "luxon";
import type { RawRow, RowSink } from "../../source.ts";
import { optionalReal, priceOf, sizeOf, timeField, type JsonObject } from "../read/jsonFields.ts";
import type { CapturedMessage } from "./venueCapture.ts";

/** What an option's name says. */
export interface BitcomOptionName {
  /** The instrument that all options of its coin are recorded as, e.g. `BTC-OPTIONS`. */
  readonly chain: string;
  readonly strike: number;
  /** µs. */
  readonly expiry: number;
  readonly right: typeof CALL | typeof PUT;
}

const OPTION = /^([A-Z0-9]+(?:-USD[TC]?)?)-(\d{1,2})([A-Z]{3})(\d{2})-(\d+(?:\.\d+)?)-([CP])$/;

const MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");

/** Options expire at 08:00 UTC: the marks recorded on 2021-12-10 agree with Black-76 to that time within a minute. */
const EXPIRY_HOUR = 8;

/** Reads a name like `BTC-31DEC21-60000-P`. Undefined for what is no option. */
export function readBitcomOptionName(symbol: string): BitcomOptionName | undefined {
  const [, coin = "", day, month = "", year, strike, right] = OPTION.exec(symbol) ?? [];
  if (coin === "") return undefined;
  const monthNumber = MONTHS.indexOf(month) + 1;
  const at = DateTime.utc(2_000 + Number(year), monthNumber, Number(day), EXPIRY_HOUR);
  if (!at.isValid) return undefined;
  return {
    chain: `${coin}-OPTIONS`,
    strike: Number(strike),
    expiry: at.toMillis() * 1_000,
    right: right === "C" ? CALL : PUT,
  };
}

/** Empty, or 0: nobody quotes, or nothing was traded. */
function quoted<T>(
  data: JsonObject,
  name: string,
  read: (value: unknown, name: string) => T,
): T | undefined {
  const value = data[name];
  const absent = value === undefined || value === null || value === "" || Number(value) === 0;
  return absent ? undefined : read(value, name);
}

const touchOf = (data: JsonObject) => ({
  bidPrice: quoted(data, "best_bid", priceOf),
  bidSize: quoted(data, "best_bid_qty", sizeOf),
  askPrice: quoted(data, "best_ask", priceOf),
  askSize: quoted(data, "best_ask_qty", sizeOf),
});

function optionRow(data: JsonObject, symbol: string, name: BitcomOptionName) {
  const underlying = data["underlying_name"];
  return {
    optionSymbol: symbol,
    right: name.right,
    strike: name.strike,
    expiry: name.expiry,
    ...touchOf(data),
    lastPrice: optionalReal(data, "last_price"),
    markPrice: optionalReal(data, "mark_price"),
    bidIv: optionalReal(data, "bid_sigma"),
    askIv: optionalReal(data, "ask_sigma"),
    markIv: optionalReal(data, "sigma"),
    underlying: typeof underlying === "string" && underlying !== "" ? underlying : undefined,
    underlyingPrice: optionalReal(data, "underlying_price"),
    indexPrice: optionalReal(data, "index_price"),
    delta: optionalReal(data, "delta"),
    gamma: optionalReal(data, "gamma"),
    vega: optionalReal(data, "vega"),
    theta: optionalReal(data, "theta"),
    openInterest: optionalReal(data, "open_interest"),
    flags: 0,
  } satisfies Omit<RawRow<"options">, "line">;
}

/**
 * Writes a ticker: one row of `options` for an option, which ends no picture of its chain; for other instruments a row of `tickers` and one
 * of `quotes`. Throws DataError when a field is bad.
 */
export function writeBitcomTicker(
  sink: RowSink,
  venue: string,
  symbol: string,
  data: JsonObject,
  { line, tsRecv }: CapturedMessage,
): void {
  const common = { tsEvent: timeField(data, "time", "millis"), tsRecv, line: line.number };
  const option = readBitcomOptionName(symbol);
  if (option !== undefined) {
    sink.row("options", venue, option.chain, { ...common, ...optionRow(data, symbol, option) });
    return;
  }
  const quote: RawRow<"quotes"> = { ...common, ...touchOf(data) };
  const ticker: RawRow<"tickers"> = {
    ...common,
    markPrice: optionalReal(data, "mark_price"),
    indexPrice: optionalReal(data, "index_price"),
    lastPrice: optionalReal(data, "last_price"),
    fundingRate: optionalReal(data, "funding_rate"),
    openInterest: optionalReal(data, "open_interest"),
  };
  sink.row("quotes", venue, symbol, quote);
  sink.row("tickers", venue, symbol, ticker);
}
