import { BUY, SELL } from "@aftershock/schema";
import type { InstrumentTerms, RawRow, RowSink } from "../../source.ts";
import {
  choiceField,
  countField,
  isoField,
  priceOf,
  realOf,
  sizeOf,
  textField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { bookChanges, bookSides, parseMessage } from "./bookLists.ts";
import { capturedSymbol, OLD_TRADE } from "./capturedFields.ts";
import { CoinbaseBulk } from "./coinbaseBulk.fast.ts";
import { KnownLevels } from "./knownLevels.ts";
import type { BulkCapture, CapturedMessage, CapturedVenue, VenueCapture } from "./venueCapture.ts";
import { WatchedBooks } from "./watchedBooks.ts";

const VENUE = "coinbase";

/** A field that may be missing or empty, and is then 0 where there is no such order. */
function quoted<T>(
  object: JsonObject,
  name: string,
  read: (value: unknown, name: string) => T,
): T | undefined {
  const value = object[name];
  const absent = value === undefined || value === "" || Number(value) === 0;
  return absent ? undefined : read(value, name);
}

class CoinbaseCapture implements VenueCapture {
  private readonly sink: RowSink;
  private readonly books: WatchedBooks;
  private readonly levels = new Map<string, KnownLevels>();
  /** The last trade id of each product. */
  private readonly lastTrades = new Map<string, number>();

  constructor(sink: RowSink) {
    this.sink = sink;
    this.books = new WatchedBooks(sink, VENUE);
  }

  connected(): void {
    this.books.allLost("reconnections");
  }

  bulk(sink: RowSink): BulkCapture {
    return new CoinbaseBulk(sink, { venue: VENUE, books: this.books, levels: this.levels });
  }

  take(captured: CapturedMessage): void {
    const message = parseMessage(captured.text);
    const type = textField(message, "type");
    switch (type) {
      case "snapshot":
        this.takeSnapshot(captured, message);
        break;
      case "l2update":
        this.takeUpdate(captured, message);
        break;
      case "match":
        this.takeMatch(captured, message);
        break;
      case "last_match":
        this.lastTrades.set(this.productOf(message), countField(message, "trade_id"));
        this.sink.skip(captured.line, OLD_TRADE);
        break;
      case "ticker":
        this.takeTicker(captured, message);
        break;
      default:
        this.sink.skip(captured.line, `type ${type.slice(0, 40)}`);
    }
  }

  private productOf(message: JsonObject): string {
    return capturedSymbol(message["product_id"], "product_id");
  }

  private takeSnapshot({ line, tsRecv }: CapturedMessage, message: JsonObject): void {
    const symbol = this.productOf(message);
    const levels = bookSides(message);
    const known = this.levels.get(symbol) ?? new KnownLevels();
    known.restart(levels);
    this.levels.set(symbol, known);
    const depth = { tsEvent: undefined, tsRecv, line: line.number, snapshot: true, levels };
    this.books.write(symbol, depth);
  }

  private takeUpdate({ line, tsRecv }: CapturedMessage, message: JsonObject): void {
    const symbol = this.productOf(message);
    const levels = bookChanges(message);
    const tsEvent = isoField(message, "time");
    if (this.levels.get(symbol)?.apply(levels) === false) this.books.lost(symbol, "contradictions");
    this.books.write(symbol, { tsEvent, tsRecv, line: line.number, snapshot: false, levels });
  }

  private takeMatch({ line, tsRecv }: CapturedMessage, message: JsonObject): void {
    const symbol = this.productOf(message);
    const tradeId = countField(message, "trade_id");
    const row: RawRow<"trades"> = {
      tsEvent: isoField(message, "time"),
      tsRecv,
      line: line.number,
      tradeId: String(tradeId),
      side: choiceField(message, "side", [
        ["sell", BUY],
        ["buy", SELL],
      ]),
      price: priceOf(message["price"], "price"),
      size: sizeOf(message["size"], "size"),
    };
    const last = this.lastTrades.get(symbol);
    if (last !== undefined && tradeId <= last) {
      this.sink.skip(line, "duplicate trade");
      return;
    }
    this.lastTrades.set(symbol, tradeId);
    const missing = last === undefined ? 0 : tradeId - last - 1;
    if (missing > 0) this.sink.note("trades", VENUE, symbol, "missingTrades", missing);
    this.sink.row("trades", VENUE, symbol, row);
  }

  private takeTicker({ line, tsRecv }: CapturedMessage, message: JsonObject): void {
    const symbol = this.productOf(message);
    // A product that was never traded has a ticker without time and price.
    const tsEvent = message["time"] === undefined ? undefined : isoField(message, "time");
    const common = { tsEvent, tsRecv, line: line.number };
    const quote: RawRow<"quotes"> = {
      ...common,
      bidPrice: quoted(message, "best_bid", priceOf),
      bidSize: quoted(message, "best_bid_size", sizeOf),
      askPrice: quoted(message, "best_ask", priceOf),
      askSize: quoted(message, "best_ask_size", sizeOf),
    };
    const lastPrice = quoted(message, "price", realOf);
    this.sink.row("quotes", VENUE, symbol, quote);
    this.sink.row("tickers", VENUE, symbol, { ...common, lastPrice });
  }
}

/** Products are spot, `BTC-USD`. */
function coinbaseTerms(venue: string, symbol: string): Partial<InstrumentTerms> | undefined {
  const [base, quote, more] = symbol.split("-");
  if (venue !== VENUE) return undefined;
  if (base === undefined || quote === undefined || more !== undefined) return {};
  return { kind: "spot", contract: "linear", multiplier: 1, base, quote, settle: quote };
}

/**
 * Coinbase Exchange (GDAX, Pro), `ws-feed`.
 *
 * | message | rows | tsEvent |
 * |---|---|---|
 * | `snapshot`, `l2update` | `book`, all levels | `time` of the update; none in a snapshot |
 * | `match` | `trades`; its `side` is the **maker's**, so the aggressor is the other one | `time` |
 * | `ticker` | `quotes` (sizes only where sent) and `tickers` (last price), as they were after a trade | `time` of the trade |
 * | `last_match` | none: the trade before the subscription | |
 *
 * Sequence: book messages carry none; the venue promises to deliver them all. A deletion of a level that is not there proves
 * that its addition is missing (0 of 2,634 deletions recorded on 2021-04-17; of single messages left out there, 21 % were found
 * so): that row gets ROWS_LOST. `sequence` counts the orders of a product too, so trades and tickers show but a part of it.
 * Trades have ids without holes: a hole is noted (`missingTrades`), which the venue's page allows the channel, and says nothing
 * of the book.
 */
export const coinbase: CapturedVenue = {
  hosts: ["ws-feed.pro.coinbase.com", "ws-feed.exchange.coinbase.com", "ws-feed.gdax.com"],
  fileName: "COINBASE",
  open: (sink) => new CoinbaseCapture(sink),
  terms: coinbaseTerms,
};
