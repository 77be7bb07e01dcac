/**
 * Trades and book increments of Tardis, the files with tens of millions of lines, read from their bytes: 1.8 M rows/s of CPU time
 * against 0.4–0.5 M by the plain readers (2026-11-21, 2 cores; the whole of it: test/bench/ingest.ts). Plain twins: `tardisTrades`, `tardisBook` with TardisBookMessages. A line is taken here only when it is as
 * nearly all are; every other goes to the twin, and so do all lines of a snapshot.
 *
 * Book rows wait for the end of their message in `Message`: eight numbers a row (tsEvent, line, side, price mantissa, decimals,
 * size mantissa, decimals, unused), Float64, grown by doubling.
 */
import { MESSAGE_END } from "@aftershock/schema";
import type { BulkRows, RowSink } from "../../source.ts";
import { AsciiCells } from "../read/asciiCells.fast.ts";
import type { TardisHead } from "./tardisHead.ts";

const COMMA = 44;
const NEWLINE = 10;

/** The first two cells of the lines of one instrument, with their commas. */
type Prefix = Uint8Array;

/** Whether a line begins with a prefix. */
function begins(bytes: Uint8Array, from: number, prefix: Prefix): boolean {
  for (let i = prefix.length - 1; i >= 0; i--) {
    if (bytes[from + i] !== prefix[i]) return false;
  }
  return true;
}

const prefixOf = (exchange: string, symbol: string): Prefix =>
  Buffer.from(`${exchange},${symbol},`, "latin1");

/** Where the columns of a stream are. */
class Places {
  readonly line: number;
  readonly tsEvent: number;
  readonly tsRecv: number;
  readonly side: number;
  readonly price: number;
  readonly size: number;

  constructor(rows: BulkRows) {
    this.line = rows.placeOf("line");
    this.tsEvent = rows.placeOf("tsEvent");
    this.tsRecv = rows.placeOf("tsRecv");
    this.side = rows.placeOf("side");
    this.price = rows.placeOf("price");
    this.size = rows.placeOf("size");
  }
}

/** Takes the trades of one instrument after another, as the lines come. */
export class TardisTradesBulk {
  private readonly sink: RowSink;
  private readonly cells = new AsciiCells();
  private prefix: Prefix = new Uint8Array(1);
  private rows: BulkRows | undefined;
  private places: Places | undefined;
  private tradeId = 0;
  private head: TardisHead | undefined;

  constructor(sink: RowSink) {
    this.sink = sink;
  }

  /** The plain reader has taken a row of this instrument; `symbol` as it stands in the file. */
  follow(head: TardisHead, symbol: string): void {
    if (this.sink.bulk === undefined || head.symbol !== symbol) return;
    this.head = head;
    this.prefix = prefixOf(head.exchange, symbol);
    this.rows = this.sink.bulk("trades", head.venue, head.symbol);
    this.places = new Places(this.rows);
    this.tradeId = this.rows.placeOf("tradeId");
  }

  take(bytes: Uint8Array, from: number, number: number): number {
    const { rows, places, cells, prefix } = this;
    if (rows === undefined || places === undefined || !begins(bytes, from, prefix)) return -1;
    const tsEvent = cells.micros(bytes, from + prefix.length);
    if (tsEvent < 0) return -1;
    const tsRecv = cells.micros(bytes, cells.at + 1);
    if (tsRecv < 0) return -1;
    const idFrom = cells.at + 1;
    let i = idFrom;
    for (let byte = bytes[i]!; byte >= 48 && byte <= 57; byte = bytes[++i]!);
    if (i === idFrom || bytes[i] !== COMMA) return -1;
    const idTo = i;
    // buy or sell, told apart by their first letters.
    const buys =
      bytes[i + 1] === 98 && bytes[i + 2] === 117 && bytes[i + 3] === 121 && bytes[i + 4] === COMMA;
    const sells =
      bytes[i + 1] === 115 &&
      bytes[i + 2] === 101 &&
      bytes[i + 3] === 108 &&
      bytes[i + 4] === 108 &&
      bytes[i + 5] === COMMA;
    if (!buys && !sells) return -1;
    if (!cells.decimal(bytes, buys ? i + 5 : i + 6, COMMA)) return -1;
    const { mantissa, decimals } = cells;
    if (!cells.decimal(bytes, cells.at + 1, NEWLINE)) return -1;
    if (!rows.setShortText(this.tradeId, bytes, idFrom, idTo)) return -1;
    const { numbers } = rows;
    numbers[places.line] = number;
    numbers[places.tsEvent] = tsEvent;
    numbers[places.tsRecv] = tsRecv;
    numbers[places.side] = buys ? 1 : -1;
    numbers[places.price] = mantissa;
    numbers[places.price + 1] = decimals;
    numbers[places.size] = cells.mantissa;
    numbers[places.size + 1] = cells.decimals;
    if (tsEvent === tsRecv) {
      this.sink.note("trades", this.head!.venue, this.head!.symbol, "eventTimeIsLocal");
    }
    rows.commit();
    return cells.at + 1;
  }
}

const FIELDS = 8;

/** What the plain reader of a book does for its bulk reader. */
export interface PlainBook {
  /**
   * The next line of the book of `head` is of a message of its own, at `tsRecv`, and no snapshot. Emits what is held back, and returns true;
   * false when that message must be read plainly, because it belongs to what is held back or no snapshot has been seen.
   */
  settle(head: TardisHead, tsRecv: number): boolean;
  /** Takes back a row of a message that is not over. */
  resume(head: TardisHead, row: OpenRow): void;
}

/** One row of an open message. */
export interface OpenRow {
  readonly tsEvent: number;
  readonly tsRecv: number;
  readonly line: number;
  readonly side: number;
  readonly price: { readonly mantissa: number; readonly decimals: number };
  readonly size: { readonly mantissa: number; readonly decimals: number };
}

/** Takes the messages of one book after another that are no snapshots. */
export class TardisBookBulk {
  private readonly sink: RowSink;
  private readonly plain: PlainBook;
  private readonly cells = new AsciiCells();
  private prefix: Prefix = new Uint8Array(1);
  private rows: BulkRows | undefined;
  private places: Places | undefined;
  private flags = 0;
  private head: TardisHead | undefined;
  /** The open message. */
  private message = new Float64Array(FIELDS * 256);
  private count = 0;
  private tsRecv = 0;
  private settled = false;

  constructor(sink: RowSink, plain: PlainBook) {
    this.sink = sink;
    this.plain = plain;
  }

  /** The plain reader has taken a row of this instrument; `symbol` as it stands in the file. */
  follow(head: TardisHead, symbol: string): void {
    this.settled = false;
    if (this.sink.bulk === undefined || head.symbol !== symbol) {
      this.rows = undefined;
      return;
    }
    if (this.head?.venue === head.venue && this.head.symbol === head.symbol && this.rows) return;
    this.head = head;
    this.prefix = prefixOf(head.exchange, symbol);
    this.rows = this.sink.bulk("book", head.venue, head.symbol);
    this.places = new Places(this.rows);
    this.flags = this.rows.placeOf("flags");
  }

  /** Hands the open message to the plain reader: the next line is for that. */
  yield(): void {
    const { message, head, tsRecv } = this;
    for (let row = 0; row < this.count; row++) {
      const at = row * FIELDS;
      this.plain.resume(head!, {
        tsEvent: message[at]!,
        tsRecv,
        line: message[at + 1]!,
        side: message[at + 2]!,
        price: { mantissa: message[at + 3]!, decimals: message[at + 4]! },
        size: { mantissa: message[at + 5]!, decimals: message[at + 6]! },
      });
    }
    this.count = 0;
    this.settled = false;
  }

  take(bytes: Uint8Array, from: number, number: number): number {
    return this.read(bytes, from, number);
  }

  private read(bytes: Uint8Array, from: number, number: number): number {
    const { cells, prefix } = this;
    if (this.rows === undefined || !begins(bytes, from, prefix)) return -1;
    const tsEvent = cells.micros(bytes, from + prefix.length);
    if (tsEvent < 0) return -1;
    const tsRecv = cells.micros(bytes, cells.at + 1);
    if (tsRecv < 0) return -1;
    // "false,bid," or "false,ask,": a snapshot's rows are read plainly.
    const i = cells.at + 1;
    if (bytes[i] !== 102 || bytes[i + 4] !== 101 || bytes[i + 5] !== COMMA) return -1;
    if (bytes[i + 1] !== 97 || bytes[i + 2] !== 108 || bytes[i + 3] !== 115) return -1;
    const bid = bytes[i + 6] === 98 && bytes[i + 7] === 105 && bytes[i + 8] === 100;
    const ask = bytes[i + 6] === 97 && bytes[i + 7] === 115 && bytes[i + 8] === 107;
    if ((!bid && !ask) || bytes[i + 9] !== COMMA) return -1;
    if (!cells.decimal(bytes, i + 10, COMMA)) return -1;
    const { mantissa, decimals } = cells;
    if (!cells.decimal(bytes, cells.at + 1, NEWLINE)) return -1;
    if (!this.settled) {
      if (!this.plain.settle(this.head!, tsRecv)) return -1;
      this.settled = true;
    } else if (tsRecv !== this.tsRecv) this.emit();
    this.tsRecv = tsRecv;
    const at = this.count * FIELDS;
    if (at === this.message.length) this.grow();
    const { message } = this;
    message[at] = tsEvent;
    message[at + 1] = number;
    message[at + 2] = bid ? 1 : -1;
    message[at + 3] = mantissa;
    message[at + 4] = decimals;
    message[at + 5] = cells.mantissa;
    message[at + 6] = cells.decimals;
    this.count += 1;
    return cells.at + 1;
  }

  private grow(): void {
    const grown = new Float64Array(this.message.length * 2);
    grown.set(this.message);
    this.message = grown;
  }

  private emit(): void {
    const { message, count, tsRecv, flags } = this;
    const rows = this.rows!;
    const places = this.places!;
    const { numbers } = rows;
    for (let row = 0; row < count; row++) {
      const at = row * FIELDS;
      numbers[places.tsEvent] = message[at]!;
      numbers[places.tsRecv] = tsRecv;
      numbers[places.line] = message[at + 1]!;
      numbers[places.side] = message[at + 2]!;
      numbers[places.price] = message[at + 3]!;
      numbers[places.price + 1] = message[at + 4]!;
      numbers[places.size] = message[at + 5]!;
      numbers[places.size + 1] = message[at + 6]!;
      numbers[flags] = row === count - 1 ? MESSAGE_END : 0;
      if (message[at] === tsRecv) {
        this.sink.note("book", this.head!.venue, this.head!.symbol, "eventTimeIsLocal");
      }
      rows.commit();
    }
    this.count = 0;
  }
}
