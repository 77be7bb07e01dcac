import type { Decimal } from "@aftershock/schema";
import type { RawRow } from "../../source.ts";
import { optionalReal, priceOf, sizeOf, timeField, type JsonObject } from "../read/jsonFields.ts";
import type { CapturedMessage } from "./venueCapture.ts";

/** A price that is absent, null or 0 where nobody quotes. */
function optionalPrice(data: JsonObject, name: string): Decimal | undefined {
  const value = data[name];
  if (value === undefined || value === null) return undefined;
  const price = sizeOf(value, name);
  return price.mantissa === 0 ? undefined : priceOf(value, name);
}

const optionalSize = (data: JsonObject, name: string): Decimal | undefined =>
  data[name] === undefined || data[name] === null ? undefined : sizeOf(data[name], name);

/** `time` of a `ticker`; `ticker_lite` has none. */
const timeOf = (data: JsonObject): number | undefined =>
  data["time"] === undefined ? undefined : timeField(data, "time", "millis");

/** The best bid and ask of `ticker` or `ticker_lite`; the latter says no sizes. Throws DataError for a bad field. */
export function readKrakenFuturesQuote(
  { tsRecv, line }: CapturedMessage,
  data: JsonObject,
): RawRow<"quotes"> {
  const [bidPrice, askPrice] = [optionalPrice(data, "bid"), optionalPrice(data, "ask")];
  return {
    tsEvent: timeOf(data),
    tsRecv,
    line: line.number,
    bidPrice,
    bidSize: bidPrice && optionalSize(data, "bid_size"),
    askPrice,
    askSize: askPrice && optionalSize(data, "ask_size"),
  };
}

/**
 * What a `ticker` says beside the best prices; undefined for a `ticker_lite`. Funding rates are the relative ones, a fraction of
 * notional: `funding_rate` itself is in currency. Throws DataError for a bad field.
 */
export function readKrakenFuturesTicker(
  { tsRecv, line }: CapturedMessage,
  data: JsonObject,
): RawRow<"tickers"> | undefined {
  if (data["feed"] !== "ticker") return undefined;
  // Dated futures exchange no funding.
  const funded = Boolean(data["next_funding_rate_time"]);
  return {
    tsEvent: timeOf(data),
    tsRecv,
    line: line.number,
    markPrice: optionalReal(data, "markPrice"),
    indexPrice: optionalReal(data, "index"),
    lastPrice: optionalReal(data, "last"),
    fundingRate: optionalReal(data, "relative_funding_rate"),
    predictedFundingRate: optionalReal(data, "relative_funding_rate_prediction"),
    fundingTime: funded ? timeField(data, "next_funding_rate_time", "millis") : undefined,
    openInterest: optionalReal(data, "openInterest"),
  };
}
