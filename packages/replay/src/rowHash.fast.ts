/**
 * A hash of the rows of a stream, column by column: the same however the rows are cut into batches. Plain twin: `StateHash.mix` and `mixText`
 * of one value after the other; the figures are others, as each column has words of its own. Benchmark: test/bench/pipeline.ts.
 *
 * Layout: `lanes` Int32 × 2 a column, in storage order, the effective time first: of numbers two sums over all values, each weighted by an odd number
 * that follows its row's, so that no value waits for the one before it and an absent one adds nothing; of texts two words that every one of them went through.
 */
import { type AsciiTexts, columnsOf, type Batch, type StreamName } from "@aftershock/schema";
import type { StateHash } from "./stateHash.ts";

type Column = Float64Array | Int8Array | readonly (string | undefined)[];

/** As of StateHash. */
const SEED_A = 0x6a09e667;
const SEED_B = 0xbb67ae85;
const FACTOR_A = 0x3c6ef373;
const FACTOR_B = 0xa54ff53b;

/** The words of a value that no column holds: those of a NaN of its own. It would add as little to the sums as an absent one. */
const NO_LOW = 0x2545f491;
const NO_HIGH = 0x7ff80001;
/** See sumNumbers. */
const START_A = -(Math.imul(NO_LOW, FACTOR_A) + NO_HIGH) | 0;
const START_B = -(Math.imul(NO_HIGH, FACTOR_B) + 2 * NO_LOW) | 0;
const LOW = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;

/** Rows of a batch, the first of which is row `nth` of the stream. */
interface Rows {
  readonly from: number;
  readonly to: number;
  readonly nth: number;
}

/** The two words that a value adds are never those of another value: the factors of its own words have an odd determinant. */
function sumNumbers(values: Float64Array, { from, to, nth }: Rows, lanes: Int32Array, at: number) {
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  let a = lanes[at]!;
  let b = lanes[at + 1]!;
  let weight = 2 * nth + 1;
  for (let row = from; row < to; row++) {
    const value = values[row]!;
    if (!Number.isNaN(value)) {
      const low = words[2 * row + LOW]!;
      // Never -0.
      const high = value === 0 ? 0 : words[2 * row + HIGH]!;
      const own = (Math.imul(low, FACTOR_A) + high + START_A) | 0;
      const other = (Math.imul(high, FACTOR_B) + 2 * low + START_B) | 0;
      a = (a + Math.imul(own ^ (own >>> 15), weight)) | 0;
      b = (b + Math.imul(other ^ (other >>> 13), weight)) | 0;
    }
    weight = (weight + 2) | 0;
  }
  lanes[at] = a;
  lanes[at + 1] = b;
}

function mixCodes(values: Int8Array, from: number, to: number, lanes: Int32Array, at: number) {
  let a = lanes[at]!;
  let b = lanes[at + 1]!;
  for (let row = from; row < to; row++) {
    a = Math.imul(a ^ values[row]!, FACTOR_A);
    a ^= a >>> 15;
    b = Math.imul(b + a, FACTOR_B);
    b ^= b >>> 14;
  }
  lanes[at] = a;
  lanes[at + 1] = b;
}

/** Texts by their UTF-16 units and their number; an absent one differs from an empty one. */
function mixTexts(
  values: readonly (string | undefined)[],
  from: number,
  to: number,
  lanes: Int32Array,
  at: number,
) {
  let a = lanes[at]!;
  let b = lanes[at + 1]!;
  for (let row = from; row < to; row++) {
    const text = values[row];
    const length = text === undefined ? -1 : text.length;
    a = Math.imul(a ^ length, FACTOR_A);
    a ^= a >>> 15;
    for (let unit = 0; unit < length; unit++) {
      a = Math.imul(a ^ text!.charCodeAt(unit), FACTOR_A);
      a ^= a >>> 15;
      b = Math.imul(b + a, FACTOR_B);
    }
    b = Math.imul(b + a, FACTOR_B);
    b ^= b >>> 14;
  }
  lanes[at] = a;
  lanes[at + 1] = b;
}

/** As `mixTexts`, of texts that nobody needs to make. */
function mixAscii(
  { bytes, offsets, valid }: AsciiTexts,
  from: number,
  to: number,
  lanes: Int32Array,
  at: number,
) {
  let a = lanes[at]!;
  let b = lanes[at + 1]!;
  for (let row = from; row < to; row++) {
    const start = offsets[row]!;
    const end = offsets[row + 1]!;
    const isThere = valid === undefined || ((valid[row >> 3]! >> (row & 7)) & 1) !== 0;
    a = Math.imul(a ^ (isThere ? end - start : -1), FACTOR_A);
    a ^= a >>> 15;
    for (let place = isThere ? start : end; place < end; place++) {
      a = Math.imul(a ^ bytes[place]!, FACTOR_A);
      a ^= a >>> 15;
      b = Math.imul(b + a, FACTOR_B);
    }
    b = Math.imul(b + a, FACTOR_B);
    b ^= b >>> 14;
  }
  lanes[at] = a;
  lanes[at + 1] = b;
}

export class RowHash {
  private readonly names: readonly string[];
  private readonly lanes: Int32Array;
  /** Rows so far. */
  private rows = 0;

  constructor(stream: StreamName) {
    this.names = columnsOf(stream).map(([name]) => name);
    this.lanes = new Int32Array(2 * (1 + this.names.length));
    for (let lane = 0; lane < this.lanes.length; lane += 2) {
      this.lanes[lane] = SEED_A;
      this.lanes[lane + 1] = SEED_B;
    }
  }

  /** Takes the rows [from, to) of a batch of the stream in. `times` are the effective times of all of its rows, µs. */
  take(batch: Batch, from: number, to: number, times: Float64Array): void {
    const byName: Readonly<Record<string, Column>> = batch.columns;
    const rows = { from, to, nth: this.rows };
    this.rows += to - from;
    sumNumbers(times, rows, this.lanes, 0);
    for (const [i, name] of this.names.entries()) {
      const at = 2 * (i + 1);
      const ascii = batch.asciiTexts?.[name];
      if (ascii !== undefined) {
        mixAscii(ascii, from, to, this.lanes, at);
        continue;
      }
      const values = byName[name] ?? [];
      if (values instanceof Float64Array) sumNumbers(values, rows, this.lanes, at);
      else if (values instanceof Int8Array) mixCodes(values, from, to, this.lanes, at);
      else mixTexts(values, from, to, this.lanes, at);
    }
  }

  /** Takes all of it into a hash. */
  mixInto(hash: StateHash): void {
    for (const word of this.lanes) hash.mix(word);
  }
}
