/**
 * The inner loops of the fast book: `plainRows` looks which rows can be taken as they stand, `runRows` puts them into the levels of a Ladder,
 * whose layout it knows. Plain twin: `BookMessage` and `BookSide.set` row by row. Benchmark: test/bench/books.ts.
 *
 * `found` Int32 × FOUND is what goes into a run and comes out of it, by place: EVENT why it stopped, INDEX and PLACE of the best level that is
 * gone, UNKNOWN (deletes), MESSAGES and CHECKSUMS what it counted, MIXED a sum over all rows, NOTED how many best prices it wrote, BID_SEEN and
 * ASK_SEEN where the best levels stood when the handler was called last.
 */
import {
  type Batch,
  CHECKSUM_MATCHED,
  type Clock,
  IntegrityError,
  isAbsentColumn,
  MESSAGE_END,
} from "@aftershock/schema";
import type { Ladder } from "./ladder.fast.ts";

export type BookColumns = Batch<"book">["columns"];

export const EVENT = 0;
export const INDEX = 1;
export const PLACE = 2;
export const UNKNOWN = 3;
export const MIXED = 4;
export const NOTED = 5;
export const BID_SEEN = 6;
export const ASK_SEEN = 7;
export const MESSAGES = 8;
export const CHECKSUMS = 9;
export const FOUND = 10;

/** At which message ends `runRows` stops: none, none but with their best prices noted, where these moved, all. Crossed ones it leaves always. */
export const RUNS = 0;
export const COLLECTS = 1;
export const ON_TOUCH = 2;
export const ALWAYS = 3;

/** Why it stopped. */
export const NO_EVENT = 0;
/** At a row whose level lies outside of its window, or that is none: nothing of it is done. */
export const OTHER_ROW = 1;
/** At a row that deleted the best level of its word. */
export const TOP_GONE = 2;
/** 2^32 over the golden ratio, odd. */
export const ROW_FACTOR = 0x9e3779b1;
/** Another odd one, so that a size is not undone by the price of the next row: one of MurmurHash3's finaliser (A. Appleby, 2011). */
export const SIZE_FACTOR = 0xc2b2ae35;
/** What a word counts to. */
const WORD = 2 ** 32;
/** No place of a window. */
export const NONE = -2;
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

/**
 * Sets the levels of the rows [from, to), which `plainRows` let through, as long as nothing rare comes up; returns the row at which it
 * stopped, or `to`. Alone in its function, without a call, and with one branch at an end of a message: all of these cost every row its registers.
 */
export function runRows(
  { side, price, size, flags }: BookColumns,
  { window, origin, sizes, bits, words, tops, bases }: Ladder,
  from: number,
  to: number,
  stops: number,
  found: Int32Array,
  bids: Float64Array,
  asks: Float64Array,
): number {
  // The best bid is at or above the best ask when the places of both add up to no less than this.
  const free = -2 - bases[0]! - bases[1]!;
  const wakes = stops === ON_TOUCH || stops === ALWAYS ? -1 : 0;
  const collects = stops === COLLECTS ? 1 : 0;
  const bidBase = origin + bases[0]!;
  const askBase = origin - bases[1]! - 1;
  const bidSeen = stops === ALWAYS ? NONE : found[BID_SEEN]!;
  const askSeen = found[ASK_SEEN]!;
  let mixed = found[MIXED]!;
  let unknown = found[UNKNOWN]!;
  let messages = found[MESSAGES]!;
  let checksums = found[CHECKSUMS]!;
  let noted = found[NOTED]!;
  let event = NO_EVENT;
  let row = from;
  for (; row < to; row++) {
    const lots = size[row]!;
    const whole = lots | 0;
    const ticks = price[row]!;
    const delta = ticks - origin;
    const steps = delta | 0;
    const sign = side[row]!;
    const mask = sign >> 31;
    const index = mask & 1;
    const place = ((steps ^ mask) - bases[index]!) | 0;
    if (
      (sign ^ mask) - mask !== 1 ||
      whole !== lots ||
      whole < 0 ||
      steps !== delta ||
      place >>> 0 >= window
    ) {
      event = OTHER_ROW;
      break;
    }
    const flag = flags[row]!;
    const rest = whole ^ (sign << 30) ^ (flag << 24);
    mixed = (Math.imul(mixed ^ ticks, ROW_FACTOR) + Math.imul(rest, SIZE_FACTOR)) | 0;
    // The bit of the level is set or cleared without asking which: a branch would be guessed wrong half of the time.
    const slot = index * window + place;
    const word = slot >> 5;
    const bit = 1 << (slot & 31);
    const before = bits[word]!;
    const has = (whole | -whole) >>> 31;
    const after = (before & ~bit) | (bit & -has);
    unknown += (has | ((before >>> (slot & 31)) & 1)) ^ 1;
    sizes[slot] = lots;
    bits[word] = after;
    if (before === 0 || after === 0) {
      const mark = 1 << (word & 31);
      const marks = words[word >> 5]!;
      words[word >> 5] = after === 0 ? marks & ~mark : marks | mark;
    }
    const top = tops[index]!;
    if (place >= top) {
      if (has !== 0) tops[index] = place;
      else if (place === top) {
        const below = after & (bit - 1);
        if (below === 0) {
          event = TOP_GONE;
          found[INDEX] = index;
          found[PLACE] = place;
          break;
        }
        tops[index] = place - (slot & 31) + 31 - Math.clz32(below);
      }
    }
    if ((flag & MESSAGE_END) === 0) continue;
    const bid = tops[0]!;
    const ask = tops[1]!;
    const other = (bid ^ bidSeen) | (ask ^ askSeen);
    // Below 0 where one is: the distance of the two, each of them, the wish to hear of it.
    if (((free - bid - ask) | bid | ask | ((other | -other) & wakes)) < 0) break;
    bids[noted] = bidBase + bid;
    asks[noted] = askBase - ask;
    noted += collects;
    messages += 1;
    checksums += (flag & CHECKSUM_MATCHED) >> 4;
  }
  found[EVENT] = event;
  found[MIXED] = mixed;
  found[UNKNOWN] = unknown;
  found[MESSAGES] = messages;
  found[CHECKSUMS] = checksums;
  found[NOTED] = noted;
  return row;
}

/** What goes into the sum over rows of a size, a side (BID, ASK or 0) and flags; `whole` is the size's lower word. */
export function restOf(lots: number, whole: number, sign: number, flag: number): number {
  const high = whole === lots ? 0 : Math.imul(Math.floor(lots / WORD), SIZE_FACTOR);
  return whole ^ high ^ (sign << 30) ^ (flag << 24);
}

/** Takes the level of a row and its flags into a chained sum of 32 bits. */
export function mixRow(
  mixed: number,
  { side, price, size, flags }: BookColumns,
  row: number,
): number {
  const lots = size[row]!;
  const rest = restOf(lots, lots | 0, side[row]!, flags[row]!);
  return (Math.imul(mixed ^ price[row]!, ROW_FACTOR) + Math.imul(rest, SIZE_FACTOR)) | 0;
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
