/** Book changes and tickers of options of Deribit read from their bytes: see captureBytes.fast.ts. Plain twin: DeribitCapture.take. */
import { ASK, BID, type Decimal, MESSAGE_END } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { type OptionName, optionName } from "../deribit/deribitMarket.ts";
import { BookRows } from "./bookRows.fast.ts";
import { ascii, type CaptureBytes, Names } from "./captureBytes.fast.ts";
import { capturedSymbol } from "./capturedFields.ts";
import { FieldPattern } from "./fieldPattern.fast.ts";
import type { BulkCapture } from "./venueCapture.ts";

const COMMA = 44;
const OPEN = 91;
const CLOSE = 93;

const HEAD = '{"jsonrpc":"2.0","method":"subscription","params":{"channel":"';
const BOOK = ascii(`${HEAD}book.`);
const TIME = ascii(',"data":{"type":"change","timestamp":');
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
  `${HEAD}ticker.<rest>,"data":{"underlying_price":<number>,"underlying_index":<name>,"timestamp":<millis>,` +
  '"stats":<any>,"state":<any>,"settlement_price":<any>,"open_interest":<number>,"min_price":<any>,"max_price":<any>,' +
  '"mark_price":<number>,"mark_iv":<number>,"last_price":<number>,"interest_rate":<any>,"instrument_name":<name>,' +
  '"index_price":<number>,"greeks":{"vega":<number>,"theta":<number>,"rho":<number>,"gamma":<number>,"delta":<number>},' +
  '"estimated_delivery_price":<any>,"bid_iv":<number>,"best_bid_price":<number>,"best_bid_amount":<number>,' +
  '"best_ask_price":<number>,"best_ask_amount":<number>,"ask_iv":<number>}}}\n';

interface KnownBook {
  readonly symbol: string;
  readonly rows: BookRows;
}

type KnownOption = OptionName & { readonly symbol: string };

/** Reads the book changes and tickers of one file. */
export class DeribitBulk implements BulkCapture {
  private readonly sink: RowSink;
  private readonly venue: string;
  private readonly channels = new Names<string>((name) => name);
  private readonly books: Names<KnownBook>;
  private readonly ticker = new FieldPattern(TICKER);
  private readonly at: Readonly<Record<string, number>>;
  /** By the name that the venue writes; undefined: no option. */
  private readonly options = new Map<string, KnownOption | undefined>();

  constructor(sink: RowSink, venue: string) {
    this.sink = sink;
    this.venue = venue;
    this.books = new Names((name) => {
      const symbol = capturedSymbol(name, "instrument_name");
      return { symbol, rows: new BookRows(sink, venue, symbol) };
    });
    this.at = Object.fromEntries(
      [...TICKER.matchAll(/"(\w+)":<(?:number|name|millis)>/g)].map(([, name = ""]) => [
        name,
        this.ticker.placeOf(`"${name}":`),
      ]),
    );
  }

  take(line: CaptureBytes): boolean {
    const { at } = line;
    if (line.matches(BOOK)) return this.takeBook(line);
    line.at = at;
    return this.takeTicker(line);
  }

  private takeBook(line: CaptureBytes): boolean {
    if (this.channels.read(line) === undefined) return false;
    if (!line.matches(TIME) || !line.readMillis()) return false;
    line.tsEvent = line.micros;
    if (!line.matches(BEFORE) || !line.readWhole()) return false;
    line.prevUpdateId = line.whole;
    if (!line.matches(NAME)) return false;
    const book = this.books.read(line);
    if (book === undefined || !line.matches(ID) || !line.readWhole()) return false;
    line.updateId = line.whole;
    if (!line.matches(BIDS) || !this.readSide(line, BID)) return false;
    if (!line.matches(ASKS) || !this.readSide(line, ASK) || !line.matches(END)) return false;
    book.rows.change(line, 0, 0);
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
    const made = option && { ...option, symbol: capturedSymbol(name, "instrument_name") };
    this.options.set(name, made);
    return made;
  }

  private takeTicker(line: CaptureBytes): boolean {
    const { ticker, at } = this;
    if (!ticker.read(line)) return false;
    const option = this.optionOf(ticker.name(at["instrument_name"]!));
    const bid = this.touch("bid");
    const ask = this.touch("ask");
    if (option === undefined || bid === undefined || ask === undefined) return false;
    const real = (name: string): number | undefined => ticker.real(at[name]!);
    this.sink.row("options", this.venue, option.symbol, {
      tsEvent: ticker.whole(at["timestamp"]!),
      tsRecv: line.tsRecv,
      line: line.number,
      optionSymbol: option.symbol,
      right: option.right,
      strike: option.strike,
      expiry: option.expiry,
      bidPrice: bid[0],
      bidSize: bid[1],
      askPrice: ask[0],
      askSize: ask[1],
      bidIv: bid[0] && ticker.percent(at["bid_iv"]!),
      askIv: ask[0] && ticker.percent(at["ask_iv"]!),
      lastPrice: real("last_price"),
      markPrice: real("mark_price"),
      markIv: ticker.percent(at["mark_iv"]!),
      underlying: ticker.name(at["underlying_index"]!),
      underlyingPrice: real("underlying_price"),
      indexPrice: real("index_price"),
      delta: real("delta"),
      gamma: real("gamma"),
      vega: real("vega"),
      theta: real("theta"),
      rho: real("rho"),
      openInterest: real("open_interest"),
      flags: MESSAGE_END,
    });
    return true;
  }

  /** Best price and size of a side, both absent where nobody quotes; undefined where one is bad. */
  private touch(side: "bid" | "ask"): readonly [Decimal?, Decimal?] | undefined {
    const price = this.ticker.decimal(this.at[`best_${side}_price`]!);
    if (price === undefined || price.mantissa === 0) return [];
    const size = this.ticker.decimal(this.at[`best_${side}_amount`]!);
    if (size === undefined || size.mantissa < 0 || price.mantissa < 0) return undefined;
    return [price, size];
  }
}
