import { BUY, DataError, SELL } from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import { krakenTerms, SPOT as VENUE } from "../kraken/krakenPairs.ts";
import {
  choiceField,
  isArray,
  isObject,
  parseJson,
  priceOf,
  sizeOf,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { capturedSymbol, OLD_TRADE, secondsOf } from "./capturedFields.ts";
import { FirstFeed } from "./firstFeed.ts";
import { KrakenBook } from "./krakenBook.ts";
import { KrakenBulk } from "./krakenBulk.fast.ts";
import { readKrakenQuote, readKrakenTicker } from "./krakenQuotes.ts";
import type { BulkCapture, CapturedMessage, CapturedVenue, VenueCapture } from "./venueCapture.ts";

/** A message of a channel: `[channel id, payload…, channel name, pair]`. */
interface ChannelMessage {
  readonly payloads: readonly unknown[];
  /** `book-1000`, `trade`, `spread`, `ticker`, `ohlc-5`. */
  readonly channel: string;
  readonly symbol: string;
}

function readChannel(message: readonly unknown[]): ChannelMessage {
  const channel = message.at(-2);
  if (message.length < 4 || typeof channel !== "string") {
    throw new DataError(
      "the message is no list of a channel's id, payload, the channel's name and the pair",
    );
  }
  return {
    payloads: message.slice(1, -2),
    channel,
    symbol: capturedSymbol(message.at(-1), "the pair"),
  };
}

function readTrade(trade: unknown, { tsRecv, line }: CapturedMessage): RawRow<"trades"> {
  if (!isArray(trade)) throw wrongField("a trade", trade, "a list");
  const [price, volume, time, side] = trade;
  return {
    tsEvent: secondsOf(time, "a trade's time"),
    tsRecv,
    line: line.number,
    side: choiceField({ side }, "side", [
      ["b", BUY],
      ["s", SELL],
    ]),
    price: priceOf(price, "a trade's price"),
    size: sizeOf(volume, "a trade's volume"),
  };
}

/** One connection to Kraken's spot market, messages of version 1. */
class KrakenCapture implements VenueCapture {
  private readonly sink: RowSink;
  private readonly feeds = new FirstFeed();
  private readonly books = new Map<string, KrakenBook>();
  private openedAt = Number.NEGATIVE_INFINITY;

  constructor(sink: RowSink) {
    this.sink = sink;
  }

  connected(tsRecv: number): void {
    this.openedAt = tsRecv;
    this.books.clear();
  }

  bulk(sink: RowSink): BulkCapture {
    return new KrakenBulk(sink, { venue: VENUE, books: this.books, feeds: this.feeds });
  }

  take(message: CapturedMessage): void {
    const read = parseJson(message.text);
    if (isObject(read)) this.skipEvent(message, read);
    else if (isArray(read)) this.takeChannel(message, readChannel(read));
    else throw wrongField("the message", read, "an event or a message of a channel");
  }

  private skipEvent({ line }: CapturedMessage, { event }: JsonObject): void {
    if (typeof event !== "string") throw wrongField("event", event, "text");
    this.sink.skip(line, `event ${event.slice(0, 40)}`);
  }

  private takeChannel(message: CapturedMessage, read: ChannelMessage): void {
    const { channel, symbol } = read;
    if (channel.startsWith("book-")) this.takeBook(message, read);
    else if (channel === "trade") this.takeTrades(message, read);
    else if (channel === "spread" || channel === "ticker") this.takeQuote(message, read);
    else if (channel.startsWith("ohlc-")) this.sink.skip(message.line, "candles");
    else throw new DataError(`channel ${channel.slice(0, 40)} of ${symbol} is not known`);
  }

  private takeBook(message: CapturedMessage, { payloads, channel, symbol }: ChannelMessage): void {
    const refused = this.feeds.refuse("book", symbol, channel);
    if (refused !== undefined) {
      this.sink.skip(message.line, refused);
      return;
    }
    const book = this.books.get(symbol) ?? new KrakenBook(VENUE, symbol, channel);
    book.take(message, payloads, this.sink);
    this.books.set(symbol, book);
  }

  private takeTrades(message: CapturedMessage, { payloads, symbol }: ChannelMessage): void {
    const [list] = payloads;
    if (!isArray(list)) throw wrongField("the payload", list, "a list of trades");
    const trades = list.map((trade) => readTrade(trade, message));
    const live = trades.filter(({ tsEvent = 0 }) => tsEvent >= this.openedAt);
    for (const trade of live) this.sink.row("trades", VENUE, symbol, trade);
    if (live.length === 0) this.sink.skip(message.line, OLD_TRADE);
    else if (live.length < trades.length) {
      this.sink.note("trades", VENUE, symbol, "oldTrades", trades.length - live.length);
    }
  }

  private takeQuote(message: CapturedMessage, { payloads, channel, symbol }: ChannelMessage): void {
    const [payload] = payloads;
    const { quote, ticker } =
      channel === "spread" ? readKrakenQuote(message, payload) : readKrakenTicker(message, payload);
    const refused = this.feeds.refuse("quotes", symbol, channel);
    if (refused === undefined) this.sink.row("quotes", VENUE, symbol, quote);
    if (ticker !== undefined) this.sink.row("tickers", VENUE, symbol, ticker);
    else if (refused !== undefined) this.sink.skip(message.line, refused);
  }
}

/**
 * Kraken, spot (`kraken`), public messages of version 1. A pair is written `XBT-USD`.
 *
 * | message | rows | tsEvent |
 * |---|---|---|
 * | `book-N` | `book`, see `KrakenBook`; verified by its CRC32 | the latest time of a level in it |
 * | `trade` | `trades`, without ids; those from before the connection are skipped | the trade's |
 * | `spread` | `quotes` | the quote's |
 * | `ticker` | `quotes` where `spread` is not there before it, and `tickers` (last price) | none |
 *
 * Source: docs.kraken.com, "WebSockets v1: public".
 */
export const kraken: CapturedVenue = {
  hosts: ["ws.kraken.com", "beta-ws.kraken.com"],
  fileName: "KRAKEN",
  open: (sink) => new KrakenCapture(sink),
  terms: (venue, symbol, at) => (venue === VENUE ? krakenTerms(venue, symbol, at) : undefined),
};
