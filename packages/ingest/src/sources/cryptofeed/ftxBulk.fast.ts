/** Book changes and tickers of FTX read from their bytes: see captureBytes.fast.ts. Plain twin: FtxCapture.take. */
import { ASK, BID } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { CrcBook } from "../read/bookChecksum.fast.ts";
import { BookRows } from "./bookRows.fast.ts";
import { ascii, type CaptureBytes, Names } from "./captureBytes.fast.ts";
import { capturedSymbol, secondsOf } from "./capturedFields.ts";
import { levelsFit, takeLevels } from "./checkedLevels.fast.ts";
import { QuoteRows, TickerRows } from "./marketRows.fast.ts";
import type { BulkCapture } from "./venueCapture.ts";

const OPEN = 91;
const CLOSE = 93;

const HEAD = ascii('{"channel": "');
const BOOK = ascii('orderbook", "market": "');
const TICKER = ascii('ticker", "market": "');
const TIME = ascii(', "type": "update", "data": {"time": ');
const SUM = ascii(', "checksum": ');
const BIDS = ascii(', "bids": ');
const ASKS = ascii(', "asks": ');
const END = ascii(', "action": "update"}}\n');
const SEPARATOR = ascii(", ");
const BID_PRICE = ascii(', "type": "update", "data": {"bid": ');
const ASK_PRICE = ascii(', "ask": ');
const BID_SIZE = ascii(', "bidSize": ');
const ASK_SIZE = ascii(', "askSize": ');
const LAST = ascii(', "last": ');
const TICKER_TIME = ascii(', "time": ');
const TICKER_END = ascii("}}\n");

/** Decimals of a second up to which the time that is written is the one that a double of it is written as. */
const EXACT_DECIMALS = 6;
/** Digits of the seconds, and the point. */
const SECONDS = 11;

/** What is written for a market: made when the first of its messages is. */
class Market {
  readonly symbol: string;
  private readonly sink: RowSink;
  private readonly venue: string;
  private ownBook: BookRows | undefined;
  private ownQuotes: QuoteRows | undefined;
  private ownTickers: TickerRows | undefined;

  constructor(sink: RowSink, venue: string, symbol: string) {
    this.sink = sink;
    this.venue = venue;
    this.symbol = symbol;
  }

  get book(): BookRows {
    return (this.ownBook ??= new BookRows(this.sink, this.venue, this.symbol));
  }

  get quotes(): QuoteRows {
    return (this.ownQuotes ??= new QuoteRows(this.sink, this.venue, this.symbol));
  }

  get tickers(): TickerRows {
    return (this.ownTickers ??= new TickerRows(this.sink, this.venue, this.symbol));
  }
}

/** Reads the book changes and tickers of one file. */
export class FtxBulk implements BulkCapture {
  private readonly books: ReadonlyMap<string, CrcBook>;
  private readonly markets: Names<Market>;

  constructor(
    sink: RowSink,
    { venue, books }: { venue: string; books: ReadonlyMap<string, CrcBook> },
  ) {
    this.books = books;
    this.markets = new Names((name) => new Market(sink, venue, capturedSymbol(name, "market")));
  }

  take(line: CaptureBytes): boolean {
    if (!line.matches(HEAD)) return false;
    if (line.matches(BOOK)) return this.takeBook(line);
    return line.matches(TICKER) && this.takeTicker(line);
  }

  private takeBook(line: CaptureBytes): boolean {
    const market = this.markets.read(line);
    if (market === undefined || !line.matches(TIME) || !line.readSeconds()) return false;
    line.tsEvent = line.micros;
    if (!line.matches(SUM) || !line.readWhole()) return false;
    const checksum = line.whole;
    if (!line.matches(BIDS) || !this.readSide(line, BID)) return false;
    if (!line.matches(ASKS) || !this.readSide(line, ASK) || !line.matches(END)) return false;
    const book = this.books.get(market.symbol);
    if (book === undefined || !levelsFit(line)) return false;
    takeLevels(book, line);
    market.book.change(line, 0, book.verify(checksum));
    return true;
  }

  /** Reads `[[price, size], …]` or `[]`. */
  private readSide(line: CaptureBytes, side: number): boolean {
    if (!line.is(OPEN)) return false;
    if (line.is(CLOSE)) return true;
    do {
      if (!line.is(OPEN)) return false;
      const priceFrom = line.at;
      if (!line.readDecimal() || line.mantissa === 0) return false;
      const { mantissa, decimals, at: priceEnd } = line;
      if (!line.matches(SEPARATOR)) return false;
      const sizeFrom = line.at;
      if (!line.readDecimal()) return false;
      line.addLevel(side, mantissa, decimals);
      line.setSpan(priceFrom, priceEnd, sizeFrom, line.at);
      if (!line.is(CLOSE)) return false;
    } while (line.matches(SEPARATOR));
    return line.is(CLOSE);
  }

  private takeTicker(line: CaptureBytes): boolean {
    const market = this.markets.read(line);
    if (market === undefined) return false;
    const { quotes } = market;
    if (!line.matches(BID_PRICE) || !quotes.bidPrice.read(line)) return false;
    if (!line.matches(ASK_PRICE) || !quotes.askPrice.read(line)) return false;
    if (!line.matches(BID_SIZE) || !quotes.bidSize.read(line)) return false;
    if (!line.matches(ASK_SIZE) || !quotes.askSize.read(line)) return false;
    if (!line.matches(LAST) || !line.readDecimal()) return false;
    const last = line.mantissa / 10 ** line.decimals;
    if (!line.matches(TICKER_TIME) || !this.readTime(line) || !line.matches(TICKER_END)) {
      return false;
    }
    line.tsEvent = line.micros;
    if (quotes.bidPrice.isZero || quotes.askPrice.isZero) return false;
    quotes.write(line);
    market.tickers.writeLast(line, last);
    return true;
  }

  /** Reads a time that the plain reader knows as a double: with more than six decimals it is another one than that which is written. */
  private readTime(line: CaptureBytes): boolean {
    const { at: from, bytes } = line;
    if (!line.readSeconds()) return false;
    if (line.at - from <= SECONDS + EXACT_DECIMALS) return true;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, line.at - from);
    line.micros = secondsOf(Number(text.toString("latin1")), "time");
    return true;
  }
}
