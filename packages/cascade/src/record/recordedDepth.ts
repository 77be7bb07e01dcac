import { type OrderBook, sizeThrough } from "@aftershock/replay";
import { type Instrument, MICROS_PER_SECOND } from "@aftershock/schema";
import { DEPTH_BAND_BPS } from "../counterfactual/recordedStep.ts";
import type { BestPrices } from "./bestPrices.ts";
import { DepthProxy } from "./depthProxy.ts";
import { quoteNotional } from "./notional.ts";

/** How often the depth of a book is counted, µs: to walk its band at every step would cost more than to replay the day. */
const EVERY_MICROS: number = MICROS_PER_SECOND;

/** Depth of both sides, quote currency: of a book within DEPTH_BAND_BPS of the mid, counted once a second; without a book by a proxy. */
export class RecordedDepth {
  bid = 0;
  ask = 0;
  readonly #instrument: Instrument;
  readonly #proxy = new DepthProxy();
  #at = Number.NEGATIVE_INFINITY;

  constructor(instrument: Instrument) {
    this.#instrument = instrument;
  }

  /** Where there is no book: notional that takers traded, quote currency. */
  trade(at: number, notional: number): void {
    this.#proxy.trade(at, notional);
  }

  /** Counts anew at the end of a step, where it is time. */
  measure(
    at: number,
    { mid, bidQuoted, askQuoted }: BestPrices,
    book: OrderBook | undefined,
  ): void {
    if (book === undefined) {
      this.bid = this.#proxy.depth(at, bidQuoted);
      this.ask = this.#proxy.depth(at, askQuoted);
      return;
    }
    if (Math.floor(at / EVERY_MICROS) === Math.floor(this.#at / EVERY_MICROS)) return;
    this.#at = at;
    const band = DEPTH_BAND_BPS / 1e4;
    const bids = sizeThrough(book.bidSide, mid * (1 - band));
    const asks = sizeThrough(book.askSide, mid * (1 + band));
    this.bid = quoteNotional(this.#instrument, bids, mid);
    this.ask = quoteNotional(this.#instrument, asks, mid);
  }
}
