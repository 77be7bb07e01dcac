import { type Decimal, decimalToNumber, stepsToNumber, type Instrument } from "@aftershock/schema";
import type { OrderBook } from "../book/orderBook.ts";
import { microprice, type SideReads, topLevels } from "../book/sideReads.ts";
import { sizeWithinBps } from "./depthBands.ts";
import { repeatsOf } from "./featureColumns.ts";
import { BANDS_BPS, IMBALANCE_LEVELS } from "./featureDocs.ts";
import type { FeatureGroup } from "./featureGroup.ts";
import type { FeatureTable } from "./featureTable.ts";
import { SpreadClock } from "./spreadClock.ts";

const BPS = 10_000;
/** The place of messages among what is counted. */
const MESSAGES = 0;

/** The value of a number of steps; NaN where there is none. */
const inUnits = (steps: number, step: Decimal): number =>
  Number.isNaN(steps) ? Number.NaN : stepsToNumber(steps, step);

/** The best levels of one side, to be read again and again; NaN where there are fewer. */
class Levels {
  readonly prices: Float64Array;
  readonly sizes: Float64Array;

  constructor(levels: number) {
    this.prices = new Float64Array(levels).fill(Number.NaN);
    this.sizes = new Float64Array(levels).fill(Number.NaN);
  }

  read(side: SideReads): void {
    const count = topLevels(side, this.prices, this.sizes);
    this.prices.fill(Number.NaN, count);
    this.sizes.fill(Number.NaN, count);
  }

  /** Σ size of the best levels, lots. */
  sizeOf(levels: number): number {
    let size = 0;
    for (let level = 0; level < levels; level += 1) {
      const own = this.sizes[level] ?? Number.NaN;
      if (!Number.isNaN(own)) size += own;
    }
    return size;
  }
}

/** The columns of BOOK_DOCS of one instrument. */
export class BookFeatures implements FeatureGroup {
  readonly #instrument: Instrument;
  readonly #every: number;
  readonly #depth: number;
  readonly #imbalances: readonly number[];
  readonly #clock = new SpreadClock();
  readonly #bids: Levels;
  readonly #asks: Levels;
  readonly #bidsWithin = new Float64Array(BANDS_BPS.length).fill(Number.NaN);
  readonly #asksWithin = new Float64Array(BANDS_BPS.length).fill(Number.NaN);
  /** Messages, rows, crossed, locked and gaps up to the end of the bar before. */
  readonly #counted = new Float64Array(5);
  #book: OrderBook | undefined;
  /** Whether its levels were ever read: as they are at the last message, until the next. */
  #isRead = false;

  /** `every` is the length of a bar, µs; `depth` how many levels a side are put. */
  constructor(
    instrument: Instrument,
    { every, depth }: { readonly every: number; readonly depth: number },
  ) {
    this.#instrument = instrument;
    this.#every = every;
    this.#depth = depth;
    this.#imbalances = repeatsOf(IMBALANCE_LEVELS, depth);
    const levels = Math.max(...this.#imbalances, depth);
    this.#bids = new Levels(levels);
    this.#asks = new Levels(levels);
  }

  /** Tells that the best bid or ask is another from `at` on, µs, or the book newly valid or not. */
  take(book: OrderBook, at: number): void {
    this.#book = book;
    this.#clock.observe(book, at);
  }

  /** Tells which book it is, where nothing of it was told yet: it may have been built before the window. */
  see(book: OrderBook): void {
    this.#book ??= book;
  }

  get isIdle(): boolean {
    return (this.#book?.counts.messages ?? 0) === this.#counted[MESSAGES];
  }

  endBar(table: FeatureTable, end: number): void {
    this.#clock.advance(end);
    const book = this.#book;
    if (book !== undefined && !(this.#isRead && this.isIdle)) this.#read(book);
    table.put(book?.valid === true ? 1 : 0);
    table.put(this.#every - this.#clock.validMicros);
    table.put(this.#clock.twoSidedMicros);
    this.#putTouch(table, book);
    this.#putLevels(table);
    this.#putCounts(table, book);
    this.#clock.clear();
    // The book that was built before the window is seen here first.
    if (book !== undefined) this.#clock.observe(book, end);
  }

  /** Reads all levels that are put: the more of them there are, the more it takes. */
  #read({ bidSide, askSide }: OrderBook): void {
    const doubledMid = bidSide.bestPrice + askSide.bestPrice;
    this.#bids.read(bidSide);
    this.#asks.read(askSide);
    for (const [side, within] of [
      [bidSide, this.#bidsWithin],
      [askSide, this.#asksWithin],
    ] as const) {
      if (doubledMid > 0) sizeWithinBps(side, doubledMid, BANDS_BPS, within);
      else within.fill(Number.NaN);
    }
    this.#isRead = true;
  }

  #putTouch(table: FeatureTable, book: OrderBook | undefined): void {
    const { tick, lot } = this.#instrument;
    const step = decimalToNumber(tick);
    const bid = book?.bidSide.bestPrice ?? Number.NaN;
    const ask = book?.askSide.bestPrice ?? Number.NaN;
    const doubledMid = bid + ask;
    // A mid may lie half-way between two ticks.
    table.put(inUnits(doubledMid, tick) / 2);
    table.put(inUnits(ask - bid, tick));
    table.put(doubledMid > 0 ? (2 * BPS * (ask - bid)) / doubledMid : Number.NaN);
    table.put(book === undefined ? Number.NaN : microprice(book.bidSide, book.askSide) * step);
    table.put(this.#clock.meanSpread * step);
    table.put(this.#clock.meanRelativeSpread * BPS);
    for (const size of this.#bidsWithin) table.put(inUnits(size, lot));
    for (const size of this.#asksWithin) table.put(inUnits(size, lot));
  }

  #putLevels(table: FeatureTable): void {
    const { tick, lot } = this.#instrument;
    for (const levels of this.#imbalances) {
      const [bid, ask] = [this.#bids.sizeOf(levels), this.#asks.sizeOf(levels)];
      table.put((bid - ask) / (bid + ask));
    }
    for (const { prices, sizes } of [this.#bids, this.#asks]) {
      for (let i = 0; i < this.#depth; i += 1) table.put(inUnits(prices[i] ?? Number.NaN, tick));
      for (let i = 0; i < this.#depth; i += 1) table.put(inUnits(sizes[i] ?? Number.NaN, lot));
    }
  }

  #putCounts(table: FeatureTable, book: OrderBook | undefined): void {
    const counts = book?.counts;
    const totals = [
      counts?.messages,
      counts?.rows,
      counts?.crossed.messages,
      counts?.locked.messages,
      book?.gaps.length,
    ];
    for (const [i, total = 0] of totals.entries()) {
      table.put(total - (this.#counted[i] ?? 0));
      this.#counted[i] = total;
    }
  }
}
