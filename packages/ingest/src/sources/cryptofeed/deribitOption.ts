import { MESSAGE_END } from "@aftershock/schema";
import type { RawRow } from "../../source.ts";
import { fractionOf, type OptionName } from "../deribit/deribitMarket.ts";
import { isObject, optionalReal, timeField, type JsonObject } from "../read/jsonFields.ts";
import { readDeribitTouch } from "./deribitTickers.ts";
import type { CapturedMessage } from "./venueCapture.ts";

function optionalText(data: JsonObject, name: string): string | undefined {
  const value = data[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Implied volatilities are sent in percent, and as 0 where none gives the premium: one below what exercise would pay. */
function volatility(data: JsonObject, name: string): number | undefined {
  const percent = optionalReal(data, name);
  return percent === undefined || percent === 0 ? undefined : fractionOf(percent);
}

/**
 * A ticker of an option: premiums in coin, volatilities as fractions, Greeks in the venue's units (vega a volatility point, theta
 * a day, rho 1 % of interest, all in USD). A side that nobody quotes has no volatility. Throws DataError for a bad field.
 */
export function readDeribitOption(
  { tsRecv, line }: CapturedMessage,
  data: JsonObject,
  { symbol, right, strike, expiry }: OptionName & { readonly symbol: string },
): RawRow<"options"> {
  const touch = readDeribitTouch(data);
  const greeks = isObject(data["greeks"]) ? data["greeks"] : {};
  return {
    tsEvent: timeField(data, "timestamp", "millis"),
    tsRecv,
    line: line.number,
    optionSymbol: symbol,
    right,
    strike,
    expiry,
    ...touch,
    bidIv: touch.bidPrice && volatility(data, "bid_iv"),
    askIv: touch.askPrice && volatility(data, "ask_iv"),
    lastPrice: optionalReal(data, "last_price"),
    markPrice: optionalReal(data, "mark_price"),
    markIv: volatility(data, "mark_iv"),
    underlying: optionalText(data, "underlying_index"),
    underlyingPrice: optionalReal(data, "underlying_price"),
    indexPrice: optionalReal(data, "index_price"),
    delta: optionalReal(greeks, "delta"),
    gamma: optionalReal(greeks, "gamma"),
    vega: optionalReal(greeks, "vega"),
    theta: optionalReal(greeks, "theta"),
    rho: optionalReal(greeks, "rho"),
    openInterest: optionalReal(data, "open_interest"),
    flags: MESSAGE_END,
  };
}
