import { BUY, SELL } from "@aftershock/schema";
import type { InstrumentTerms, RawRow, RowSink } from "../../source.ts";
import {
  arrayField,
  choiceField,
  countField,
  priceOf,
  sizeOf,
  textField,
  timeField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { bookChanges, parseMessage } from "./bookLists.ts";
import { capturedSymbol } from "./capturedFields.ts";
import { GeminiBulk } from "./geminiBulk.fast.ts";
import type { BulkCapture, CapturedMessage, CapturedVenue, VenueCapture } from "./venueCapture.ts";
import { WatchedBooks } from "./watchedBooks.ts";

const VENUE = "gemini";

class GeminiCapture implements VenueCapture {
  private readonly sink: RowSink;
  private readonly books: WatchedBooks;
  /** `socket_sequence` of the last message that had one. */
  private last: number | undefined;

  constructor(sink: RowSink) {
    this.sink = sink;
    this.books = new WatchedBooks(sink, VENUE);
  }

  connected(): void {
    this.books.allLost("reconnections");
    this.last = undefined;
  }

  bulk(sink: RowSink): BulkCapture {
    return new GeminiBulk(sink, { venue: VENUE, books: this.books });
  }

  take(captured: CapturedMessage): void {
    const message = parseMessage(captured.text);
    if (message["socket_sequence"] !== undefined) {
      this.follow(countField(message, "socket_sequence"));
    }
    const type = textField(message, "type");
    if (type === "l2_updates") this.takeBook(captured, message);
    else if (type === "trade") this.takeTrade(captured, message);
    else this.sink.skip(captured.line, `type ${type.slice(0, 40)}`);
  }

  private follow(sequence: number): void {
    if (this.last !== undefined && sequence !== this.last + 1) this.books.allLost("sequenceGaps");
    this.last = sequence;
  }

  private takeBook({ line, tsRecv }: CapturedMessage, message: JsonObject): void {
    const symbol = capturedSymbol(message["symbol"], "symbol");
    const levels = bookChanges(message);
    const snapshot = message["trades"] !== undefined;
    const past = snapshot ? arrayField(message, "trades").length : 0;
    this.books.write(symbol, { tsEvent: undefined, tsRecv, line: line.number, snapshot, levels });
    if (past > 0) this.sink.note("trades", VENUE, symbol, "tradesBeforeSubscription", past);
  }

  private takeTrade({ line, tsRecv }: CapturedMessage, message: JsonObject): void {
    const symbol = capturedSymbol(message["symbol"], "symbol");
    const row: RawRow<"trades"> = {
      tsEvent: timeField(message, "timestamp", "millis"),
      tsRecv,
      line: line.number,
      tradeId: String(countField(message, "event_id")),
      side: choiceField(message, "side", [
        ["buy", BUY],
        ["sell", SELL],
      ]),
      price: priceOf(message["price"], "price"),
      size: sizeOf(message["quantity"], "quantity"),
    };
    this.sink.row("trades", VENUE, symbol, row);
  }
}

/** Pairs are spot, `…GUSDPERP` perpetuals; where the base ends is known by the quote currencies of the venue. */
function geminiTerms(venue: string, symbol: string): Partial<InstrumentTerms> | undefined {
  if (venue !== VENUE) return undefined;
  const linear = { contract: "linear", multiplier: 1 } as const;
  const [, coin] = /^([A-Z0-9]+)GUSDPERP$/.exec(symbol) ?? [];
  if (coin !== undefined) {
    return { kind: "perpetual", ...linear, base: coin, quote: "GUSD", settle: "GUSD" };
  }
  const [, base, quote] =
    /^([A-Z0-9]+?)(GUSD|USDT|USD|EUR|GBP|SGD|DAI|BTC|ETH|BCH|LTC|FIL)$/.exec(symbol) ?? [];
  if (base === undefined || quote === undefined) return {};
  return { kind: "spot", ...linear, base, quote, settle: quote };
}

/**
 * Gemini, `/v2/marketdata`, the `l2` subscription.
 *
 * | message | rows | tsEvent |
 * |---|---|---|
 * | `l2_updates` with `trades`, the first of a symbol | `book`, a snapshot; its past trades are counted (`tradesBeforeSubscription`) and not stored | none is sent |
 * | `l2_updates` | `book`, changes of all levels | none |
 * | `trade` | `trades`; `side` is the taker's | `timestamp`, ms |
 *
 * Sequence: none in this version of the feed. `socket_sequence`, where the messages carry it (as those of `/v1` do), counts up by one
 * over the connection; a hole gives the next row of each book ROWS_LOST. Without it nothing shows a loss at once: an update
 * sums up a stretch of time, and levels that came and went within it are deleted without having been there (1,223 of 3,362
 * deletions recorded on 2021-04-17), so that deletions prove nothing. What a loss leaves behind may show later as a crossed book,
 * which the replay counts.
 */
export const gemini: CapturedVenue = {
  hosts: ["api.gemini.com"],
  fileName: "GEMINI",
  open: (sink) => new GeminiCapture(sink),
  terms: geminiTerms,
};
