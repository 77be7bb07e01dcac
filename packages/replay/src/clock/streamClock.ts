import { IntegrityError, type Batch, type Clock, type ColumnsOf } from "@aftershock/schema";

type ClockColumns = Pick<ColumnsOf<"book">, "tsEvent" | "tsRecv">;

/**
 * The time that a row itself carries, µs: by `recv` the recorder's clock, by `event` the venue's, and where that one is
 * absent the other. NaN when the row has neither.
 */
export function ownTime(columns: ClockColumns, row: number, clock: Clock): number {
  const recv = columns.tsRecv[row] ?? Number.NaN;
  const event = columns.tsEvent[row] ?? Number.NaN;
  const [first, second] = clock === "recv" ? [recv, event] : [event, recv];
  return Number.isNaN(first) ? second : first;
}

/**
 * The effective time of the rows of one stream: the running maximum of their own times. A stream keeps the order of its
 * recording, because that is the order in which updates apply; a clock that runs back holds still instead.
 */
export class StreamClock {
  readonly clock: Clock;
  #now: number;

  /** `now`: the effective time of the row before the first one that is given, µs. */
  constructor(clock: Clock, now: number = Number.NEGATIVE_INFINITY) {
    this.clock = clock;
    this.#now = now;
  }

  /**
   * The effective time of the next row, µs. Rows must be given in the order of the recording, each once.
   * Throws IntegrityError when the row has no clock at all.
   */
  advance(batch: Batch, row: number): number {
    const own = ownTime(batch.columns, row, this.clock);
    if (Number.isNaN(own)) {
      const seq = batch.columns.seq[row];
      throw new IntegrityError(
        `Row seq ${seq} of ${batch.stream} ${batch.instrument.id} has neither tsRecv nor tsEvent`,
        { hints: ["Ingest the recording again: every row needs at least one clock."] },
      );
    }
    if (own > this.#now) this.#now = own;
    return this.#now;
  }

  /**
   * The effective times of all rows of the next batch, µs, ascending: the clock's own column where nothing in it is absent or runs back.
   * Throws as `advance` does.
   */
  times(batch: Batch): Float64Array {
    const { columns, length } = batch;
    const own = this.clock === "recv" ? columns.tsRecv : columns.tsEvent;
    let now = this.#now;
    let row = 0;
    // A comparison with an absent time is false.
    for (; row < length; row += 1) {
      const time = own[row] ?? Number.NaN;
      if (!(time >= now)) break;
      now = time;
    }
    if (row === length) {
      this.#now = now;
      return own;
    }
    const times = new Float64Array(length);
    for (let each = 0; each < length; each += 1) times[each] = this.advance(batch, each);
    return times;
  }
}

/** How many of the rows [from, to) have a time of their own before their effective time: where the clock ran back. */
export function countClockRegressions(
  batch: Batch,
  times: Float64Array,
  rows: { readonly from: number; readonly to: number },
  clock: Clock,
): number {
  let regressions = 0;
  if (times === (clock === "recv" ? batch.columns.tsRecv : batch.columns.tsEvent)) return 0;
  for (let row = rows.from; row < rows.to; row += 1) {
    if (ownTime(batch.columns, row, clock) < (times[row] ?? Number.NaN)) regressions += 1;
  }
  return regressions;
}
