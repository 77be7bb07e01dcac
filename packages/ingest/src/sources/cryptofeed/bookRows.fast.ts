/**
 * Writes the levels of messages that were read from their bytes as rows of the `book` stream: part of what test/bench/captures.ts measures.
 * Plain twin: `writeBook`. Layout: that of `CaptureBytes.levels`. Invariant: every column is set, as rows of the plain reader lie between.
 */
import { MESSAGE_END, NO_SIDE, SNAPSHOT, SNAPSHOT_START } from "@aftershock/schema";
import type { BulkRows, RowSink } from "../../source.ts";
import { type CaptureBytes, LEVEL } from "./captureBytes.fast.ts";

/** Rows of one book. */
export class BookRows {
  private readonly sink: RowSink;
  private readonly venue: string;
  private readonly symbol: string;
  /** Asked for with the first message that is written: a book that has none must not be one of the file's. */
  private rows: BulkRows | undefined;
  private line = 0;
  private tsEvent = 0;
  private tsRecv = 0;
  private side = 0;
  private price = 0;
  private size = 0;
  private flags = 0;
  private updateId = 0;
  private prevUpdateId = 0;

  /** The sink must take rows in bulk. */
  constructor(sink: RowSink, venue: string, symbol: string) {
    this.sink = sink;
    this.venue = venue;
    this.symbol = symbol;
  }

  private open(): BulkRows {
    const rows = this.sink.bulk!("book", this.venue, this.symbol);
    this.line = rows.placeOf("line");
    this.tsEvent = rows.placeOf("tsEvent");
    this.tsRecv = rows.placeOf("tsRecv");
    this.side = rows.placeOf("side");
    this.price = rows.placeOf("price");
    this.size = rows.placeOf("size");
    this.flags = rows.placeOf("flags");
    this.updateId = rows.placeOf("updateId");
    this.prevUpdateId = rows.placeOf("prevUpdateId");
    this.rows = rows;
    return rows;
  }

  /** Writes a change; `first` and `last`: what else the flags of its first and its last row say. */
  change(line: CaptureBytes, first: number, last: number): void {
    this.start(line);
    if (line.count === 0) this.none(first | last | MESSAGE_END);
    else this.write(line, 0, line.count, first, 0, last | MESSAGE_END);
  }

  /** Writes a change whose asks come first in the message: the levels from `bids` on, then those before. */
  changeBidsFirst(line: CaptureBytes, bids: number, first: number, last: number): void {
    const { count } = line;
    this.start(line);
    const end = last | MESSAGE_END;
    if (count === 0) this.none(first | end);
    this.write(line, bids, count, first, 0, bids === 0 ? end : 0);
    this.write(line, 0, bids, bids === count ? first : 0, 0, end);
  }

  /** Writes a snapshot. */
  snapshot(line: CaptureBytes): void {
    this.start(line);
    if (line.count === 0) this.none(SNAPSHOT_START | SNAPSHOT | MESSAGE_END);
    this.write(line, 0, line.count, SNAPSHOT_START, SNAPSHOT, MESSAGE_END);
  }

  /** Writes a snapshot of at least one level, whose asks come first in the message. */
  snapshotBidsFirst(line: CaptureBytes, bids: number, last: number): void {
    const { count } = line;
    this.start(line);
    const end = last | MESSAGE_END;
    this.write(line, bids, count, SNAPSHOT_START, SNAPSHOT, bids === 0 ? end : 0);
    this.write(line, 0, bids, bids === count ? SNAPSHOT_START : 0, SNAPSHOT, end);
  }

  private start(line: CaptureBytes): void {
    const { numbers } = this.rows ?? this.open();
    numbers[this.line] = line.number;
    numbers[this.tsEvent] = line.tsEvent;
    numbers[this.tsRecv] = line.tsRecv;
    numbers[this.updateId] = line.updateId;
    numbers[this.prevUpdateId] = line.prevUpdateId;
  }

  private none(flags: number): void {
    const rows = this.rows!;
    const { numbers } = rows;
    numbers[this.side] = NO_SIDE;
    numbers[this.price] = numbers[this.price + 1] = 0;
    numbers[this.size] = numbers[this.size + 1] = 0;
    numbers[this.flags] = flags;
    rows.commit();
  }

  private write(
    line: CaptureBytes,
    from: number,
    to: number,
    first: number,
    each: number,
    last: number,
  ): void {
    const { side, price, size, flags } = this;
    const rows = this.rows!;
    const { numbers } = rows;
    const { levels } = line;
    for (let level = from; level < to; level++) {
      const at = level * LEVEL;
      numbers[side] = levels[at]!;
      numbers[price] = levels[at + 1]!;
      numbers[price + 1] = levels[at + 2]!;
      numbers[size] = levels[at + 3]!;
      numbers[size + 1] = levels[at + 4]!;
      numbers[flags] = (level === from ? first : 0) | each | (level === to - 1 ? last : 0);
      rows.commit();
    }
  }
}
