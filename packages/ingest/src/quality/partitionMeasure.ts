import {
  CHECKSUM_FAILED,
  CHECKSUM_MATCHED,
  MESSAGE_END,
  ROWS_LOST,
  SNAPSHOT_START,
  type StreamName,
} from "@aftershock/schema";
import { BookCheck } from "@aftershock/replay";
import { LatencyMeasure } from "./latencyMeasure.ts";
import type { Quality } from "./quality.ts";

/** The columns of some rows but for the texts: absent numbers are NaN. Valid only while they are looked at. */
export type NumberColumns = Readonly<Record<string, Float64Array | Int8Array>>;

/** What is measured of the rows themselves. */
export type MeasuredQuality = Omit<Quality, "duplicates" | "outOfOrder" | "quarantined" | "notes">;

/** One part of what is measured. */
interface Part {
  add(columns: NumberColumns, rows: number): void;
  result(): Partial<MeasuredQuality>;
}

const NOTHING = new Float64Array(0);

const MICROS_PER_SECOND = 1_000_000;

/** The clocks: silences by the partition's clock, regressions of the venue's. */
class ClockPart implements Part {
  private before = Number.NaN;
  private silence = 0;
  private silentFrom = Number.NaN;
  private latestEvent = -Infinity;
  private regressions = 0;
  private firstEvent = Infinity;
  private readonly latency = new LatencyMeasure();

  add({ tsEvent = NOTHING, tsRecv = NOTHING }: NumberColumns, rows: number): void {
    for (let row = 0; row < rows; row++) {
      const event = tsEvent[row] ?? Number.NaN;
      const recv = tsRecv[row] ?? Number.NaN;
      const at = Number.isNaN(recv) ? event : recv;
      if (at - this.before > this.silence) {
        this.silence = at - this.before;
        this.silentFrom = this.before;
      }
      this.before = at;
      if (Number.isNaN(event)) continue;
      if (event < this.latestEvent) this.regressions += 1;
      else this.latestEvent = event;
      if (event < this.firstEvent) this.firstEvent = event;
      if (!Number.isNaN(recv)) this.latency.add(recv - event);
    }
  }

  /** First and last time by the venue's clock, µs; null where it sends none. */
  get eventSpan(): { readonly firstTime: number; readonly lastTime: number } | null {
    return this.firstEvent === Infinity
      ? null
      : { firstTime: this.firstEvent, lastTime: this.latestEvent };
  }

  result(): Pick<
    MeasuredQuality,
    "eventClockRegressions" | "longestSilenceMicros" | "longestSilenceFrom" | "latencyMicros"
  > {
    return {
      eventClockRegressions: this.regressions,
      longestSilenceMicros: this.silence,
      ...(Number.isNaN(this.silentFrom) ? {} : { longestSilenceFrom: this.silentFrom }),
      ...(this.latency.count === 0 ? {} : { latencyMicros: this.latency.result() }),
    };
  }
}

/** Messages of a book or an option chain. */
class MessagePart implements Part {
  private messages = 0;

  add({ flags = NOTHING }: NumberColumns, rows: number): void {
    for (let row = 0; row < rows; row++) {
      if (((flags[row] ?? 0) & MESSAGE_END) !== 0) this.messages += 1;
    }
  }

  result(): Partial<MeasuredQuality> {
    return { messages: this.messages };
  }
}

/**
 * Snapshots, breaks in the chain of the venue's ids, checksums. Snapshots are not part of the chain: a diff must follow the diff before
 * it, whatever snapshot came between.
 */
class BookPart implements Part {
  private snapshots = 0;
  private firstSnapshot = Number.NaN;
  private gaps = 0;
  private lastId = Number.NaN;
  private linked = false;
  private lost = 0;
  private lostHere = false;
  private matched = 0;
  private failed = 0;

  add(columns: NumberColumns, rows: number): void {
    const { flags = NOTHING, updateId = NOTHING, prevUpdateId = NOTHING } = columns;
    const { tsEvent = NOTHING, tsRecv = NOTHING } = columns;
    for (let row = 0; row < rows; row++) {
      const flag = flags[row] ?? 0;
      if ((flag & SNAPSHOT_START) !== 0) {
        if (this.snapshots === 0) {
          const recv = tsRecv[row] ?? Number.NaN;
          this.firstSnapshot = Number.isNaN(recv) ? (tsEvent[row] ?? Number.NaN) : recv;
        }
        this.snapshots += 1;
      }
      if ((flag & ROWS_LOST) !== 0) this.lostHere = true;
      if ((flag & MESSAGE_END) !== 0 && this.lostHere) {
        this.lost += 1;
        this.lostHere = false;
      }
      if ((flag & CHECKSUM_MATCHED) !== 0) this.matched += 1;
      if ((flag & CHECKSUM_FAILED) !== 0) this.failed += 1;
      const previous = prevUpdateId[row] ?? Number.NaN;
      if ((flag & MESSAGE_END) === 0 || Number.isNaN(previous)) continue;
      if (this.linked && this.lastId !== previous) this.gaps += 1;
      this.lastId = updateId[row] ?? Number.NaN;
      this.linked = !Number.isNaN(this.lastId);
    }
  }

  result(): Partial<MeasuredQuality> {
    const checked = this.matched + this.failed;
    return {
      snapshots: this.snapshots,
      ...(this.snapshots > 0 ? { firstSnapshotTime: this.firstSnapshot } : {}),
      sequenceGaps: this.gaps,
      ...(this.lost > 0 ? { rowsLost: this.lost } : {}),
      ...(checked > 0 ? { checksums: { checked, matched: this.matched } } : {}),
    };
  }
}

/** What a replay of the book meets: crossed and locked message ends, deletes of levels that are not there. */
class BookStatePart implements Part {
  private readonly check = new BookCheck();

  add(columns: NumberColumns, rows: number): void {
    const of = (name: string): NumberColumns[string] => columns[name] ?? NOTHING;
    this.check.add(
      {
        tsEvent: of("tsEvent"),
        tsRecv: of("tsRecv"),
        side: of("side"),
        price: of("price"),
        size: of("size"),
        flags: of("flags"),
        updateId: of("updateId"),
        prevUpdateId: of("prevUpdateId"),
      },
      rows,
    );
  }

  result(): Partial<MeasuredQuality> {
    const { crossed, locked, unknownDeletes, gaps } = this.check.counts;
    return {
      crossed: crossed.messages,
      crossedIntervals: crossed.intervals,
      locked: locked.messages,
      lockedIntervals: locked.intervals,
      unknownDeletes,
      bookGaps: gaps,
    };
  }
}

/** Quotes whose bid is not below their ask, and for how long they stood. */
class QuotePart implements Part {
  private crossed = 0;
  private locked = 0;
  private crossedSince = Number.NaN;
  private crossedMicros = 0;

  add(columns: NumberColumns, rows: number): void {
    const { bidPrice = NOTHING, askPrice = NOTHING } = columns;
    const { tsEvent = NOTHING, tsRecv = NOTHING } = columns;
    for (let row = 0; row < rows; row++) {
      const [bid = Number.NaN, ask = Number.NaN] = [bidPrice[row], askPrice[row]];
      const recv = tsRecv[row] ?? Number.NaN;
      const at = Number.isNaN(recv) ? (tsEvent[row] ?? Number.NaN) : recv;
      if (!Number.isNaN(this.crossedSince)) this.crossedMicros += at - this.crossedSince;
      this.crossedSince = bid > ask ? at : Number.NaN;
      if (bid > ask) this.crossed += 1;
      if (bid === ask) this.locked += 1;
    }
  }

  result(): Partial<MeasuredQuality> {
    return { crossed: this.crossed, locked: this.locked, crossedMicros: this.crossedMicros };
  }
}

/** Bars that contradict themselves, and bars that are missing between two of the same length. */
class CandlePart implements Part {
  private bad = 0;
  private missing = 0;
  private readonly last = new Map<number, number>();

  add(columns: NumberColumns, rows: number): void {
    const { open = NOTHING, high = NOTHING, low = NOTHING, close = NOTHING } = columns;
    const { tsEvent = NOTHING, intervalMicros = NOTHING } = columns;
    for (let row = 0; row < rows; row++) {
      const [o = 0, h = 0, l = 0, c = 0] = [open[row], high[row], low[row], close[row]];
      if (l > Math.min(o, c) || h < Math.max(o, c)) this.bad += 1;
      const interval = intervalMicros[row] ?? Number.NaN;
      const at = tsEvent[row] ?? Number.NaN;
      if (Number.isNaN(interval) || Number.isNaN(at)) continue;
      const before = this.last.get(interval);
      const steps = before === undefined ? 1 : Math.round((at - before) / interval);
      if (steps > 1) this.missing += steps - 1;
      this.last.set(interval, Math.max(at, before ?? at));
    }
  }

  result(): Partial<MeasuredQuality> {
    return { badOhlc: this.bad, missingBars: this.missing };
  }
}

/** How many prints a second, at most and in the seconds that have any: a throttled feed shows one. */
class RatePart implements Part {
  // Rows may be ordered by the recorder's clock, by which the venue's seconds come mixed. A day has 86,400.
  private readonly seconds = new Map<number, number>();
  private total = 0;

  add({ tsEvent = NOTHING, tsRecv = NOTHING }: NumberColumns, rows: number): void {
    for (let row = 0; row < rows; row++) {
      const event = tsEvent[row] ?? Number.NaN;
      const at = Number.isNaN(event) ? (tsRecv[row] ?? Number.NaN) : event;
      const second = Math.floor(at / MICROS_PER_SECOND);
      this.seconds.set(second, (this.seconds.get(second) ?? 0) + 1);
      this.total += 1;
    }
  }

  result(): Partial<MeasuredQuality> {
    let max = 0;
    for (const prints of this.seconds.values()) if (prints > max) max = prints;
    const mean = this.seconds.size === 0 ? 0 : this.total / this.seconds.size;
    return { printsPerSecond: { max, mean } };
  }
}

const PARTS: Partial<Readonly<Record<StreamName, () => readonly Part[]>>> = {
  book: () => [new MessagePart(), new BookPart(), new BookStatePart()],
  orders: () => [new MessagePart(), new BookPart()],
  options: () => [new MessagePart()],
  quotes: () => [new QuotePart()],
  candles: () => [new CandlePart()],
  liquidations: () => [new RatePart()],
};

/** Measures the rows of one partition while they go by, in their order. */
export class PartitionMeasure {
  private readonly clocks = new ClockPart();
  private readonly parts: readonly Part[];

  constructor(stream: StreamName) {
    this.parts = PARTS[stream]?.() ?? [];
  }

  add(columns: NumberColumns, rows: number): void {
    this.clocks.add(columns, rows);
    for (const part of this.parts) part.add(columns, rows);
  }

  /** First and last time by the venue's clock, µs; null where it sends none. */
  get eventSpan(): { readonly firstTime: number; readonly lastTime: number } | null {
    return this.clocks.eventSpan;
  }

  result(): MeasuredQuality {
    let measured: MeasuredQuality = this.clocks.result();
    for (const part of this.parts) measured = { ...measured, ...part.result() };
    return measured;
  }
}
