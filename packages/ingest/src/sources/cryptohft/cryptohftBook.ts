import { ASK, BID, DataError, ROWS_LOST, isInstrumentName } from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import { BinanceDepthSync } from "../binance/binanceDepthSync.ts";
import type { BookLevel } from "../read/bookMessage.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import { optionalCount, optionalTime, positive, receivedCell } from "./cryptohftCells.ts";

/** A level as a row states it, with the message that it is of. */
interface LevelRow extends BookLevel {
  readonly line: number;
  readonly symbol: string;
  /** The same for all rows of one message. */
  readonly message: string;
  readonly tsEvent: number | undefined;
  readonly tsRecv: number;
  readonly updateId: number;
  readonly prevUpdateId: number | undefined;
}

/** The rows of one message, complete. */
interface HeldMessage {
  readonly rows: readonly LevelRow[];
  /** A row of it, or just before it, went to quarantine. */
  readonly isLost: boolean;
  /** How many of its rows have gone out. */
  written: number;
}

function readIds(row: CsvRow, isSnapshot: boolean): Pick<LevelRow, "updateId" | "prevUpdateId"> {
  const id = isSnapshot ? "last_update_id" : "final_update_id";
  const updateId = optionalCount(row, id);
  if (updateId === undefined) throw row.wrong(id, "an update id");
  if (isSnapshot) return { updateId, prevUpdateId: undefined };
  const first = optionalCount(row, "first_update_id");
  if (first === undefined || first > updateId) {
    throw row.wrong("first_update_id", "an id up to final_update_id");
  }
  const prevUpdateId = optionalCount(row, "prev_final_update_id") ?? first - 1;
  if (prevUpdateId >= updateId) throw row.wrong("prev_final_update_id", "an id before the last");
  return { updateId, prevUpdateId };
}

function readLevel(row: CsvRow, venue: string): LevelRow {
  const symbol = row.text("symbol");
  if (!isInstrumentName(venue, symbol)) throw row.wrong("symbol", "a symbol");
  const isSnapshot = row.oneOf("event_type", { snapshot: true, update: false });
  const tsRecv = receivedCell(row);
  const ids = readIds(row, isSnapshot);
  const sent = optionalTime(row, "event_time");
  return {
    line: row.line.number,
    symbol,
    message: `${symbol} ${isSnapshot} ${row.text("received_time")} ${ids.updateId}`,
    tsEvent: optionalTime(row, "transaction_time") ?? sent,
    tsRecv,
    ...ids,
    side: row.oneOf<BookLevel["side"]>("side", { bid: BID, ask: ASK }),
    price: positive(row, "price"),
    size: row.size("quantity"),
  };
}

/**
 * The books of one ingest, rows of one message put together again. What Binance's own rule makes of them, `BinanceDepthSync` says:
 * changes that came before the snapshot that they belong after are held back for it. The chain goes on from file to file.
 */
export class CryptohftBooks {
  private readonly venue: string;
  private readonly books = new Map<string, BinanceDepthSync>();
  private readonly messages = new Map<number, HeldMessage>();
  private count = 0;
  private open: LevelRow[] = [];
  private isLost = false;
  private wasLost = false;

  constructor(venue: string) {
    this.venue = venue;
  }

  /** Reads a row and emits nothing yet. */
  read(sink: RowSink, row: CsvRow): Emit {
    const level = readLevel(row, this.venue);
    return () => {
      if (this.open[0] !== undefined && this.open[0].message !== level.message) this.complete(sink);
      // A bad row between two good ones may have been of either message.
      this.wasLost ||= this.isLost;
      this.isLost = false;
      this.open.push(level);
    };
  }

  /** A row went to quarantine. */
  lost(): void {
    this.isLost = true;
    if (this.open.length > 0) this.wasLost = true;
  }

  /** Emits what is held back: rows count to the file that they are from. */
  endOfFile(sink: RowSink): void {
    this.complete(sink);
    for (const book of this.books.values()) book.flush(this.numbered(sink));
  }

  private complete(sink: RowSink): void {
    const [first] = this.open;
    if (first === undefined) return;
    const { tsEvent, tsRecv, updateId, prevUpdateId, symbol } = first;
    this.count += 1;
    const message = { rows: this.open, isLost: this.wasLost, written: 0 };
    this.messages.set(this.count, message);
    const depth = { tsEvent, tsRecv, line: this.count, updateId, prevUpdateId, levels: this.open };
    this.open = [];
    this.wasLost = false;
    const book = this.bookOf(symbol);
    const to = this.numbered(sink);
    const reason = prevUpdateId === undefined ? book.snapshot(depth, to) : book.diff(depth, to);
    if (reason === undefined) return;
    this.messages.delete(this.count);
    for (const { line } of message.rows) sink.skip({ number: line, text: "" }, reason);
  }

  private bookOf(symbol: string): BinanceDepthSync {
    // Every market's messages are chained in the same way.
    if (
      this.venue !== "binance" &&
      this.venue !== "binance-usdm" &&
      this.venue !== "binance-coinm"
    ) {
      throw new DataError(`Invariant: ${this.venue} is none of Binance's markets`);
    }
    let book = this.books.get(symbol);
    if (book === undefined) {
      book = new BinanceDepthSync(this.venue, symbol);
      this.books.set(symbol, book);
    }
    return book;
  }

  /** A sink that gives the rows of a message, which come one after the other, their own lines back. */
  private numbered(sink: RowSink): RowSink {
    return {
      quarantine: (line, reason) => sink.quarantine(line, reason),
      skip: (line, reason) => sink.skip(line, reason),
      note: (...remark) => sink.note(...remark),
      dataset: (name) => sink.dataset(name),
      row: (stream, venue, symbol, row) => {
        const message = this.messages.get(row.line);
        const level = message?.rows[message.written];
        if (message === undefined || level === undefined) {
          throw new DataError("Invariant: a row of no message");
        }
        const flags = "flags" in row && typeof row.flags === "number" ? row.flags : 0;
        const lost = message.isLost && message.written === 0 ? ROWS_LOST : 0;
        message.written += 1;
        if (message.written === message.rows.length) this.messages.delete(row.line);
        const numbered: RawRow<typeof stream> = {
          ...row,
          line: level.line,
          ...(lost === 0 ? {} : { flags: flags | lost }),
        };
        sink.row(stream, venue, symbol, numbered);
      },
    };
  }
}
