import { BUY, CALL, PUT, SELL } from "@aftershock/schema";
import { STEPS_PER_YEAR, stepsIn } from "../clock.ts";
import type { HedgerConfig } from "../config/marketConfig.ts";
import type { CounterRandom } from "../counterRandom.ts";
import { black76 } from "../options/black76.ts";
import type { Agent, TradingVenue } from "./agent.ts";

interface ShortOption {
  readonly right: number;
  readonly strikeUsd: number;
  /** Share of the notional. */
  readonly weight: number;
}

/** Options that a dealer is short, drawn around the start price. */
const OPTIONS = 6;

/**
 * A dealer who is short options and keeps its delta near zero on the perpetual: short gamma, so that it sells what falls and buys what rises, more
 * so near its strikes. It starts hedged, and trades when it is off by its band.
 * Assumes a fixed implied volatility, hedging by the delta of Black-76, and no new business. In a crash implied volatility rises, which flattens the
 * gamma near the strikes and widens it away from them.
 */
export class DeltaHedger implements Agent {
  readonly #venue: TradingVenue;
  readonly #account: number;
  readonly #config: HedgerConfig;
  readonly #options: readonly ShortOption[];
  readonly #reviewSteps: number;
  readonly #phase: number;

  constructor(options: {
    venue: TradingVenue;
    account: number;
    config: HedgerConfig;
    random: CounterRandom;
    startUsd: number;
  }) {
    const { config, random, startUsd } = options;
    this.#venue = options.venue;
    this.#account = options.account;
    this.#config = config;
    this.#options = Array.from({ length: OPTIONS }, (_, index) => {
      random.at(0, index);
      const strikeUsd = startUsd * random.between(0, config.strikeFrom, config.strikeTo);
      const right = strikeUsd < startUsd ? PUT : CALL;
      return { right, strikeUsd, weight: 1 / OPTIONS };
    });
    this.#reviewSteps = stepsIn(config.reviewSeconds);
    this.#phase = random.at(1).integer(0, 0, this.#reviewSteps - 1);
  }

  /** The position that makes the delta zero, lots: the delta of what is short, at a price and a step. */
  hedgeLots(priceUsd: number, step: number): number {
    const { notionalUsd, impliedVolatility, expiryDays } = this.#config;
    const years = Math.max(1e-4, expiryDays / 365 - step / STEPS_PER_YEAR);
    let delta = 0;
    for (const { right, strikeUsd, weight } of this.#options) {
      const terms = { right, forward: priceUsd, strike: strikeUsd, years, iv: impliedVolatility };
      delta += weight * black76(terms).delta;
    }
    return Math.round((delta * notionalUsd) / this.#venue.lotUsd);
  }

  act(step: number): void {
    if (step % this.#reviewSteps !== this.#phase) return;
    const venue = this.#venue;
    const { band, notionalUsd } = this.#config;
    const wanted = this.hedgeLots(Math.exp(venue.logMid), step);
    const off = wanted - venue.position(this.#account);
    if (Math.abs(off) * venue.lotUsd < band * notionalUsd || off === 0) return;
    venue.take(this.#account, off > 0 ? BUY : SELL, Math.abs(off));
  }
}
