/**
 * Changes of Kraken's books read from their bytes: see captureBytes.fast.ts. Plain twin: KrakenCapture.take, which also takes the
 * snapshots.
 */
import { ASK, BID } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { BookRows } from "./bookRows.fast.ts";
import { ascii, type CaptureBytes, Names } from "./captureBytes.fast.ts";
import { capturedSymbol } from "./capturedFields.ts";
import { levelsFit } from "./checkedLevels.fast.ts";
import type { FirstFeed } from "./firstFeed.ts";
import type { KrakenBook } from "./krakenBook.ts";
import type { BulkCapture } from "./venueCapture.ts";

const COMMA = 44;
const OPEN = 91;
const CLOSE = 93;

const PAYLOAD = ascii(',{"');
const ASKS = ascii('a":[');
const BIDS = ascii('b":[');
const THEN_BIDS = ascii('},{"b":[');
const TIME = ascii(',"');
const AFTER_TIME = ascii('"');
const RESENT = ascii(',"r"');
const SUM = ascii(',"c":"');
const CHANNEL = ascii('"},"book-');
const PAIR = ascii(',"');
const END = ascii("]\n");

/** A pair whose book is stored. */
interface KnownPair {
  readonly symbol: string;
  readonly depth: number;
  readonly rows: BookRows;
}

/** Reads the book changes of one file. */
export class KrakenBulk implements BulkCapture {
  private readonly sink: RowSink;
  private readonly books: ReadonlyMap<string, KrakenBook>;
  private readonly pairs: Names<KnownPair>;

  constructor(
    sink: RowSink,
    {
      venue,
      books,
      feeds,
    }: { venue: string; books: ReadonlyMap<string, KrakenBook>; feeds: FirstFeed },
  ) {
    this.sink = sink;
    this.books = books;
    this.pairs = new Names((pair) => {
      const symbol = capturedSymbol(pair, "the pair");
      const [, depth] = /^book-([1-9]\d*)$/.exec(feeds.first("book", symbol) ?? "") ?? [];
      if (depth === undefined) return undefined;
      return { symbol, depth: Number(depth), rows: new BookRows(sink, venue, symbol) };
    });
  }

  take(line: CaptureBytes): boolean {
    if (!line.is(OPEN) || !line.readWhole() || !line.matches(PAYLOAD)) return false;
    line.tsEvent = 0;
    if (line.matches(ASKS)) {
      if (!this.readSide(line, ASK)) return false;
      if (line.matches(THEN_BIDS) && !this.readSide(line, BID)) return false;
    } else if (!line.matches(BIDS) || !this.readSide(line, BID)) return false;
    if (!line.matches(SUM) || !line.readWhole()) return false;
    const checksum = line.whole;
    if (!line.matches(CHANNEL) || !line.readWhole()) return false;
    const depth = line.whole;
    if (!line.is(34) || !line.matches(PAIR)) return false;
    const pair = this.pairs.read(line);
    if (pair === undefined || pair.depth !== depth || !line.matches(END)) return false;
    const book = this.books.get(pair.symbol);
    if (book === undefined || !levelsFit(line)) return false;
    book.takeBytes(line, { checksum, rows: pair.rows, sink: this.sink });
    return true;
  }

  /** Reads `["price","size","time"],…]`, and `"r"` at the end of a level that was sent again; `tsEvent` becomes the latest time. */
  private readSide(line: CaptureBytes, side: number): boolean {
    do {
      if (!line.readPair(side) || !line.matches(TIME) || !line.readSeconds()) return false;
      if (line.micros > line.tsEvent) line.tsEvent = line.micros;
      if (!line.matches(AFTER_TIME)) return false;
      if (!line.is(CLOSE) && !(line.matches(RESENT) && line.is(CLOSE))) return false;
    } while (line.is(COMMA));
    return line.is(CLOSE);
  }
}
