/** Changes of Bitstamp's books read from their bytes: see captureBytes.fast.ts. Plain twin: BitstampCapture.take. */
import { ASK, BID } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { BookRows } from "./bookRows.fast.ts";
import { ascii, type CaptureBytes, Names } from "./captureBytes.fast.ts";
import { capturedSymbol } from "./capturedFields.ts";
import { applyLevels } from "./followedLevels.fast.ts";
import type { KnownLevels } from "./knownLevels.ts";
import type { BulkCapture } from "./venueCapture.ts";
import type { WatchedBooks } from "./watchedBooks.ts";

const QUOTE = 34;

const HEAD = ascii('{"data":{"timestamp":"');
const TIME = ascii('","microtimestamp":"');
const BIDS = ascii(',"bids":');
const ASKS = ascii(',"asks":');
const CHANNEL = ascii('},"channel":"diff_order_book_');
const END = ascii(',"event":"data"}\n');

/** What is followed of one book. */
interface Followed {
  readonly levels: KnownLevels;
  readonly snapshotAt: number | undefined;
  updatedAt: number;
}

interface KnownPair {
  readonly symbol: string;
  readonly followed: Followed;
  readonly rows: BookRows;
}

/** Reads the book changes of one file. */
export class BitstampBulk implements BulkCapture {
  private readonly books: WatchedBooks;
  private readonly pairs: Names<KnownPair>;

  constructor(
    sink: RowSink,
    {
      venue,
      books,
      followed,
    }: { venue: string; books: WatchedBooks; followed: ReadonlyMap<string, Followed> },
  ) {
    this.books = books;
    this.pairs = new Names((pair) => {
      const symbol = pair.includes("_") ? "" : capturedSymbol(pair, "channel");
      const known = followed.get(symbol);
      return known && { symbol, followed: known, rows: new BookRows(sink, venue, symbol) };
    });
  }

  take(line: CaptureBytes): boolean {
    if (!line.matches(HEAD) || !line.readWhole()) return false;
    if (!line.matches(TIME) || !line.readMicros() || !line.is(QUOTE)) return false;
    line.tsEvent = line.micros;
    if (!line.matches(BIDS) || !line.readPairs(BID)) return false;
    if (!line.matches(ASKS) || !line.readPairs(ASK) || !line.matches(CHANNEL)) return false;
    const pair = this.pairs.read(line);
    if (pair === undefined || !line.matches(END)) return false;
    const { symbol, followed, rows } = pair;
    if (followed.snapshotAt !== undefined && line.tsEvent <= followed.snapshotAt) return false;
    if (line.tsEvent < followed.updatedAt) this.books.lost(symbol, "sequenceBackwards");
    followed.updatedAt = line.tsEvent;
    if (!applyLevels(followed.levels, line)) this.books.lost(symbol, "contradictions");
    rows.change(line, this.books.changed(symbol), 0);
    return true;
  }
}
