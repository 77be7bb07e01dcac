/**
 * A book by price level that verifies the venue's checksum at every message, without making the text that is summed: Kraken's captures are
 * verified at 4 times the rate of the plain twin `ChecksummedBook` (test/bench/rawJson.ts has the whole of it).
 *
 * A level keeps the CRC32 of its own text; that of the whole follows from those of its parts, as zlib's crc32_combine does it:
 * crc(A ++ B) = shift(crc(A), length of B) ^ crc(B), where shift appends zero bytes and is linear, so that four table lookups do it.
 *
 * Layout: the levels of a side in four parallel arrays, rows 0 … length-1, the best level last (changes come near the best):
 * `keys` Float64 (the price, turned so that the best has the highest), `crcs` and `ledCrcs` Int32 (of the text, and of the text behind
 * a separator), `bytes` Uint8 (length of the text). Invariants: keys ascend strictly; price and size have at most MAX_LEVEL_TEXT
 * characters each, all ASCII (`textLevel` reads no others).
 */
import { ASK, BID, CHECKSUM_FAILED, CHECKSUM_MATCHED } from "@aftershock/schema";
import {
  type ChecksumFlags,
  type ChecksumRule,
  MAX_LEVEL_TEXT,
  type TextLevel,
} from "./bookChecksum.ts";

/** Bytes of the text of a level with its separators. */
const MAX_TEXT = 2 * MAX_LEVEL_TEXT + 2;
const FIRST_LEVELS = 64;
/** Up to so many levels are moved one by one: four calls into the engine cost more. */
const FEW_LEVELS = 32;
const COLON = 58;

/** CRC32 (IEEE 802.3, reflected) of each byte. */
const BYTE_CRC = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** For each number of zero bytes n, what each byte b of a CRC at each place p becomes: `SHIFT[((n << 2) | p) << 8 | b]`. */
const SHIFT = shiftTables();

function shiftTables(): Int32Array {
  const tables = new Int32Array((MAX_TEXT + 1) * 1_024);
  for (let place = 0; place < 4; place++) {
    for (let byte = 0; byte < 256; byte++) {
      let crc = byte << (8 * place);
      for (let n = 0; n <= MAX_TEXT; n++) {
        tables[(((n << 2) | place) << 8) | byte] = crc;
        crc = (crc >>> 8) ^ BYTE_CRC[crc & 255]!;
      }
    }
  }
  return tables;
}

/** The CRC of a text that is `length` bytes longer, before those bytes are added to it. */
function shift(crc: number, length: number): number {
  const at = length << 10;
  return (
    SHIFT[at | (crc & 255)]! ^
    SHIFT[at | 256 | ((crc >>> 8) & 255)]! ^
    SHIFT[at | 512 | ((crc >>> 16) & 255)]! ^
    SHIFT[at | 768 | (crc >>> 24)]!
  );
}

/** The CRC32 of one text that is written byte by byte. */
class TextCrc {
  private crc = -1;
  length = 0;

  clear(): void {
    this.crc = -1;
    this.length = 0;
  }

  /** Adds the characters of a text; with `digitsOnly`, its digits from the first that is not zero. */
  add(text: string, digitsOnly: boolean): void {
    let { crc, length } = this;
    let led = !digitsOnly;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (!led) {
        if (code === 46 || code === 48) continue;
        led = true;
      } else if (digitsOnly && code === 46) continue;
      crc = (crc >>> 8) ^ BYTE_CRC[(crc ^ code) & 255]!;
      length += 1;
    }
    this.crc = crc;
    this.length = length;
  }

  /** As `add`, of the ASCII text `bytes[from … to)`. */
  addBytes(bytes: Uint8Array, from: number, to: number, digitsOnly: boolean): void {
    let { crc, length } = this;
    let led = !digitsOnly;
    for (let i = from; i < to; i++) {
      const code = bytes[i]!;
      if (!led) {
        if (code === 46 || code === 48) continue;
        led = true;
      } else if (digitsOnly && code === 46) continue;
      crc = (crc >>> 8) ^ BYTE_CRC[(crc ^ code) & 255]!;
      length += 1;
    }
    this.crc = crc;
    this.length = length;
  }

  addByte(byte: number): void {
    this.crc = (this.crc >>> 8) ^ BYTE_CRC[(this.crc ^ byte) & 255]!;
    this.length += 1;
  }

  get value(): number {
    return ~this.crc;
  }
}

const levelCrc = new TextCrc();
/** The CRC32 of the separator alone. */
const SEPARATOR_CRC = ((): number => {
  levelCrc.clear();
  levelCrc.addByte(COLON);
  return levelCrc.value;
})();

/** One side of a book. */
class CrcSide {
  private readonly sign: 1 | -1;
  private readonly digitsOnly: boolean;
  length = 0;
  /** Where the level stands that was taken in last; -1 where it was taken away. */
  private entered = -1;
  private keys = new Float64Array(FIRST_LEVELS);
  crcs: Int32Array = new Int32Array(FIRST_LEVELS);
  ledCrcs: Int32Array = new Int32Array(FIRST_LEVELS);
  bytes: Uint8Array = new Uint8Array(FIRST_LEVELS);

  constructor(side: TextLevel["side"], rule: ChecksumRule) {
    this.sign = side === BID ? 1 : -1;
    this.digitsOnly = rule.form === "digits";
  }

  /** Takes a level in, and returns how far from the best it stands, from 1; Infinity for a delete of a level that is not there. */
  set(price: string, size: string): number {
    const rank = this.enter(Number(price) * this.sign, Number(size) === 0);
    if (this.entered < 0) return rank;
    levelCrc.clear();
    levelCrc.add(price, this.digitsOnly);
    if (!this.digitsOnly) levelCrc.addByte(COLON);
    levelCrc.add(size, this.digitsOnly);
    this.fill(this.entered);
    return rank;
  }

  /** As `set`, for a level whose texts are `bytes[spans[at] … spans[at + 1])` and `bytes[spans[at + 2] … spans[at + 3])`. */
  setBytes(
    price: number,
    isGone: boolean,
    bytes: Uint8Array,
    spans: Int32Array,
    at: number,
  ): number {
    const rank = this.enter(price * this.sign, isGone);
    if (this.entered < 0) return rank;
    levelCrc.clear();
    levelCrc.addBytes(bytes, spans[at]!, spans[at + 1]!, this.digitsOnly);
    if (!this.digitsOnly) levelCrc.addByte(COLON);
    levelCrc.addBytes(bytes, spans[at + 2]!, spans[at + 3]!, this.digitsOnly);
    this.fill(this.entered);
    return rank;
  }

  /** Makes room for a level, at `entered`, or takes it away; returns what `set` does. */
  private enter(key: number, isGone: boolean): number {
    const at = this.placeOf(key);
    const known = at < this.length && this.keys[at] === key;
    const rank = this.length - at + (known ? 0 : 1);
    if (isGone) {
      this.entered = -1;
      if (!known) return Infinity;
      this.move(at + 1, at);
      return rank;
    }
    if (!known) this.move(at, at + 1);
    this.keys[at] = key;
    this.entered = at;
    return rank;
  }

  /** The first place whose key is not below a key; searched from the best, where changes are. */
  private placeOf(key: number): number {
    const { keys } = this;
    let high = this.length;
    let step = 1;
    let low = high - step;
    while (low >= 0 && keys[low]! >= key) {
      high = low;
      step *= 2;
      low = high - step;
    }
    low = low < 0 ? 0 : low;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Moves the levels from a place on to another, one up or one down. */
  private move(from: number, to: number): void {
    const length = this.length + to - from;
    if (length > this.keys.length) this.grow();
    if (this.length - from > FEW_LEVELS) {
      this.keys.copyWithin(to, from, this.length);
      this.crcs.copyWithin(to, from, this.length);
      this.ledCrcs.copyWithin(to, from, this.length);
      this.bytes.copyWithin(to, from, this.length);
    } else if (to > from) {
      for (let at = this.length - 1; at >= from; at--) this.copy(at, at + to - from);
    } else {
      for (let at = from; at < this.length; at++) this.copy(at, at + to - from);
    }
    this.length = length;
  }

  private copy(from: number, to: number): void {
    this.keys[to] = this.keys[from]!;
    this.crcs[to] = this.crcs[from]!;
    this.ledCrcs[to] = this.ledCrcs[from]!;
    this.bytes[to] = this.bytes[from]!;
  }

  private grow(): void {
    const levels = this.keys.length * 2;
    const { keys, crcs, ledCrcs, bytes } = this;
    (this.keys = new Float64Array(levels)).set(keys);
    (this.crcs = new Int32Array(levels)).set(crcs);
    (this.ledCrcs = new Int32Array(levels)).set(ledCrcs);
    (this.bytes = new Uint8Array(levels)).set(bytes);
  }

  private fill(at: number): void {
    const { value, length } = levelCrc;
    this.crcs[at] = value;
    this.ledCrcs[at] = shift(SEPARATOR_CRC, length) ^ value;
    this.bytes[at] = length;
  }

  clear(): void {
    this.length = 0;
  }

  /** Takes away the levels beyond a depth, and returns their prices, best first. */
  cut(depth: number): readonly string[] {
    const gone = this.length - depth;
    if (gone <= 0) return [];
    const prices = [...this.keys.subarray(0, gone)].map((key) => String(key * this.sign));
    this.move(gone, 0);
    return prices.toReversed();
  }
}

/** As `ChecksummedBook`. */
export class CrcBook {
  private readonly rule: ChecksumRule;
  private readonly bids: CrcSide;
  private readonly asks: CrcSide;
  private known = false;
  /** The checksum as it was summed last, as an Int32. */
  private sum = 0;
  /** Whether a level that it covers has changed since. */
  private stale = true;

  constructor(rule: ChecksumRule) {
    this.rule = rule;
    this.bids = new CrcSide(BID, rule);
    this.asks = new CrcSide(ASK, rule);
  }

  /** Starts the book anew: the levels of a snapshot follow. */
  clear(): void {
    this.bids.clear();
    this.asks.clear();
    this.known = true;
    this.stale = true;
  }

  /** Takes a level in. Before the first snapshot there is no book to change. */
  set({ side, price, size }: TextLevel): void {
    if (!this.known) return;
    const rank = (side === BID ? this.bids : this.asks).set(price, size);
    if (rank <= this.rule.depth) this.stale = true;
  }

  /**
   * Whether `setBytes` may take a level: price and size have no more characters than `TextLevel`'s may have. `spans` from `at` on: where the
   * texts of price and size begin and end.
   */
  static fits(spans: Int32Array, at: number): boolean {
    return (
      spans[at + 1]! - spans[at]! <= MAX_LEVEL_TEXT &&
      spans[at + 3]! - spans[at + 2]! <= MAX_LEVEL_TEXT
    );
  }

  /** As `set`, for a level of a price and whether its size is zero, whose texts stand in bytes; it must fit. */
  setBytes(
    { side, price, isGone }: { side: number; price: number; isGone: boolean },
    bytes: Uint8Array,
    spans: Int32Array,
    at: number,
  ): void {
    if (!this.known) return;
    const book = side === BID ? this.bids : this.asks;
    const rank = book.setBytes(price, isGone, bytes, spans, at);
    if (rank <= this.rule.depth) this.stale = true;
  }

  /** Compares the venue's checksum with the book as it is now; 0 before the first snapshot and where the message has none. */
  verify(checksum: number | undefined): ChecksumFlags {
    if (!this.known || checksum === undefined) return 0;
    if (this.stale) this.sum = this.rule.form === "digits" ? this.sumSides() : this.sumInTurn();
    this.stale = false;
    const own = this.rule.signed ? this.sum : this.sum >>> 0;
    return own === checksum ? CHECKSUM_MATCHED : CHECKSUM_FAILED;
  }

  /** Asks, best first, then bids, with nothing between. */
  private sumSides(): number {
    const { depth } = this.rule;
    let sum = 0;
    for (let s = 0; s < 2; s++) {
      const side = s === 0 ? this.asks : this.bids;
      const { length, crcs, bytes } = side;
      const end = length < depth ? 0 : length - depth;
      for (let at = length - 1; at >= end; at--) sum = shift(sum, bytes[at]!) ^ crcs[at]!;
    }
    return sum;
  }

  /** Best bid, best ask, second bid and so on, with a separator between. */
  private sumInTurn(): number {
    const { bids, asks } = this;
    const { depth } = this.rule;
    let sum = 0;
    let isFirst = true;
    for (let rank = 1; rank <= depth; rank++) {
      const bid = bids.length - rank;
      const ask = asks.length - rank;
      if (bid < 0 && ask < 0) break;
      if (bid >= 0) {
        sum = isFirst ? bids.crcs[bid]! : shift(sum, bids.bytes[bid]! + 1) ^ bids.ledCrcs[bid]!;
        isFirst = false;
      }
      if (ask >= 0) {
        sum = isFirst ? asks.crcs[ask]! : shift(sum, asks.bytes[ask]! + 1) ^ asks.ledCrcs[ask]!;
        isFirst = false;
      }
    }
    return sum;
  }

  /** As `ChecksummedBook.cut`, the prices in their shortest writing. */
  cut(depth: number): readonly TextLevel[] {
    if (this.bids.length <= depth && this.asks.length <= depth) return [];
    this.stale = true;
    const deleted = (side: TextLevel["side"], prices: readonly string[]): readonly TextLevel[] =>
      prices.map((price) => ({ side, price, size: "0" }));
    return [...deleted(BID, this.bids.cut(depth)), ...deleted(ASK, this.asks.cut(depth))];
  }
}
