/**
 * Order ids as two int32: the text of a number below 10^19 is its 64 bits; every other text has the high word TEXT and a number of its own
 * as the low word, which it keeps while its order rests. Reading a number from its text takes 24 ns at 10 digits, 34 at 13 and 46 at 19
 * (2026-11-21), so that a tape has them read from its bytes. Plain twin: the text itself, as the key of a Map. Benchmark: test/bench/l3.ts.
 *
 * Layout: `lo`, `hi` and `hashes` Int32 × PLACES: from 0 on the words of the rows that were last converted and a hash of the id, in the place
 * ASKED those of the text that was last asked for. `numbers` has the number of each text that has one, `texts` the text of each number,
 * `free` the numbers that nobody has. Invariant: numbers.size + free.length = texts.length.
 */
import { type Batch, type IdWords, NO_NUMBER } from "@aftershock/schema";
import { copyColumn } from "./copyColumn.fast.ts";

/** Rows that are converted at once: their words stay in the processor's first cache. */
export const ID_CHUNK = 4_096;
/** The high word of a text that is no number. */
export const TEXT: number = NO_NUMBER;
/** Texts that may be kept before those that no order has any more are looked for. */
const FEW_TEXTS = 65_536;

const PLACES = ID_CHUNK + 1;
/** The place of the id that was last asked for. */
export const ASKED: number = PLACES - 1;

const WORD = 2 ** 32;
const ZERO = 48;
const BILLION = 1e9;
/** 2^16, half a word. */
const HALF = 65_536;
/** Digits that fit an int32. */
const NINE = 9;
/** Digits of a number that is certainly exact as a float64. */
const EXACT_DIGITS = 15;
const MOST_DIGITS = 19;

/** Odd 32-bit multipliers that spread the bits of a word: 2^32 / golden ratio, and one of MurmurHash3's finaliser (A. Appleby, 2011). */
const SPREAD = 0x9e3779b1;
const SPREAD_HIGH = 0x85ebca6b;
const FNV_START = 0x811c9dc5;
const FNV_FACTOR = 0x01000193;

/** Of its 32 bits the upper ones are the best. */
function hashOf(lo: number, hi: number): number {
  const mixed = lo ^ Math.imul(hi, SPREAD_HIGH);
  return Math.imul(mixed ^ (mixed >>> 15), SPREAD);
}

/** FNV-1a over its UTF-16 units (G. Fowler, L. C. Noll, P. Vo, 1991), spread to the upper bits. */
function hashOfText(text: string): number {
  let hash = FNV_START;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_FACTOR);
  return Math.imul(hash ^ (hash >>> 15), SPREAD);
}

/** The number that up to nine digits of a text make; below 0 when one of them is no digit. */
function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit >>> 0 > 9) return -1;
    number = (Math.imul(number, 10) + digit) | 0;
  }
  return number;
}

/** As `digits`, of bytes. */
function byteDigits(bytes: Uint8Array, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit >>> 0 > 9) return -1;
    number = (Math.imul(number, 10) + digit) | 0;
  }
  return number;
}

/** Writes the words of (first × 10^9 + head) × 10^9 + low, below 10^19, where `length` is how many digits it has, more than nine. */
function setWords(
  { lo, hi }: IdWords,
  place: number,
  length: number,
  first: number,
  head: number,
  low: number,
): void {
  if (length <= EXACT_DIGITS) {
    const number = head * BILLION + low;
    lo[place] = number;
    hi[place] = number / WORD;
    return;
  }
  // In parts of 16 and more bits, each exact.
  const high = first * BILLION + head;
  const highUpper = Math.floor(high / HALF);
  const lower = (high - highUpper * HALF) * BILLION + low;
  const carried = Math.floor(lower / HALF);
  const upper = highUpper * BILLION + carried;
  const word = Math.floor(upper / HALF);
  lo[place] = ((upper - word * HALF) << 16) | (lower - carried * HALF);
  hi[place] = word;
}

/**
 * The ids of a text column as numbers, where row n is the ASCII or UTF-8 text bytes[offsets[n] … offsets[n + 1]). A row without a text has no bytes.
 */
export function idWordsOf(bytes: Uint8Array, offsets: Int32Array, rows: number): IdWords {
  const words = { lo: new Int32Array(rows), hi: new Int32Array(rows) };
  const { lo, hi } = words;
  for (let row = 0; row < rows; row++) {
    const from = offsets[row]!;
    const to = offsets[row + 1]!;
    const length = to - from;
    hi[row] = NO_NUMBER;
    if (length === 0 || length > MOST_DIGITS || (bytes[from] === ZERO && length > 1)) continue;
    const end = length > NINE ? to - NINE : to;
    const start = length === MOST_DIGITS ? from + 1 : from;
    const head = byteDigits(bytes, start, end);
    const low = length > NINE ? byteDigits(bytes, end, to) : 0;
    const first = start === from ? 0 : bytes[from]! - ZERO;
    if (head < 0 || low < 0 || first >>> 0 > 9) continue;
    if (length > NINE) setWords(words, row, length, first, head, low);
    else {
      lo[row] = head;
      hi[row] = 0;
    }
  }
  return words;
}

export class OrderIds {
  readonly lo: Int32Array = new Int32Array(PLACES);
  readonly hi: Int32Array = new Int32Array(PLACES);
  readonly hashes: Int32Array = new Int32Array(PLACES);
  private readonly numbers = new Map<string, number>();
  private readonly texts: string[] = [];
  /** The hash of each of the texts. */
  private readonly textHashes: number[] = [];
  private free: number[] = [];
  private limit = FEW_TEXTS;

  /** Converts the rows [from, to) of `orderId`, at most ID_CHUNK, into `lo` and `hi` from 0 on. Absent ids are those of empty texts. */
  convert({ columns, idWords }: Batch<"orders">, from: number, to: number): void {
    const { lo, hi, hashes } = this;
    if (idWords === undefined) {
      const { orderId } = columns;
      for (let row = from; row < to; row++) {
        const id = orderId[row] ?? "";
        if (!this.read(id, row - from)) this.intern(id, row - from);
      }
    } else {
      copyColumn(lo, idWords.lo, from, to);
      copyColumn(hi, idWords.hi, from, to);
    }
    for (let place = 0; place < to - from; place++) {
      if (hi[place] !== TEXT) hashes[place] = hashOf(lo[place]!, hi[place]!);
      else {
        if (idWords !== undefined) this.intern(columns.orderId[from + place] ?? "", place);
        hashes[place] = this.textHashes[lo[place]!]!;
      }
    }
  }

  /** Writes the id of a text into the place ASKED. */
  ask(id: string): void {
    if (!this.read(id, ASKED)) this.intern(id, ASKED);
    this.hashes[ASKED] = this.hashAt(ASKED);
  }

  /** Writes an id that is known by its words and their hash into the place ASKED. */
  set(lo: number, hi: number, hash: number): void {
    this.lo[ASKED] = lo;
    this.hi[ASKED] = hi;
    this.hashes[ASKED] = hash;
  }

  /** The hash of an id, which does not hang on what was read before. */
  hashOf(id: string): number {
    return this.read(id, ASKED) ? this.hashAt(ASKED) : hashOfText(id);
  }

  private hashAt(place: number): number {
    return this.hashOfWords(this.lo[place]!, this.hi[place]!);
  }

  /** The hash of an id that is known by its words. */
  hashOfWords(lo: number, hi: number): number {
    return hi === TEXT ? this.textHashes[lo]! : hashOf(lo, hi);
  }

  /** Writes the id of a text into the place ASKED if it has one; false when it has none, as no order has it. */
  find(id: string): boolean {
    if (!this.read(id, ASKED) && !this.numbers.has(id)) return false;
    this.ask(id);
    return true;
  }

  /** Writes a number's words; false when the text is no number below 10^19, or not as it would be written. */
  private read(id: string, place: number): boolean {
    const { length } = id;
    if (length === 0 || length > MOST_DIGITS) return false;
    const first = id.charCodeAt(0) - ZERO;
    if (first >>> 0 > 9 || (first === 0 && length > 1)) return false;
    // The last nine digits, up to nine before them, and the first of nineteen.
    const end = length > NINE ? length - NINE : length;
    const start = length === MOST_DIGITS ? 1 : 0;
    const head = digits(id, start, end);
    if (head < 0) return false;
    if (length <= NINE) {
      this.lo[place] = head;
      this.hi[place] = 0;
      return true;
    }
    const low = digits(id, end, length);
    if (low < 0) return false;
    setWords(this, place, length, start === 0 ? 0 : first, head, low);
    return true;
  }

  private intern(id: string, place: number): void {
    let number = this.numbers.get(id);
    if (number === undefined) {
      number = this.free.pop() ?? this.texts.length;
      // A copy: the id may be a part of the text of a whole batch, which would be kept with it.
      const own = ` ${id}`.slice(1);
      this.texts[number] = own;
      this.textHashes[number] = hashOfText(id);
      this.numbers.set(own, number);
    }
    this.lo[place] = number;
    this.hi[place] = TEXT;
  }

  /** The text of an id. */
  textOf(lo: number, hi: number): string {
    if (hi === TEXT) return this.texts[lo]!;
    const high = hi >>> 0;
    const low = lo >>> 0;
    if (high < 2 ** 21) return String(high * WORD + low);
    // Long division by 10^9, 16 bits at a time.
    const middle = (high % BILLION) * HALF + (low >>> 16);
    const last = (middle % BILLION) * HALF + (low & 65_535);
    const head =
      Math.floor(high / BILLION) * WORD +
      Math.floor(middle / BILLION) * HALF +
      Math.floor(last / BILLION);
    return String(head) + String(last % BILLION).padStart(9, "0");
  }

  /** True when so many texts are kept that it is time to `keepOnly` those of orders that rest. */
  get isFull(): boolean {
    return this.numbers.size > this.limit;
  }

  /** Forgets the texts whose numbers are not among these. */
  keepOnly(live: ReadonlySet<number>): void {
    for (const [text, number] of this.numbers) {
      if (live.has(number)) continue;
      this.numbers.delete(text);
      this.texts[number] = "";
      this.free.push(number);
    }
    this.limit = Math.max(FEW_TEXTS, 2 * live.size);
  }
}
