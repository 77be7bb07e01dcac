import { BUY, METHOD_MARKET, NO_SIDE, PRICE_LIMIT, SELL, type Decimal } from "@aftershock/schema";
import type { RawRow } from "../../source.ts";
import {
  choiceField,
  isoField,
  optionalReal,
  priceOf,
  realOf,
  sizeOf,
  textField,
  type JsonObject,
} from "../read/jsonFields.ts";
import type { CapturedMessage } from "./venueCapture.ts";

const SIDES = [
  ["Buy", BUY],
  ["Sell", SELL],
] as const;

/** What is no match of two orders has this id. */
const NO_MATCH = "00000000-0000-0000-0000-000000000000";

const received = ({ tsRecv, line }: CapturedMessage): { tsRecv: number; line: number } => ({
  tsRecv,
  line: line.number,
});

/** A trade; `side` is the taker's, empty where there is none. Throws DataError for a bad field, as all of these do. */
export const readBitmexTrade = (message: CapturedMessage, row: JsonObject): RawRow<"trades"> => ({
  ...received(message),
  tsEvent: isoField(row, "timestamp"),
  tradeId: row["trdMatchID"] === NO_MATCH ? undefined : textField(row, "trdMatchID"),
  side: choiceField(row, "side", [...SIDES, ["", NO_SIDE]]),
  price: priceOf(row["price"], "price"),
  size: sizeOf(row["size"], "size"),
});

/** A print of an index among the trades. */
export const readBitmexIndex = (message: CapturedMessage, row: JsonObject): RawRow<"tickers"> => ({
  ...received(message),
  tsEvent: isoField(row, "timestamp"),
  indexPrice: realOf(row["price"], "price"),
});

/** No price, or a size of 0, says that nobody quotes on this side. */
function quoteSide(row: JsonObject, side: "bid" | "ask"): readonly [Decimal?, Decimal?] {
  const price = row[`${side}Price`];
  if (price === undefined || price === null) return [];
  const size = sizeOf(row[`${side}Size`], `${side}Size`);
  return size.mantissa === 0 ? [] : [priceOf(price, `${side}Price`), size];
}

/** Best bid and ask. */
export function readBitmexQuote(message: CapturedMessage, row: JsonObject): RawRow<"quotes"> {
  const [bidPrice, bidSize] = quoteSide(row, "bid");
  const [askPrice, askSize] = quoteSide(row, "ask");
  const tsEvent = isoField(row, "timestamp");
  return { ...received(message), tsEvent, bidPrice, bidSize, askPrice, askSize };
}

/** A forced order as it comes into the book: its limit price and what is open of it. The venue sends no time with it. */
export const readBitmexLiquidation = (
  message: CapturedMessage,
  row: JsonObject,
): RawRow<"liquidations"> => ({
  ...received(message),
  liquidationId: textField(row, "orderID"),
  side: choiceField(row, "side", SIDES),
  price: priceOf(row["price"], "price"),
  size: sizeOf(row["leavesQty"], "leavesQty"),
  method: METHOD_MARKET,
  priceKind: PRICE_LIMIT,
});

/** A funding rate that was exchanged at `timestamp`. */
export const readBitmexFunding = (
  message: CapturedMessage,
  row: JsonObject,
): RawRow<"tickers"> => ({
  ...received(message),
  tsEvent: isoField(row, "timestamp"),
  fundingRate: optionalReal(row, "fundingRate"),
  fundingTime: isoField(row, "timestamp"),
});
