import { DataError } from "@aftershock/schema";
import type { InstrumentTerms, RowSink } from "../../source.ts";
import {
  countField,
  countOf,
  isArray,
  isObject,
  parseJson,
  textField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import {
  bookChannel,
  orderChannel,
  tickerChannel,
  tradeChannel,
  type BitfinexChannel,
} from "./bitfinexChannel.ts";
import { capturedSymbol } from "./capturedFields.ts";
import type { CapturedMessage, CapturedVenue, VenueCapture } from "./venueCapture.ts";
import { WatchedBooks } from "./watchedBooks.ts";

const VENUE = "bitfinex";

/** `conf` flag: a sequence number at the end of every message. */
const SEQUENCE_NUMBERS = 65_536;
/** `conf` flag: a time at the end of every message. */
const TIMES = 32_768;

class BitfinexCapture implements VenueCapture {
  private readonly sink: RowSink;
  private readonly books: WatchedBooks;
  /** By `chanId`; "unread" for a channel of which nothing is stored. */
  private readonly channels = new Map<number, BitfinexChannel | "unread">();
  private sequenced = false;
  /** The sequence number of the last message; undefined before the first. */
  private last: number | undefined;

  constructor(sink: RowSink) {
    this.sink = sink;
    this.books = new WatchedBooks(sink, VENUE);
  }

  connected(): void {
    this.books.allLost("reconnections");
    this.channels.clear();
    this.sequenced = false;
    this.last = undefined;
  }

  take(captured: CapturedMessage): void {
    const message = parseJson(captured.text);
    if (isObject(message)) this.takeEvent(captured, message);
    else if (isArray(message)) this.takeData(captured, message);
    else throw wrongField("the message", message, "a JSON object or array");
  }

  private takeEvent({ line }: CapturedMessage, message: JsonObject): void {
    const event = textField(message, "event");
    if (event === "conf") {
      const flags = countField(message, "flags");
      // Where both are on, no page says which of the two comes last.
      if ((flags & TIMES) !== 0) throw new DataError("conf flag 32768 (times) is not supported");
      this.sequenced = (flags & SEQUENCE_NUMBERS) !== 0;
    } else if (event === "subscribed") {
      this.channels.set(countField(message, "chanId"), this.channelOf(message));
    }
    this.sink.skip(line, `event ${event.slice(0, 40)}`);
  }

  private channelOf(message: JsonObject): BitfinexChannel | "unread" {
    const channel = textField(message, "channel");
    // Trading pairs are t…, funding currencies f…
    const isPair = typeof message["symbol"] === "string" && message["symbol"].startsWith("t");
    if (!isPair) return "unread";
    const symbol = capturedSymbol(message["pair"], "pair");
    const target = { sink: this.sink, venue: VENUE, symbol };
    switch (channel) {
      case "book":
        return message["prec"] === "R0" ? orderChannel(target) : bookChannel(target, this.books);
      case "trades":
        return tradeChannel(target);
      case "ticker":
        return tickerChannel(target);
      default:
        return "unread";
    }
  }

  private takeData({ line, tsRecv }: CapturedMessage, message: readonly unknown[]): void {
    const content = this.sequenced ? message.slice(1, -1) : message.slice(1);
    if (this.sequenced) this.follow(countOf(message.at(-1), "the sequence number"));
    const channel = this.channels.get(countOf(message[0], "the channel"));
    if (channel === undefined) throw wrongField("the channel", message[0], "one subscribed to");
    const [first, second] = content;
    const kind = typeof first === "string" ? first : undefined;
    if (content.length === 0 || content.length > 2 || (kind === undefined && content.length > 1)) {
      throw wrongField("the message", message, "[channel, payload, sequence number]");
    }
    if (kind === "hb") this.sink.skip(line, "heartbeat");
    else if (kind === "cs") this.sink.skip(line, "checksum");
    else if (channel === "unread") this.sink.skip(line, "channel that is not stored");
    else channel.take({ line, tsRecv }, kind === undefined ? first : second, kind);
  }

  private follow(sequence: number): void {
    if (this.last !== undefined && sequence !== this.last + 1) {
      for (const channel of this.channels.values()) {
        if (channel !== "unread") channel.lost("sequenceGaps");
      }
    }
    this.last = sequence;
  }
}

/** `BTCUSD` and `ETH2X-ETH` are spot, `BTCF0-USTF0` a perpetual, linear in UST. Undefined for another venue. */
export function bitfinexTerms(venue: string, symbol: string): Partial<InstrumentTerms> | undefined {
  if (venue !== VENUE) return undefined;
  const [, base, quote] =
    /^([A-Z0-9]+)-([A-Z0-9]+)$/.exec(symbol) ?? /^([A-Z0-9]{3})([A-Z]{3})$/.exec(symbol) ?? [];
  if (base === undefined || quote === undefined) return {};
  const linear = { contract: "linear", multiplier: 1 } as const;
  if (!symbol.endsWith("F0")) return { kind: "spot", ...linear, base, quote, settle: quote };
  const [coin, settle] = [base, quote].map((name) => name.replace(/F0$/, ""));
  return {
    kind: "perpetual",
    ...linear,
    base: coin ?? "",
    quote: settle ?? "",
    settle: settle ?? "",
  };
}

/**
 * Bitfinex, WebSocket v2; symbols without the leading `t`, and `-` for `:` (`ETH2X-ETH`).
 *
 * | message | rows | tsEvent |
 * |---|---|---|
 * | `book` of aggregated levels, `[price, count, ±amount]`, count 0: gone | `book`, the best 25 or 100 (or 250) levels a side | none is sent |
 * | `book` R0 | `orders`: see `BitfinexOrders` | none |
 * | `trades`: `te`, or a `tu` without its `te` | `trades`; amount above 0: the aggressor bought | the trade's time, ms |
 * | `ticker` | `quotes` (prices only: its sizes sum 25 levels) and `tickers` (last price) | none |
 *
 * Sequence: with `conf` flag 65536 every message, heartbeats too, ends with a number that counts up by one over all channels of the
 * connection (22,649 of 22,649 recorded on 2021-04-05). Where it does not, messages of any channel may be missing: the next row
 * of each book gets ROWS_LOST, and `sequenceGaps` is noted with books, orders and trades. Without the flag nothing shows a loss.
 */
export const bitfinex: CapturedVenue = {
  hosts: ["api.bitfinex.com", "api-pub.bitfinex.com"],
  fileName: "BITFINEX",
  open: (sink) => new BitfinexCapture(sink),
  terms: bitfinexTerms,
};
