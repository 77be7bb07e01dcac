/**
 * A message of a capture read straight from the bytes of its line, without a string, an object or `JSON.parse`: 2 to 4 times the rate of
 * the plain readers (test/bench/captures.ts). Plain twins: `readCaptureLine` and `VenueCapture.take`, to which a line goes that is not
 * byte for byte what a venue usually sends.
 *
 * Layout: `levels` Float64, LEVEL numbers each: side, mantissa and decimals of the price, the same of the size. `spans` Int32, SPAN
 * numbers a level: where in `bytes` the texts of price and size begin and end; only `readPair` sets them. Both grow by doubling.
 * Invariants: the line ends in a line feed, and nothing reads past that; what a method has read is good when it returned true.
 */
import { DataError } from "@aftershock/schema";
import type { SourceLine } from "../../source.ts";
import { JsonBytes } from "../read/jsonBytes.fast.ts";

/** Numbers a level. */
export const LEVEL = 5;
/** Numbers a level of text. */
export const SPAN = 4;

/** ASCII text that lines are compared with, four bytes at a time. */
export class AsciiText {
  readonly bytes: Uint8Array;
  /** The text as little-endian words, the last of which begins three bytes before its end; none for fewer than four bytes. */
  readonly words: Int32Array;

  constructor(text: string) {
    const bytes = Buffer.from(text, "latin1");
    const { length } = bytes;
    this.bytes = bytes;
    this.words = Int32Array.from({ length: length < 4 ? 0 : Math.ceil(length / 4) }, (_, n) =>
      bytes.readInt32LE(Math.min(4 * n, length - 4)),
    );
  }
}

/** ASCII text that lines are compared with. */
export const ascii = (text: string): AsciiText => new AsciiText(text);

const LINE_FEED = 10;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const COLON = 58;
const OPEN = 91;
const BACKSLASH = 92;
const CLOSE = 93;
const LOWER_F = 102;
const LOWER_N = 110;
const LOWER_T = 116;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const TILDE = 126;

const TRUE = ascii("true");
const FALSE = ascii("false");
const NULL = ascii("null");

const AFTER_TIME = ascii(": ");
const OPEN_BUY = ascii('["buy","');
const OPEN_SELL = ascii('["sell","');
const OPEN_PAIR = ascii('["');

const POWERS = Float64Array.from({ length: 7 }, (_, n) => 10 ** n);
/** As `parseSeconds` has it: 2255-06-05. */
const LATEST_SECONDS = 9_007_199_253;
const EARLIEST_SECONDS = 1_000_000_000;
const EARLIEST_MILLIS = 1e11;
const EARLIEST_MICROS = 1e14;
/** Digits of a fraction of a second that are exact. */
const MOST_FRACTION = 9;
/** `2021-04-17T16:43:37` */
const ISO_SECONDS = 19;

/** Values within each other that are skipped; no venue sends half as many. */
const MOST_DEPTH = 16;

const DAYS_IN_MONTH = Uint8Array.from([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);

/** Days from 1970-01-01 of a day of the Gregorian calendar; -1 where there is none, or before 1973. */
function daysOf(year: number, month: number, day: number): number {
  if (!(year >= 1973 && year <= 2254 && month >= 1 && month <= 12 && day >= 1)) return -1;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (day > DAYS_IN_MONTH[month - 1]! + (leap && month === 2 ? 1 : 0)) return -1;
  let days = day - 1;
  for (let m = 0; m < month - 1; m++) days += DAYS_IN_MONTH[m]! + (leap && m === 1 ? 1 : 0);
  const before = year - 1;
  const leaps = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  return days + (year - 1970) * 365 + leaps - 477;
}

/** One line, and the message on it. */
export class CaptureBytes extends JsonBytes {
  bytes: Uint8Array = new Uint8Array(0);
  /** The same bytes. */
  private view: DataView = new DataView(new ArrayBuffer(0));
  /** Where the line begins. */
  from = 0;
  number = 0;
  /** The recorder's clock, µs. */
  tsRecv: number = Number.NaN;

  /** The last time that was read, µs. */
  micros: number = Number.NaN;

  levels: Float64Array<ArrayBuffer> = new Float64Array(LEVEL * 64);
  spans: Int32Array<ArrayBuffer> = new Int32Array(SPAN * 64);
  /** Levels of the message. */
  count = 0;
  /** The venue's clock, µs, and the ids of the message; NaN for none. */
  tsEvent: number = Number.NaN;
  updateId: number = Number.NaN;
  prevUpdateId: number = Number.NaN;

  private readonly isoText = new Uint8Array(ISO_SECONDS).fill(LINE_FEED);
  private isoMicros = Number.NaN;

  /** Begins the line at `from`: false for one without the recorder's clock and a message behind it. */
  begin(bytes: Uint8Array, from: number, number: number): boolean {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    this.from = from;
    this.number = number;
    this.at = from;
    this.count = 0;
    this.tsEvent = this.updateId = this.prevUpdateId = Number.NaN;
    if (!this.readSeconds()) return false;
    this.tsRecv = this.micros;
    return this.matches(AFTER_TIME);
  }

  /** The line as text. */
  source(): SourceLine {
    const { bytes, from, number } = this;
    const end = bytes.indexOf(LINE_FEED, from);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from).toString("latin1");
    return { number, text };
  }

  /** Skips text that must be exactly this. */
  matches({ bytes: expected, words }: AsciiText): boolean {
    const { bytes, view, at } = this;
    const end = at + expected.length;
    if (end > bytes.length) return false;
    const last = words.length - 1;
    if (last < 0) {
      for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
    } else {
      for (let n = 0; n < last; n++) if (view.getInt32(at + 4 * n, true) !== words[n]) return false;
      if (view.getInt32(end - 4, true) !== words[last]) return false;
    }
    this.at = end;
    return true;
  }

  /** Skips one byte that must be this. */
  is(byte: number): boolean {
    if (this.bytes[this.at] !== byte) return false;
    this.at += 1;
    return true;
  }

  /** Reads a whole number of zero or more into `whole`. */
  override readWhole(): boolean {
    return super.readWhole(this.bytes);
  }

  /** Reads a whole number of any sign into `whole`. */
  readSigned(): boolean {
    const negative = this.is(MINUS);
    if (!this.readWhole() || (negative && this.whole === 0)) return false;
    if (negative) this.whole = -this.whole;
    return true;
  }

  /** Reads a decimal of zero or more with the quotes about it. */
  readQuoted(): boolean {
    return this.is(QUOTE) && this.readQuotedDecimal();
  }

  /** Reads a decimal of zero or more up to the quote that ends it, and that quote. */
  override readQuotedDecimal(): boolean {
    return super.readQuotedDecimal(this.bytes);
  }

  /** Reads a decimal of zero or more that is sent as a number. */
  override readDecimal(): boolean {
    return super.readDecimal(this.bytes);
  }

  /** Reads ten digits of seconds and up to nine decimals of one into `micros`. */
  readSeconds(): boolean {
    const { bytes } = this;
    let i = this.at;
    let byte = 0;
    let whole = 0;
    for (const end = i + 10; i < end; i++) {
      byte = bytes[i]!;
      if (!(byte >= ZERO && byte < COLON)) return false;
      whole = whole * 10 + (byte - ZERO);
    }
    if (whole < EARLIEST_SECONDS || whole > LATEST_SECONDS) return false;
    if (bytes[i] !== POINT) return false;
    const first = ++i;
    let fraction = 0;
    for (byte = bytes[i]!; byte >= ZERO && byte < COLON; byte = bytes[++i]!) {
      fraction = fraction * 10 + (byte - ZERO);
    }
    const decimals = i - first;
    if (decimals === 0 || decimals > MOST_FRACTION) return false;
    const micros =
      decimals <= 6
        ? fraction * POWERS[6 - decimals]!
        : Math.round(fraction / POWERS[decimals - 6]!);
    this.micros = whole * 1_000_000 + micros;
    this.at = i;
    return true;
  }

  /** Reads a time in whole milliseconds into `micros`. */
  readMillis(): boolean {
    if (!this.readWhole()) return false;
    const { whole } = this;
    this.micros = whole * 1_000;
    return whole >= EARLIEST_MILLIS && whole < EARLIEST_MICROS && Number.isSafeInteger(this.micros);
  }

  /** Reads a time in whole microseconds into `micros`. */
  readMicros(): boolean {
    if (!this.readWhole()) return false;
    this.micros = this.whole;
    return this.whole >= EARLIEST_MICROS;
  }

  /** Reads an ISO 8601 instant of UTC with the quotes about it, `"2021-04-17T16:43:37.129299Z"`, into `micros`. */
  readIso(): boolean {
    const { bytes, isoText } = this;
    if (!this.is(QUOTE)) return false;
    const from = this.at;
    let i = 0;
    while (i < ISO_SECONDS && bytes[from + i] === isoText[i]) i++;
    if (i < ISO_SECONDS && !this.readIsoSeconds(from)) return false;
    let at = from + ISO_SECONDS;
    let fraction = 0;
    let decimals = 0;
    if (bytes[at] === POINT) {
      for (let byte = bytes[++at]!; byte >= ZERO && byte < COLON; byte = bytes[++at]!) {
        fraction = fraction * 10 + (byte - ZERO);
        decimals += 1;
      }
      if (decimals === 0 || decimals > 6) return false;
    }
    if (bytes[at] !== 90 || bytes[at + 1] !== QUOTE) return false;
    this.micros = this.isoMicros + fraction * POWERS[6 - decimals]!;
    this.at = at + 2;
    return true;
  }

  /** Reads the seconds of an instant, which most that follow repeat. */
  private readIsoSeconds(from: number): boolean {
    const { bytes } = this;
    const text = String.fromCharCode(...bytes.subarray(from, from + ISO_SECONDS));
    const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(text);
    if (match === null) return false;
    const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
    const days = daysOf(year!, month!, day!);
    if (days < 0 || hour! > 23 || minute! > 59 || second! > 59) return false;
    this.isoMicros = (((days * 24 + hour!) * 60 + minute!) * 60 + second!) * 1_000_000;
    this.isoText.set(bytes.subarray(from, from + ISO_SECONDS));
    return true;
  }

  /** Adds a level of the price that is given and the decimal that was read last. */
  addLevel(side: number, mantissa: number, decimals: number): void {
    const at = this.count * LEVEL;
    if (at === this.levels.length) this.grow();
    const { levels } = this;
    levels[at] = side;
    levels[at + 1] = mantissa;
    levels[at + 2] = decimals;
    levels[at + 3] = this.mantissa;
    levels[at + 4] = this.decimals;
    this.count += 1;
  }

  private grow(): void {
    const { levels, spans } = this;
    (this.levels = new Float64Array(levels.length * 2)).set(levels);
    (this.spans = new Int32Array(spans.length * 2)).set(spans);
  }

  /** Reads `["price","size"` as a level, and its texts into `spans`; what is behind it is the caller's. */
  readPair(side: number): boolean {
    return this.matches(OPEN_PAIR) && this.readPriceAndSize(side);
  }

  /** Reads `price","size"` as a level: what is behind the quote of a price. */
  readPriceAndSize(side: number): boolean {
    const { bytes, at: priceFrom } = this;
    if (!this.readQuotedDecimal()) return false;
    const { mantissa, decimals, at: priceEnd } = this;
    if (mantissa === 0 || bytes[priceEnd] !== COMMA || bytes[priceEnd + 1] !== QUOTE) return false;
    const sizeFrom = priceEnd + 2;
    this.at = sizeFrom;
    if (!this.readQuotedDecimal()) return false;
    this.addLevel(side, mantissa, decimals);
    this.setSpan(priceFrom, priceEnd - 1, sizeFrom, this.at - 1);
    return true;
  }

  /** Sets the texts of the level that was added last. */
  setSpan(priceFrom: number, priceEnd: number, sizeFrom: number, sizeEnd: number): void {
    const { spans } = this;
    const at = (this.count - 1) * SPAN;
    spans[at] = priceFrom;
    spans[at + 1] = priceEnd;
    spans[at + 2] = sizeFrom;
    spans[at + 3] = sizeEnd;
  }

  /** Reads `[["buy","price","size"],…]`, the side being `buy` or `sell`. */
  readChanges(buy: number, sell: number): boolean {
    if (!this.is(OPEN)) return false;
    do {
      const side = this.matches(OPEN_BUY) ? buy : this.matches(OPEN_SELL) ? sell : Number.NaN;
      if (Number.isNaN(side) || !this.readPriceAndSize(side) || !this.is(CLOSE)) return false;
    } while (this.is(COMMA));
    return this.is(CLOSE);
  }

  /** Skips a JSON value that nobody reads: without spaces, and with nothing in its texts but ASCII that stands for itself. */
  skipValue(deepest: number = MOST_DEPTH): boolean {
    const { bytes } = this;
    const byte = bytes[this.at];
    if (byte === QUOTE) return this.skipText();
    if (deepest === 0) return false;
    if (byte === OPEN_BRACE) return this.skipMembers(CLOSE_BRACE, true, deepest - 1);
    if (byte === OPEN) return this.skipMembers(CLOSE, false, deepest - 1);
    if (byte === LOWER_T) return this.matches(TRUE);
    if (byte === LOWER_F) return this.matches(FALSE);
    if (byte === LOWER_N) return this.matches(NULL);
    if (byte === MINUS) this.at += 1;
    return this.readDecimal();
  }

  private skipText(): boolean {
    this.at += 1;
    return this.skipLabel() && this.is(QUOTE);
  }

  /** Skips text up to the quote that ends it. */
  skipLabel(): boolean {
    const { bytes } = this;
    let { at } = this;
    for (let byte = bytes[at]!; byte !== QUOTE; byte = bytes[++at]!) {
      if (byte < SPACE || byte > TILDE || byte === BACKSLASH) return false;
    }
    this.at = at;
    return true;
  }

  private skipMembers(close: number, named: boolean, deepest: number): boolean {
    this.at += 1;
    if (this.is(close)) return true;
    do {
      if (named && !(this.bytes[this.at] === QUOTE && this.skipText() && this.is(COLON))) {
        return false;
      }
      if (!this.skipValue(deepest)) return false;
    } while (this.is(COMMA));
    return this.is(close);
  }

  /** Reads `[["price","size"],…]` or `[]`. */
  readPairs(side: number): boolean {
    if (!this.is(OPEN)) return false;
    if (this.is(CLOSE)) return true;
    do {
      if (!this.readPair(side) || !this.is(CLOSE)) return false;
    } while (this.is(COMMA));
    return this.is(CLOSE);
  }
}

/** A name as it was met. */
interface KnownName<T> {
  readonly bytes: Uint8Array;
  readonly value: T;
  readonly next: KnownName<T> | undefined;
}

/** More than any capture names; those beyond are the plain reader's. */
const MOST_NAMES = 1 << 14;

/** What belongs to each of the names that messages hold, found without making a string of them. */
export class Names<T> {
  private readonly make: (name: string) => T | undefined;
  private readonly known = new Map<number, KnownName<T>>();
  private count = 0;

  /** `make` is asked at each message until it knows what belongs to a name. */
  constructor(make: (name: string) => T | undefined) {
    this.make = make;
  }

  /** Reads a name up to the quote that ends it, and that quote; undefined for one that is out of the ordinary. */
  read(line: CaptureBytes): T | undefined {
    const { bytes, at: from } = line;
    let hash = 0;
    let i = from;
    let byte = bytes[i]!;
    for (; byte !== QUOTE; byte = bytes[++i]!) {
      if (byte <= SPACE || byte > TILDE || byte === BACKSLASH) return undefined;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    line.at = i + 1;
    const first = this.known.get(hash);
    for (let name = first; name !== undefined; name = name.next) {
      const { bytes: own } = name;
      if (own.length !== i - from) continue;
      let n = 0;
      while (n < own.length && own[n] === bytes[from + n]) n++;
      if (n === own.length) return name.value;
    }
    return this.learn(Uint8Array.from(bytes.subarray(from, i)), hash, first);
  }

  private learn(bytes: Uint8Array, hash: number, next: KnownName<T> | undefined): T | undefined {
    if (this.count >= MOST_NAMES) return undefined;
    const value = this.ask(Buffer.from(bytes).toString("latin1"));
    if (value === undefined) return undefined;
    this.known.set(hash, { bytes, value, next });
    this.count += 1;
    return value;
  }

  private ask(name: string): T | undefined {
    try {
      return this.make(name);
    } catch (error) {
      // A name that is none: the plain reader says so.
      if (error instanceof DataError) return undefined;
      throw error;
    }
  }
}
