/**
 * Store lines of a capture of Binance that were read from their bytes: see binanceBulk.fast.ts, which has the benchmark and the plain twins'
 * name, and BinanceLine for the layout of the values. Invariant: a writer sets every column of its stream, as rows that the plain reader
 * has written lie between its own.
 */
import { ASK, BID, BUY, MESSAGE_END, SELL } from "@aftershock/schema";
import type { BulkRows, RowSink } from "../../source.ts";
import type { BinanceDepthSync } from "./binanceDepthSync.ts";
import { type BinanceLine, LEVEL } from "./binanceLine.fast.ts";
import { type BinanceShape, SLOT } from "./binanceShape.ts";

/** What stores the lines of a shape; returns false, and does nothing, for one that is the plain reader's. */
export interface BinanceWriter {
  write(line: BinanceLine): boolean;
}

/** The clocks and the line of a row, which all streams have. */
class Origin {
  readonly rows: BulkRows;
  private readonly line: number;
  private readonly tsEvent: number;
  private readonly tsRecv: number;
  /** Where the venue's clock is among the values; -1 for none. */
  private readonly clock: number;

  constructor(rows: BulkRows, { slots }: BinanceShape) {
    this.rows = rows;
    this.line = rows.placeOf("line");
    this.tsEvent = rows.placeOf("tsEvent");
    this.tsRecv = rows.placeOf("tsRecv");
    const clock = slots.includes(SLOT.done) ? SLOT.done : SLOT.sent;
    this.clock = slots.includes(clock) ? 2 * clock : -1;
  }

  set({ number, tsRecv, values }: BinanceLine): void {
    const { numbers } = this.rows;
    numbers[this.line] = number;
    numbers[this.tsRecv] = tsRecv;
    numbers[this.tsEvent] = this.clock < 0 ? Number.NaN : values[this.clock]!;
  }
}

/** Stores depth updates that are the next of their book. */
export class DepthWriter implements BinanceWriter {
  private readonly origin: Origin;
  private readonly book: BinanceDepthSync;
  private readonly isChained: boolean;
  private readonly side: number;
  private readonly price: number;
  private readonly size: number;
  private readonly flags: number;
  private readonly updateId: number;
  private readonly prevUpdateId: number;

  constructor(rows: BulkRows, shape: BinanceShape, book: BinanceDepthSync) {
    this.origin = new Origin(rows, shape);
    this.book = book;
    this.isChained = shape.slots.includes(SLOT.before);
    this.side = rows.placeOf("side");
    this.price = rows.placeOf("price");
    this.size = rows.placeOf("size");
    this.flags = rows.placeOf("flags");
    this.updateId = rows.placeOf("updateId");
    this.prevUpdateId = rows.placeOf("prevUpdateId");
  }

  write(line: BinanceLine): boolean {
    const { values, count, bids, levels } = line;
    const first = values[2 * SLOT.first]!;
    const updateId = values[2 * SLOT.last]!;
    const prevUpdateId = this.isChained ? values[2 * SLOT.before]! : first - 1;
    if (count === 0 || first > updateId) return false;
    if (!this.book.advance({ tsRecv: line.tsRecv, updateId, prevUpdateId })) return false;
    this.origin.set(line);
    const { side, price, size, flags } = this;
    const { rows } = this.origin;
    const { numbers } = rows;
    numbers[this.updateId] = updateId;
    numbers[this.prevUpdateId] = prevUpdateId;
    for (let level = 0; level < count; level++) {
      const at = level * LEVEL;
      numbers[side] = level < bids ? BID : ASK;
      numbers[price] = levels[at]!;
      numbers[price + 1] = levels[at + 1]!;
      numbers[size] = levels[at + 2]!;
      numbers[size + 1] = levels[at + 3]!;
      numbers[flags] = level === count - 1 ? MESSAGE_END : 0;
      rows.commit();
    }
    return true;
  }
}

/** Puts the decimal of a slot into its column. */
function setDecimal(numbers: Float64Array, place: number, values: Float64Array, slot: number): void {
  numbers[place] = values[2 * slot]!;
  numbers[place + 1] = values[2 * slot + 1]!;
}

/** Stores book tickers with orders on both sides. */
export class QuoteWriter implements BinanceWriter {
  private readonly origin: Origin;
  private readonly bidPrice: number;
  private readonly bidSize: number;
  private readonly askPrice: number;
  private readonly askSize: number;
  private readonly updateId: number;

  constructor(rows: BulkRows, shape: BinanceShape) {
    this.origin = new Origin(rows, shape);
    this.bidPrice = rows.placeOf("bidPrice");
    this.bidSize = rows.placeOf("bidSize");
    this.askPrice = rows.placeOf("askPrice");
    this.askSize = rows.placeOf("askSize");
    this.updateId = rows.placeOf("updateId");
  }

  write(line: BinanceLine): boolean {
    this.origin.set(line);
    const { values } = line;
    const { rows } = this.origin;
    const { numbers } = rows;
    setDecimal(numbers, this.bidPrice, values, SLOT.bidPrice);
    setDecimal(numbers, this.bidSize, values, SLOT.bidSize);
    setDecimal(numbers, this.askPrice, values, SLOT.askPrice);
    setDecimal(numbers, this.askSize, values, SLOT.askSize);
    numbers[this.updateId] = values[2 * SLOT.last]!;
    rows.commit();
    return true;
  }
}

/** Stores trades. */
export class TradeWriter implements BinanceWriter {
  private readonly origin: Origin;
  private readonly tradeId: number;
  private readonly side: number;
  private readonly price: number;
  private readonly size: number;

  constructor(rows: BulkRows, shape: BinanceShape) {
    this.origin = new Origin(rows, shape);
    this.tradeId = rows.placeOf("tradeId");
    this.side = rows.placeOf("side");
    this.price = rows.placeOf("price");
    this.size = rows.placeOf("size");
  }

  write(line: BinanceLine): boolean {
    const { values } = line;
    const { rows } = this.origin;
    if (!rows.setShortText(this.tradeId, line.bytes, line.idFrom, line.idTo)) return false;
    this.origin.set(line);
    const { numbers } = rows;
    // The buyer was the maker: the taker sold.
    numbers[this.side] = values[2 * SLOT.maker] === 1 ? SELL : BUY;
    setDecimal(numbers, this.price, values, SLOT.price);
    setDecimal(numbers, this.size, values, SLOT.size);
    rows.commit();
    return true;
  }
}

/** Skips trades of a feed that is not stored. */
export class SkippedTradeWriter implements BinanceWriter {
  private readonly sink: RowSink;
  private readonly reason: string;

  constructor(sink: RowSink, reason: string) {
    this.sink = sink;
    this.reason = reason;
  }

  write({ bytes, from, to, number }: BinanceLine): boolean {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - 1 - from).toString("utf8");
    this.sink.skip({ number, text }, this.reason);
    return true;
  }
}
