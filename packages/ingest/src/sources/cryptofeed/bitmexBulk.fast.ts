/**
 * Books and best prices of BitMEX read from their bytes: see captureBytes.fast.ts. Plain twin: BitmexCapture.take, which also takes
 * messages of more than one book.
 */
import { ASK, BID, type Decimal, ROWS_LOST } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { BookLevel } from "../read/bookMessage.ts";
import { type BitmexAction, BitmexBook } from "./bitmexBook.ts";
import { BookRows } from "./bookRows.fast.ts";
import { ascii, CaptureBytes, LEVEL, Names } from "./captureBytes.fast.ts";
import { capturedSymbol } from "./capturedFields.ts";
import { QuoteRows } from "./marketRows.fast.ts";
import type { BulkCapture } from "./venueCapture.ts";

const COMMA = 44;
const CLOSE = 93;
const BRACE = 125;

const HEAD = ascii('{"table":"');
const BOOK = ascii('orderBookL2","action":"');
const QUOTE = ascii('quote","action":"insert","data":[');
const ACTIONS = (["delete", "insert", "update"] as const).map(
  (action) => [action, ascii(`${action}","data":[`)] as const,
);
const PARTIAL = ['partial","keys":', ',"types":', ',"foreignKeys":', ',"attributes":'].map(ascii);
const FILTER = ascii(',"filter":{"symbol":"');
const DATA = ascii('},"data":[');
const SYMBOL = ascii('{"symbol":"');
const ID = ascii(',"id":');
const BUY = ascii(',"side":"Buy"');
const SELL = ascii(',"side":"Sell"');
const SIZE = ascii(',"size":');
const PRICE = ascii(',"price":');
const TIME = ascii('{"timestamp":');
const QUOTE_SYMBOL = ascii(',"symbol":"');
const BID_SIZE = ascii(',"bidSize":');
const BID_PRICE = ascii(',"bidPrice":');
const ASK_PRICE = ascii(',"askPrice":');
const ASK_SIZE = ascii(',"askSize":');
const END = ascii("}\n");

const NOTHING: Decimal = { mantissa: 0, decimals: 0 };

function grown(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const more = new Float64Array(numbers.length * 2);
  more.set(numbers);
  return more;
}

/** An instrument; its rows are made with the first of them. */
interface Instrument {
  readonly symbol: string;
  rows: BookRows | undefined;
  quotes: QuoteRows | undefined;
}

/** Reads the book changes and quotes of one file. */
export class BitmexBulk implements BulkCapture {
  private readonly sink: RowSink;
  private readonly venue: string;
  private readonly books: Map<string, BitmexBook>;
  private readonly instruments: Names<Instrument>;
  /** The ids of the message's levels. */
  private ids = new Float64Array(64);
  /** What the message does to its book. */
  private readonly changes = new CaptureBytes();
  /** The times of the message's quotes, µs. */
  private times = new Float64Array(64);
  private quoted: Instrument[] = [];

  constructor(sink: RowSink, { venue, books }: { venue: string; books: Map<string, BitmexBook> }) {
    this.sink = sink;
    this.venue = venue;
    this.books = books;
    this.instruments = new Names((name) =>
      // Indices are not stored as instruments are.
      name.startsWith(".")
        ? undefined
        : { symbol: capturedSymbol(name, "symbol"), rows: undefined, quotes: undefined },
    );
  }

  take(line: CaptureBytes): boolean {
    if (!line.matches(HEAD)) return false;
    if (line.matches(QUOTE)) return this.takeQuotes(line);
    if (!line.matches(BOOK)) return false;
    for (const [action, text] of ACTIONS) {
      if (line.matches(text)) return this.takeBook(line, action);
    }
    return this.readPartialHead(line) && this.takeBook(line, "partial");
  }

  /** Reads what is between the action of a partial and its levels. */
  private readPartialHead(line: CaptureBytes): boolean {
    for (const text of PARTIAL) if (!line.matches(text) || !line.skipValue()) return false;
    if (!line.matches(FILTER) || this.instruments.read(line) === undefined) return false;
    return line.matches(DATA);
  }

  private takeBook(line: CaptureBytes, action: BitmexAction): boolean {
    let of: Instrument | undefined;
    do {
      if (!line.matches(SYMBOL)) return false;
      const instrument = this.instruments.read(line);
      of ??= instrument;
      if (instrument === undefined || instrument !== of) return false;
      if (!this.readEntry(line, action)) return false;
    } while (line.is(COMMA));
    if (!line.is(CLOSE) || !line.matches(END)) return false;
    const snapshot = action === "partial";
    const book = this.books.get(of.symbol) ?? (snapshot ? this.newBook(of.symbol) : undefined);
    if (book === undefined) return false;
    if (snapshot) book.levels.clear();
    const { changes } = this;
    changes.number = line.number;
    changes.tsRecv = line.tsRecv;
    changes.count = 0;
    let unknown = 0;
    for (let nth = 0; nth < line.count; nth++) {
      if (!this.change(line, nth, { action, levels: book.levels })) unknown += 1;
    }
    if (unknown > 0) this.sink.note("book", this.venue, of.symbol, "unknownIds", unknown);
    of.rows ??= new BookRows(this.sink, this.venue, of.symbol);
    if (snapshot) of.rows.snapshot(changes);
    else of.rows.change(changes, unknown > 0 && action === "update" ? ROWS_LOST : 0, 0);
    return true;
  }

  private newBook(symbol: string): BitmexBook {
    const book = new BitmexBook(this.venue, symbol);
    this.books.set(symbol, book);
    return book;
  }

  /** Reads what is behind the symbol of a level: a level of price 0 in updates and deletes, of size 0 in deletes. */
  private readEntry(line: CaptureBytes, action: BitmexAction): boolean {
    if (!line.matches(ID) || !line.readWhole()) return false;
    if (line.count === this.ids.length) this.ids = grown(this.ids);
    this.ids[line.count] = line.whole;
    const side = line.matches(BUY) ? BID : line.matches(SELL) ? ASK : 0;
    if (side === 0) return false;
    let [size, sizeDecimals] = [0, 0];
    if (action !== "delete") {
      if (!line.matches(SIZE) || !line.readDecimal()) return false;
      size = line.mantissa;
      sizeDecimals = line.decimals;
    }
    let [price, priceDecimals] = [0, 0];
    if (action === "insert" || action === "partial") {
      if (!line.matches(PRICE) || !line.readDecimal() || line.mantissa === 0) return false;
      price = line.mantissa;
      priceDecimals = line.decimals;
    }
    line.mantissa = size;
    line.decimals = sizeDecimals;
    line.addLevel(side, price, priceDecimals);
    return line.is(BRACE);
  }

  /** Adds to `changes` what a level does to its book; false for one of an id that is not there. As `BitmexBook` has it. */
  private change(
    line: CaptureBytes,
    nth: number,
    { action, levels }: { action: BitmexAction; levels: Map<number, BookLevel> },
  ): boolean {
    const id = this.ids[nth]!;
    const at = nth * LEVEL;
    const side = line.levels[at] === BID ? BID : ASK;
    const known = levels.get(id);
    if (action === "delete") {
      if (known === undefined) return false;
      levels.delete(id);
      this.add(known.side, known.price, NOTHING);
      return true;
    }
    const isNew = action === "insert" || action === "partial";
    if (!isNew && known === undefined) return false;
    const price = isNew
      ? { mantissa: line.levels[at + 1]!, decimals: line.levels[at + 2]! }
      : known!.price;
    const size = { mantissa: line.levels[at + 3]!, decimals: line.levels[at + 4]! };
    if (known !== undefined && known.side !== side) this.add(known.side, known.price, NOTHING);
    levels.set(id, { side, price, size });
    this.add(side, price, size);
    return true;
  }

  private add(side: number, price: Decimal, size: Decimal): void {
    const { changes } = this;
    changes.mantissa = size.mantissa;
    changes.decimals = size.decimals;
    changes.addLevel(side, price.mantissa, price.decimals);
  }

  /** Reads all quotes, bid and ask as two levels each, before it writes one. */
  private takeQuotes(line: CaptureBytes): boolean {
    this.quoted.length = 0;
    do {
      if (!line.matches(TIME) || !line.readIso() || !line.matches(QUOTE_SYMBOL)) return false;
      const instrument = this.instruments.read(line);
      if (instrument === undefined || !this.readTouch(line)) return false;
      const nth = this.quoted.push(instrument) - 1;
      if (nth === this.times.length) this.times = grown(this.times);
      this.times[nth] = line.micros;
    } while (line.is(COMMA));
    if (!line.is(CLOSE) || !line.matches(END)) return false;
    for (let nth = 0; nth < this.quoted.length; nth++) this.writeQuote(line, nth);
    return true;
  }

  /** Reads the best prices of a quote; a side that nobody quotes, with size 0 or no price, is the plain reader's. */
  private readTouch(line: CaptureBytes): boolean {
    if (!line.matches(BID_SIZE) || !line.readDecimal() || line.mantissa === 0) return false;
    const { mantissa, decimals } = line;
    if (!line.matches(BID_PRICE) || !line.readDecimal() || line.mantissa === 0) return false;
    line.addLevel(BID, mantissa, decimals);
    if (!line.matches(ASK_PRICE) || !line.readDecimal() || line.mantissa === 0) return false;
    const { mantissa: price, decimals: priceDecimals } = line;
    if (!line.matches(ASK_SIZE) || !line.readDecimal() || line.mantissa === 0) return false;
    line.addLevel(ASK, price, priceDecimals);
    return line.is(BRACE);
  }

  private writeQuote(line: CaptureBytes, nth: number): void {
    const instrument = this.quoted[nth]!;
    instrument.quotes ??= new QuoteRows(this.sink, this.venue, instrument.symbol);
    const { quotes } = instrument;
    const { levels } = line;
    const at = 2 * nth * LEVEL;
    quotes.bidSize.setTo(levels[at + 1]!, levels[at + 2]!);
    quotes.bidPrice.setTo(levels[at + 3]!, levels[at + 4]!);
    quotes.askPrice.setTo(levels[at + LEVEL + 1]!, levels[at + LEVEL + 2]!);
    quotes.askSize.setTo(levels[at + LEVEL + 3]!, levels[at + LEVEL + 4]!);
    line.tsEvent = this.times[nth]!;
    quotes.write(line);
  }
}
