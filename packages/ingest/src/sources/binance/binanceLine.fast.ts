/**
 * The values of one line of a capture of Binance, read from its bytes along a shape: see binanceBulk.fast.ts, which has the benchmark and
 * the plain twin.
 *
 * `values`: two numbers a slot, Float64: the value (times in µs), or a decimal's mantissa and number of decimals. `levels`: four numbers a
 * level, Float64, bids first: mantissa and decimals of the price, the same of the size; grown by doubling. Invariants: after `read` has
 * returned true they hold what is in the line for each slot of the shape; slots that it does not have hold anything.
 */
import type { SourceLine } from "../../source.ts";
import { JsonBytes } from "../read/jsonBytes.fast.ts";
import { SLOT } from "./binanceShape.ts";

/** Numbers a level. */
export const LEVEL = 4;
/** Times of the venue below it are ms, as in `timeField`; there is none below the second. */
const MILLIS_BELOW = 1e14;
const EARLIEST = 1e12;

const QUOTE = 34;
const COMMA = 44;
const OPEN = 91;
const CLOSE = 93;

const TRUE = Buffer.from("true");
const FALSE = Buffer.from("false");
/** Between the price and the size of a level, and after the quote that ends the price. */
const BETWEEN = Buffer.from(',"');

/** The values of one line, and how they are read. */
export class BinanceLine {
  readonly json: JsonBytes = new JsonBytes();
  readonly values: Float64Array<ArrayBuffer> = new Float64Array(2 * Object.keys(SLOT).length);
  levels: Float64Array<ArrayBuffer> = new Float64Array(LEVEL * 256);
  /** Levels of the line, and how many of them are bids. */
  count = 0;
  bids = 0;
  tsRecv = 0;
  number = 0;
  /** Where the line stands: `bytes[from … to)`, its line feed included. */
  bytes: Uint8Array = new Uint8Array(0);
  from = 0;
  to = 0;
  /** Where the id of a trade stands. */
  idFrom = 0;
  idTo = 0;

  /**
   * Reads the message that begins at `at`, its line feed included: the text of `pieces`, and a value of each of `slots` between them.
   * False when it is not of that shape, or has a value that is out of the ordinary.
   */
  read(at: number, pieces: readonly Uint8Array[], slots: Uint8Array): boolean {
    const { json, bytes } = this;
    const { length } = slots;
    json.at = at;
    this.count = 0;
    for (let i = 0; i < length; i++) {
      if (!json.skip(bytes, pieces[i]!)) return false;
      if (!this.readSlot(bytes, slots[i]!)) return false;
    }
    if (!json.skip(bytes, pieces[length]!)) return false;
    this.to = json.at;
    return true;
  }

  /** The line as text. */
  source(): SourceLine {
    const { bytes, from, to, number } = this;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - 1 - from).toString("utf8");
    return { number, text };
  }

  private readSlot(bytes: Uint8Array, slot: number): boolean {
    const { json, values } = this;
    if (slot >= SLOT.price) {
      if (!json.readQuotedDecimal(bytes)) return false;
      values[2 * slot] = json.mantissa;
      values[2 * slot + 1] = json.decimals;
      // A size of 0 (a side without orders) is the plain reader's, and so is a bad price.
      return json.mantissa > 0;
    }
    if (slot === SLOT.bids || slot === SLOT.asks) {
      if (!this.readLevels(bytes)) return false;
      if (slot === SLOT.bids) this.bids = this.count;
      return true;
    }
    if (slot === SLOT.maker) {
      const isMaker = json.skip(bytes, TRUE);
      values[2 * slot] = isMaker ? 1 : 0;
      return isMaker || json.skip(bytes, FALSE);
    }
    this.idFrom = slot === SLOT.id ? json.at : this.idFrom;
    if (!json.readWhole(bytes)) return false;
    this.idTo = slot === SLOT.id ? json.at : this.idTo;
    let { whole } = json;
    if (slot === SLOT.sent || slot === SLOT.done) {
      if (whole < EARLIEST) return false;
      if (whole < MILLIS_BELOW) whole *= 1_000;
      if (whole > Number.MAX_SAFE_INTEGER) return false;
    }
    values[2 * slot] = whole;
    return true;
  }

  /** Reads a list of levels with its brackets, behind those that are there. */
  private readLevels(bytes: Uint8Array): boolean {
    const { json } = this;
    if (bytes[json.at] !== OPEN) return false;
    if (bytes[json.at + 1] === CLOSE) {
      json.at += 2;
      return true;
    }
    let { levels } = this;
    for (;;) {
      const from = json.at;
      if (bytes[from + 1] !== OPEN || bytes[from + 2] !== QUOTE) return false;
      json.at = from + 3;
      const at = this.count * LEVEL;
      if (at === levels.length) levels = this.grow();
      if (!json.readQuotedDecimal(bytes) || json.mantissa === 0) return false;
      levels[at] = json.mantissa;
      levels[at + 1] = json.decimals;
      if (!json.skip(bytes, BETWEEN) || !json.readQuotedDecimal(bytes)) return false;
      levels[at + 2] = json.mantissa;
      levels[at + 3] = json.decimals;
      this.count += 1;
      const end = json.at;
      if (bytes[end] !== CLOSE) return false;
      json.at = end + 1;
      if (bytes[end + 1] === COMMA) continue;
      json.at = end + 2;
      return bytes[end + 1] === CLOSE;
    }
  }

  private grow(): Float64Array<ArrayBuffer> {
    const grown = new Float64Array(this.levels.length * 2);
    grown.set(this.levels);
    this.levels = grown;
    return grown;
  }
}
