import { ASK, BID, BUY, METHOD_MARKET, PRICE_FILL, SELL } from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import { FUTURES as VENUE, krakenTerms } from "../kraken/krakenPairs.ts";
import {
  arrayField,
  choiceField,
  countField,
  isObject,
  parseJson,
  priceOf,
  sizeOf,
  textField,
  timeField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { writeBook, type BookLevel, type BookMessage } from "../read/bookMessage.ts";
import { capturedSymbol } from "./capturedFields.ts";
import { readKrakenFuturesQuote, readKrakenFuturesTicker } from "./krakenFuturesTickers.ts";
import { settle, type Outcome } from "./outcome.ts";
import type { CapturedMessage, CapturedVenue, VenueCapture } from "./venueCapture.ts";

function readLevel(level: unknown, side: BookLevel["side"]): BookLevel {
  if (!isObject(level)) throw wrongField("a level", level, "an object");
  return {
    side,
    price: priceOf(level["price"], "a level's price"),
    size: sizeOf(level["qty"], "a level's qty"),
  };
}

const received = (
  { tsRecv, line }: CapturedMessage,
  data: JsonObject,
): Pick<BookMessage, "tsEvent" | "tsRecv" | "line" | "updateId"> => ({
  tsEvent: timeField(data, "timestamp", "millis"),
  tsRecv,
  line: line.number,
  updateId: countField(data, "seq"),
});

const readSnapshot = (message: CapturedMessage, data: JsonObject): BookMessage => ({
  ...received(message, data),
  snapshot: true,
  levels: [
    ...arrayField(data, "bids").map((level) => readLevel(level, BID)),
    ...arrayField(data, "asks").map((level) => readLevel(level, ASK)),
  ],
});

/** A change of one level. Every message of a product's book has the sequence of the one before it plus one. */
const readChange = (message: CapturedMessage, data: JsonObject): BookMessage => ({
  ...received(message, data),
  prevUpdateId: Math.max(countField(data, "seq") - 1, 0),
  snapshot: false,
  levels: [
    readLevel(
      data,
      choiceField(data, "side", [
        ["buy", BID],
        ["sell", ASK],
      ]),
    ),
  ],
});

const readTrade = ({ tsRecv, line }: CapturedMessage, data: JsonObject): RawRow<"trades"> => ({
  tsEvent: timeField(data, "time", "millis"),
  tsRecv,
  line: line.number,
  tradeId: textField(data, "uid"),
  side: choiceField(data, "side", [
    ["buy", BUY],
    ["sell", SELL],
  ]),
  price: priceOf(data["price"], "price"),
  size: sizeOf(data["qty"], "qty"),
});

/** One connection to Kraken Futures, messages of version 1. */
class KrakenFuturesCapture implements VenueCapture {
  private readonly sink: RowSink;

  constructor(sink: RowSink) {
    this.sink = sink;
  }

  take(message: CapturedMessage): void {
    const data = parseJson(message.text);
    if (!isObject(data)) throw wrongField("the message", data, "an object");
    const event = data["event"];
    settle(this.sink, message.line, [
      typeof event === "string" ? `event ${event.slice(0, 40)}` : this.read(message, data),
    ]);
  }

  private read(message: CapturedMessage, data: JsonObject): Outcome {
    const feed = textField(data, "feed");
    switch (feed) {
      case "book_snapshot":
        return this.book(data, readSnapshot(message, data));
      case "book":
        return this.book(data, readChange(message, data));
      case "trade_snapshot":
        return "trades from before the subscription";
      case "trade":
        return this.readTrade(message, data);
      case "ticker":
      case "ticker_lite":
        return this.readTicker(message, data);
      default:
        return `feed ${feed.slice(0, 40)}`;
    }
  }

  private book(data: JsonObject, book: BookMessage): Outcome {
    const symbol = capturedSymbol(data["product_id"], "product_id");
    return () => writeBook(this.sink, VENUE, symbol, book);
  }

  /** `type` is what the taker's order was. Assignments, terminations and blocks happen off the book at prices of their own. */
  private readTrade(message: CapturedMessage, data: JsonObject): Outcome {
    const symbol = capturedSymbol(data["product_id"], "product_id");
    const trade = readTrade(message, data);
    const type = textField(data, "type");
    if (type !== "fill" && type !== "liquidation") {
      return `trade off the book (${type.slice(0, 40)})`;
    }
    return () => {
      this.sink.row("trades", VENUE, symbol, trade);
      if (type !== "liquidation") return;
      const { tradeId: liquidationId, ...print } = trade;
      const how = { method: METHOD_MARKET, priceKind: PRICE_FILL };
      this.sink.row("liquidations", VENUE, symbol, { ...print, liquidationId, ...how });
    };
  }

  private readTicker(message: CapturedMessage, data: JsonObject): Outcome {
    const symbol = capturedSymbol(data["product_id"], "product_id");
    const quote = readKrakenFuturesQuote(message, data);
    const ticker = readKrakenFuturesTicker(message, data);
    return () => {
      this.sink.row("quotes", VENUE, symbol, quote);
      if (ticker !== undefined) this.sink.row("tickers", VENUE, symbol, ticker);
    };
  }
}

/**
 * Kraken Futures (`kraken-futures`, once Crypto Facilities), messages of version 1. The venue's clocks are in milliseconds; sizes
 * of the inverse contracts (`PI_`, `FI_`) are in USD.
 *
 * | feed | rows | tsEvent |
 * |---|---|---|
 * | `book_snapshot`, `book` | `book`, chained by `seq`, which grows by one a message and product | `timestamp` |
 * | `trade` | `trades` of type `fill` and `liquidation`; the latter `liquidations` too: `type` is that of the taker's order | `time` |
 * | `ticker_lite` | `quotes` without sizes | none |
 * | `ticker` | `quotes`, and `tickers` | `time` |
 *
 * `trade_snapshot` tells of trades from before the subscription and is skipped. Source: docs.futures.kraken.com, "WebSocket:
 * public feeds", 2021.
 */
export const krakenFutures: CapturedVenue = {
  hosts: ["futures.kraken.com"],
  fileName: "KRAKEN_FUTURES",
  open: (sink) => new KrakenFuturesCapture(sink),
  terms: (venue, symbol, at) => (venue === VENUE ? krakenTerms(venue, symbol, at) : undefined),
};
