import {
  ASK,
  BID,
  BUY,
  SELL,
  stepsToNumber,
  type Batch,
  type Instrument,
  type Micros,
  type StreamName,
} from "@aftershock/schema";
import type { Level } from "./book/bookSide.ts";
import type { OrderBook } from "./book/orderBook.ts";
import { baseSize, quoteSize } from "./contractSize.ts";
import type { LiquidationPrint, MarketBar } from "./marketBar.ts";

/** Sums of one bar; see MarketBar. */
interface Sums {
  buyVolume: number;
  sellVolume: number;
  unknownVolume: number;
  longLiquidations: number;
  shortLiquidations: number;
}

/** Mids seen in one bar so far. */
interface MidRange {
  open: number | undefined;
  high: number | undefined;
  low: number | undefined;
}

const noSums = (): Sums => ({
  buyVolume: 0,
  sellVolume: 0,
  unknownVolume: 0,
  longLiquidations: 0,
  shortLiquidations: 0,
});

/** The mid of a book in ticks; undefined unless both sides are there. */
function midTicks({ bestBid, bestAsk }: OrderBook): number | undefined {
  return bestBid && bestAsk && (bestBid.price + bestAsk.price) / 2;
}

/** Builds the bars of one instrument from what a replay hands over. */
export class MarketBarBuilder {
  readonly bars: MarketBar[] = [];
  readonly prints: LiquidationPrint[] = [];
  readonly #instrument: Instrument;
  readonly #bandBps: number;
  readonly #given: ReadonlySet<StreamName>;
  #range: MidRange = { open: undefined, high: undefined, low: undefined };
  #sums: Sums = noSums();
  #mark: number | undefined;

  /** `bandBps` is the half-width around the mid in which depth is counted, 1e-4 of the mid; `given` the streams there are. */
  constructor(
    instrument: Instrument,
    options: { readonly bandBps: number; readonly given: ReadonlySet<StreamName> },
  ) {
    this.#instrument = instrument;
    this.#bandBps = options.bandBps;
    this.#given = options.given;
  }

  takeBook(book: OrderBook): void {
    const mid = this.#midOf(book);
    if (mid === undefined) return;
    const { open, high, low } = this.#range;
    this.#range = {
      open: open ?? mid,
      high: Math.max(high ?? mid, mid),
      low: Math.min(low ?? mid, mid),
    };
  }

  takeTrades({ columns }: Batch<"trades">, from: number, to: number): void {
    for (let row = from; row < to; row += 1) {
      const size = baseSize(this.#instrument, {
        price: columns.price[row] ?? Number.NaN,
        size: columns.size[row] ?? Number.NaN,
      });
      if (columns.side[row] === BUY) this.#sums.buyVolume += size;
      else if (columns.side[row] === SELL) this.#sums.sellVolume += size;
      else this.#sums.unknownVolume += size;
    }
  }

  takeLiquidations(
    batch: Batch<"liquidations">,
    from: number,
    to: number,
    times: Float64Array,
  ): void {
    const { columns } = batch;
    for (let row = from; row < to; row += 1) {
      const price = columns.price[row] ?? Number.NaN;
      const side = columns.side[row] ?? 0;
      const size = columns.size[row] ?? Number.NaN;
      const sizeUsd = quoteSize(this.#instrument, { price, size });
      if (side === SELL) this.#sums.longLiquidations += sizeUsd;
      if (side === BUY) this.#sums.shortLiquidations += sizeUsd;
      const at = times[row] ?? Number.NaN;
      this.prints.push({ at, side, price: stepsToNumber(price, this.#instrument.tick), sizeUsd });
    }
  }

  takeTickers({ columns }: Batch<"tickers">, from: number, to: number): void {
    for (let row = from; row < to; row += 1) {
      const mark = columns.markPrice[row] ?? Number.NaN;
      if (!Number.isNaN(mark)) this.#mark = mark;
    }
  }

  /** Ends the bar that starts at `at`; the book, if there is one, is as it is at the bar's end. */
  endBar(at: Micros, book: OrderBook | undefined): void {
    const close = book && this.#midOf(book);
    this.bars.push({
      at,
      ...this.#range,
      close,
      bidDepth: book && this.#depth(book, BID),
      askDepth: book && this.#depth(book, ASK),
      spreadBps: book && spreadBps(book),
      ...this.#givenSums(),
      markPrice: this.#mark,
      valid: book?.valid ?? false,
    });
    this.#range = { open: close, high: close, low: close };
    this.#sums = noSums();
  }

  /** The sums of the bar, undefined where their stream was not given: no record is not the same as no trade. */
  #givenSums(): Pick<MarketBar, keyof Sums> {
    const traded = (sum: number): number | undefined =>
      this.#given.has("trades") ? sum : undefined;
    const forced = (sum: number): number | undefined =>
      this.#given.has("liquidations") ? sum : undefined;
    return {
      buyVolume: traded(this.#sums.buyVolume),
      sellVolume: traded(this.#sums.sellVolume),
      unknownVolume: traded(this.#sums.unknownVolume),
      longLiquidations: forced(this.#sums.longLiquidations),
      shortLiquidations: forced(this.#sums.shortLiquidations),
    };
  }

  #midOf(book: OrderBook): number | undefined {
    const mid = midTicks(book);
    // A mid may lie half-way between two ticks.
    return mid === undefined ? undefined : stepsToNumber(mid * 2, this.#instrument.tick) / 2;
  }

  #depth(book: OrderBook, side: 1 | -1): number | undefined {
    const mid = midTicks(book);
    if (mid === undefined) return undefined;
    const reach = (mid * this.#bandBps) / 10_000;
    const isInside = ({ price }: Level): boolean => Math.abs(price - mid) <= reach;
    const levels = side === BID ? book.bids() : book.asks();
    const inside = levels.filter(isInside);
    return inside.reduce((sum, level) => sum + baseSize(this.#instrument, level), 0);
  }
}

/** The spread over the mid, 1e-4: negative when crossed, 0 when locked. */
function spreadBps(book: OrderBook): number | undefined {
  const { bestBid, bestAsk } = book;
  const mid = midTicks(book);
  return bestBid && bestAsk && mid && ((bestAsk.price - bestBid.price) / mid) * 10_000;
}
