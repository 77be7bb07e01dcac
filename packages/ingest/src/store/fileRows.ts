import {
  DataError,
  IntegrityError,
  MICROS_PER_DAY,
  ROWS_LOST,
  SNAPSHOT_START,
  type StreamName,
  utcDate,
} from "@aftershock/schema";
import type { BulkRows, RawRow } from "../source.ts";
import { RowBuffer, type RowChunk, type RowStats, StagedRow } from "./rowBuffer.fast.ts";
import { stagedLayout } from "./stagedLayout.ts";

/** A line that could not be stored. */
export interface BadLine {
  /** Base name of the file. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly reason: string;
  /** The line itself, cut after MAX_KEPT_TEXT characters. */
  readonly text: string;
}

/** How much of a bad line is kept. Characters. */
const MAX_KEPT_TEXT = 4_096;

/** Bad lines that are held in memory; a file with more is not what it is taken for. */
const MAX_BAD_LINES = 100_000;

/** A text of its own: a piece of a larger text would keep all of that in memory. */
const copyOf = (text: string): string => Buffer.from(text, "utf8").toString("utf8");

/** A bad line as it is kept. */
export const keptLine = (bad: BadLine): BadLine => ({
  ...bad,
  text: copyOf(bad.text.slice(0, MAX_KEPT_TEXT)),
});

/** What is known of one file's part in one day of one instrument, beside its rows. */
export interface DayRemarks {
  readonly badLines: BadLine[];
  readonly notes: Map<string, number>;
  duplicates: number;
}

/** Nothing to remark. */
export const noRemarks = (): DayRemarks => ({ badLines: [], notes: new Map(), duplicates: 0 });

/** Adds remarks to others. */
export function addRemarks(to: DayRemarks, from: DayRemarks): void {
  for (const bad of from.badLines) to.badLines.push(bad);
  to.duplicates += from.duplicates;
  for (const [what, count] of from.notes) to.notes.set(what, (to.notes.get(what) ?? 0) + count);
}

/** One stream of one instrument on one UTC day. */
export interface PartitionName {
  readonly stream: StreamName;
  readonly venue: string;
  readonly symbol: string;
  readonly date: string;
}

/** Rows of one partition from one file, and what is said of them. */
interface PartitionRows {
  readonly name: PartitionName;
  readonly buffer: RowBuffer;
  readonly remarks: DayRemarks;
}

/** What one file holds of one partition, when it has been read whole. */
export interface FilePart {
  readonly name: PartitionName;
  readonly stats: RowStats;
  readonly remarks: DayRemarks;
}

/** What one file holds, beside the rows. */
export interface FileSummary {
  /** In the order in which their first rows came. */
  readonly parts: readonly FilePart[];
  /** What was said of a file without any row. */
  readonly homeless: DayRemarks;
  readonly dataset: string;
  readonly rows: number;
  readonly quarantined: number;
}

/** The rows of one instrument's stream in one file. */
class InstrumentRows implements BulkRows {
  readonly row: StagedRow;
  readonly numbers: Float64Array;
  private readonly file: FileRows;
  private readonly stream: StreamName;
  private readonly venue: string;
  private readonly symbol: string;
  private readonly days = new Map<number, PartitionRows>();
  /** When the day of its last row began, µs. */
  private midnight = Number.NaN;
  private current: PartitionRows | undefined;
  private readonly mayLoseRows: boolean;
  /** How many bad lines of the file its rows have passed. */
  private passedBadLines = 0;
  /** What was counted before its first row. */
  readonly waiting: Map<string, number> = new Map();

  constructor(file: FileRows, stream: StreamName, venue: string, symbol: string) {
    this.file = file;
    this.stream = stream;
    this.venue = venue;
    this.symbol = symbol;
    this.row = new StagedRow(stagedLayout(stream));
    this.numbers = this.row.numbers;
    this.mayLoseRows = stream === "book" || stream === "orders";
  }

  placeOf(column: string): number {
    const place = this.row.layout.columns.findIndex(({ name }) => name === column);
    if (place < 0) throw new IntegrityError(`Invariant: ${this.stream} has no column ${column}`);
    return place;
  }

  setText(place: number, text: string | undefined): void {
    this.row.setText(place, text);
  }

  setShortText(place: number, bytes: Uint8Array, from: number, to: number): boolean {
    return this.row.setShortText(place, bytes, from, to);
  }

  /** Its name among the instruments of the file. */
  get key(): string {
    return `${this.stream} ${this.venue}:${this.symbol}`;
  }

  /** Whether bad lines stand after its last row: the next row of the recording must say so. */
  get isOpen(): boolean {
    return this.mayLoseRows && this.file.badLineAt(this.passedBadLines) !== undefined;
  }

  /** Counts something; before its first row it waits for that. */
  note(what: string, count: number): void {
    const notes = this.current?.remarks.notes ?? this.waiting;
    notes.set(what, (notes.get(what) ?? 0) + count);
  }

  /** The partition of its last row. */
  get last(): PartitionRows | undefined {
    return this.current;
  }

  /** Adds the row that `row` holds. */
  commit(): void {
    if (this.mayLoseRows && this.file.mayMiss(this.passedBadLines)) this.markLostRows();
    const { moment } = this.row;
    const sinceMidnight = moment - this.midnight;
    if (!(sinceMidnight >= 0 && sinceMidnight < MICROS_PER_DAY) || this.current === undefined) {
      this.current = this.partition(moment);
      for (const [what, count] of this.waiting) this.note(what, count);
      this.waiting.clear();
    }
    this.current.buffer.add(this.row, moment);
    this.file.added(this.current);
  }

  /**
   * When a bad line stands between this row of a book and the one before it, it may have been of this book: the row says so.
   * Where the venue chains its messages by ids the chain tells; a snapshot makes good what was lost before it, unless the bad
   * line is the one just above it and may have been its first.
   */
  private markLostRows(): void {
    const of = (column: string): number => this.numbers[this.placeOf(column)] ?? Number.NaN;
    const [line, flags, updateId] = [of("line"), of("flags"), of("updateId")];
    let lastBad = 0;
    while ((this.file.badLineAt(this.passedBadLines) ?? Infinity) < line) {
      lastBad = this.file.badLineAt(this.passedBadLines) ?? 0;
      this.passedBadLines += 1;
    }
    const carried = this.file.takeCarried(this.key);
    if ((lastBad === 0 && !carried) || !Number.isNaN(updateId)) return;
    if ((flags & SNAPSHOT_START) !== 0 && lastBad !== line - 1) return;
    this.numbers[this.placeOf("flags")] = flags | ROWS_LOST;
  }

  private partition(moment: number): PartitionRows {
    if (!Number.isSafeInteger(moment)) {
      throw new IntegrityError(
        `Invariant: a ${this.stream} row of ${this.venue}:${this.symbol} has no time`,
      );
    }
    const day = Math.floor(moment / MICROS_PER_DAY);
    this.midnight = day * MICROS_PER_DAY;
    const found = this.days.get(day);
    if (found !== undefined) return found;
    const { stream, venue, symbol } = this;
    const fresh: PartitionRows = {
      name: { stream, venue, symbol, date: utcDate(moment) },
      buffer: new RowBuffer(this.row.layout),
      remarks: noRemarks(),
    };
    this.days.set(day, fresh);
    this.file.partitions.push(fresh);
    return fresh;
  }
}

/**
 * Takes what a source emits of one file, and sorts it by stream, instrument and day. Remarks about lines (bad ones, duplicates) belong
 * to the day of the row before them in the file, or after them where there is none before.
 */
export class FileRows {
  readonly partitions: PartitionRows[] = [];
  private readonly instruments = new Map<StreamName, Map<string, Map<string, InstrumentRows>>>();
  /** Partitions that have had a row since the last take(). */
  private readonly touched = new Set<PartitionRows>();
  private current: PartitionRows | undefined;
  private readonly homeless = noRemarks();
  /** Line numbers of the bad lines, ascending. */
  private readonly badLines: number[] = [];
  private dataset = "";
  rows: number = 0;
  private readonly carried: Set<string>;

  /** `carried`: what was `openEnded` in the file that this one goes on from. */
  constructor(carried: ReadonlySet<string> = new Set()) {
    this.carried = new Set(carried);
  }

  get quarantined(): number {
    return this.badLines.length;
  }

  /** The vendor's data set that the file is of. */
  startDataset(name: string): void {
    this.dataset = name;
  }

  /** Where the rows of an instrument go. */
  of(stream: StreamName, venue: string, symbol: string): InstrumentRows {
    const found = this.instruments.get(stream)?.get(venue)?.get(symbol);
    if (found !== undefined) return found;
    const rows = new InstrumentRows(this, stream, venue, symbol);
    const venues = this.instruments.get(stream) ?? new Map<string, Map<string, InstrumentRows>>();
    const symbols = venues.get(venue) ?? new Map<string, InstrumentRows>();
    this.instruments.set(stream, venues.set(venue, symbols.set(symbol, rows)));
    return rows;
  }

  /** Takes a row. */
  add(stream: StreamName, venue: string, symbol: string, row: RawRow): void {
    const instrument = this.of(stream, venue, symbol);
    instrument.row.set(row);
    instrument.commit();
  }

  /** For InstrumentRows: a row has been added. */
  added(partition: PartitionRows): void {
    if (this.current === undefined) addRemarks(partition.remarks, this.homeless);
    if (this.current !== partition) {
      this.current = partition;
      this.touched.add(partition);
    }
    this.rows += 1;
  }

  /** The books of which rows may be missing at the end of the file; a reader that goes on in the next file hands them to that. */
  get openEnded(): ReadonlySet<string> {
    const open = [...this.eachInstrument()].filter(({ isOpen }) => isOpen).map(({ key }) => key);
    return new Set([...this.carried, ...open]);
  }

  private *eachInstrument(): Generator<InstrumentRows> {
    for (const venues of this.instruments.values()) {
      for (const symbols of venues.values()) yield* symbols.values();
    }
  }

  /** For InstrumentRows: whether a bad line stands after the nth, or in a file before. */
  mayMiss(nth: number): boolean {
    return this.badLines.length > nth || this.carried.size > 0;
  }

  /** For InstrumentRows: whether rows of it may be missing at the end of the file before; only its first row here is told so. */
  takeCarried(key: string): boolean {
    return this.carried.delete(key);
  }

  /** For InstrumentRows: the line of the nth bad line, from 0. */
  badLineAt(nth: number): number | undefined {
    return this.badLines[nth];
  }

  /** Counts something about a stream of an instrument, on the day of its last row. */
  note(stream: StreamName, venue: string, symbol: string, what: string, count: number): void {
    this.of(stream, venue, symbol).note(what, count);
  }

  addBadLine(bad: BadLine): void {
    this.badLines.push(bad.line);
    if (this.badLines.length > MAX_BAD_LINES) {
      throw new DataError(
        `${bad.file}:${bad.line}: this is bad line number ${this.badLines.length}: ${bad.reason}`,
        { hints: ["Check the source and the file. Nothing was stored."] },
      );
    }
    (this.current?.remarks ?? this.homeless).badLines.push(keptLine(bad));
  }

  addDuplicate(): void {
    (this.current?.remarks ?? this.homeless).duplicates += 1;
  }

  /** Takes out the chunks that are full; with `all`, every row. */
  *take(all: boolean): Generator<{ readonly name: PartitionName; readonly chunk: RowChunk }> {
    for (const { name, buffer } of all ? this.partitions : this.touched) {
      for (const chunk of buffer.take(all)) yield { name, chunk };
    }
    this.touched.clear();
    if (this.current !== undefined) this.touched.add(this.current);
  }

  /** What the file came to; the rows are taken out before. */
  summary(): FileSummary {
    // Of an instrument without any row in the file: beside those of another.
    const { notes } = this.current?.remarks ?? this.homeless;
    for (const { waiting } of this.eachInstrument()) {
      for (const [what, count] of waiting) notes.set(what, (notes.get(what) ?? 0) + count);
    }
    return {
      parts: this.partitions.map(({ name, buffer, remarks }) => ({
        name,
        stats: buffer.stats(),
        remarks,
      })),
      // With a row they were settled on its day.
      homeless: this.current === undefined ? this.homeless : noRemarks(),
      dataset: this.dataset,
      rows: this.rows,
      quarantined: this.quarantined,
    };
  }
}
