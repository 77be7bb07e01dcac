/** Changes of Bybit's books read from their bytes: see captureBytes.fast.ts. Plain twin: BybitCapture.take, which also takes the snapshots. */
import { ASK, BID } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { BookRows } from "./bookRows.fast.ts";
import { ascii, type AsciiText, type CaptureBytes, Names } from "./captureBytes.fast.ts";
import type { FirstFeed } from "./firstFeed.ts";
import { setLevel } from "./followedLevels.fast.ts";
import type { KnownLevels } from "./knownLevels.ts";
import type { BulkCapture } from "./venueCapture.ts";
import type { WatchedBooks } from "./watchedBooks.ts";

const QUOTE = 34;
const COMMA = 44;
const OPEN = 91;
const CLOSE = 93;
const BRACE = 125;

const HEAD = ascii('{"topic":"');
const DELETES = ascii(',"type":"delta","data":{"delete":');
const UPDATES = ascii(',"update":');
const INSERTS = ascii(',"insert":');
const PRICE = ascii('{"price":"');
/** What comes between a level's id and its size. */
const BUY = ascii(',"side":"Buy","size":');
const SELL = ascii(',"side":"Sell","size":');
/** What comes behind the id of a level that is deleted. */
const BUY_GONE = ascii(',"side":"Buy"');
const SELL_GONE = ascii(',"side":"Sell"');
/** In messages of inverse contracts only. */
const TRANSACTED = ascii(',"transactTimeE6":0');
const SEQUENCE = ascii('},"cross_seq":');
const TIME = ascii(',"timestamp_e6":');
const END = ascii("}\n");

/** A book that is stored, with what is followed of it. */
interface KnownTopic {
  readonly symbol: string;
  /** What comes between a level's price and its id. */
  readonly name: AsciiText;
  readonly followed: { readonly levels: KnownLevels; last: number };
  readonly rows: BookRows;
}

/** Reads the book changes of one file. */
export class BybitBulk implements BulkCapture {
  private readonly books: WatchedBooks;
  private readonly topics: Names<KnownTopic>;

  constructor(
    sink: RowSink,
    {
      venue,
      books,
      feeds,
      followed,
    }: {
      venue: string;
      books: WatchedBooks;
      feeds: FirstFeed;
      followed: ReadonlyMap<string, KnownTopic["followed"]>;
    },
  ) {
    this.books = books;
    this.topics = new Names((topic) => {
      const [, feed, symbol = ""] = /^(orderBook.*)\.([^.]+)$/.exec(topic) ?? [];
      const known = followed.get(symbol);
      // The plain reader knows a symbol with a slash by another name.
      if (known === undefined || feeds.first("book", symbol) !== feed) return undefined;
      const name = ascii(`,"symbol":"${symbol}","id":`);
      return { symbol, name, followed: known, rows: new BookRows(sink, venue, symbol) };
    });
  }

  take(line: CaptureBytes): boolean {
    if (!line.matches(HEAD)) return false;
    const topic = this.topics.read(line);
    if (topic === undefined) return false;
    const { symbol, name, followed } = topic;
    if (!line.matches(DELETES) || !this.readLevels(line, name, true)) return false;
    if (!line.matches(UPDATES) || !this.readLevels(line, name, false)) return false;
    const inserts = line.count;
    if (!line.matches(INSERTS) || !this.readLevels(line, name, false)) return false;
    line.matches(TRANSACTED);
    if (!line.matches(SEQUENCE) || !this.readCount(line)) return false;
    const sequence = line.whole;
    if (!line.matches(TIME) || !this.readCount(line) || !(line.whole >= 1e14)) return false;
    line.tsEvent = line.whole;
    if (!line.matches(END)) return false;
    if (sequence < followed.last) this.books.lost(symbol, "sequenceBackwards");
    for (let nth = 0; nth < line.count; nth++) {
      const wasThere = setLevel(followed.levels, line.levels, nth);
      if (wasThere === nth >= inserts) this.books.lost(symbol, "contradictions");
    }
    topic.rows.change(line, this.books.changed(symbol), 0);
    followed.last = sequence;
    return true;
  }

  /** Reads a whole number, in quotes or not. */
  private readCount(line: CaptureBytes): boolean {
    const quoted = line.is(QUOTE);
    return line.readWhole() && line.is(QUOTE) === quoted;
  }

  /** Reads `[{"price":"1.5","symbol":…,"id":…,"side":"Buy","size":2},…]` or `[]`; levels that are deleted have no size. */
  private readLevels(line: CaptureBytes, name: AsciiText, deleted: boolean): boolean {
    const buy = deleted ? BUY_GONE : BUY;
    const sell = deleted ? SELL_GONE : SELL;
    if (!line.is(OPEN)) return false;
    if (line.is(CLOSE)) return true;
    do {
      if (!line.matches(PRICE) || !line.readQuotedDecimal()) return false;
      const { mantissa, decimals } = line;
      if (mantissa === 0 || !line.matches(name) || !line.skipValue()) return false;
      const side = line.matches(buy) ? BID : line.matches(sell) ? ASK : 0;
      if (side === 0) return false;
      if (deleted) line.mantissa = line.decimals = 0;
      else if (!line.readDecimal()) return false;
      if (!line.is(BRACE)) return false;
      line.addLevel(side, mantissa, decimals);
    } while (line.is(COMMA));
    return line.is(CLOSE);
  }
}
