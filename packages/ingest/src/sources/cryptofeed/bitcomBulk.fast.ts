/** Book changes and tickers of options of Bit.com read from their bytes: see captureBytes.fast.ts. Plain twin: BitcomCapture.take. */
import { ASK, BID, type Decimal } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { type BitcomOptionName, readBitcomOptionName } from "./bitcomTicker.ts";
import { BookRows } from "./bookRows.fast.ts";
import { ascii, type CaptureBytes, Names } from "./captureBytes.fast.ts";
import { capturedSymbol } from "./capturedFields.ts";
import { FieldPattern } from "./fieldPattern.fast.ts";
import type { BulkCapture } from "./venueCapture.ts";

const ZERO = 48;
const NINE = 57;

const DEPTH = ascii('{"channel":"depth","timestamp":');
const UPDATE = ascii(',"data":{"type":"update","instrument_id":"');
const SEQUENCE = ascii(',"sequence":');
const BEFORE = ascii(',"prev_sequence":');
const CHANGES = ascii(',"changes":');
const END = ascii("}}\n");
const LINEAR_END = ascii('},"module":"linear"}\n');

/** Of sequences longer than 16 digits the last 15 are kept. */
const MOST_DIGITS = 16;
const KEPT_DIGITS = 15;
const LONGEST_DIGITS = 30;

const TICKER =
  '{"channel":"ticker","timestamp":<count>,"data":{"time":<millis>,"instrument_id":<name>,"best_bid":<text>,"best_ask":<text>,' +
  '"best_bid_qty":<text>,"best_ask_qty":<text>,"ask_sigma":<text>,"bid_sigma":<text>,"last_price":<text>,"last_qty":<any>,' +
  '"open24h":<any>,"high24h":<any>,"low24h":<any>,"price_change24h":<any>,"volume24h":<any>,"open_interest":<text>,' +
  '"underlying_name":<name>,"underlying_price":<text>,"mark_price":<text>,"sigma":<text>,"delta":<text>,"vega":<text>,' +
  '"theta":<text>,"gamma":<text>,"min_sell":<any>,"max_buy":<any>}}\n';

interface KnownBook {
  readonly symbol: string;
  readonly rows: BookRows;
}

type KnownOption = BitcomOptionName & { readonly symbol: string };

/** Reads the book changes and tickers of one file. */
export class BitcomBulk implements BulkCapture {
  private readonly sink: RowSink;
  private readonly venue: string;
  /** The last sequence of each book. */
  private readonly last: Map<string, number>;
  private readonly books: Names<KnownBook>;
  private readonly ticker = new FieldPattern(TICKER);
  private readonly at: Readonly<Record<string, number>>;
  /** By the name that the venue writes; undefined: no option. */
  private readonly options = new Map<string, KnownOption | undefined>();

  constructor(sink: RowSink, { venue, last }: { venue: string; last: Map<string, number> }) {
    this.sink = sink;
    this.venue = venue;
    this.last = last;
    this.books = new Names((name) => {
      const symbol = capturedSymbol(name, "instrument_id");
      return { symbol, rows: new BookRows(sink, venue, symbol) };
    });
    this.at = Object.fromEntries(
      [...TICKER.matchAll(/"(\w+)":<(?:text|name|millis)>/g)].map(([, name = ""]) => [
        name,
        this.ticker.placeOf(`"${name}":`),
      ]),
    );
  }

  take(line: CaptureBytes): boolean {
    const { at } = line;
    if (line.matches(DEPTH)) return this.takeDepth(line);
    line.at = at;
    return this.takeTicker(line);
  }

  private takeDepth(line: CaptureBytes): boolean {
    if (!line.readMillis() || !line.matches(UPDATE)) return false;
    line.tsEvent = line.micros;
    const book = this.books.read(line);
    if (book === undefined) return false;
    if (!line.matches(SEQUENCE) || !this.readSequence(line)) return false;
    line.updateId = line.whole;
    if (!line.matches(BEFORE) || !this.readSequence(line)) return false;
    line.prevUpdateId = line.whole;
    if (!line.matches(CHANGES) || !line.readChanges(BID, ASK)) return false;
    if (!line.matches(END) && !line.matches(LINEAR_END)) return false;
    const { symbol, rows } = book;
    const last = this.last.get(symbol);
    if (last !== undefined && line.prevUpdateId !== last) {
      this.sink.note("book", this.venue, symbol, "sequenceGaps");
    }
    this.last.set(symbol, line.updateId);
    rows.change(line, 0, 0);
    return true;
  }

  /** Reads a sequence of up to 30 digits into `whole`. */
  private readSequence(line: CaptureBytes): boolean {
    const { bytes, at: from } = line;
    let end = from;
    while (bytes[end]! >= ZERO && bytes[end]! <= NINE) end++;
    const digits = end - from;
    if (digits <= MOST_DIGITS) return line.readWhole();
    if (digits > LONGEST_DIGITS || bytes[from] === ZERO) return false;
    let whole = 0;
    for (let i = end - KEPT_DIGITS; i < end; i++) whole = whole * 10 + (bytes[i]! - ZERO);
    line.whole = whole;
    line.at = end;
    return true;
  }

  private optionOf(name: string): KnownOption | undefined {
    const known = this.options.get(name);
    if (known !== undefined || this.options.has(name)) return known;
    const option = readBitcomOptionName(name);
    const made = option && { ...option, symbol: capturedSymbol(name, "instrument_id") };
    this.options.set(name, made);
    return made;
  }

  private takeTicker(line: CaptureBytes): boolean {
    const { ticker, at } = this;
    if (!ticker.read(line)) return false;
    const option = this.optionOf(ticker.name(at["instrument_id"]!));
    if (option === undefined) return false;
    const bidPrice = this.quoted("best_bid");
    const bidSize = this.quoted("best_bid_qty");
    const askPrice = this.quoted("best_ask");
    const askSize = this.quoted("best_ask_qty");
    for (const read of [bidPrice, bidSize, askPrice, askSize]) {
      if (read !== undefined && read.mantissa < 0) return false;
    }
    const real = (name: string): number | undefined => ticker.real(at[name]!);
    this.sink.row("options", this.venue, option.chain, {
      tsEvent: ticker.whole(at["time"]!),
      tsRecv: line.tsRecv,
      line: line.number,
      optionSymbol: option.symbol,
      right: option.right,
      strike: option.strike,
      expiry: option.expiry,
      bidPrice,
      bidSize,
      askPrice,
      askSize,
      lastPrice: real("last_price"),
      markPrice: real("mark_price"),
      bidIv: real("bid_sigma"),
      askIv: real("ask_sigma"),
      markIv: real("sigma"),
      underlying: ticker.name(at["underlying_name"]!),
      underlyingPrice: real("underlying_price"),
      indexPrice: undefined,
      delta: real("delta"),
      gamma: real("gamma"),
      vega: real("vega"),
      theta: real("theta"),
      openInterest: real("open_interest"),
      flags: 0,
    });
    return true;
  }

  /** A price or size; undefined where nobody quotes. */
  private quoted(name: string): Decimal | undefined {
    const read = this.ticker.decimal(this.at[name]!);
    return read === undefined || read.mantissa === 0 ? undefined : read;
  }
}
