/** Books of Phemex, and the trades from before the connection, read from their bytes: see captureBytes.fast.ts. Plain twin: PhemexCapture.take. */
import { ASK, BID } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { BookRows } from "./bookRows.fast.ts";
import { ascii, type CaptureBytes, LEVEL, Names } from "./captureBytes.fast.ts";
import { capturedSymbol, OLD_TRADE } from "./capturedFields.ts";
import { setLevel } from "./followedLevels.fast.ts";
import type { KnownLevels } from "./knownLevels.ts";
import type { BulkCapture } from "./venueCapture.ts";
import type { WatchedBooks } from "./watchedBooks.ts";

const COMMA = 44;
const ZERO = 48;
const OPEN = 91;
const CLOSE = 93;

const HEAD = ascii('{"book":{"asks":');
const BIDS = ascii(',"bids":');
const DEPTH = ascii('},"depth":');
const SEQUENCE = ascii(',"sequence":');
const SYMBOL = ascii(',"symbol":"');
const TIME = ascii(',"timestamp":');
const CHANGE = ascii(',"type":"incremental"}\n');
const SNAPSHOT = ascii(',"type":"snapshot"}\n');
const TRADES_HEAD = ascii('{"sequence":');
const TRADES = ascii(',"trades":[');
const BUY = ascii(',"Buy",');
const SELL = ascii(',"Sell",');

/** 10^n, n in 0 … 16: exact. */
const POWERS = Float64Array.from({ length: 17 }, (_, n) => 10 ** n);
/** Digits of a time in ns, and of those the ones that are µs. */
const NANO_DIGITS = 19;
const MICRO_DIGITS = 16;

/** What is known of a book beside its rows. */
interface Followed {
  readonly levels: KnownLevels;
  last: number;
}

interface KnownInstrument {
  readonly symbol: string;
  /** Decimals of the whole numbers that prices and sizes are sent as. */
  readonly scale: { readonly price: number; readonly size: number };
  readonly followed: Followed;
  readonly rows: BookRows;
}

/** Reads the book changes of one file. */
export class PhemexBulk implements BulkCapture {
  private readonly sink: RowSink;
  private readonly books: WatchedBooks;
  private readonly instruments: Names<KnownInstrument>;

  constructor(
    sink: RowSink,
    {
      venue,
      books,
      followed,
      scaleOf,
    }: {
      venue: string;
      books: WatchedBooks;
      followed: ReadonlyMap<string, Followed>;
      scaleOf: (symbol: string) => KnownInstrument["scale"];
    },
  ) {
    this.sink = sink;
    this.books = books;
    this.instruments = new Names((name) => {
      const symbol = capturedSymbol(name, "symbol");
      const known = followed.get(symbol);
      if (known === undefined) return undefined;
      const rows = new BookRows(sink, venue, symbol);
      return { symbol, scale: scaleOf(symbol), followed: known, rows };
    });
  }

  take(line: CaptureBytes): boolean {
    if (!line.matches(HEAD)) return this.takeOldTrades(line);
    if (!this.readSide(line, ASK)) return false;
    const bids = line.count;
    if (!line.matches(BIDS) || !this.readSide(line, BID)) return false;
    if (!line.matches(DEPTH) || !line.readWhole()) return false;
    const window = line.whole;
    if (!line.matches(SEQUENCE) || !line.readWhole()) return false;
    const sequence = line.whole;
    if (!line.matches(SYMBOL)) return false;
    const instrument = this.instruments.read(line);
    if (instrument === undefined || !line.matches(TIME) || !this.readNanos(line)) return false;
    const isChange = line.matches(CHANGE);
    if (!isChange && !line.matches(SNAPSHOT)) return false;
    this.scale(line, instrument.scale);
    if (isChange) this.writeChange(line, instrument, { bids, window, sequence });
    else if (!this.writeSnapshot(line, instrument, { bids, sequence })) return false;
    instrument.followed.last = sequence;
    return true;
  }

  private writeChange(
    line: CaptureBytes,
    { symbol, followed, rows }: KnownInstrument,
    { bids, window, sequence }: { bids: number; window: number; sequence: number },
  ): void {
    const { levels, last } = followed;
    for (let nth = 0; nth < line.count; nth++) setLevel(levels, line.levels, nth);
    if (sequence < last) this.books.lost(symbol, "sequenceBackwards");
    if (window > 0 && Math.max(levels.bids.size, levels.asks.size) > window) {
      this.books.lost(symbol, "contradictions");
    }
    rows.changeBidsFirst(line, bids, this.books.changed(symbol), 0);
  }

  /** Writes a snapshot; one that is sent again, and an empty one, are the plain reader's. */
  private writeSnapshot(
    line: CaptureBytes,
    { symbol, followed, rows }: KnownInstrument,
    { bids, sequence }: { bids: number; sequence: number },
  ): boolean {
    if (sequence === followed.last || line.count === 0) return false;
    const { levels } = followed;
    levels.bids.clear();
    levels.asks.clear();
    for (let nth = 0; nth < line.count; nth++) setLevel(levels, line.levels, nth);
    this.books.restarted(symbol);
    rows.snapshotBidsFirst(line, bids, 0);
    return true;
  }

  /** Skips `{"sequence":…,"symbol":…,"trades":[[time,"Buy",price,size],…],"type":"snapshot"}`. */
  private takeOldTrades(line: CaptureBytes): boolean {
    if (!line.matches(TRADES_HEAD) || !line.readWhole() || !line.matches(SYMBOL)) return false;
    if (this.instruments.read(line) === undefined || !line.matches(TRADES)) return false;
    do {
      if (!line.is(OPEN) || !this.readNanos(line)) return false;
      if (!line.matches(BUY) && !line.matches(SELL)) return false;
      if (!line.readWhole() || line.whole === 0 || !line.is(COMMA)) return false;
      if (!line.readWhole() || !line.is(CLOSE)) return false;
    } while (line.is(COMMA));
    if (!line.is(CLOSE) || !line.matches(SNAPSHOT)) return false;
    this.sink.skip(line.source(), OLD_TRADE);
    return true;
  }

  /** Reads `[[price,size],…]` or `[]`, the whole numbers as they stand. */
  private readSide(line: CaptureBytes, side: number): boolean {
    if (!line.is(OPEN)) return false;
    if (line.is(CLOSE)) return true;
    do {
      if (!line.is(OPEN) || !line.readWhole() || line.whole === 0) return false;
      const price = line.whole;
      if (!line.is(COMMA) || !line.readWhole() || !line.is(CLOSE)) return false;
      line.mantissa = line.whole;
      line.addLevel(side, price, 0);
    } while (line.is(COMMA));
    return line.is(CLOSE);
  }

  /** Makes decimals of the whole numbers, without trailing zeros. */
  private scale({ levels, count }: CaptureBytes, { price, size }: KnownInstrument["scale"]): void {
    for (let from = 1; from < count * LEVEL; from += LEVEL) {
      for (let at = from; at < from + 4; at += 2) {
        const whole = levels[at]!;
        let decimals = whole === 0 ? 0 : at === from ? price : size;
        let zeros = 0;
        // Most prices and sizes have four hidden zeros and more.
        if (decimals >= 4 && whole % 10_000 === 0) zeros = 4;
        while (zeros < decimals && 0 === whole % POWERS[zeros + 1]!) zeros += 1;
        decimals -= zeros;
        levels[at] = whole / POWERS[zeros]!;
        levels[at + 1] = decimals;
      }
    }
  }

  /** Reads a time in ns into `tsEvent`; the last three digits are dropped. */
  private readNanos(line: CaptureBytes): boolean {
    const { bytes, at } = line;
    let micros = 0;
    for (let i = 0; i < NANO_DIGITS; i++) {
      const digit = bytes[at + i]! - ZERO;
      if (!(digit >= 0 && digit <= 9)) return false;
      if (i < MICRO_DIGITS) micros = micros * 10 + digit;
    }
    line.at = at + NANO_DIGITS;
    line.tsEvent = micros;
    return micros >= 1e15 && micros <= Number.MAX_SAFE_INTEGER;
  }
}
