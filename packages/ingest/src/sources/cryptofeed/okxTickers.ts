import type { Decimal } from "@aftershock/schema";
import type { RawRow } from "../../source.ts";
import {
  arrayField,
  countField,
  isArray,
  optionalReal,
  priceOf,
  sizeOf,
  timeField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import type { CapturedMessage } from "./venueCapture.ts";

/** One side of a best price. */
interface QuoteSide {
  readonly price: Decimal | undefined;
  readonly size: Decimal | undefined;
}

const NO_QUOTE: QuoteSide = { price: undefined, size: undefined };

const optionalTime = (data: JsonObject, name: string): number | undefined =>
  data[name] === undefined || data[name] === "" ? undefined : timeField(data, name, "millis");

/** `bidPx`, `bidSz`: empty where nobody quotes. */
function tickerSide(data: JsonObject, side: "bid" | "ask"): QuoteSide {
  const [price, size] = [data[`${side}Px`], data[`${side}Sz`]];
  if (price === "" || price === undefined) return NO_QUOTE;
  return { price: priceOf(price, `${side}Px`), size: sizeOf(size, `${side}Sz`) };
}

/** The first level of a list of one or none. */
function levelSide(data: JsonObject, name: "bids" | "asks"): QuoteSide {
  const [level] = arrayField(data, name);
  if (level === undefined) return NO_QUOTE;
  if (!isArray(level)) throw wrongField(`a level of ${name}`, level, "a list");
  const [price, size] = level;
  return { price: priceOf(price, `a price of ${name}`), size: sizeOf(size, `a size of ${name}`) };
}

/** The best bid and ask: of a ticker (`last`), or of `bbo-tbt`. Throws DataError for a bad field. */
export function readOkxQuote(
  { tsRecv, line }: CapturedMessage,
  data: JsonObject,
  { last }: { readonly last: boolean },
): RawRow<"quotes"> {
  const bid = last ? tickerSide(data, "bid") : levelSide(data, "bids");
  const ask = last ? tickerSide(data, "ask") : levelSide(data, "asks");
  return {
    tsEvent: timeField(data, "ts", "millis"),
    tsRecv,
    line: line.number,
    bidPrice: bid.price,
    bidSize: bid.size,
    askPrice: ask.price,
    askSize: ask.size,
    updateId: data["seqId"] === undefined ? undefined : countField(data, "seqId"),
  };
}

/**
 * What the channels of an instrument's state say, each its part: `last`, `markPx`, `idxPx`, the funding rate with the time at
 * which it is exchanged, and the open interest in contracts. Throws DataError for a bad field.
 */
export function readOkxTicker(
  { tsRecv, line }: CapturedMessage,
  data: JsonObject,
): RawRow<"tickers"> {
  return {
    tsEvent: optionalTime(data, "ts"),
    tsRecv,
    line: line.number,
    lastPrice: optionalReal(data, "last"),
    markPrice: optionalReal(data, "markPx"),
    indexPrice: optionalReal(data, "idxPx"),
    fundingRate: optionalReal(data, "fundingRate"),
    predictedFundingRate: optionalReal(data, "nextFundingRate"),
    fundingTime: optionalTime(data, "fundingTime"),
    openInterest: optionalReal(data, "oi"),
  };
}
