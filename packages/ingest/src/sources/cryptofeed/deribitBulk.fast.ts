/** Books and tickers of options of Deribit read from their bytes: see captureBytes.fast.ts. Plain twin: DeribitCapture.take. */
import { ASK, BID, MESSAGE_END } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { type OptionName, optionName } from "../deribit/deribitMarket.ts";
import { BookRows } from "./bookRows.fast.ts";
import { ascii, type CaptureBytes, Names } from "./captureBytes.fast.ts";
import { capturedSymbol } from "./capturedFields.ts";
import { FieldPattern } from "./fieldPattern.fast.ts";
import { type NamedOption, OptionRows } from "./marketRows.fast.ts";
import type { BulkCapture } from "./venueCapture.ts";

const COMMA = 44;
const OPEN = 91;
const CLOSE = 93;

const HEAD = '{"jsonrpc":"2.0","method":"subscription","params":{"channel":"';
const BOOK = ascii(`${HEAD}book.`);
const CHANGES = ascii('","data":{"type":"change","timestamp":');
const SNAPSHOT = ascii('","data":{"type":"snapshot","timestamp":');
const BEFORE = ascii(',"prev_change_id":');
const NAME = ascii(',"instrument_name":"');
const ID = ascii(',"change_id":');
const BIDS = ascii(',"bids":');
const ASKS = ascii(',"asks":');
const END = ascii("}}}\n");
const NEW = ascii('["new",');
const CHANGE = ascii('["change",');
const DELETE = ascii('["delete",');

const TICKER =
  `${HEAD}ticker.<label>","data":{"underlying_price":<number:underlyingPrice>,"underlying_index":"<name:underlying>",` +
  '"timestamp":<millis:tsEvent>,"stats":<any>,"state":<any>,"settlement_price":<any>,"open_interest":<number:openInterest>,' +
  '"min_price":<any>,"max_price":<any>,"mark_price":<number:markPrice>,"mark_iv":<percent:markIv>,"last_price":<number:lastPrice>,' +
  '"interest_rate":<any>,"instrument_name":"<word:symbol>","index_price":<number:indexPrice>,"greeks":{"vega":<number:vega>,' +
  '"theta":<number:theta>,"rho":<number:rho>,"gamma":<number:gamma>,"delta":<number:delta>},"estimated_delivery_price":<any>,' +
  '"bid_iv":<percent:bidIv>,"best_bid_price":<decimal:bidPrice>,"best_bid_amount":<decimal:bidSize>,' +
  '"best_ask_price":<decimal:askPrice>,"best_ask_amount":<decimal:askSize>,"ask_iv":<percent:askIv>}}}\n';

interface KnownBook {
  readonly symbol: string;
  readonly rows: BookRows;
}

type KnownOption = NamedOption & { readonly rows: OptionRows };

/** The fields of one side's best price. */
interface Touch {
  readonly price: number;
  readonly size: number;
  readonly iv: number;
}

/** Reads the books and tickers of one file. */
export class DeribitBulk implements BulkCapture {
  private readonly sink: RowSink;
  private readonly venue: string;
  private readonly books: Names<KnownBook>;
  private readonly ticker = new FieldPattern(TICKER);
  private readonly symbol = this.ticker.fieldOf("symbol");
  private readonly bid = this.touch("bid");
  private readonly ask = this.touch("ask");
  /** By the name that the venue writes; undefined: no option. */
  private readonly options = new Map<string, KnownOption | undefined>();

  constructor(sink: RowSink, venue: string) {
    this.sink = sink;
    this.venue = venue;
    this.books = new Names((name) => {
      const symbol = capturedSymbol(name, "instrument_name");
      return { symbol, rows: new BookRows(sink, venue, symbol) };
    });
  }

  private touch(side: "bid" | "ask"): Touch {
    const field = (name: string): number => this.ticker.fieldOf(`${side}${name}`);
    return { price: field("Price"), size: field("Size"), iv: field("Iv") };
  }

  take(line: CaptureBytes): boolean {
    const { at } = line;
    if (line.matches(BOOK)) return this.takeBook(line);
    line.at = at;
    return this.takeTicker(line);
  }

  private takeBook(line: CaptureBytes): boolean {
    if (!line.skipLabel()) return false;
    const isChange = line.matches(CHANGES);
    if ((!isChange && !line.matches(SNAPSHOT)) || !line.readMillis()) return false;
    line.tsEvent = line.micros;
    if (isChange) {
      if (!line.matches(BEFORE) || !line.readWhole()) return false;
      line.prevUpdateId = line.whole;
    }
    if (!line.matches(NAME)) return false;
    const book = this.books.read(line);
    if (book === undefined || !line.matches(ID) || !line.readWhole()) return false;
    line.updateId = line.whole;
    if (!line.matches(BIDS) || !this.readSide(line, BID)) return false;
    if (!line.matches(ASKS) || !this.readSide(line, ASK) || !line.matches(END)) return false;
    if (isChange) book.rows.change(line, 0, 0);
    else book.rows.snapshot(line);
    return true;
  }

  /** Reads `[["new",price,amount],…]` or `[]`. */
  private readSide(line: CaptureBytes, side: number): boolean {
    if (!line.is(OPEN)) return false;
    if (line.is(CLOSE)) return true;
    do {
      const gone = line.matches(DELETE);
      if (!gone && !line.matches(NEW) && !line.matches(CHANGE)) return false;
      if (!line.readDecimal() || line.mantissa === 0) return false;
      const { mantissa, decimals } = line;
      if (!line.is(COMMA) || !line.readDecimal() || gone !== (line.mantissa === 0)) return false;
      line.addLevel(side, mantissa, decimals);
      if (!line.is(CLOSE)) return false;
    } while (line.is(COMMA));
    return line.is(CLOSE);
  }

  private optionOf(name: string): KnownOption | undefined {
    const known = this.options.get(name);
    if (known !== undefined || this.options.has(name)) return known;
    const option = optionName(name);
    const made = option && this.recorded(option, capturedSymbol(name, "instrument_name"));
    this.options.set(name, made);
    return made;
  }

  private recorded(option: OptionName, symbol: string): KnownOption {
    return {
      ...option,
      symbol,
      rows: new OptionRows(this.sink, [this.venue, symbol], this.ticker),
    };
  }

  private takeTicker(line: CaptureBytes): boolean {
    const { ticker } = this;
    if (!ticker.read(line) || !this.checkTouch(this.bid) || !this.checkTouch(this.ask)) {
      return false;
    }
    const option = this.optionOf(ticker.name(this.symbol));
    if (option === undefined) return false;
    option.rows.write(line, option, MESSAGE_END);
    return true;
  }

  /** Clears a side that nobody quotes; returns false where the best price or its size is bad. */
  private checkTouch({ price, size, iv }: Touch): boolean {
    const { ticker } = this;
    const mantissa = ticker.mantissa(price);
    if (mantissa > 0) return ticker.mantissa(size) >= 0;
    ticker.clear(price);
    ticker.clear(size);
    ticker.clear(iv);
    return !(mantissa < 0);
  }
}
