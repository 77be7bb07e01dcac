/**
 * A hash of the rows of a stream, column by column: the same however the rows are cut into batches. Plain twin: `StateHash.mix` and `mixText`
 * of one value after the other; the figures are others, as each column has a chain of its own. Benchmark: test/bench/pipeline.ts.
 *
 * Layout: `lanes` Int32 × 2 a column, in storage order, the effective time first: two words that every value of the column went through.
 */
import { type AsciiTexts, columnsOf, type Batch, type StreamName } from "@aftershock/schema";
import type { StateHash } from "./stateHash.ts";

type Column = Float64Array | Int8Array | readonly (string | undefined)[];

/** As of StateHash. */
const SEED_A = 0x6a09e667;
const SEED_B = 0xbb67ae85;
const FACTOR_A = 0x3c6ef373;
const FACTOR_B = 0xa54ff53b;
/** The upper word of the one NaN that stands for all of them. */
const NAN_WORD = 0x7ff80000;

const number = new Float64Array(1);
const words = new Int32Array(number.buffer);
const LOW = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;

function mixNumbers(values: Float64Array, from: number, to: number, lanes: Int32Array, at: number) {
  let a = lanes[at]!;
  let b = lanes[at + 1]!;
  for (let row = from; row < to; row++) {
    const value = values[row]!;
    let low = 0;
    let high = NAN_WORD;
    if (!Number.isNaN(value)) {
      // Never -0.
      number[0] = value + 0;
      low = words[LOW]!;
      high = words[HIGH]!;
    }
    a = Math.imul(a ^ low, FACTOR_A);
    a ^= a >>> 15;
    b = Math.imul((b + a) ^ high, FACTOR_B);
    b ^= b >>> 14;
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
    mixNumbers(times, from, to, this.lanes, 0);
    for (const [i, name] of this.names.entries()) {
      const at = 2 * (i + 1);
      const ascii = batch.asciiTexts?.[name];
      if (ascii !== undefined) {
        mixAscii(ascii, from, to, this.lanes, at);
        continue;
      }
      const values = byName[name] ?? [];
      if (values instanceof Float64Array) mixNumbers(values, from, to, this.lanes, at);
      else if (values instanceof Int8Array) mixCodes(values, from, to, this.lanes, at);
      else mixTexts(values, from, to, this.lanes, at);
    }
  }

  /** Takes all of it into a hash. */
  mixInto(hash: StateHash): void {
    for (const word of this.lanes) hash.mix(word);
  }
}
