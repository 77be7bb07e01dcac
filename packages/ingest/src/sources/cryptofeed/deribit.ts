import { ASK, BID, BUY, METHOD_MARKET, PRICE_FILL, SELL } from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import { deribitTerms, optionName, VENUE } from "../deribit/deribitMarket.ts";
import {
  arrayField,
  choiceField,
  countField,
  isArray,
  isObject,
  objectField,
  optionalReal,
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
import { DeribitBulk } from "./deribitBulk.fast.ts";
import { readDeribitQuote, readDeribitTicker } from "./deribitTickers.ts";
import { readDeribitOption } from "./deribitOption.ts";
import { FirstFeed } from "./firstFeed.ts";
import { settle, type Outcome } from "./outcome.ts";
import type { BulkCapture, CapturedMessage, CapturedVenue, VenueCapture } from "./venueCapture.ts";

/** `["new" | "change" | "delete", price, amount]`: the amount is absolute, 0 in a delete. */
function readLevel(level: unknown, side: BookLevel["side"]): BookLevel {
  if (!isArray(level)) throw wrongField("a level", level, "a list");
  const [action, price, amount] = level;
  const gone = choiceField({ action }, "action", [
    ["new", false],
    ["change", false],
    ["delete", true],
  ]);
  const size = sizeOf(amount, "a level's amount");
  if (gone !== (size.mantissa === 0)) {
    throw wrongField(`the amount of a level's ${String(action)}`, amount, gone ? "0" : "above 0");
  }
  return { side, price: priceOf(price, "a level's price"), size };
}

function readBook({ tsRecv, line }: CapturedMessage, data: JsonObject): BookMessage {
  const snapshot = choiceField(data, "type", [
    ["snapshot", true],
    ["change", false],
  ]);
  return {
    tsEvent: timeField(data, "timestamp", "millis"),
    tsRecv,
    line: line.number,
    snapshot,
    levels: [
      ...arrayField(data, "bids").map((level) => readLevel(level, BID)),
      ...arrayField(data, "asks").map((level) => readLevel(level, ASK)),
    ],
    updateId: countField(data, "change_id"),
    prevUpdateId: snapshot ? undefined : countField(data, "prev_change_id"),
  };
}

/** A trade, with the sides of the forced orders in it. */
interface DeribitTrade {
  readonly row: RawRow<"trades">;
  readonly markPrice: number | undefined;
  readonly forced: readonly number[];
  readonly block: boolean;
}

/**
 * `direction` is the taker's side. `liquidation` says whose order was forced: the taker's (T), the maker's (M), on the other side,
 * or both (MT).
 */
function readTrade(trade: unknown, { tsRecv, line }: CapturedMessage): DeribitTrade {
  if (!isObject(trade)) throw wrongField("a trade", trade, "an object");
  const side = choiceField(trade, "direction", [
    ["buy", BUY],
    ["sell", SELL],
  ]);
  return {
    row: {
      tsEvent: timeField(trade, "timestamp", "millis"),
      tsRecv,
      line: line.number,
      tradeId: textField(trade, "trade_id"),
      side,
      price: priceOf(trade["price"], "price"),
      size: sizeOf(trade["amount"], "amount"),
    },
    markPrice: optionalReal(trade, "mark_price"),
    forced: choiceField(trade, "liquidation", [
      [undefined, []],
      ["none", []],
      ["T", [side]],
      ["M", [-side]],
      ["MT", [side, -side]],
    ]),
    block: trade["block_trade_id"] !== undefined && trade["block_trade_id"] !== null,
  };
}

/** One connection to Deribit. */
class DeribitCapture implements VenueCapture {
  private readonly sink: RowSink;
  private readonly feeds = new FirstFeed();

  constructor(sink: RowSink) {
    this.sink = sink;
  }

  bulk(sink: RowSink): BulkCapture {
    return new DeribitBulk(sink, VENUE);
  }

  take(message: CapturedMessage): void {
    const read = parseJson(message.text);
    if (!isObject(read)) throw wrongField("the message", read, "an object");
    if (read["method"] === "subscription") {
      const parameters = objectField(read, "params");
      const channel = textField(parameters, "channel");
      settle(this.sink, message.line, [this.read(message, channel, parameters["data"])]);
    } else if (read["method"] === "heartbeat") this.sink.skip(message.line, "heartbeat");
    else if (read["result"] !== undefined || read["error"] !== undefined) {
      this.sink.skip(message.line, "reply to a request");
    } else throw wrongField("method", read["method"], '"subscription"');
  }

  private read(message: CapturedMessage, channel: string, data: unknown): Outcome {
    const [kind = ""] = channel.split(".", 1);
    if (kind === "trades") {
      if (!isArray(data)) throw wrongField("data", data, "a list of trades");
      return this.readTrades(message, data);
    }
    if (kind !== "book" && kind !== "ticker" && kind !== "quote") {
      return `channel ${kind.slice(0, 40)}`;
    }
    if (!isObject(data)) throw wrongField("data", data, "an object");
    const symbol = capturedSymbol(data["instrument_name"], "instrument_name");
    if (kind === "book") return this.readBook(message, symbol, data);
    return this.readTicker(message, symbol, { kind, data });
  }

  private readBook(message: CapturedMessage, symbol: string, data: JsonObject): Outcome {
    if (data["type"] === undefined) return "book in groups of prices, without its changes";
    const book = readBook(message, data);
    return () => writeBook(this.sink, VENUE, symbol, book);
  }

  private readTrades(message: CapturedMessage, list: readonly unknown[]): Outcome {
    const trades = list.map((trade) => ({
      symbol: capturedSymbol(isObject(trade) && trade["instrument_name"], "instrument_name"),
      ...readTrade(trade, message),
    }));
    if (trades.length === 0) return "message without content";
    return () => {
      for (const { symbol, row, markPrice, forced, block } of trades) {
        this.sink.row("trades", VENUE, symbol, row);
        if (block) this.sink.note("trades", VENUE, symbol, "blockTrades");
        const { tradeId: liquidationId, ...print } = row;
        const how = { liquidationId, markPrice, method: METHOD_MARKET, priceKind: PRICE_FILL };
        for (const side of forced) {
          this.sink.row("liquidations", VENUE, symbol, { ...print, ...how, side });
        }
      }
    };
  }

  /** A ticker of an option is a row of its chain, which has the best prices; every other is one of `tickers` and of `quotes`. */
  private readTicker(
    message: CapturedMessage,
    symbol: string,
    { kind, data }: { readonly kind: "ticker" | "quote"; readonly data: JsonObject },
  ): Outcome {
    const option = kind === "ticker" ? optionName(symbol) : undefined;
    if (option !== undefined) {
      const row = readDeribitOption(message, data, { symbol, ...option });
      return () => this.sink.row("options", VENUE, symbol, row);
    }
    const quote = readDeribitQuote(message, data);
    const ticker = kind === "ticker" ? readDeribitTicker(message, data) : undefined;
    const refused = this.feeds.refuse("quotes", symbol, kind);
    if (refused !== undefined && ticker === undefined) return refused;
    return () => {
      if (refused === undefined) this.sink.row("quotes", VENUE, symbol, quote);
      if (ticker !== undefined) this.sink.row("tickers", VENUE, symbol, ticker);
    };
  }
}

/**
 * Deribit (`deribit`), messages of version 2. The venue's clock is in milliseconds. Amounts are in USD for inverse futures and
 * perpetuals, in coin for options and linear contracts.
 *
 * | channel | rows | tsEvent |
 * |---|---|---|
 * | `book.*` with changes | `book`, chained by `change_id` and `prev_change_id` | `timestamp` |
 * | `trades.*` | `trades` (block trades among them, noted), and `liquidations` as `liquidation` says | `timestamp` |
 * | `ticker.*` of an option | `options`: each option is an instrument of its own, `BTC-24SEP21-8000-P`, and each row a message | `timestamp` |
 * | `ticker.*` of another instrument | `tickers`, and `quotes` | `timestamp` |
 * | `quote.*` | `quotes` | `timestamp` |
 *
 * Source: docs.deribit.com, "Subscriptions", 2021.
 */
export const deribit: CapturedVenue = {
  hosts: ["www.deribit.com", "streams.deribit.com"],
  fileName: "DERIBIT",
  open: (sink) => new DeribitCapture(sink),
  terms: (venue, symbol, at) => (venue === VENUE ? deribitTerms(venue, symbol, at) : undefined),
};
