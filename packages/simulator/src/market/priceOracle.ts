import {
  baseRates,
  fundingBounds,
  MarkPrice,
  type MarkRule,
  PremiumAverage,
  type RuleSet,
} from "@aftershock/cascade";
import { ASK, BID, ConfigError, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "@aftershock/schema";
import type { Exchange } from "./exchange.ts";

/** What a simulated venue does where a rule of marks leaves something to it. */
function markOptions(
  rule: MarkRule,
  fundingPeriodSeconds: number,
): ConstructorParameters<typeof MarkPrice>[1] {
  const of = "the simulated venue";
  switch (rule.kind) {
    case "emaBasis":
      return { of, fairPrice: "mid", ...(rule.bandRate === undefined ? { bandRate: "none" } : {}) };
    case "averageBasis":
      return { of, sampleSeconds: 1 };
    case "fairBasis":
      return { of, fundingPeriodSeconds };
    case "medianOfThree":
      return { of, ...(rule.sampleSeconds === undefined ? { sampleSeconds: 1 } : {}) };
    case "medianWithVenues":
      throw new ConfigError("The simulated venue knows no other venue of the perpetual", {
        hints: ["Take a mark that looks at the index and the venue's own book alone."],
      });
    case "indexAndFunding":
    case "oracle":
      return { of };
    default:
      return rule satisfies never;
  }
}

/**
 * Index, mark and funding rate, step by step. The index is the mid of the spot market, the only one there is: who moves spot moves the index, as for coins
 * with few venues. The mark is made by the venue's rule from index, mid, last trade and funding rate; the funding rate by its rule from the premium of the mid.
 */
export class PriceOracle {
  readonly #mark: MarkPrice;
  readonly #premium: PremiumAverage;
  readonly #bound: number;
  readonly #intervalMicros: number;
  readonly #perpetual: Exchange;
  readonly #spot: Exchange;
  #nextPayment: number;
  #nextRate: number;
  #rate = 0;
  #markUsd: number;
  #indexUsd: number;

  /** `from`: when the first step starts, µs. Throws ConfigError where a rule leaves out what is needed, or cannot be simulated. */
  constructor(options: {
    rules: RuleSet;
    perpetual: Exchange;
    spot: Exchange;
    startUsd: number;
    from: number;
  }) {
    const { rules, startUsd, from } = options;
    const { intervalSeconds } = rules.funding;
    this.#mark = new MarkPrice(rules.mark, markOptions(rules.mark, intervalSeconds));
    this.#premium = new PremiumAverage(rules.funding, { of: "the simulated venue" });
    this.#bound = fundingBounds(rules.fundingCap, baseRates(rules.margin)).rate;
    this.#intervalMicros = intervalSeconds * MICROS_PER_SECOND;
    this.#perpetual = options.perpetual;
    this.#spot = options.spot;
    this.#nextPayment = this.#premium.startOf(from + 1) + this.#intervalMicros;
    this.#nextRate = from;
    this.#markUsd = startUsd;
    this.#indexUsd = startUsd;
  }

  /** Takes in the state at the end of a step. Returns the rate to be paid now, undefined when none is due. */
  update(at: number): number | undefined {
    const perpetual = this.#perpetual;
    const { tickUsd } = perpetual;
    this.#indexUsd = this.#spot.midUsd;
    this.#mark.update("index", this.#indexUsd, at);
    const bid = perpetual.best(BID);
    const ask = perpetual.best(ASK);
    if (bid !== undefined && ask !== undefined) {
      this.#mark.update("bid", bid * tickUsd, at);
      this.#mark.update("ask", ask * tickUsd, at);
    }
    this.#mark.update("last", perpetual.lastTrade * tickUsd, at);
    const due = this.#fund(at);
    const mark = this.#mark.price(at);
    if (!Number.isNaN(mark)) this.#markUsd = mark;
    return due;
  }

  /** Funding as it stands: looked at each minute, and at the end of its period. */
  #fund(at: number): number | undefined {
    if (at < this.#nextRate) return undefined;
    this.#nextRate = at + MICROS_PER_MINUTE;
    this.#premium.update(this.#perpetual.midUsd / this.#indexUsd - 1, at);
    const rate = this.#premium.rate(at);
    if (!Number.isNaN(rate)) this.#rate = Math.min(this.#bound, Math.max(-this.#bound, rate));
    const isDue = at >= this.#nextPayment;
    if (isDue) this.#nextPayment += this.#intervalMicros;
    this.#mark.updateFunding({ rate: this.#rate, nextAt: this.#nextPayment }, at);
    return isDue ? this.#rate : undefined;
  }

  /** Index price, USD. */
  get index(): number {
    return this.#indexUsd;
  }

  /** Mark price, USD. */
  get mark(): number {
    return this.#markUsd;
  }

  /** The funding rate of the period as it stands, a fraction of notional; positive: longs pay. */
  get fundingRate(): number {
    return this.#rate;
  }

  /** When funding is next exchanged, µs. */
  get nextFunding(): number {
    return this.#nextPayment;
  }
}
