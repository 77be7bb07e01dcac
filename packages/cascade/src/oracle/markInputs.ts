import { ConfigError, DataError } from "@aftershock/schema";
import { checkInstant } from "./priceFeed.ts";

/**
 * A price that goes into a mark: the index, the best bid and ask of the contract, the average prices at which its impact notional would
 * be sold and bought, and its last trade.
 */
export type MarkInput = "index" | "bid" | "ask" | "impactBid" | "impactAsk" | "last";

/** What a mark may need: an input, the funding rate with its time, or the mids of other venues. */
export type MarkNeed = MarkInput | "funding" | "venues";

/** The funding that a perpetual is paying at present. */
export interface CurrentFunding {
  /** A fraction of notional for the whole period; positive: longs pay shorts. */
  readonly rate: number;
  /** When it is next exchanged, µs. */
  readonly nextAt: number;
}

/** The latest of everything that a mark is made of. Prices are quote currency, above 0; NaN where there is none. */
export class MarkInputs {
  readonly #of: string;
  readonly #prices: Record<MarkInput, number> = {
    index: Number.NaN,
    bid: Number.NaN,
    ask: Number.NaN,
    impactBid: Number.NaN,
    impactAsk: Number.NaN,
    last: Number.NaN,
  };
  #rate = Number.NaN;
  #fundingAt = Number.NaN;
  #at = Number.NEGATIVE_INFINITY;
  readonly venues: readonly string[];
  /** By number of venue. */
  readonly venueMids: Float64Array;

  /** `of` names the contract in messages; `venues` are those whose mids may come. */
  constructor(of: string, venues: readonly string[]) {
    this.#of = of;
    this.venues = venues;
    this.venueMids = new Float64Array(venues.length).fill(Number.NaN);
  }

  get(input: MarkInput): number {
    return this.#prices[input];
  }

  /** (bid + ask) / 2. */
  get mid(): number {
    return (this.#prices.bid + this.#prices.ask) / 2;
  }

  /** (impact bid + impact ask) / 2. */
  get impactMid(): number {
    return (this.#prices.impactBid + this.#prices.impactAsk) / 2;
  }

  /** Index × (1 + rate × time to the next funding / period); after the funding time and before a new one is told no time is left. */
  indexAndFunding(at: number, periodMicros: number): number {
    const left = Math.max(0, this.#fundingAt - at);
    return this.#prices.index * (1 + (this.#rate * left) / periodMicros);
  }

  /** Takes a price in. Throws DataError, and changes nothing, when it is not finite and above 0 or is from an earlier time. */
  set(input: MarkInput, price: number, at: number): void {
    this.#check(input, price, at);
    this.#at = at;
    this.#prices[input] = price;
  }

  /** Takes an index in, and one price for all prices of the contract itself. Throws DataError as `set`. */
  setContract(price: number, index: number, at: number): void {
    this.#check("index", index, at);
    this.#check("last", price, at);
    this.#at = at;
    const prices = this.#prices;
    prices.index = index;
    prices.bid = price;
    prices.ask = price;
    prices.impactBid = price;
    prices.impactAsk = price;
    prices.last = price;
  }

  setVenue(venue: number, mid: number, at: number): void {
    if (this.venues[venue] === undefined) {
      throw new DataError(`${this.#of}: the mark has no venue number ${venue}`, {
        hints: [`It has ${this.venues.length}, counted from 0: ${this.venues.join(", ")}.`],
      });
    }
    this.#check("venues", mid, at);
    this.#at = at;
    this.venueMids[venue] = mid;
  }

  setFunding({ rate, nextAt }: CurrentFunding, at: number): void {
    checkInstant(`${this.#of}: a funding rate`, at, this.#at);
    if (!Number.isFinite(rate) || !Number.isFinite(nextAt)) {
      throw new DataError(`${this.#of}: a funding rate of ${rate} for ${nextAt} µs`, {
        hints: [
          "Give a fraction and the µs of its payment, or say with `lose` that it is not known.",
        ],
      });
    }
    this.#at = at;
    this.#rate = rate;
    this.#fundingAt = nextAt;
  }

  lose(need: MarkNeed, at: number): void {
    checkInstant(`${this.#of}: a loss of ${need}`, at, this.#at);
    this.#at = at;
    if (need === "funding") this.#rate = Number.NaN;
    else if (need === "venues") this.venueMids.fill(Number.NaN);
    else this.#prices[need] = Number.NaN;
  }

  /** Whether something is there. */
  has(need: MarkNeed): boolean {
    if (need === "funding") return !Number.isNaN(this.#rate);
    if (need === "venues") return this.venueMids.some((mid) => !Number.isNaN(mid));
    return !Number.isNaN(this.#prices[need]);
  }

  /** Throws ConfigError for a venue that the rule does not have. */
  venueNumber(name: string): number {
    const number = this.venues.indexOf(name);
    if (number >= 0) return number;
    throw new ConfigError(`${this.#of}: the mark does not look at ${name}`, {
      hints: [`It looks at ${this.venues.join(", ") || "no other venue"}.`],
    });
  }

  #check(need: MarkNeed, price: number, at: number): void {
    if (!(price > 0 && price < Number.POSITIVE_INFINITY)) {
      throw new DataError(`${this.#of}: ${need} has a price of ${price} at ${at} µs`, {
        hints: ["Prices are finite and above 0; where there is none say so with `lose`."],
      });
    }
    if (!(at >= this.#at)) checkInstant(`${this.#of}: a price of ${need}`, at, this.#at);
  }
}
