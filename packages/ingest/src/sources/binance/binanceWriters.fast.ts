/**
 * Store lines of a capture of Binance that were read from their bytes: see binanceBulk.fast.ts, which has the benchmark and the plain twins'
 * name, and BinanceLine for the layout of the values. Invariant: a writer sets every column of its stream, as rows that the plain reader
 * has written lie between its own.
 */
import { ASK, BID, BUY, MESSAGE_END, SELL } from "@aftershock/schema";
import type { BulkRows, RowSink } from "../../source.ts";
import type { BinanceDepthSync, DepthLink, StagedDiff } from "./binanceDepthSync.ts";
import { type BinanceLine, LEVEL } from "./binanceLine.fast.ts";
import { type BinanceShape, SLOT } from "./binanceShape.ts";

/** What stores the lines of a shape; returns false, and does nothing, for one that is the plain reader's. */
export interface BinanceWriter {
  write(line: BinanceLine): boolean;
}

/** Where the venue's clock is among the values of a shape; -1 for none. */
function clockOf({ slots }: BinanceShape): number {
  if (slots.includes(SLOT.done)) return 2 * SLOT.done;
  return slots.includes(SLOT.sent) ? 2 * SLOT.sent : -1;
}

/** The clocks and the line of a row, which all streams have. */
class Origin {
  private readonly numbers: Float64Array;
  private readonly line: number;
  private readonly tsEvent: number;
  private readonly tsRecv: number;

  constructor(rows: BulkRows) {
    this.numbers = rows.numbers;
    this.line = rows.placeOf("line");
    this.tsEvent = rows.placeOf("tsEvent");
    this.tsRecv = rows.placeOf("tsRecv");
  }

  set(line: number, tsEvent: number, tsRecv: number): void {
    const { numbers } = this;
    numbers[this.line] = line;
    numbers[this.tsEvent] = tsEvent;
    numbers[this.tsRecv] = tsRecv;
  }
}

/** Writes depth updates as rows of the book. */
class DepthRows {
  private readonly rows: BulkRows;
  private readonly origin: Origin;
  private readonly side: number;
  private readonly price: number;
  private readonly size: number;
  private readonly flags: number;
  private readonly updateId: number;
  private readonly prevUpdateId: number;

  constructor(rows: BulkRows) {
    this.rows = rows;
    this.origin = new Origin(rows);
    this.side = rows.placeOf("side");
    this.price = rows.placeOf("price");
    this.size = rows.placeOf("size");
    this.flags = rows.placeOf("flags");
    this.updateId = rows.placeOf("updateId");
    this.prevUpdateId = rows.placeOf("prevUpdateId");
  }

  write(diff: DiffHead, tsRecv: number, levels: Float64Array): void {
    const { rows, side, price, size, flags } = this;
    const { count, bids } = diff;
    const { numbers } = rows;
    this.origin.set(diff.line, diff.tsEvent, tsRecv);
    numbers[this.updateId] = diff.updateId;
    numbers[this.prevUpdateId] = diff.prevUpdateId;
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
  }
}

/** A depth update without its levels. */
interface DiffHead extends DepthLink {
  readonly line: number;
  /** µs. */
  readonly tsEvent: number;
  readonly prevUpdateId: number;
  /** How many levels it has, and how many of them are bids. */
  readonly count: number;
  readonly bids: number;
}

/** A depth update that may have to wait. */
class WaitingDiff implements StagedDiff {
  readonly tsRecv: number;
  readonly updateId: number;
  readonly prevUpdateId: number;
  private readonly head: DiffHead;
  private readonly levels: Float64Array;
  private readonly rows: DepthRows;

  constructor(head: DiffHead, levels: Float64Array, rows: DepthRows) {
    this.tsRecv = head.tsRecv;
    this.updateId = head.updateId;
    this.prevUpdateId = head.prevUpdateId;
    this.head = head;
    this.levels = levels.slice(0, head.count * LEVEL);
    this.rows = rows;
  }

  write(tsRecv: number): void {
    this.rows.write(this.head, tsRecv, this.levels);
  }
}

/** Stores depth updates that have levels, in the order that their book puts them in. */
export class DepthWriter implements BinanceWriter {
  private readonly sink: RowSink;
  private readonly rows: DepthRows;
  private readonly book: BinanceDepthSync;
  private readonly clock: number;
  private readonly isChained: boolean;

  constructor(sink: RowSink, rows: BulkRows, shape: BinanceShape, book: BinanceDepthSync) {
    this.sink = sink;
    this.rows = new DepthRows(rows);
    this.book = book;
    this.clock = clockOf(shape);
    this.isChained = shape.slots.includes(SLOT.before);
  }

  write(line: BinanceLine): boolean {
    const { values, count } = line;
    const first = values[2 * SLOT.first]!;
    const updateId = values[2 * SLOT.last]!;
    const prevUpdateId = this.isChained ? values[2 * SLOT.before]! : first - 1;
    if (count === 0 || first > updateId || prevUpdateId >= updateId) return false;
    const diff = {
      line: line.number,
      tsEvent: values[this.clock]!,
      tsRecv: line.tsRecv,
      updateId,
      prevUpdateId,
      count,
      bids: line.bids,
    };
    if (this.book.advance(diff)) {
      this.rows.write(diff, line.tsRecv, line.levels);
      return true;
    }
    const reason = this.book.diff(new WaitingDiff(diff, line.levels, this.rows), this.sink);
    if (reason !== undefined) this.sink.skip(line.source(), reason);
    return true;
  }
}

/** Puts the decimal of a slot into its column. */
function setDecimal(
  numbers: Float64Array,
  place: number,
  values: Float64Array,
  slot: number,
): void {
  numbers[place] = values[2 * slot]!;
  numbers[place + 1] = values[2 * slot + 1]!;
}

/** Stores book tickers with orders on both sides. */
export class QuoteWriter implements BinanceWriter {
  private readonly rows: BulkRows;
  private readonly origin: Origin;
  private readonly clock: number;
  private readonly bidPrice: number;
  private readonly bidSize: number;
  private readonly askPrice: number;
  private readonly askSize: number;
  private readonly updateId: number;

  constructor(rows: BulkRows, shape: BinanceShape) {
    this.rows = rows;
    this.origin = new Origin(rows);
    this.clock = clockOf(shape);
    this.bidPrice = rows.placeOf("bidPrice");
    this.bidSize = rows.placeOf("bidSize");
    this.askPrice = rows.placeOf("askPrice");
    this.askSize = rows.placeOf("askSize");
    this.updateId = rows.placeOf("updateId");
  }

  write(line: BinanceLine): boolean {
    const { rows, clock } = this;
    const { values } = line;
    this.origin.set(line.number, clock < 0 ? Number.NaN : values[clock]!, line.tsRecv);
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
  private readonly rows: BulkRows;
  private readonly origin: Origin;
  private readonly clock: number;
  private readonly tradeId: number;
  private readonly side: number;
  private readonly price: number;
  private readonly size: number;

  constructor(rows: BulkRows, shape: BinanceShape) {
    this.rows = rows;
    this.origin = new Origin(rows);
    this.clock = clockOf(shape);
    this.tradeId = rows.placeOf("tradeId");
    this.side = rows.placeOf("side");
    this.price = rows.placeOf("price");
    this.size = rows.placeOf("size");
  }

  write(line: BinanceLine): boolean {
    const { rows } = this;
    const { values } = line;
    if (!rows.setShortText(this.tradeId, line.bytes, line.idFrom, line.idTo)) return false;
    this.origin.set(line.number, values[this.clock]!, line.tsRecv);
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

  write(line: BinanceLine): boolean {
    this.sink.skip(line.source(), this.reason);
    return true;
  }
}
