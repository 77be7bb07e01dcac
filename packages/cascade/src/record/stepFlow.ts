import { type Batch, BUY, type Instrument, SELL } from "@aftershock/schema";
import { quoteNotional } from "./notional.ts";

/** What was traded in a step. Quote currency, 0 or more unless said to be signed. */
export interface StepFlow {
  /** What takers bought less what they sold, forced orders among them; signed. Trades without an aggressor are left out. */
  readonly taken: number;
  /** All trades. */
  readonly traded: number;
  /** Forced orders that hit the book, as printed: bought less sold; signed. */
  readonly printed: number;
  /** What takers bought and sold. */
  readonly bought: number;
  readonly sold: number;
  /** Open interest as last told by the end of the step, in base currency (of an inverse contract in quote currency); NaN for unknown. */
  readonly openInterest: number;
}

/** Sums up what is traded, step by step. */
export class FlowSums {
  readonly #instrument: Instrument;
  #bought = 0;
  #sold = 0;
  #unsided = 0;
  #printed = 0;
  #allUnsided = 0;

  constructor(instrument: Instrument) {
    this.#instrument = instrument;
  }

  /** Takes a trade; returns its notional, quote currency. */
  trade({ side, size, price }: Batch<"trades">["columns"], row: number): number {
    const notional = quoteNotional(
      this.#instrument,
      size[row] ?? Number.NaN,
      price[row] ?? Number.NaN,
    );
    if (side[row] === BUY) this.#bought += notional;
    else if (side[row] === SELL) this.#sold += notional;
    else this.#unsided += notional;
    return notional;
  }

  /** Takes a forced order that hit the book, signed quote currency. */
  print(signed: number): void {
    this.#printed += signed;
  }

  /** Ends the step: what it was, and the next begins. `openInterest`: in the venue's size unit. */
  end(openInterest: number): StepFlow {
    const [bought, sold] = [this.#bought, this.#sold];
    const flow = {
      taken: bought - sold,
      traded: bought + sold + this.#unsided,
      printed: this.#printed,
      bought,
      sold,
      openInterest: openInterest * this.#instrument.multiplier,
    };
    this.#allUnsided += this.#unsided;
    this.#bought = 0;
    this.#sold = 0;
    this.#unsided = 0;
    this.#printed = 0;
    return flow;
  }

  /** Notional of all trades without an aggressor so far, quote currency. */
  get unsided(): number {
    return this.#allUnsided + this.#unsided;
  }
}
