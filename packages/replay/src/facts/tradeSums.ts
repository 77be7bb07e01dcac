import { type Batch, type Instrument, NO_SIDE } from "@aftershock/schema";
import { quoteSize } from "../contractSize.ts";
import { correlationDecay } from "./correlationDecay.ts";
import type { ImpactFacts, SignFacts } from "./factTypes.ts";
import { ImpactCurve } from "./impactCurve.ts";
import { LaggedSums } from "./laggedSums.ts";
import { LogHistogram } from "./logHistogram.ts";

/** Lags at which the memory of signs is told, orders. */
const SIGN_LAGS = [
  1, 2, 3, 5, 7, 10, 14, 20, 30, 50, 70, 100, 140, 200, 300, 500, 700, 1_000,
] as const;

/**
 * Trades, put together to orders: trades that follow each other with the same time of the venue and the same side are one order of a taker,
 * which walked the book. Wrong where two takers trade within one tick of the venue's clock. Orders of one sign in a row are a run.
 */
export class TradeSums {
  readonly #instrument: Instrument;
  readonly #signs = new LaggedSums(SIGN_LAGS);
  readonly #impact = new ImpactCurve();
  readonly #sizes = new LogHistogram();
  #trades = 0;
  #levelsHit = 0;
  #lots = 0;
  #quote = 0;
  #orders = 0;
  /** The order in hand: its time, side and last price. */
  #orderAt = Number.NaN;
  #orderSide: number = NO_SIDE;
  #orderPrice = Number.NaN;
  /** The run in hand: its sign, size in quote currency, and the mid before it. */
  #runSide: number = NO_SIDE;
  #runQuote = 0;
  #runMid = Number.NaN;

  constructor(instrument: Instrument) {
    this.#instrument = instrument;
  }

  /**
   * Takes a trade. `times` are the effective times of the batch, `mid` is the mid before it, any unit, NaN where there is none. Returns its
   * notional, quote currency.
   */
  take({ columns }: Batch<"trades">, row: number, times: Float64Array, mid: number): number {
    const side = columns.side[row] ?? NO_SIDE;
    const price = columns.price[row] ?? Number.NaN;
    const size = columns.size[row] ?? Number.NaN;
    const own = columns.tsEvent[row] ?? Number.NaN;
    const at = Number.isNaN(own) ? (times[row] ?? Number.NaN) : own;
    const quote = quoteSize(this.#instrument, { price, size });
    const isNew = at !== this.#orderAt || side !== this.#orderSide;
    if (isNew) this.#startOrder(at, side, mid);
    if (isNew || price !== this.#orderPrice) this.#levelsHit += 1;
    this.#orderPrice = price;
    this.#runQuote += quote;
    this.#trades += 1;
    this.#lots += size;
    this.#quote += quote;
    this.#sizes.add(quote);
    return quote;
  }

  #startOrder(at: number, side: number, mid: number): void {
    this.#orderAt = at;
    this.#orderSide = side;
    this.#orders += 1;
    // What nobody knows the side of breaks the memory off.
    if (side === NO_SIDE) this.#signs.breakOff();
    else this.#signs.take(side);
    if (side === this.#runSide) return;
    if (this.#runSide !== NO_SIDE) {
      this.#impact.add(this.#runQuote, this.#runSide * Math.log(mid / this.#runMid));
    }
    this.#runSide = side;
    this.#runQuote = 0;
    this.#runMid = mid;
  }

  get trades(): number {
    return this.#trades;
  }
  /** Orders of takers. */
  get orders(): number {
    return this.#orders;
  }
  /** Prices that orders traded at, each order's counted for itself. */
  get levelsHit(): number {
    return this.#levelsHit;
  }
  /** Σ size, lots. */
  get lots(): number {
    return this.#lots;
  }
  /** Σ notional, quote currency. */
  get quote(): number {
    return this.#quote;
  }
  /** Quote currency; NaN without trades. */
  get medianQuote(): number {
    return this.#sizes.quantile(0.5);
  }

  /** Undefined where no side is known. */
  get signs(): SignFacts | undefined {
    if (this.#signs.count === 0) return undefined;
    const correlations = this.#signs.correlations();
    return {
      orders: this.#signs.count,
      correlations: correlations.map(({ lag, correlation }) => ({ lag, correlation })),
      decay: correlationDecay(correlations),
    };
  }

  /** Undefined where there was no run with a mid at both ends; the run in hand does not count. */
  get runImpact(): ImpactFacts | undefined {
    return this.#impact.facts;
  }
}
