/**
 * The inner loop of the fast book: rows of whole, plain messages into the levels of a Ladder, whose layout it knows. Plain twin: `BookSide.set`
 * row by row. Benchmark: test/bench/books.ts.
 *
 * `found` Int32 × FOUND is what goes into a run and comes out of it, by place: EVENT why it stopped, INDEX and PLACE of the best level that is
 * gone, MESSAGES, CHECKSUMS and UNKNOWN (deletes) what it counted, MIXED a sum over all rows, NOTED how many best prices it wrote, BEGIN the
 * first row of the message that is next to end, BID_SEEN and ASK_SEEN where the best levels stood when the handler was called last.
 */
import {
  type Batch,
  CHECKSUM_MATCHED,
  type Clock,
  IntegrityError,
  MESSAGE_END,
} from "@aftershock/schema";
import type { Ladder } from "./ladder.fast.ts";

export type BookColumns = Batch<"book">["columns"];

export const EVENT = 0;
export const INDEX = 1;
export const PLACE = 2;
export const MESSAGES = 3;
export const CHECKSUMS = 4;
export const UNKNOWN = 5;
export const MIXED = 6;
export const NOTED = 7;
/** The first row of the message that is next to end. */
export const BEGIN = 8;
/** Where the best levels stood when the handler was called last; NONE where that is to be found out. */
export const BID_SEEN = 9;
export const ASK_SEEN = 10;
export const FOUND = 11;

/** At which message ends `runRows` stops: none, none but with their best prices noted, where these moved, all. Crossed ones it leaves always. */
export const RUNS = 0;
export const COLLECTS = 1;
export const ON_TOUCH = 2;
export const ALWAYS = 3;

/** Why it stopped. */
export const NO_EVENT = 0;
export const OTHER_ROW = 1;
export const TOP_GONE = 2;
/** 2^32 over the golden ratio, odd. */
export const ROW_FACTOR = 0x9e3779b1;
/** Another odd one, so that a size is not undone by the price of the next row: one of MurmurHash3's finaliser (A. Appleby, 2011). */
export const SIZE_FACTOR = 0xc2b2ae35;
/** No place of a window. */
export const NONE = -2;

/**
 * Sets the levels of the rows [from, to) as long as nothing rare comes up; returns the row at which it stopped, or `to`. Alone in its function,
 * and without a call: both cost every row its registers. `found` holds what it counts and why it stopped; see its places.
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
  const touch = -1 - bases[0]! - bases[1]!;
  const bidBase = origin + bases[0]!;
  const askBase = origin - bases[1]! - 1;
  const bidSeen = found[BID_SEEN]!;
  const askSeen = found[ASK_SEEN]!;
  let mixed = found[MIXED]!;
  let unknown = found[UNKNOWN]!;
  let messages = found[MESSAGES]!;
  let checksums = found[CHECKSUMS]!;
  let noted = found[NOTED]!;
  let begin = found[BEGIN]!;
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
    mixed =
      (Math.imul(mixed ^ ticks, ROW_FACTOR) + Math.imul(whole ^ mask ^ (flag << 24), SIZE_FACTOR)) |
      0;
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
        event = TOP_GONE;
        found[INDEX] = index;
        found[PLACE] = place;
        break;
      }
    }
    if ((flag & MESSAGE_END) === 0) continue;
    const bid = tops[0]!;
    const ask = tops[1]!;
    if (bid + ask >= touch || stops === ALWAYS) break;
    if (stops === COLLECTS) {
      if ((bid | ask) < 0) break;
      bids[noted] = bidBase + bid;
      asks[noted] = askBase - ask;
      noted += 1;
    } else if (stops === ON_TOUCH && (bid !== bidSeen || ask !== askSeen)) break;
    messages += 1;
    checksums += (flag & CHECKSUM_MATCHED) >>> 4;
    begin = row + 1;
  }
  found[EVENT] = event;
  found[MIXED] = mixed;
  found[UNKNOWN] = unknown;
  found[MESSAGES] = messages;
  found[CHECKSUMS] = checksums;
  found[NOTED] = noted;
  found[BEGIN] = begin;
  return row;
}

/** Takes the level of a row and its flags into a chained sum of 32 bits. */
export function mixRow(
  mixed: number,
  { side, price, size, flags }: BookColumns,
  row: number,
): number {
  const rest = size[row]! ^ (side[row]! >> 31) ^ (flags[row]! << 24);
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
