/** Books of Gemini read from their bytes: see captureBytes.fast.ts. Plain twin: GeminiCapture.take. */
import { ASK, BID } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { BookRows } from "./bookRows.fast.ts";
import { ascii, type CaptureBytes, Names } from "./captureBytes.fast.ts";
import { capturedSymbol } from "./capturedFields.ts";
import type { BulkCapture } from "./venueCapture.ts";
import type { WatchedBooks } from "./watchedBooks.ts";

const HEAD = ascii('{"type":"l2_updates","symbol":"');
const CHANGES = ascii(',"changes":');
const PAST = ascii(',"trades":[');
const AUCTIONS = ascii(',"auction_events":');
const END = ascii("}\n");
const COMMA = 44;
const CLOSE = 93;

interface KnownPair {
  readonly symbol: string;
  readonly rows: BookRows;
}

/** Reads the book changes of one file. */
export class GeminiBulk implements BulkCapture {
  private readonly sink: RowSink;
  private readonly venue: string;
  private readonly books: WatchedBooks;
  private readonly pairs: Names<KnownPair>;

  constructor(sink: RowSink, { venue, books }: { venue: string; books: WatchedBooks }) {
    this.sink = sink;
    this.venue = venue;
    this.books = books;
    this.pairs = new Names((pair) => {
      const symbol = capturedSymbol(pair, "symbol");
      return { symbol, rows: new BookRows(sink, venue, symbol) };
    });
  }

  take(line: CaptureBytes): boolean {
    if (!line.matches(HEAD)) return false;
    const pair = this.pairs.read(line);
    if (pair === undefined || !line.matches(CHANGES) || !line.readChanges(BID, ASK)) return false;
    if (line.matches(PAST)) return this.takeSnapshot(line, pair);
    if (!line.matches(END)) return false;
    pair.rows.change(line, this.books.changed(pair.symbol), 0);
    return true;
  }

  /** Takes the message that has a list of past trades, from the first of those on. */
  private takeSnapshot(line: CaptureBytes, { symbol, rows }: KnownPair): boolean {
    let past = 0;
    do {
      if (!line.skipValue()) return false;
      past += 1;
    } while (line.is(COMMA));
    if (!line.is(CLOSE) || (line.matches(AUCTIONS) && !line.skipValue())) return false;
    if (!line.matches(END)) return false;
    this.books.restarted(symbol);
    rows.snapshot(line);
    this.sink.note("trades", this.venue, symbol, "tradesBeforeSubscription", past);
    return true;
  }
}
