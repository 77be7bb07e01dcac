import type { Decimal } from "@aftershock/schema";
import type { RawRow } from "../../source.ts";
import { optionalReal, priceOf, sizeOf, timeField, type JsonObject } from "../read/jsonFields.ts";
import type { CapturedMessage } from "./venueCapture.ts";

/** Best bid and ask; absent where nobody quotes, which Deribit says by a price of 0 or null. */
export interface DeribitTouch {
  readonly bidPrice: Decimal | undefined;
  readonly bidSize: Decimal | undefined;
  readonly askPrice: Decimal | undefined;
  readonly askSize: Decimal | undefined;
}

function touchSide(data: JsonObject, side: "bid" | "ask"): readonly [Decimal?, Decimal?] {
  const name = `best_${side}_price`;
  const value = data[name];
  if (value === undefined || value === null || value === 0) return [];
  return [priceOf(value, name), sizeOf(data[`best_${side}_amount`], `best_${side}_amount`)];
}

/** Reads the best bid and ask. Throws DataError for a bad field. */
export function readDeribitTouch(data: JsonObject): DeribitTouch {
  const [bidPrice, bidSize] = touchSide(data, "bid");
  const [askPrice, askSize] = touchSide(data, "ask");
  return { bidPrice, bidSize, askPrice, askSize };
}

/** The best bid and ask of a `ticker` or `quote`. Throws DataError for a bad field. */
export const readDeribitQuote = (
  { tsRecv, line }: CapturedMessage,
  data: JsonObject,
): RawRow<"quotes"> => ({
  tsEvent: timeField(data, "timestamp", "millis"),
  tsRecv,
  line: line.number,
  ...readDeribitTouch(data),
});

/**
 * What a ticker of a future or perpetual says beside the best prices. The funding rate is `current_funding`, that of eight hours
 * at the present premium: it is exchanged all the time, so there is no funding time. Throws DataError for a bad field.
 */
export const readDeribitTicker = (
  { tsRecv, line }: CapturedMessage,
  data: JsonObject,
): RawRow<"tickers"> => ({
  tsEvent: timeField(data, "timestamp", "millis"),
  tsRecv,
  line: line.number,
  markPrice: optionalReal(data, "mark_price"),
  indexPrice: optionalReal(data, "index_price"),
  lastPrice: optionalReal(data, "last_price"),
  fundingRate: optionalReal(data, "current_funding"),
  openInterest: optionalReal(data, "open_interest"),
});
