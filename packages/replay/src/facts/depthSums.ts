import { MICROS_PER_SECOND, type Instrument } from "@aftershock/schema";
import type { OrderBook } from "../book/orderBook.ts";
import { quoteSize } from "../contractSize.ts";
import { sizeWithinBps } from "../features/depthBands.ts";
import type { BandDepth, SideDepth } from "./factTypes.ts";
import { FirstPassage } from "./firstPassage.ts";
import { LogHistogram } from "./logHistogram.ts";
import { quantilesOf } from "./quantiles.ts";
import { FEWEST_WINDOWS, Windowed, type WindowRecords } from "./windowed.ts";

/** Half-widths of the bands, 1e-4 of the mid. */
export const DEPTH_BANDS_BPS: readonly number[] = [5, 10, 50];
/** Depth is back when it is this share of its median. */
const RECOVERED = 0.5;

/** Depth of one side within one band. */
class SideSums {
  readonly #quote = new Windowed(() => new LogHistogram());
  readonly #low = new FirstPassage();
  /** The lowest of the worst window so far, and what came after it. */
  readonly #worstLow = new FirstPassage();

  add(quote: number, at: number): void {
    this.#quote.all.add(quote);
    this.#quote.current.add(quote);
    this.#low.take(quote, at);
    this.#worstLow.follow(quote, at);
  }

  close(records: WindowRecords): void {
    this.#quote.close(records);
    if (records.isWorst) this.#worstLow.copyFrom(this.#low);
    this.#low.clear();
  }

  facts(windows: number): SideDepth {
    const quote = this.#quote.map(quantilesOf, windows);
    const median = quote.all.p50;
    const collapse = this.#worstLow.low / median;
    const recovery = this.#worstLow.timeTo(RECOVERED * median) / MICROS_PER_SECOND;
    const isTold = windows >= FEWEST_WINDOWS;
    return {
      quote,
      collapse: isTold && Number.isFinite(collapse) ? collapse : undefined,
      recoverySeconds: isTold && Number.isFinite(recovery) ? recovery : undefined,
    };
  }
}

/**
 * Depth within bands of the mid, sampled at equal times, so that each sample stands for as much time. What happens between two samples is not
 * seen: the lowest depth is that of the samples.
 */
export class DepthSums {
  readonly #instrument: Instrument;
  readonly #bids = DEPTH_BANDS_BPS.map(() => new SideSums());
  readonly #asks = DEPTH_BANDS_BPS.map(() => new SideSums());
  readonly #within = new Float64Array(DEPTH_BANDS_BPS.length);
  #samples = 0;

  constructor(instrument: Instrument) {
    this.#instrument = instrument;
  }

  /** Takes the book as it is at `at`, µs; one without a mid is left out. */
  sample({ bidSide, askSide }: OrderBook, at: number): void {
    const doubledMid = bidSide.bestPrice + askSide.bestPrice;
    if (!(doubledMid > 0)) return;
    this.#samples += 1;
    for (const [side, sums] of [
      [bidSide, this.#bids],
      [askSide, this.#asks],
    ] as const) {
      sizeWithinBps(side, doubledMid, DEPTH_BANDS_BPS, this.#within);
      for (const [band, size] of this.#within.entries()) {
        sums[band]?.add(quoteSize(this.#instrument, { price: doubledMid / 2, size }), at);
      }
    }
  }

  /** The window in hand is over. */
  close(records: WindowRecords): void {
    for (const side of this.#bids) side.close(records);
    for (const side of this.#asks) side.close(records);
  }

  /** Band by band; none where there never was a mid. */
  facts(windows: number): readonly BandDepth[] {
    if (this.#samples === 0) return [];
    return DEPTH_BANDS_BPS.flatMap((bandBps, band) => {
      const [bids, asks] = [this.#bids[band], this.#asks[band]];
      if (bids === undefined || asks === undefined) return [];
      return [{ bandBps, bids: bids.facts(windows), asks: asks.facts(windows) }];
    });
  }
}
