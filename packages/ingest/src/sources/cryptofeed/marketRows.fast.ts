/**
 * Writes prices of markets that were read from their bytes as rows of `quotes`, `tickers` and `options`: part of what test/bench/captures.ts
 * measures. Plain twin: `RowSink.row`. Invariant: every column is set, as rows of the plain reader lie between.
 */
import type { StreamName } from "@aftershock/schema";
import type { BulkRows, RowSink } from "../../source.ts";
import type { CaptureBytes } from "./captureBytes.fast.ts";
import type { FieldPattern } from "./fieldPattern.fast.ts";

/** Rows of one stream of one instrument, of which all columns but the clocks, the line and what is set are absent. */
class MarketRows {
  protected readonly rows: BulkRows;
  private readonly line: number;
  private readonly tsEvent: number;
  private readonly tsRecv: number;

  constructor(sink: RowSink, stream: StreamName, instrument: readonly [string, string]) {
    const rows = sink.bulk!(stream, ...instrument);
    this.rows = rows;
    this.line = rows.placeOf("line");
    this.tsEvent = rows.placeOf("tsEvent");
    this.tsRecv = rows.placeOf("tsRecv");
  }

  protected start(line: CaptureBytes): void {
    const { numbers } = this.rows;
    numbers.fill(Number.NaN);
    numbers[this.line] = line.number;
    numbers[this.tsEvent] = line.tsEvent;
    numbers[this.tsRecv] = line.tsRecv;
  }
}

/** A price or size on its way into its column. */
class DecimalColumn {
  private readonly place: number;
  private mantissa = Number.NaN;
  private decimals = 0;

  constructor(rows: BulkRows, column: string) {
    this.place = rows.placeOf(column);
  }

  get isZero(): boolean {
    return this.mantissa === 0;
  }

  setTo(mantissa: number, decimals: number): void {
    this.mantissa = mantissa;
    this.decimals = decimals;
  }

  /** Reads a decimal that is sent as a number. */
  read(line: CaptureBytes): boolean {
    if (!line.readDecimal()) return false;
    this.setTo(line.mantissa, line.decimals);
    return true;
  }

  write(numbers: Float64Array): void {
    numbers[this.place] = this.mantissa;
    numbers[this.place + 1] = this.decimals;
  }
}

/** Rows of `quotes`. */
export class QuoteRows extends MarketRows {
  readonly bidPrice: DecimalColumn;
  readonly bidSize: DecimalColumn;
  readonly askPrice: DecimalColumn;
  readonly askSize: DecimalColumn;

  /** The sink must take rows in bulk. */
  constructor(sink: RowSink, venue: string, symbol: string) {
    super(sink, "quotes", [venue, symbol]);
    this.bidPrice = new DecimalColumn(this.rows, "bidPrice");
    this.bidSize = new DecimalColumn(this.rows, "bidSize");
    this.askPrice = new DecimalColumn(this.rows, "askPrice");
    this.askSize = new DecimalColumn(this.rows, "askSize");
  }

  /** Writes what its columns have been given. */
  write(line: CaptureBytes): void {
    this.start(line);
    const { numbers } = this.rows;
    this.bidPrice.write(numbers);
    this.bidSize.write(numbers);
    this.askPrice.write(numbers);
    this.askSize.write(numbers);
    this.rows.commit();
  }
}

/** Rows of `tickers`. */
export class TickerRows extends MarketRows {
  private readonly lastPrice: number;

  /** The sink must take rows in bulk. */
  constructor(sink: RowSink, venue: string, symbol: string) {
    super(sink, "tickers", [venue, symbol]);
    this.lastPrice = this.rows.placeOf("lastPrice");
  }

  /** Writes a last price, quote currency. */
  writeLast(line: CaptureBytes, price: number): void {
    this.start(line);
    this.rows.numbers[this.lastPrice] = price;
    this.rows.commit();
  }
}

/** An option as its name tells it. */
export interface NamedOption {
  readonly symbol: string;
  /** CALL or PUT. */
  readonly right: number;
  /** Currency of the underlying price. */
  readonly strike: number;
  /** µs. */
  readonly expiry: number;
}

/** Rows of `options`, filled from a pattern whose fields are their columns. */
export class OptionRows extends MarketRows {
  private readonly pattern: FieldPattern;
  private readonly places: Int32Array;
  private readonly optionSymbol: number;
  private readonly right: number;
  private readonly strike: number;
  private readonly expiry: number;
  private readonly flags: number;

  /** The sink must take rows in bulk. */
  constructor(sink: RowSink, instrument: readonly [string, string], pattern: FieldPattern) {
    super(sink, "options", instrument);
    const { rows } = this;
    this.pattern = pattern;
    this.places = pattern.placesIn(rows);
    this.optionSymbol = rows.placeOf("optionSymbol");
    this.right = rows.placeOf("right");
    this.strike = rows.placeOf("strike");
    this.expiry = rows.placeOf("expiry");
    this.flags = rows.placeOf("flags");
  }

  /** Writes what the pattern has read of an option. */
  write(line: CaptureBytes, option: NamedOption, flags: number): void {
    this.start(line);
    const { numbers } = this.rows;
    numbers[this.right] = option.right;
    numbers[this.strike] = option.strike;
    numbers[this.expiry] = option.expiry;
    numbers[this.flags] = flags;
    this.rows.setText(this.optionSymbol, option.symbol);
    this.pattern.write(this.rows, this.places);
    this.rows.commit();
  }
}
