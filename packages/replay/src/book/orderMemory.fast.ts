/**
 * Where a fast book of orders lies, and the inner loops over it, in WebAssembly (kernel/l3Kernel.ts) where there is any: the orders and levels as
 * records, the index of ids, the levels near each other, a Ladder, and a block of rows. Plain twin: the objects of `OrderQueues`. Benchmark:
 * test/bench/l3.ts.
 *
 * Layout, bytes from the start, little-endian as WebAssembly is: 64 `found`, 96 `heads`, 128 `tops`, 136 `bases`, 144 the ladder's origin Float64, 152 its
 * window Int32; from 256 on the rows of the block, with room for 64 more: actions, sides and flags Int8, prices and sizes Float64, `lo`, `hi` and
 * `hashes` of ids Int32, the ids as 64 bits, best bids and asks Float64; then `near` (see LevelPlaces), and `words`, `bits` and `sizes` of the ladder.
 * Behind them lie `index` and `records`, wherever there was room when they grew last; what they left is not used again.
 *
 * `index` Int32 × a power of two: the first order of those whose ids have the same upper bits of their hashes; 0 for none. `records` Int32 × 8 a record,
 * `values` the same bytes as Float64 × 4. An order: words 0 and 1 its id (see OrderIds), 2 and 3 the records before and after it in the queue of its price,
 * 4 its level, 5 the next order of its place in the index, value 3 its size in lots. A level: value 0 its price in ticks, words 2 and 3 its last and its
 * first order, 4 its side, 5 how many orders it has, value 3 their size in lots: a queue is a ring of which the level is a part. A free record: word 3
 * the next one. Records are numbered from 1; 0 is none, and all zeros. A record lies in one line of the processor's cache.
 *
 * `heads` Int32 × 8, by place: FREE the first free record, 0 when there is none but those that were never used; USED records that were ever in use, that
 * of number 0 included; ROOM one less than there is memory for; COUNT orders; SHIFT how far a hash is shifted to be a place of the index; where in the
 * memory index and records lie.
 * `found` Int32 × 8 is what goes into `run` and comes out of it, by place: EVENT why it stopped, NOTED (best prices written), MESSAGES what it counted,
 * BID_SEEN and ASK_SEEN where the best levels stood when the handler was called last, CHANGES levels that came or went; and MIXED, the sum over rows
 * (see orderPart), of ROWS_MIXED rows.
 */
import type { Batch } from "@aftershock/schema";
import { copyColumn } from "./copyColumn.fast.ts";
import { L3_KERNEL } from "./l3KernelCode.ts";
import { type KernelMemory, KernelModule, PAGE } from "./kernelModule.fast.ts";
import type { LadderArrays } from "./ladder.fast.ts";
import type { OrderIds } from "./orderIds.fast.ts";

export const EVENT = 0;
export const NOTED = 1;
export const MESSAGES = 2;
export const BID_SEEN = 3;
export const ASK_SEEN = 4;
export const MIXED = 5;
export const ROWS_MIXED = 6;
export const CHANGES = 7;

/** Where `heads` lie, bytes. */
const HEADS = 96;
export const FREE = 0;
export const USED = 1;
export const ROOM = 2;
export const COUNT = 3;
export const SHIFT = 4;
const INDEX = 5;
const RECORDS = 6;

/** Why `run` stopped: at a row that is rare, of which nothing is done; 0 is at the end of a message. */
export const OTHER_ROW = 1;

/** Rows that are taken at once: few enough to lie in a cache near the processor. */
export const BLOCK_ROWS = 2_048;
/** Places of levels a side: a power of two. */
export const NEAR: number = 1 << 15;
/** Bytes of a line of the processor's cache. */
const LINE = 64;
/** Bytes of a record, as a shift. */
const RECORD_BYTES = 5;
/** Records at the start, and places of the index, as bits. */
const START = 1_024;
const START_BITS = 11;

type Run = (from: number, to: number, stops: number) => number;
type Prepare = (count: number) => number;

/** The loops over a memory. */
export interface Loops {
  /** Joins the words of `count` ids and makes their hashes; returns not 0 where one may be a text's, which has another. */
  readonly hashIds: Prepare;
  /**
   * Looks at the first `count` rows of the block, and takes them into the sum; returns how many of them can be taken as they stand, for which the
   * book itself must be asked only whether they have ids and are whole messages that follow on each other: `count`, or a multiple of 16 below it.
   */
  readonly prepare: Prepare;
  /**
   * Does what the rows [from, to) say, which were prepared; returns the row at which it stopped, or `to`. At the message ends where it stops that of the row is
   * not counted or noted yet. See RUNS of l2Kernel.fast.ts for `stops`.
   */
  readonly run: Run;
}

const kernel = new KernelModule(L3_KERNEL);

/** The start of the next line of the processor's cache. */
const aligned = (bytes: number): number => Math.ceil(bytes / LINE) * LINE;

/** Where the parts lie that stay where they are, bytes; `end` is behind them. */
function layoutOf(window: number) {
  let bytes = 256;
  const take = (length: number): number => (bytes += length) - length;
  const rows = BLOCK_ROWS + 64;
  const [action, side, flags] = [take(rows), take(rows), take(rows)];
  const [price, size] = [take(8 * rows), take(8 * rows)];
  const [lo, hi, hashes] = [take(4 * rows), take(4 * rows), take(4 * rows)];
  take(8 * rows);
  const [bids, asks, near] = [take(8 * rows), take(8 * rows), take(8 * NEAR)];
  const [words, bits, sizes] = [take(window >> 7), take(window >> 2), take(16 * window)];
  const block = { action, side, flags, price, size, lo, hi, hashes, bids, asks };
  return { window, ...block, near, words, bits, sizes, end: bytes };
}

/** The parts of the memory as arrays, until it grows: see the layout above. */
export interface OrderArrays {
  readonly found: Int32Array;
  readonly heads: Int32Array;
  readonly ladder: LadderArrays;
  readonly origin: Float64Array;
  readonly near: Int32Array;
  readonly index: Int32Array;
  readonly records: Int32Array;
  readonly values: Float64Array;
  readonly action: Int8Array;
  readonly side: Int8Array;
  readonly flags: Int8Array;
  readonly price: Float64Array;
  readonly size: Float64Array;
  readonly lo: Int32Array;
  readonly hi: Int32Array;
  readonly hashes: Int32Array;
  readonly bids: Float64Array;
  readonly asks: Float64Array;
}

function arraysOf(buffer: ArrayBuffer, layout: ReturnType<typeof layoutOf>): OrderArrays {
  const { window } = layout;
  const heads = new Int32Array(buffer, HEADS, 8);
  const records = heads[RECORDS]! >>> 0;
  const count = heads[ROOM]! + 1;
  const codes = (from: number): Int8Array => new Int8Array(buffer, from, BLOCK_ROWS);
  const words = (from: number): Int32Array => new Int32Array(buffer, from, BLOCK_ROWS);
  const numbers = (from: number): Float64Array => new Float64Array(buffer, from, BLOCK_ROWS);
  const ladder: LadderArrays = {
    tops: new Int32Array(buffer, 128, 2),
    bases: new Int32Array(buffer, 136, 2),
    words: new Int32Array(buffer, layout.words, window >> 9),
    bits: new Int32Array(buffer, layout.bits, window >> 4),
    sizes: new Float64Array(buffer, layout.sizes, 2 * window),
  };
  return {
    found: new Int32Array(buffer, 64, 8),
    heads,
    ladder,
    origin: new Float64Array(buffer, 144, 1),
    near: new Int32Array(buffer, layout.near, 2 * NEAR),
    index: new Int32Array(buffer, heads[INDEX]! >>> 0, 2 ** (32 - heads[SHIFT]!)),
    records: new Int32Array(buffer, records, count << 3),
    values: new Float64Array(buffer, records, count << 2),
    action: codes(layout.action),
    side: codes(layout.side),
    flags: codes(layout.flags),
    price: numbers(layout.price),
    size: numbers(layout.size),
    lo: words(layout.lo),
    hi: words(layout.hi),
    hashes: words(layout.hashes),
    bids: numbers(layout.bids),
    asks: numbers(layout.asks),
  };
}

export class OrderMemory {
  /** Those at hand before the memory grew are empty. */
  arrays: OrderArrays;
  /** Undefined where there is no WebAssembly. */
  readonly loops: Loops | undefined;
  private readonly memory: KernelMemory;
  private readonly layout: ReturnType<typeof layoutOf>;
  /** The byte behind what is in use. */
  private end: number;

  /** For a ladder of such a window. */
  constructor(window: number) {
    this.layout = layoutOf(window);
    const index = aligned(this.layout.end);
    const records = index + (4 << START_BITS);
    this.end = records + (START << RECORD_BYTES);
    const instance = kernel.instance(this.end);
    this.memory = instance?.memory ?? new PlainMemory(this.end);
    this.loops = instance?.exports as Loops | undefined;
    const heads = new Int32Array(this.memory.buffer, HEADS, 8);
    heads.set([0, 1, START - 1, 0, 32 - START_BITS, index, records]);
    new Int32Array(this.memory.buffer, 152, 1)[0] = window;
    this.arrays = arraysOf(this.memory.buffer, this.layout);
  }

  /** Twice as many records. */
  growRecords(): void {
    const { heads, records } = this.arrays;
    const from = heads[RECORDS]! >>> 0;
    const bytes = records.byteLength;
    const to = this.take(2 * bytes);
    new Uint8Array(this.memory.buffer).copyWithin(to, from, from + bytes);
    this.set(RECORDS, to);
    this.set(ROOM, bytes / 2 ** (RECORD_BYTES - 1) - 1);
    this.arrays = arraysOf(this.memory.buffer, this.layout);
  }

  /** An index of twice as many places, all of them empty; returns the one before. */
  growIndex(): Int32Array {
    const shift = this.arrays.heads[SHIFT]! - 1;
    const { byteOffset, length } = this.arrays.index;
    const to = this.take(2 * this.arrays.index.byteLength);
    this.set(INDEX, to);
    this.set(SHIFT, shift);
    this.arrays = arraysOf(this.memory.buffer, this.layout);
    return new Int32Array(this.memory.buffer, byteOffset, length);
  }

  /**
   * Copies the rows [from, to) of a batch, at most BLOCK_ROWS, into the block, with the words of their ids, and makes the hashes of these; returns
   * whether some of the ids are no numbers.
   */
  load(batch: Batch<"orders">, from: number, to: number, ids: OrderIds, loops: Loops): boolean {
    const { arrays } = this;
    const { idWords } = batch;
    const { action, side, flags, price, size } = batch.columns;
    copyColumn(arrays.action, action, from, to);
    copyColumn(arrays.side, side, from, to);
    copyColumn(arrays.flags, flags, from, to);
    copyColumn(arrays.price, price, from, to);
    copyColumn(arrays.size, size, from, to);
    if (idWords !== undefined) {
      copyColumn(arrays.lo, idWords.lo, from, to);
      copyColumn(arrays.hi, idWords.hi, from, to);
      if (loops.hashIds(to - from) === 0) return false;
    }
    ids.convert(batch, from, to);
    arrays.lo.set(ids.lo.subarray(0, to - from));
    arrays.hi.set(ids.hi.subarray(0, to - from));
    loops.hashIds(to - from);
    arrays.hashes.set(ids.hashes.subarray(0, to - from));
    return true;
  }

  /** Room for so many bytes, all of them 0, aligned to a line of the processor's cache; returns where. */
  private take(bytes: number): number {
    const from = aligned(this.end);
    this.end = from + bytes;
    const { byteLength } = this.memory.buffer;
    if (this.end > byteLength) this.memory.grow(Math.ceil((this.end - byteLength) / PAGE));
    return from;
  }

  private set(head: number, value: number): void {
    new Int32Array(this.memory.buffer, HEADS, 8)[head] = value;
  }
}

/** Memory without loops. */
class PlainMemory implements KernelMemory {
  buffer: ArrayBuffer;

  constructor(bytes: number) {
    this.buffer = new ArrayBuffer(Math.ceil(bytes / PAGE) * PAGE);
  }

  grow(pages: number): number {
    const before = this.buffer;
    this.buffer = new ArrayBuffer(before.byteLength + pages * PAGE);
    new Uint8Array(this.buffer).set(new Uint8Array(before));
    return before.byteLength / PAGE;
  }
}
