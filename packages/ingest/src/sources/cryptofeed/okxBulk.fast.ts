/** Books of OKX read from their bytes: see captureBytes.fast.ts. Plain twin: OkxCapture.take. */
import { ASK, BID } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { okxVenue } from "../okx/okxMarket.ts";
import { BookRows } from "./bookRows.fast.ts";
import { ascii, type CaptureBytes, Names } from "./captureBytes.fast.ts";
import { capturedSymbol } from "./capturedFields.ts";
import { levelsFit } from "./checkedLevels.fast.ts";
import type { FirstFeed } from "./firstFeed.ts";
import { OkxBook } from "./okxBook.ts";
import type { BulkCapture } from "./venueCapture.ts";

const COMMA = 44;
const QUOTE = 34;
const OPEN = 91;
const CLOSE = 93;

const HEAD = ascii('{"arg":{"channel":"');
const INSTRUMENT = ascii(',"instId":"');
const CHANGE = ascii('},"action":"update","data":[{"asks":');
const SNAPSHOT = ascii('},"action":"snapshot","data":[{"asks":');
const BIDS = ascii(',"bids":');
const TIME = ascii(',"ts":"');
const SUM = ascii(',"checksum":');
const SEQUENCE = ascii(',"seqId":');
const BEFORE = ascii(',"prevSeqId":');
const END = ascii("}]}\n");

/** An instrument whose book is stored. */
interface KnownInstrument {
  readonly symbol: string;
  readonly channel: string;
  readonly rows: BookRows;
}

/** Reads the book changes of one file. */
export class OkxBulk implements BulkCapture {
  private readonly books: Map<string, OkxBook>;
  private readonly channels: Names<string>;
  private readonly instruments: Names<KnownInstrument>;

  constructor(sink: RowSink, { books, feeds }: { books: Map<string, OkxBook>; feeds: FirstFeed }) {
    this.books = books;
    this.channels = new Names((channel) =>
      /^books(?:-l2-tbt|50-l2-tbt)?$/.test(channel) ? channel : undefined,
    );
    this.instruments = new Names((name) => {
      const symbol = capturedSymbol(name, "instId");
      const channel = feeds.first("book", symbol);
      if (channel === undefined) return undefined;
      return { symbol, channel, rows: new BookRows(sink, okxVenue(symbol), symbol) };
    });
  }

  take(line: CaptureBytes): boolean {
    if (!line.matches(HEAD)) return false;
    const channel = this.channels.read(line);
    if (channel === undefined || !line.matches(INSTRUMENT)) return false;
    const instrument = this.instruments.read(line);
    if (instrument === undefined || instrument.channel !== channel) return false;
    const isChange = line.matches(CHANGE);
    if ((!isChange && !line.matches(SNAPSHOT)) || !this.readSide(line, ASK)) return false;
    const bids = line.count;
    if (!line.matches(BIDS) || !this.readSide(line, BID)) return false;
    if (!line.matches(TIME) || !line.readMillis() || !line.is(QUOTE)) return false;
    line.tsEvent = line.micros;
    if (!line.matches(SUM) || !line.readSigned()) return false;
    const checksum = line.whole;
    if (!this.readIds(line) || !line.matches(END) || !levelsFit(line)) return false;
    // Ids of what came before are those of changes; a book without levels is the plain reader's.
    if (!isChange && (line.count === 0 || !Number.isNaN(line.prevUpdateId))) return false;
    const book = this.bookOf(instrument.symbol);
    const flags = book.takeBytes(line, { snapshot: !isChange, checksum });
    if (isChange) instrument.rows.changeBidsFirst(line, bids, 0, flags);
    else instrument.rows.snapshotBidsFirst(line, bids, flags);
    return true;
  }

  private bookOf(symbol: string): OkxBook {
    const known = this.books.get(symbol);
    if (known !== undefined) return known;
    const book = new OkxBook(okxVenue(symbol), symbol);
    this.books.set(symbol, book);
    return book;
  }

  /** Reads the ids, which messages have since the end of 2022. */
  private readIds(line: CaptureBytes): boolean {
    if (line.matches(SEQUENCE)) {
      if (!line.readWhole()) return false;
      line.updateId = line.whole;
    }
    if (line.matches(BEFORE)) {
      if (!line.readWhole()) return false;
      line.prevUpdateId = line.whole;
    }
    if (Number.isNaN(line.updateId) && line.matches(SEQUENCE)) {
      if (!line.readWhole()) return false;
      line.updateId = line.whole;
    }
    return true;
  }

  /** Reads `[["price","size","0","orders"],…]` or `[]`. */
  private readSide(line: CaptureBytes, side: number): boolean {
    if (!line.is(OPEN)) return false;
    if (line.is(CLOSE)) return true;
    do {
      if (!line.readPair(side)) return false;
      if (!line.is(COMMA) || !line.readQuoted() || !line.is(COMMA) || !line.readQuoted()) {
        return false;
      }
      if (!line.is(CLOSE)) return false;
    } while (line.is(COMMA));
    return line.is(CLOSE);
  }
}
