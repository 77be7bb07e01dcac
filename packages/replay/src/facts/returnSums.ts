import type { ReturnCorrelation, ReturnFacts } from "./factTypes.ts";
import { correlationDecay } from "./correlationDecay.ts";
import { hillIndex } from "./hillIndex.ts";
import { LaggedSums } from "./laggedSums.ts";
import { LogHistogram } from "./logHistogram.ts";
import { Moments } from "./moments.ts";

const BPS = 10_000;
/** Lags of the autocorrelations, seconds, as far as a horizon divides them: up to five minutes. */
const LAG_SECONDS = [1, 2, 3, 5, 10, 20, 30, 60, 120, 180, 240, 300];
/** Fewest returns of which a kurtosis is told; its standard error is √(24/count) even of a normal distribution. */
const FEWEST_RETURNS = 30;

/** Log returns over one horizon, of prices told at each of its multiples. */
export class ReturnSums {
  readonly horizonSeconds: number;
  readonly #lagSeconds: readonly number[];
  readonly #returns: LaggedSums;
  readonly #absolute: LaggedSums;
  readonly #moments = new Moments();
  readonly #falls = new LogHistogram();
  readonly #rises = new LogHistogram();
  readonly #both = new LogHistogram();
  #price = Number.NaN;

  /** `horizonSeconds`: whole, from 1. */
  constructor(horizonSeconds: number) {
    this.horizonSeconds = horizonSeconds;
    this.#lagSeconds = LAG_SECONDS.filter((seconds) => seconds % horizonSeconds === 0);
    const lags = this.#lagSeconds.map((seconds) => seconds / horizonSeconds);
    this.#returns = new LaggedSums(lags);
    this.#absolute = new LaggedSums(lags);
  }

  /** Takes the price at the next multiple of the horizon, any unit; where there is none, or it is not above 0, the series is broken off. */
  take(price: number): void {
    const before = this.#price;
    this.#price = price > 0 ? price : Number.NaN;
    const value = Math.log(this.#price / before);
    if (Number.isNaN(value)) {
      this.#returns.breakOff();
      this.#absolute.breakOff();
      return;
    }
    this.#moments.take(value);
    this.#returns.take(value);
    this.#absolute.take(Math.abs(value));
    this.#both.add(Math.abs(value));
    if (value < 0) this.#falls.add(-value);
    if (value > 0) this.#rises.add(value);
  }

  /** Undefined where there was no return. */
  get facts(): ReturnFacts | undefined {
    const { count, deviation, kurtosis } = this.#moments;
    if (count === 0) return undefined;
    const isKurtosisTold = count >= FEWEST_RETURNS && Number.isFinite(kurtosis);
    return {
      horizonSeconds: this.horizonSeconds,
      count,
      deviationBps: deviation * BPS,
      kurtosis: isKurtosisTold ? kurtosis : undefined,
      tails: {
        falls: hillIndex(this.#falls, count),
        rises: hillIndex(this.#rises, count),
        both: hillIndex(this.#both, count),
      },
      correlations: this.#correlations(),
      absoluteDecay: correlationDecay(this.#absolute.correlations()),
    };
  }

  #correlations(): readonly ReturnCorrelation[] {
    const absolute = new Map(
      this.#absolute.correlations().map(({ lag, correlation }) => [lag, correlation]),
    );
    return this.#returns.correlations().map(({ lag, correlation }) => ({
      lagSeconds: lag * this.horizonSeconds,
      returns: correlation,
      absolute: absolute.get(lag),
    }));
  }
}
