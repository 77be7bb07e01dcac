/** Rows of a book by price level: which can be taken as they stand, what their sum is, when they hold, and which id is the last. */
import {
  type Batch,
  CHECKSUM_MATCHED,
  type Clock,
  IntegrityError,
  isAbsentColumn,
  MESSAGE_END,
} from "@aftershock/schema";

export type BookColumns = Batch<"book">["columns"];

/** 2^32 over the golden ratio, odd. */
export const ROW_FACTOR = 0x9e3779b1;
/** Another odd one, so that a size is not undone by the price of the next row: one of MurmurHash3's finaliser (A. Appleby, 2011). */
export const SIZE_FACTOR = 0xc2b2ae35;
/** What a word counts to. */
const WORD = 2 ** 32;
/** Flags of the last row of a message that can be applied as it stands. */
const PLAIN_FLAGS = MESSAGE_END | CHECKSUM_MATCHED;

/**
 * The row after the last of the complete messages from `from` on that follow on each other and are no more than updates; `from` when there is
 * none. `last` [0] is the id of the book before, and then that after them.
 */
export function plainRows(
  { flags, updateId, prevUpdateId }: BookColumns,
  from: number,
  to: number,
  last: Float64Array,
): number {
  const chained = !isAbsentColumn(prevUpdateId) || !isAbsentColumn(updateId);
  let id = last[0]!;
  let idOfEnd = id;
  let end = from;
  for (let row = from; row < to; row++) {
    if (chained) {
      const before = prevUpdateId[row]!;
      const own = updateId[row]!;
      // As UpdateSequence.takes: what is absent cannot be checked.
      if (before !== id && !Number.isNaN(before) && !Number.isNaN(id)) break;
      if (!Number.isNaN(own)) id = own;
    }
    let flag = flags[row]!;
    while (flag === 0 && row + 1 < to) flag = flags[++row]!;
    if (flag !== MESSAGE_END && flag !== PLAIN_FLAGS) break;
    idOfEnd = id;
    end = row + 1;
  }
  last[0] = idOfEnd;
  return end;
}

/** What goes into the sum over rows of a size, a side (BID, ASK or 0) and flags; `whole` is the size's lower word. */
export function restOf(lots: number, whole: number, sign: number, flag: number): number {
  const high = whole === lots ? 0 : Math.imul(Math.floor(lots / WORD), SIZE_FACTOR);
  return whole ^ high ^ (sign << 30) ^ (flag << 24);
}

/**
 * What a row adds to the sum of 32 bits over the levels and flags of all rows, when it is the `nth` of them (from 0) and `rest` is its `restOf`. The
 * weights are odd and follow the number of the row, so that neither a row more or less nor two that are exchanged go unseen.
 */
export function rowPart(ticks: number, rest: number, nth: number): number {
  const own = (Math.imul(ticks, ROW_FACTOR) + Math.imul(rest, SIZE_FACTOR)) | 0;
  return Math.imul(own ^ (own >>> 15), 2 * nth + 1);
}

/** The last id that is not absent of the messages that start at the rows [from, to]; `before` when there is none. */
export function lastOf(
  { updateId, flags }: BookColumns,
  from: number,
  to: number,
  before: number,
): number {
  for (let row = to; row >= from; row--) {
    const starts = row === from || (flags[row - 1]! & MESSAGE_END) !== 0;
    if (starts && !Number.isNaN(updateId[row]!)) return updateId[row]!;
  }
  return before;
}

/** The effective time after a row: see StreamClock. Throws as it does. */
export function latest(
  now: number,
  { columns, stream, instrument }: Batch,
  row: number,
  clock: Clock,
): number {
  const [first, second] =
    clock === "recv" ? [columns.tsRecv, columns.tsEvent] : [columns.tsEvent, columns.tsRecv];
  const own = first[row]!;
  const time = Number.isNaN(own) ? second[row]! : own;
  if (!Number.isNaN(time)) return time > now ? time : now;
  throw new IntegrityError(
    `Row seq ${columns.seq[row]} of ${stream} ${instrument.id} has neither tsRecv nor tsEvent`,
    { hints: ["Ingest the recording again: every row needs at least one clock."] },
  );
}

/**
 * The effective times of the rows [from, to) after the time `now`: the clock's own column where nothing in it is absent or runs back (its index
 * is the row), else `times`, whose index 0 is `from` then. Throws as StreamClock does.
 */
export function timesOf(
  batch: Batch,
  from: number,
  to: number,
  clock: Clock,
  now: number,
  times: Float64Array,
): Float64Array {
  const { columns } = batch;
  const own = clock === "recv" ? columns.tsRecv : columns.tsEvent;
  let last = now;
  let row = from;
  for (; row < to; row++) {
    const time = own[row]!;
    if (!(time >= last)) break;
    last = time;
  }
  if (row === to) return own;
  last = now;
  for (row = from; row < to; row++) {
    last = latest(last, batch, row, clock);
    times[row - from] = last;
  }
  return times;
}
