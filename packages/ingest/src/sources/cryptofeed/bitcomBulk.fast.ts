/** Books and tickers of options of Bit.com read from their bytes: see captureBytes.fast.ts. Plain twin: BitcomCapture.take. */
import { ASK, BID } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { readBitcomOptionName } from "./bitcomTicker.ts";
import { BookRows } from "./bookRows.fast.ts";
import { ascii, type CaptureBytes, Names } from "./captureBytes.fast.ts";
import { capturedSymbol } from "./capturedFields.ts";
import { FieldPattern } from "./fieldPattern.fast.ts";
import { type NamedOption, OptionRows } from "./marketRows.fast.ts";
import type { BulkCapture } from "./venueCapture.ts";

const ZERO = 48;
const NINE = 57;

const DEPTH = ascii('{"channel":"depth","timestamp":');
const UPDATE = ascii(',"data":{"type":"update","instrument_id":"');
const SNAPSHOT = ascii(',"data":{"type":"snapshot","instrument_id":"');
const SEQUENCE = ascii(',"sequence":');
const BEFORE = ascii(',"prev_sequence":');
const CHANGES = ascii(',"changes":');
const BIDS = ascii(',"bids":');
const ASKS = ascii(',"asks":');
const END = ascii("}}\n");
const LINEAR_END = ascii('},"module":"linear"}\n');

/** Of sequences longer than 16 digits the last 15 are kept. */
const MOST_DIGITS = 16;
const KEPT_DIGITS = 15;
const LONGEST_DIGITS = 30;

const TICKER =
  '{"channel":"ticker","timestamp":<any>,"data":{"time":<millis:tsEvent>,"instrument_id":"<word:symbol>",' +
  '"best_bid":"<decimal:bidPrice>","best_ask":"<decimal:askPrice>","best_bid_qty":"<decimal:bidSize>",' +
  '"best_ask_qty":"<decimal:askSize>","ask_sigma":"<number:askIv>","bid_sigma":"<number:bidIv>","last_price":"<number:lastPrice>",' +
  '"last_qty":<any>,"open24h":<any>,"high24h":<any>,"low24h":<any>,"price_change24h":<any>,"volume24h":<any>,' +
  '"open_interest":"<number:openInterest>","underlying_name":"<name:underlying>","underlying_price":"<number:underlyingPrice>",' +
  '"mark_price":"<number:markPrice>","sigma":"<number:markIv>","delta":"<number:delta>","vega":"<number:vega>",' +
  '"theta":"<number:theta>","gamma":"<number:gamma>","min_sell":<any>,"max_buy":<any>}}\n';

interface KnownBook {
  readonly symbol: string;
  readonly rows: BookRows;
}

type KnownOption = NamedOption & { readonly rows: OptionRows };

/** Reads the books and tickers of one file. */
export class BitcomBulk implements BulkCapture {
  private readonly sink: RowSink;
  private readonly venue: string;
  /** The last sequence of each book. */
  private readonly last: Map<string, number>;
  private readonly books: Names<KnownBook>;
  private readonly ticker = new FieldPattern(TICKER);
  private readonly symbol = this.ticker.fieldOf("symbol");
  private readonly touch = Int32Array.from(["bidPrice", "bidSize", "askPrice", "askSize"], (name) =>
    this.ticker.fieldOf(name),
  );
  /** By the name that the venue writes; undefined: no option. */
  private readonly options = new Map<string, KnownOption | undefined>();
  /** By the chain's symbol. */
  private readonly chains = new Map<string, OptionRows>();

  constructor(sink: RowSink, { venue, last }: { venue: string; last: Map<string, number> }) {
    this.sink = sink;
    this.venue = venue;
    this.last = last;
    this.books = new Names((name) => {
      const symbol = capturedSymbol(name, "instrument_id");
      return { symbol, rows: new BookRows(sink, venue, symbol) };
    });
  }

  take(line: CaptureBytes): boolean {
    const { at } = line;
    if (line.matches(DEPTH)) return this.takeDepth(line);
    line.at = at;
    return this.takeTicker(line);
  }

  private takeDepth(line: CaptureBytes): boolean {
    if (!line.readMillis()) return false;
    line.tsEvent = line.micros;
    const isUpdate = line.matches(UPDATE);
    if (!isUpdate && !line.matches(SNAPSHOT)) return false;
    const book = this.books.read(line);
    if (book === undefined) return false;
    if (!line.matches(SEQUENCE) || !this.readSequence(line)) return false;
    line.updateId = line.whole;
    if (!(isUpdate ? this.readUpdate(line) : this.readSnapshot(line))) return false;
    if (!line.matches(END) && !line.matches(LINEAR_END)) return false;
    const { symbol, rows } = book;
    const last = this.last.get(symbol);
    if (isUpdate && last !== undefined && line.prevUpdateId !== last) {
      this.sink.note("book", this.venue, symbol, "sequenceGaps");
    }
    this.last.set(symbol, line.updateId);
    if (isUpdate) rows.change(line, 0, 0);
    else rows.snapshot(line);
    return true;
  }

  private readUpdate(line: CaptureBytes): boolean {
    if (!line.matches(BEFORE) || !this.readSequence(line)) return false;
    line.prevUpdateId = line.whole;
    return line.matches(CHANGES) && line.readChanges(BID, ASK);
  }

  private readSnapshot(line: CaptureBytes): boolean {
    if (!line.matches(BIDS) || !line.readPairs(BID)) return false;
    return line.matches(ASKS) && line.readPairs(ASK);
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
    const made = option && {
      ...option,
      symbol: capturedSymbol(name, "instrument_id"),
      rows: this.chainOf(option.chain),
    };
    this.options.set(name, made);
    return made;
  }

  private chainOf(chain: string): OptionRows {
    const known = this.chains.get(chain);
    const rows = known ?? new OptionRows(this.sink, [this.venue, chain], this.ticker);
    this.chains.set(chain, rows);
    return rows;
  }

  private takeTicker(line: CaptureBytes): boolean {
    const { ticker, touch } = this;
    if (!ticker.read(line)) return false;
    for (let i = 0; i < touch.length; i++) {
      const mantissa = ticker.mantissa(touch[i]!);
      if (mantissa < 0) return false;
      // Nobody quotes.
      if (mantissa === 0) ticker.clear(touch[i]!);
    }
    const option = this.optionOf(ticker.name(this.symbol));
    if (option === undefined) return false;
    option.rows.write(line, option, 0);
    return true;
  }
}
