import type { Ledger } from "@aftershock/cascade";
import { BUY, SELL } from "@aftershock/schema";
import type { StopOrder } from "../agents/stopOrders.ts";
import type { AccountConfig } from "../config/marketConfig.ts";
import { CounterRandom } from "../counterRandom.ts";

/** A leveraged position as it stands before the recording. */
export interface LeveragedPosition {
  /** BUY for a long, SELL for a short. */
  readonly side: 1 | -1;
  readonly lots: number;
  /** Entry price, ticks. */
  readonly entryPrice: number;
  readonly leverage: number;
  /** Margin put up, whole units of the ledger. */
  readonly deposit: number;
  /** Where its stop-loss lies, ticks; absent without one. */
  readonly stopPrice?: number;
}

/** Attempts at drawing an account whose trigger is far enough away. */
const MOST_ATTEMPTS = 1_000;
/** Lanes that an attempt takes. */
const LANES = 3;

/**
 * The mark over the entry at which a position with margin 1/leverage of its entry value has equity equal to a maintenance margin that is a
 * fraction of its value at the mark. Inverse, from 1/leverage + side·(1 − entry/mark) = maintenance·entry/mark: (side + maintenance)/(side + 1/leverage). Linear, from
 * 1/leverage + side·(mark/entry − 1) = maintenance·mark/entry: (side − 1/leverage)/(side − maintenance). Infinite where there is none.
 */
export function triggerRatio(terms: {
  side: number;
  leverage: number;
  maintenance: number;
  isInverse: boolean;
}): number {
  const { side, leverage, maintenance, isInverse } = terms;
  if (!isInverse) return Math.max(0, (side - 1 / leverage) / (side - maintenance));
  if (side === SELL && leverage <= 1) return Number.POSITIVE_INFINITY;
  return (side + maintenance) / (side + 1 / leverage);
}

/** What the population is drawn around. */
export interface PopulationMarket {
  readonly seed: number;
  readonly ledger: Ledger;
  /** Number of the contract in the ledger. */
  readonly instrument: number;
  readonly startUsd: number;
  readonly tickUsd: number;
  readonly lotUsd: number;
  /** The maintenance rate that the accounts reckoned with when they chose their leverage, a fraction. */
  readonly maintenance: number;
}

function drawLeverage(config: AccountConfig, luck: number): number {
  const total = config.leverages.reduce((sum, { weight }) => sum + weight, 0);
  let left = luck * total;
  for (const { leverage, weight } of config.leverages) {
    left -= weight;
    if (left < 0) return leverage;
  }
  return config.leverages.at(-1)?.leverage ?? 1;
}

/** Draws the positions of a population; each account's luck is its own. */
class PopulationDraw {
  readonly #config: AccountConfig;
  readonly #market: PopulationMarket;
  readonly #random: CounterRandom;
  readonly #wavesUsd: readonly number[];
  readonly #isInverse: boolean;

  constructor(config: AccountConfig, market: PopulationMarket) {
    const waves = new CounterRandom(market.seed, "entry waves");
    this.#config = config;
    this.#market = market;
    this.#random = new CounterRandom(market.seed, "accounts");
    this.#wavesUsd = Array.from({ length: config.entryWaves }, (_, wave) =>
      waves.at(wave).logNormal(0, market.startUsd, config.waveSigma),
    );
    this.#isInverse = market.ledger.instruments[market.instrument]?.contract === "inverse";
  }

  draw(account: number): LeveragedPosition {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const drawn = this.#attempt(account, attempt * LANES);
      if (drawn !== undefined) return drawn;
    }
    throw new Error("Invariant: some account is far enough from its trigger");
  }

  #attempt(account: number, lane: number): LeveragedPosition | undefined {
    const { longShare, largestUsd, medianUsd, sizeSigma, entrySigma, leastDistance } = this.#config;
    const { ledger, instrument, startUsd, tickUsd, lotUsd, maintenance } = this.#market;
    const random = this.#random.at(account, lane);
    const side = random.uniform(0) < longShare ? BUY : SELL;
    const leverage = drawLeverage(this.#config, random.uniform(1));
    const waveUsd = this.#wavesUsd[random.integer(2, 0, this.#wavesUsd.length - 1)] ?? startUsd;
    random.at(account, lane + 1);
    const sizeUsd = Math.min(largestUsd, random.logNormal(0, medianUsd, sizeSigma));
    const entryPrice = Math.max(1, Math.round(random.logNormal(1, waveUsd, entrySigma) / tickUsd));
    const ratio = triggerRatio({ side, leverage, maintenance, isInverse: this.#isInverse });
    const triggerPrice = entryPrice * ratio;
    if (side * (1 - (triggerPrice * tickUsd) / startUsd) < leastDistance) return undefined;
    const lots = Math.max(1, Math.round(sizeUsd / lotUsd));
    const value = Math.abs(ledger.valueUnits(instrument, lots, entryPrice));
    const deposit = Math.round(value / leverage);
    const stopPrice = this.#stop(account, lane + 2, { side, entryPrice, triggerPrice });
    const position = { side, lots, entryPrice, leverage, deposit } as const;
    return stopPrice === undefined ? position : { ...position, stopPrice };
  }

  /** A stop between entry and liquidation; none where it would be met at the start. */
  #stop(
    account: number,
    lane: number,
    terms: { side: number; entryPrice: number; triggerPrice: number },
  ): number | undefined {
    const { stopShare, stopFrom, stopTo, leastDistance } = this.#config;
    const random = this.#random.at(account, lane);
    if (random.uniform(0) >= stopShare || !Number.isFinite(terms.triggerPrice)) return undefined;
    const { side, entryPrice, triggerPrice } = terms;
    const price = entryPrice + (triggerPrice - entryPrice) * random.between(1, stopFrom, stopTo);
    const { startUsd, tickUsd } = this.#market;
    const isAhead = side * (1 - (price * tickUsd) / startUsd) >= leastDistance;
    return isAhead ? Math.max(1, Math.round(price)) : undefined;
  }
}

/**
 * Draws the leveraged accounts: side, leverage, size and entry price (around one of a few waves) independently, and again where the account
 * would be close to liquidation before anything happens. Some have a stop-loss order between entry and liquidation. An account's draws do not depend
 * on those of others, nor on the rules that are tried.
 * Assumes that nobody adds margin or opens anew; real accounts do both, so real cascades are slower to start.
 */
export function drawPopulation(
  config: AccountConfig,
  market: PopulationMarket,
): readonly LeveragedPosition[] {
  const population = new PopulationDraw(config, market);
  return Array.from({ length: config.count }, (_, account) => population.draw(account));
}

/** The stop-loss orders of a population whose first account has the number `first`. */
export const stopsOf = (
  positions: readonly LeveragedPosition[],
  accounts: readonly number[],
): readonly StopOrder[] =>
  positions.flatMap(({ side, stopPrice }, index) => {
    const account = accounts[index];
    if (stopPrice === undefined || account === undefined) return [];
    return [{ account, position: side, stopPrice }];
  });
