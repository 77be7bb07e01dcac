import { MICROS_PER_YEAR } from "@aftershock/schema";
import { OPTION_LOT_BTC, PREMIUM_TICK_BTC } from "../instruments.ts";
import type { CounterRandom } from "../counterRandom.ts";
import { black76 } from "./black76.ts";
import type { ListedOption } from "./optionListing.ts";
import type { VolatilitySurface } from "./volatilitySurface.ts";

/** Half the quoted spread, in volatility points, in calm and what stress adds. */
const HALF_SPREAD_POINTS = 0.7;
const STRESS_HALF_SPREAD_POINTS = 5;
/** Half the quoted spread is never less than this share of the mark. */
const LEAST_HALF_SPREAD = 0.01;
/** Absolute delta below which the most fragile option has no bid, in calm and what stress adds. */
const NO_BID_DELTA = 0.005;
const STRESS_NO_BID_DELTA = 0.3;
/** Quoted size in calm, BTC, and the share that stress takes away. */
const SMALLEST_BTC = 5;
const LARGEST_BTC = 40;
const STRESS_SIZE = 0.85;

/** Where the lanes of draws that are made once begin. */
const FRAGILITY_LANES = 1 << 20;

/** Quotes of one option at one instant: premium in ticks of 0.0001 BTC, sizes in lots of 0.1 BTC, the rest in natural units. */
export interface OptionQuote {
  readonly bidPrice: number | undefined;
  readonly bidSize: number | undefined;
  readonly askPrice: number;
  readonly askSize: number;
  /** BTC. */
  readonly markPrice: number;
  readonly markIv: number;
  /** USD. */
  readonly underlyingPrice: number;
  readonly delta: number;
  readonly gamma: number;
  /** USD a volatility point. */
  readonly vega: number;
}

/**
 * Quotes the options of a chain around a volatility surface: bid below and ask above the mark, rounded away from it to whole
 * ticks. Under stress spreads widen, sizes shrink, and options of little delta lose their bids, the more fragile ones first.
 * Assumes quotes without trades: nobody's order moves them.
 */
export class OptionQuoter {
  readonly #random: CounterRandom;
  /** How soon each option loses its bid, 0 … 1, by symbol. */
  readonly #fragility: ReadonlyMap<string, number>;

  constructor(options: readonly ListedOption[], random: CounterRandom) {
    this.#random = random;
    this.#fragility = new Map(
      options.map(({ optionSymbol }, position) => [
        optionSymbol,
        random.at(0, FRAGILITY_LANES + position).uniform(0),
      ]),
    );
  }

  /** `at` in µs, before expiry; `index` in USD; `step` and the option's `position` in the chain find its luck. */
  quote(
    option: ListedOption,
    market: {
      at: number;
      index: number;
      surface: VolatilitySurface;
      step: number;
      position: number;
    },
  ): OptionQuote {
    const { surface, index } = market;
    const { strike, right } = option;
    const years = (option.expiry - market.at) / MICROS_PER_YEAR;
    const forward = surface.forward(index, years);
    const markIv = surface.iv({ forward, strike, years });
    const { price, ...greeks } = black76({ right, forward, strike, years, iv: markIv });
    const markPrice = price / forward;
    const points = HALF_SPREAD_POINTS + STRESS_HALF_SPREAD_POINTS * surface.stress;
    const half = Math.max((greeks.vega / forward) * points, markPrice * LEAST_HALF_SPREAD);
    const bid = Math.floor((markPrice - half) / PREMIUM_TICK_BTC);
    const askPrice = Math.max(1, bid + 1, Math.ceil((markPrice + half) / PREMIUM_TICK_BTC));
    const luck = this.#random.at(market.step, market.position);
    const bidSize = sizeLots(luck.between(0, SMALLEST_BTC, LARGEST_BTC), surface.stress);
    const askSize = sizeLots(luck.between(1, SMALLEST_BTC, LARGEST_BTC), surface.stress);
    const hasBid = bid >= 1 && Math.abs(greeks.delta) >= this.#bidlessDelta(option, surface);
    const bidSide = hasBid
      ? { bidPrice: bid, bidSize }
      : { bidPrice: undefined, bidSize: undefined };
    const ask = { askPrice, askSize };
    return { ...bidSide, ...ask, markPrice, markIv, underlyingPrice: forward, ...greeks };
  }

  #bidlessDelta({ optionSymbol }: ListedOption, { stress }: VolatilitySurface): number {
    const fragility = this.#fragility.get(optionSymbol) ?? 0;
    return fragility * (NO_BID_DELTA + STRESS_NO_BID_DELTA * stress);
  }
}

/** What is left under stress of a size in BTC: lots, at least one. */
const sizeLots = (calmBtc: number, stress: number): number =>
  Math.max(1, Math.round((calmBtc / OPTION_LOT_BTC) * (1 - STRESS_SIZE * stress)));
