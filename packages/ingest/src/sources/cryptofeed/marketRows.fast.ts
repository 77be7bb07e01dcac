/**
 * Writes best prices and last prices that were read from their bytes as rows of `quotes` and `tickers`: part of what test/bench/captures.ts
 * measures. Plain twin: `RowSink.row`. Invariant: every column is set, as rows of the plain reader lie between.
 */
import type { StreamName } from "@aftershock/schema";
import type { BulkRows, RowSink } from "../../source.ts";
import type { CaptureBytes } from "./captureBytes.fast.ts";

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
