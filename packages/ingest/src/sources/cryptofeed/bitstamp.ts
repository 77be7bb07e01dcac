import { BUY, SELL } from "@aftershock/schema";
import type { InstrumentTerms, RawRow, RowSink } from "../../source.ts";
import {
  choiceField,
  countField,
  objectField,
  priceOf,
  sizeOf,
  textField,
  timeField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { BitstampBulk } from "./bitstampBulk.fast.ts";
import { bookSides, parseMessage } from "./bookLists.ts";
import type { BookMessage } from "../read/bookMessage.ts";
import { capturedSymbol } from "./capturedFields.ts";
import { KnownLevels } from "./knownLevels.ts";
import type { BulkCapture, CapturedMessage, CapturedVenue, VenueCapture } from "./venueCapture.ts";
import { WatchedBooks } from "./watchedBooks.ts";

const VENUE = "bitstamp";

const ORDER_BOOK_URL = /\/order_book\/([^/?]+)\/?(?:\?|$)/;

/** What is followed of one book. */
interface Followed {
  readonly levels: KnownLevels;
  /** The venue's time of its snapshot, µs; undefined before the first. */
  snapshotAt: number | undefined;
  /** The venue's time of its last update, µs. */
  updatedAt: number;
}

/** A book message, which always has the venue's clock. */
type TimedBook = BookMessage & { readonly tsEvent: number };

const readBook = (
  { line, tsRecv }: CapturedMessage,
  data: JsonObject,
  snapshot: boolean,
): TimedBook => ({
  tsEvent: timeField(data, "microtimestamp", "micros"),
  tsRecv,
  line: line.number,
  snapshot,
  levels: bookSides(data),
});

class BitstampCapture implements VenueCapture {
  private readonly sink: RowSink;
  private readonly books: WatchedBooks;
  private readonly followed = new Map<string, Followed>();

  constructor(sink: RowSink) {
    this.sink = sink;
    this.books = new WatchedBooks(sink, VENUE);
  }

  connected(): void {
    this.books.allLost("reconnections");
  }

  bulk(sink: RowSink): BulkCapture {
    return new BitstampBulk(sink, { venue: VENUE, books: this.books, followed: this.followed });
  }

  take(captured: CapturedMessage): void {
    const message = parseMessage(captured.text);
    if (captured.url !== undefined) {
      this.takeReply(captured, message, captured.url);
      return;
    }
    const event = textField(message, "event");
    const channel = typeof message["channel"] === "string" ? message["channel"] : "";
    const [, feed = "", pair = ""] = /^(\w+)_([^_]+)$/.exec(channel) ?? [];
    if (event === "data" && feed === "diff_order_book") {
      this.takeDiff(captured, objectField(message, "data"), capturedSymbol(pair, "channel"));
    } else if (event === "trade" && feed === "live_trades") {
      this.takeTrade(captured, objectField(message, "data"), capturedSymbol(pair, "channel"));
    } else if (event.startsWith("bts:")) this.sink.skip(captured.line, `event ${event}`);
    else this.sink.skip(captured.line, `event ${event.slice(0, 40)} of ${feed.slice(0, 40)}`);
  }

  private follow(symbol: string): Followed {
    const known = this.followed.get(symbol);
    if (known !== undefined) return known;
    const fresh = { levels: new KnownLevels(), snapshotAt: undefined, updatedAt: 0 };
    this.followed.set(symbol, fresh);
    return fresh;
  }

  private takeReply(captured: CapturedMessage, message: JsonObject, url: string): void {
    const [, pair] = ORDER_BOOK_URL.exec(url) ?? [];
    if (pair === undefined) {
      this.sink.skip(captured.line, "reply other than an order book");
      return;
    }
    const symbol = capturedSymbol(pair, "the pair in the address");
    const book = readBook(captured, message, true);
    const followed = this.follow(symbol);
    followed.levels.restart(book.levels);
    followed.snapshotAt = book.tsEvent;
    this.books.write(symbol, book);
    // Updates that are newer than the snapshot were written before it, and the snapshot takes them back.
    if (followed.updatedAt > book.tsEvent) this.books.lost(symbol, "snapshotStale");
  }

  private takeDiff(captured: CapturedMessage, data: JsonObject, symbol: string): void {
    const book = readBook(captured, data, false);
    const followed = this.follow(symbol);
    if (followed.snapshotAt !== undefined && book.tsEvent <= followed.snapshotAt) {
      this.sink.skip(captured.line, "update that the snapshot before it holds");
      return;
    }
    if (book.tsEvent < followed.updatedAt) this.books.lost(symbol, "sequenceBackwards");
    followed.updatedAt = book.tsEvent;
    const consistent = followed.levels.apply(book.levels);
    if (!consistent) this.books.lost(symbol, "contradictions");
    this.books.write(symbol, book);
  }

  private takeTrade({ line, tsRecv }: CapturedMessage, data: JsonObject, symbol: string): void {
    const row: RawRow<"trades"> = {
      tsEvent: timeField(data, "microtimestamp", "micros"),
      tsRecv,
      line: line.number,
      tradeId: String(countField(data, "id")),
      side: choiceField(data, "type", [
        [0, BUY],
        [1, SELL],
      ]),
      price: priceOf(data["price_str"] ?? data["price"], "price_str"),
      size: sizeOf(data["amount_str"] ?? data["amount"], "amount_str"),
    };
    this.sink.row("trades", VENUE, symbol, row);
  }
}

/** Pairs are spot; where the base ends is known by the quote currencies of the venue. */
function bitstampTerms(venue: string, symbol: string): Partial<InstrumentTerms> | undefined {
  if (venue !== VENUE) return undefined;
  const spot = { kind: "spot", contract: "linear", multiplier: 1 } as const;
  const pair = /^([a-z0-9]+?)(usdt|usdc|usd|eur|gbp|btc|eth|pax)$/.exec(symbol);
  if (pair === null) return spot;
  const [base = "", quote = ""] = pair.slice(1).map((currency) => currency.toUpperCase());
  return { ...spot, base, quote, settle: quote };
}

/**
 * Bitstamp, WebSocket v2; symbols as in its channels (`btcusd`).
 *
 * | message | rows | tsEvent |
 * |---|---|---|
 * | `diff_order_book` | `book`, changes of all levels | `microtimestamp` |
 * | REST `order_book/<pair>` | `book`, a snapshot | its `microtimestamp` |
 * | `live_trades` | `trades`; `type` 0: the aggressor bought, 1: sold | `microtimestamp` (whole ms) |
 *
 * Sequence: there is none but `microtimestamp`. Updates up to that of the snapshot are in it and are skipped; the snapshot has to
 * be older than the first update after it. A step back, and the deletion of a level that is not there (its addition is missing;
 * 0 of 4,205 deletions recorded on 2021-04-05), give the row ROWS_LOST.
 */
export const bitstamp: CapturedVenue = {
  hosts: ["ws.bitstamp.net", "www.bitstamp.net"],
  fileName: "BITSTAMP",
  open: (sink) => new BitstampCapture(sink),
  terms: bitstampTerms,
};
