import {
  type Batch,
  type Instrument,
  METHOD_MARKET,
  MICROS_PER_SECOND,
  micros,
  NO_SIDE,
} from "@aftershock/schema";
import { quoteSize } from "../contractSize.ts";
import type { ForcedFacts, ImpactFacts } from "./factTypes.ts";
import { ImpactCurve } from "./impactCurve.ts";
import { FEWEST_WINDOWS, type WindowRecords } from "./windowed.ts";

/** Forced orders of one account and side belong together while less than this lies between them, µs. */
const APART = MICROS_PER_SECOND;

interface Chain {
  readonly side: number;
  readonly midBefore: number;
  quote: number;
  last: number;
}

/**
 * Forced orders that went to the market (backstop and ADL meet no book): their share of what takers traded, and what each chain of them did to
 * the mid, from before its first print to a second after its last. Where the venue does not publish accounts, a chain is all forced orders of one side.
 */
export class ForcedSums {
  readonly #instrument: Instrument;
  readonly #impact = new ImpactCurve();
  readonly #chains = new Map<string, Chain>();
  #prints = 0;
  #quote = 0;
  #windowForced = 0;
  #windowTaken = 0;
  #worstShare: number | undefined;
  #highest: ForcedFacts["highest"];

  constructor(instrument: Instrument) {
    this.#instrument = instrument;
  }

  /** Takes a print at `at`, µs. `mid` is the mid before it, any unit, NaN where there is none. */
  take({ columns }: Batch<"liquidations">, row: number, at: number, mid: number): void {
    if (columns.method[row] !== METHOD_MARKET) return;
    const price = columns.price[row] ?? Number.NaN;
    const size = columns.size[row] ?? Number.NaN;
    const quote = quoteSize(this.#instrument, { price, size });
    this.#prints += 1;
    this.#quote += quote;
    this.#windowForced += quote;
    const side = columns.side[row] ?? NO_SIDE;
    if (side !== NO_SIDE)
      this.#chain(`${side} ${columns.account[row] ?? ""}`, side, mid, quote, at);
  }

  #chain(key: string, side: number, mid: number, quote: number, at: number): void {
    const chain = this.#chains.get(key);
    if (chain !== undefined && at - chain.last < APART) {
      chain.quote += quote;
      chain.last = at;
      return;
    }
    if (chain !== undefined) this.#settle(chain, mid);
    this.#chains.set(key, { side, midBefore: mid, quote, last: at });
  }

  #settle({ side, midBefore, quote }: Chain, mid: number): void {
    this.#impact.add(quote, side * Math.log(mid / midBefore));
  }

  /** Tells what the mid is at `at`, µs: chains that have been over for a second are measured by it. */
  settleUntil(at: number, mid: number): void {
    for (const [key, chain] of this.#chains) {
      if (at - chain.last < APART) continue;
      this.#settle(chain, mid);
      this.#chains.delete(key);
    }
  }

  /** Tells of a trade's notional, quote currency. */
  addTaken(quote: number): void {
    this.#windowTaken += quote;
  }

  /** The window in hand, which started at `from`, µs, is over. */
  close({ isWorst }: WindowRecords, from: number): void {
    const share = this.#windowForced / this.#windowTaken;
    if (isWorst) this.#worstShare = Number.isFinite(share) ? share : undefined;
    if (Number.isFinite(share) && share > (this.#highest?.share ?? 0)) {
      this.#highest = { from: micros(from), share };
    }
    this.#windowForced = 0;
    this.#windowTaken = 0;
  }

  /** `taken`: the notional of all trades, quote currency. Undefined where nothing traded. */
  facts(taken: number, windows: number): ForcedFacts | undefined {
    if (!(taken > 0)) return undefined;
    return {
      prints: this.#prints,
      share: this.#quote / taken,
      worstShare: windows < FEWEST_WINDOWS ? undefined : this.#worstShare,
      highest: this.#highest,
    };
  }

  /** Undefined where no chain was measured. */
  get impact(): ImpactFacts | undefined {
    return this.#impact.facts;
  }
}
