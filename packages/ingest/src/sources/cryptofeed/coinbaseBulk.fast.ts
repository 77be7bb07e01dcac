/** Changes of Coinbase's books read from their bytes: see captureBytes.fast.ts. Plain twin: CoinbaseCapture.take. */
import { ASK, BID } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { BookRows } from "./bookRows.fast.ts";
import { ascii, type CaptureBytes, Names } from "./captureBytes.fast.ts";
import { capturedSymbol } from "./capturedFields.ts";
import { applyLevels } from "./followedLevels.fast.ts";
import type { KnownLevels } from "./knownLevels.ts";
import type { BulkCapture } from "./venueCapture.ts";
import type { WatchedBooks } from "./watchedBooks.ts";

const HEAD = ascii('{"type":"l2update","product_id":"');
const CHANGES = ascii(',"changes":');
const TIME = ascii(',"time":');
const END = ascii("}\n");

interface KnownProduct {
  readonly symbol: string;
  readonly rows: BookRows;
}

/** Reads the book changes of one file. */
export class CoinbaseBulk implements BulkCapture {
  private readonly books: WatchedBooks;
  private readonly levels: ReadonlyMap<string, KnownLevels>;
  private readonly products: Names<KnownProduct>;

  constructor(
    sink: RowSink,
    {
      venue,
      books,
      levels,
    }: { venue: string; books: WatchedBooks; levels: ReadonlyMap<string, KnownLevels> },
  ) {
    this.books = books;
    this.levels = levels;
    this.products = new Names((name) => {
      const symbol = capturedSymbol(name, "product_id");
      return { symbol, rows: new BookRows(sink, venue, symbol) };
    });
  }

  take(line: CaptureBytes): boolean {
    if (!line.matches(HEAD)) return false;
    const product = this.products.read(line);
    if (product === undefined || !line.matches(CHANGES) || !line.readChanges(BID, ASK)) {
      return false;
    }
    if (!line.matches(TIME) || !line.readIso() || !line.matches(END)) return false;
    line.tsEvent = line.micros;
    const { symbol, rows } = product;
    const known = this.levels.get(symbol);
    if (known !== undefined && !applyLevels(known, line)) this.books.lost(symbol, "contradictions");
    rows.change(line, this.books.changed(symbol), 0);
    return true;
  }
}
