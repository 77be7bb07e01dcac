import {
  BUY,
  DataError,
  METHOD_MARKET,
  PRICE_FILL,
  PRICE_LIMIT,
  SELL,
  toSteps,
  type StreamName,
} from "@aftershock/schema";
import { terms as instrumentTerms } from "../../catalogue/instruments.ts";
import type { RawRow, RowSink } from "../../source.ts";
import {
  choiceField,
  countField,
  isObject,
  optionalReal,
  optionalTime,
  priceOf,
  sizeOf,
  symbolField,
  timeField,
} from "./binanceFields.ts";
import {
  futuresVenue,
  unread,
  type BinanceMessage,
  type BinanceVenue,
  type Received,
  type TradeMessage,
} from "./binanceMessage.ts";

const row = <S extends StreamName>(
  stream: S,
  venue: BinanceVenue,
  symbol: string,
  values: RawRow<S>,
): BinanceMessage => ({
  kind: "row",
  stream,
  venue,
  symbol,
  write: (sink) => sink.row(stream, venue, symbol, values),
});

/** Best bid and ask. Spot sends no clock with them; a side without orders is sent with size 0. */
export function readQuote({ data, tsRecv, line }: Received): BinanceMessage {
  const symbol = symbolField(data, "s");
  const bidSize = sizeOf(data["B"], "B");
  const askSize = sizeOf(data["A"], "A");
  const hasBid = bidSize.mantissa > 0;
  const hasAsk = askSize.mantissa > 0;
  const venue = data["e"] === undefined ? "binance" : futuresVenue(data, symbol);
  return row("quotes", venue, symbol, {
    tsEvent: optionalTime(data, "T") ?? optionalTime(data, "E"),
    tsRecv,
    line,
    bidPrice: hasBid ? priceOf(data["b"], "b") : undefined,
    bidSize: hasBid ? bidSize : undefined,
    askPrice: hasAsk ? priceOf(data["a"], "a") : undefined,
    askSize: hasAsk ? askSize : undefined,
    updateId: countField(data, "u"),
  });
}

/**
 * A trade, or an aggregate of the trades of one taker order at one price. `m` says that the buyer was the maker: the taker sold.
 * Spot alone sends `M`. Futures trades of a type (`X`) other than MARKET are hand-overs to the insurance fund and
 * auto-deleveraging: they happen off the book at the bankruptcy price, and no field says whose side was forced.
 */
export function readTrade(
  { data, tsRecv, line }: Received,
  feed: TradeMessage["feed"],
): BinanceMessage {
  const symbol = symbolField(data, "s");
  const type = data["X"];
  if (type !== undefined && type !== "MARKET") {
    return unread(`trade off the book (${JSON.stringify(type).slice(0, 40)})`);
  }
  const venue = data["M"] === undefined ? futuresVenue(data, symbol) : "binance";
  const values: RawRow<"trades"> = {
    tsEvent: timeField(data, "T"),
    tsRecv,
    line,
    tradeId: String(countField(data, feed === "trade" ? "t" : "a")),
    side: choiceField(data, "m", [
      [true, SELL],
      [false, BUY],
    ]),
    price: priceOf(data["p"], "p"),
    size: sizeOf(data["q"], "q"),
  };
  if (values.size.mantissa === 0) throw new DataError("q is 0: a trade of nothing");
  const write = (sink: RowSink): void => sink.row("trades", venue, symbol, values);
  return { kind: "trade", venue, symbol, feed, write };
}

/** Mark and index price, and the funding rate (a fraction) with the time at which it is next exchanged; quarterlies have none. */
export function readMark({ data, tsRecv, line }: Received): BinanceMessage {
  const symbol = symbolField(data, "s");
  const markPrice = optionalReal(data, "p");
  if (markPrice === undefined) throw new DataError("p is missing: a mark price without a price");
  const fundingTime = data["T"] === 0 ? undefined : optionalTime(data, "T");
  return row("tickers", futuresVenue(data, symbol), symbol, {
    tsEvent: timeField(data, "E"),
    tsRecv,
    line,
    markPrice,
    indexPrice: optionalReal(data, "i"),
    fundingRate: fundingTime === undefined ? undefined : optionalReal(data, "r"),
    fundingTime,
  });
}

/**
 * A forced order; Binance publishes at most one per symbol and second. `S` is the order's own side, `z` what was filled of it. Of
 * a filled order, the average fill price `ap` is kept where it lies on the instrument's known price grid, as it does when one
 * price filled it; otherwise the order's limit price `p`, and `priceKind` says which. Sizes are exact, so notionals at `p` are
 * off by the distance between limit and fill.
 */
export function readForcedOrder({ data, tsRecv, line }: Received): BinanceMessage {
  const order = data["o"];
  if (!isObject(order)) throw new DataError("o is not an object: a forced order without an order");
  const symbol = symbolField(order, "s");
  const venue = futuresVenue(order, symbol);
  const size = sizeOf(order["z"], "z");
  if (size.mantissa === 0) return unread("forced order without a fill");
  const tsEvent = optionalTime(order, "T") ?? timeField(data, "E");
  const average = sizeOf(order["ap"], "ap");
  const { tick } = instrumentTerms(venue, symbol, tsEvent);
  const onGrid = tick !== undefined && toSteps(average, tick) !== undefined;
  const filled = order["X"] === "FILLED" && average.mantissa > 0 && onGrid;
  return row("liquidations", venue, symbol, {
    tsEvent,
    tsRecv,
    line,
    side: choiceField(order, "S", [
      ["BUY", BUY],
      ["SELL", SELL],
    ]),
    price: filled ? average : priceOf(order["p"], "p"),
    size,
    method: METHOD_MARKET,
    priceKind: filled ? PRICE_FILL : PRICE_LIMIT,
  });
}
