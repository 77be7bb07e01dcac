/**
 * The inner loops of the fast book, in WebAssembly (kernel/l2Kernel.ts), and the memory that they share with it: the levels of a Ladder and a
 * block of rows. Plain twin: `L2Book`. Benchmark: test/bench/books.ts.
 *
 * Layout, bytes from the start, little-endian as WebAssembly is: 64 `found`, 128 `tops`, 136 `bases`, 144 the origin Float64, 152 the window
 * Int32; from 256 on, for BLOCK_ROWS rows each and with room for 16 more, sides and flags Int8, prices and sizes Float64, keys Int32; then ends
 * and far rows Int32, of moves of the best prices (see TouchRuns) prices and sizes Float64, first messages and their last rows Int32; then `words`, `bits` and `sizes` of the ladder. A key holds, from the lowest bit on: the side (0 bids), whether
 * the row ends a message, whether a checksum matched there, and in 29 bits the level's key (see Ladder), cut where it does not fit; of a row without a level the highest.
 *
 * `found` Int32 × FOUND is what goes into `run` and comes out of it, by place: EVENT why it stopped, SIDE_GONE the side that has no level left in
 * its window, UNKNOWN (deletes), NOTED (moves of the best prices written), MESSAGES and CHECKSUMS what it counted, BID_SEEN and ASK_SEEN where the best levels
 * stood when the handler was called last, or a move was noted last, FAR (rows left out); and MIXED, the sum over rows (see rowSum.fast.ts), of ROWS_MIXED rows.
 */
import { type KernelInstance, KernelModule } from "./kernelModule.fast.ts";
import { L2_KERNEL } from "./l2KernelCode.ts";
import type { LadderArrays } from "./ladder.fast.ts";
import type { BookColumns } from "./l2Rows.fast.ts";
import type { TouchRunArrays } from "./touchRuns.fast.ts";

export const EVENT = 0;
export const SIDE_GONE = 1;
export const UNKNOWN = 2;
export const MIXED = 3;
export const ROWS_MIXED = 4;
export const NOTED = 5;
export const BID_SEEN = 6;
export const ASK_SEEN = 7;
export const MESSAGES = 8;
export const CHECKSUMS = 9;
export const FAR = 10;
export const FOUND = 11;

/** At which message ends `run` stops: none, none but with moves of the best prices noted, where these moved, all. Crossed ones it leaves always. */
export const RUNS = 0;
export const COLLECTS = 1;
export const ON_TOUCH = 2;
export const ALWAYS = 3;

/** Why it stopped: at the end of a message. */
export const NO_EVENT = 0;
/** At a row whose level lies above its window or below an empty one, or that has none: nothing of it is done. */
export const OTHER_ROW = 1;
/** At a row that took the last level out of a window; its message end is not looked at. */
export const TOP_GONE = 2;
/** No place of a window. */
export const NONE = -2;

/** Rows that are taken at once: few enough to lie in a cache near the processor. */
export const BLOCK_ROWS = 8_192;
/** So many rows are copied one by one, which makes no views. */
const FEW_COPIED = 128;

type Prepare = (count: number) => number;
type Run = (from: number, to: number, stops: number) => number;

const module = new KernelModule(L2_KERNEL);

/** Where its parts lie, bytes; `end` is behind them. */
function layoutOf(window: number) {
  let bytes = 256;
  const take = (length: number): number => (bytes += length) - length;
  const [side, flags] = [take(BLOCK_ROWS + 16), take(BLOCK_ROWS + 16)];
  const [price, size] = [take(8 * (BLOCK_ROWS + 16)), take(8 * (BLOCK_ROWS + 16))];
  take(4 * (BLOCK_ROWS + 16));
  const [ends, farRows] = [take(4 * BLOCK_ROWS), take(4 * BLOCK_ROWS)];
  const [bids, asks] = [take(8 * BLOCK_ROWS), take(8 * BLOCK_ROWS)];
  const [bidSizes, askSizes] = [take(8 * BLOCK_ROWS), take(8 * BLOCK_ROWS)];
  const [firsts, firstRows] = [take(4 * BLOCK_ROWS), take(4 * BLOCK_ROWS)];
  const [words, bits, sizes] = [take(window >> 7), take(window >> 2), take(16 * window)];
  const block = { side, flags, price, size, ends, farRows };
  const runs = { bids, asks, bidSizes, askSizes, firsts, firstRows };
  return { ...block, ...runs, words, bits, sizes, end: bytes };
}

type Layout = ReturnType<typeof layoutOf>;

export class L2Kernel implements LadderArrays {
  readonly found: Int32Array;
  readonly tops: Int32Array;
  readonly bases: Int32Array;
  readonly words: Int32Array;
  readonly bits: Int32Array;
  readonly sizes: Float64Array;
  /** Rows of the block that end a message, as `listEnds` lists them. */
  readonly ends: Int32Array;
  /** FAR rows whose levels `run` left out: they lie below their window, which holds a level. */
  readonly farRows: Int32Array;
  /** The runs of messages between moves of the best prices, NOTED of them; their rows from the start of the block. */
  readonly runs: TouchRunArrays;
  /**
   * Looks at the first `count` rows of the block and takes them into the sum; returns how many of them can be taken as they stand, for which the
   * book itself must be asked only whether they are whole messages that follow on each other: `count`, or a multiple of 16 below it.
   */
  readonly prepare: Prepare;
  /** Lists which of the first `count` rows end a message; returns how many. */
  readonly listEnds: Prepare;
  /** Sets the levels of the rows [from, to) that were prepared; returns the row at which it stopped, or `to`. */
  readonly run: Run;
  private readonly originOfKeys: Float64Array;
  private readonly side: Int8Array;
  private readonly flags: Int8Array;
  private readonly price: Float64Array;
  private readonly size: Float64Array;

  /** For a ladder of such a window; undefined where there is no WebAssembly or no memory for it. */
  static create(window: number): L2Kernel | undefined {
    const layout = layoutOf(window);
    const instance = module.instance(layout.end);
    return instance === undefined ? undefined : new L2Kernel(instance, layout, window);
  }

  private constructor(
    { memory: { buffer }, exports }: KernelInstance,
    layout: Layout,
    window: number,
  ) {
    const { side, flags, price, size, ends, farRows, words, bits, sizes } = layout;
    const { bids, asks, bidSizes, askSizes, firsts, firstRows } = layout;
    this.found = new Int32Array(buffer, 64, FOUND);
    this.tops = new Int32Array(buffer, 128, 2);
    this.bases = new Int32Array(buffer, 136, 2);
    this.originOfKeys = new Float64Array(buffer, 144, 1);
    new Int32Array(buffer, 152, 1)[0] = window;
    this.side = new Int8Array(buffer, side, BLOCK_ROWS);
    this.flags = new Int8Array(buffer, flags, BLOCK_ROWS);
    this.price = new Float64Array(buffer, price, BLOCK_ROWS);
    this.size = new Float64Array(buffer, size, BLOCK_ROWS);
    this.ends = new Int32Array(buffer, ends, BLOCK_ROWS);
    this.farRows = new Int32Array(buffer, farRows, BLOCK_ROWS);
    this.runs = {
      bids: new Float64Array(buffer, bids, BLOCK_ROWS),
      asks: new Float64Array(buffer, asks, BLOCK_ROWS),
      bidSizes: new Float64Array(buffer, bidSizes, BLOCK_ROWS),
      askSizes: new Float64Array(buffer, askSizes, BLOCK_ROWS),
      firsts: new Int32Array(buffer, firsts, BLOCK_ROWS),
      firstRows: new Int32Array(buffer, firstRows, BLOCK_ROWS),
    };
    this.words = new Int32Array(buffer, words, window >> 9);
    this.bits = new Int32Array(buffer, bits, window >> 4);
    this.sizes = new Float64Array(buffer, sizes, 2 * window);
    this.prepare = exports["prepare"] as Prepare;
    this.listEnds = exports["listEnds"] as Prepare;
    this.run = exports["run"] as Run;
  }

  /** The origin that keys are made from, ticks. */
  get origin(): number {
    return this.originOfKeys[0]!;
  }

  set origin(ticks: number) {
    this.originOfKeys[0] = ticks;
  }

  /** Copies the rows [from, to) of a batch into the block. */
  load({ side, flags, price, size }: BookColumns, from: number, to: number): void {
    if (to - from <= FEW_COPIED) {
      for (let row = from; row < to; row++) {
        this.side[row - from] = side[row]!;
        this.flags[row - from] = flags[row]!;
        this.price[row - from] = price[row]!;
        this.size[row - from] = size[row]!;
      }
      return;
    }
    this.side.set(side.subarray(from, to));
    this.flags.set(flags.subarray(from, to));
    this.price.set(price.subarray(from, to));
    this.size.set(size.subarray(from, to));
  }
}
