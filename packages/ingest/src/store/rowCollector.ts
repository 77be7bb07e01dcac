import {
  DataError,
  IntegrityError,
  ROWS_LOST,
  SNAPSHOT_START,
  type StreamName,
  utcDate,
} from "@aftershock/schema";
import type { RawRow } from "../source.ts";
import type { Duck } from "../duck.ts";
import { StagingTable } from "./staging.ts";

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

function addRemarks(to: DayRemarks, from: DayRemarks): void {
  for (const bad of from.badLines) to.badLines.push(bad);
  to.duplicates += from.duplicates;
  for (const [what, count] of from.notes) to.notes.set(what, (to.notes.get(what) ?? 0) + count);
}

/** All that is collected of one stream of one instrument before it is written. */
export interface Collected {
  readonly stream: StreamName;
  readonly venue: string;
  readonly symbol: string;
  readonly table: StagingTable;
  /** By UTC date, then by source index. */
  readonly remarks: Map<string, Map<number, DayRemarks>>;
  lastDate: string | undefined;
  /** Index of the source of its last row. */
  lastSource: number;
  /** How many bad lines of the current file its rows have passed. */
  passedBadLines: number;
}

/**
 * Sorts what sources emit by stream and instrument. Remarks about lines (bad ones, duplicates) belong to the day of the row
 * before them in the file, or after them where there is none before.
 */
export class RowCollector {
  readonly collected: Map<string, Collected> = new Map();
  private readonly duck: Duck;
  private current: Collected | undefined;
  private homeless: DayRemarks = noRemarks();
  private source = 0;
  private readonly datasets = new Map<number, string>();
  private ordinal = 0;
  /** Line numbers of the current file's bad lines, ascending. */
  private badLines: number[] = [];
  rows: number = 0;
  quarantined: number = 0;

  constructor(duck: Duck) {
    this.duck = duck;
  }

  private of(stream: StreamName, venue: string, symbol: string): Collected {
    const key = `${stream} ${venue}:${symbol}`;
    const found = this.collected.get(key);
    if (found !== undefined) return found;
    const table = new StagingTable(this.duck, stream, `staged_${this.collected.size}`);
    const fresh: Collected = {
      stream,
      venue,
      symbol,
      table,
      remarks: new Map(),
      lastDate: undefined,
      lastSource: -1,
      passedBadLines: 0,
    };
    this.collected.set(key, fresh);
    return fresh;
  }

  private remarksHere(): DayRemarks {
    if (this.current?.lastDate === undefined) return this.homeless;
    return this.remarksOn(this.current, this.current.lastDate);
  }

  private remarksOn(collected: Collected, date: string): DayRemarks {
    const ofDate = collected.remarks.get(date) ?? new Map<number, DayRemarks>();
    collected.remarks.set(date, ofDate);
    const found = ofDate.get(this.source) ?? noRemarks();
    ofDate.set(this.source, found);
    return found;
  }

  /** A new file, with this index among the sources: what is said of it before its first row belongs to that row's day. */
  startFile(source: number): void {
    this.source = source;
    this.current = undefined;
    this.badLines = [];
    for (const collected of this.collected.values()) collected.passedBadLines = 0;
  }

  /** The vendor's data set that the current file is of. */
  startDataset(name: string): void {
    this.datasets.set(this.source, name);
  }

  /** The data set of a file; empty where its source knows only one. */
  datasetOf(source: number): string {
    return this.datasets.get(source) ?? "";
  }

  /** Takes a row of the current file. */
  add(stream: StreamName, venue: string, symbol: string, row: RawRow): void {
    const at = row.tsRecv ?? row.tsEvent;
    if (at === undefined) {
      throw new IntegrityError(`Invariant: a ${stream} row of ${venue}:${symbol} has no time`);
    }
    const collected = this.of(stream, venue, symbol);
    collected.lastDate = utcDate(at);
    collected.lastSource = this.source;
    if (this.current === undefined) this.settle(collected, collected.lastDate);
    this.current = collected;
    const lost = stream === "book" && this.lostRowsBefore(collected, row as RawRow<"book">);
    collected.table.add(this.ordinal++, this.source, lost ? withLostRows(row) : row);
    this.rows += 1;
  }

  /**
   * True when a bad line stands between this row of a book and the one before it: it may have been of this book. Where the
   * venue chains its messages by ids the chain tells; a snapshot makes good what was lost before it, unless the bad line is the
   * one just above it and may have been its first.
   */
  private lostRowsBefore(collected: Collected, row: RawRow<"book">): boolean {
    let lastBad = 0;
    while ((this.badLines[collected.passedBadLines] ?? Infinity) < row.line) {
      lastBad = this.badLines[collected.passedBadLines] ?? 0;
      collected.passedBadLines += 1;
    }
    if (lastBad === 0 || row.updateId !== undefined) return false;
    return (row.flags & SNAPSHOT_START) === 0 || lastBad === row.line - 1;
  }

  private settle(collected: Collected, date: string): void {
    addRemarks(this.remarksOn(collected, date), this.homeless);
    this.homeless = noRemarks();
  }

  /** Counts something about a stream of an instrument, on the day of its last row. */
  note(stream: StreamName, venue: string, symbol: string, what: string, count: number): void {
    const collected = this.of(stream, venue, symbol);
    const { notes } =
      collected.lastDate === undefined || collected.lastSource !== this.source
        ? this.homeless
        : this.remarksOn(collected, collected.lastDate);
    notes.set(what, (notes.get(what) ?? 0) + count);
  }

  addBadLine(bad: BadLine): void {
    this.quarantined += 1;
    if (this.quarantined > MAX_BAD_LINES) {
      throw new DataError(
        `${bad.file}:${bad.line}: this is bad line number ${this.quarantined}: ${bad.reason}`,
        {
          hints: ["Check the source and the file. Nothing was stored."],
        },
      );
    }
    this.badLines.push(bad.line);
    this.remarksHere().badLines.push(keptLine(bad));
  }

  addDuplicate(): void {
    this.remarksHere().duplicates += 1;
  }

  /** Moves full chunks out of memory; to be awaited between batches of lines. */
  async drain(): Promise<void> {
    for (const { table } of this.collected.values()) await table.drain();
  }

  /** Ends the collecting. */
  async close(): Promise<void> {
    for (const [key, collected] of this.collected) {
      if (collected.table.rows === 0) this.collected.delete(key);
      else await collected.table.close();
    }
    const [any] = this.collected.values();
    if (any?.lastDate === undefined) return;
    // Of files without any row: said beside the last rows that there are.
    this.source = any.lastSource;
    this.settle(any, any.lastDate);
  }
}

/** A book row that says that rows are missing before it. */
const withLostRows = (row: RawRow): RawRow => {
  const flags = (row as RawRow<"book">).flags | ROWS_LOST;
  return { ...row, flags } as RawRow;
};
