import { IntegrityError, type StreamName, utcDate } from "@aftershock/schema";
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
export const MAX_KEPT_TEXT = 4_096;

/** What is known of one day of one instrument beside its rows. */
export interface DayRemarks {
  readonly badLines: BadLine[];
  readonly notes: Map<string, number>;
  duplicates: number;
}

const noRemarks = (): DayRemarks => ({ badLines: [], notes: new Map(), duplicates: 0 });

function addRemarks(to: DayRemarks, from: DayRemarks): void {
  to.badLines.push(...from.badLines);
  to.duplicates += from.duplicates;
  for (const [what, count] of from.notes) to.notes.set(what, (to.notes.get(what) ?? 0) + count);
}

/** All that is collected of one stream of one instrument before it is written. */
export interface Collected {
  readonly stream: StreamName;
  readonly venue: string;
  readonly symbol: string;
  readonly table: StagingTable;
  /** By UTC date. */
  readonly remarks: Map<string, DayRemarks>;
  lastDate: string | undefined;
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
  private ordinal = 0;
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
    const remarks = new Map<string, DayRemarks>();
    const fresh: Collected = { stream, venue, symbol, table, remarks, lastDate: undefined };
    this.collected.set(key, fresh);
    return fresh;
  }

  private remarksHere(): DayRemarks {
    if (this.current?.lastDate === undefined) return this.homeless;
    return remarksOn(this.current, this.current.lastDate);
  }

  /** A new file: what is said of it before its first row belongs to that row's day. */
  startFile(): void {
    this.current = undefined;
  }

  /** Takes a row of the file with index `source`. */
  add(source: number, stream: StreamName, venue: string, symbol: string, row: RawRow): void {
    const at = row.tsRecv ?? row.tsEvent;
    if (at === undefined) {
      throw new IntegrityError(`Invariant: a ${stream} row of ${venue}:${symbol} has no time`);
    }
    const collected = this.of(stream, venue, symbol);
    collected.lastDate = utcDate(at);
    if (this.current === undefined) this.settle(collected, collected.lastDate);
    this.current = collected;
    collected.table.add(this.ordinal++, source, row);
    this.rows += 1;
  }

  private settle(collected: Collected, date: string): void {
    addRemarks(remarksOn(collected, date), this.homeless);
    this.homeless = noRemarks();
  }

  /** Counts something about a stream of an instrument, on the day of its last row. */
  note(stream: StreamName, venue: string, symbol: string, what: string, count: number): void {
    const collected = this.of(stream, venue, symbol);
    const { notes } =
      collected.lastDate === undefined ? this.homeless : remarksOn(collected, collected.lastDate);
    notes.set(what, (notes.get(what) ?? 0) + count);
  }

  addBadLine(bad: BadLine): void {
    this.quarantined += 1;
    this.remarksHere().badLines.push({ ...bad, text: bad.text.slice(0, MAX_KEPT_TEXT) });
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
    if (any?.lastDate !== undefined) this.settle(any, any.lastDate);
  }
}

function remarksOn(collected: Collected, date: string): DayRemarks {
  const found = collected.remarks.get(date);
  if (found !== undefined) return found;
  const fresh = noRemarks();
  collected.remarks.set(date, fresh);
  return fresh;
}
