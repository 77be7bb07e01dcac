import type { Instrument } from "@aftershock/schema";
import { ContractValue } from "./contractValue.ts";
import type { Side } from "./order.ts";

/** What an account needs to know of a fill. `OrderFilled` has it. */
export interface AccountFill {
  readonly side: Side;
  /** Ticks. */
  readonly price: number;
  /** Lots, above 0. */
  readonly size: number;
  /** Settle currency; negative: a rebate. */
  readonly fee: number;
}

/** A payment of funding. */
export interface FundingPayment {
  /** Fraction of the position's value; positive: longs pay shorts. */
  readonly rate: number;
  /** Mark price, quote currency. */
  readonly markPrice: number;
}

/** How an account starts. */
export interface AccountOptions {
  /** Settle currency; 0 by default. */
  readonly cash?: number;
}

/**
 * The money and the position of a study in one instrument, in its settle currency. See ContractValue for what contracts are worth.
 *
 * Always: position = Σ signed fills; cash = initial cash − Σ signed value of the fills − fees − funding; equity = cash + the value of the
 * position at a mark. Cash is counted as if positions were bought and sold, also where a venue would only hold margin: a long lowers it by
 * its value. What a venue shows as balance is `walletBalance`, initial cash + realised profit − fees − funding, and equity is that and the
 * open profit.
 *
 * The sum of the fills' values is exact for linear and quanto contracts while it is below 2^53 ticks × lots; everything that is divided by
 * a size or a price is rounded as doubles are. Entry prices are averages: what is closed first has no meaning here.
 *
 * Assumed: there is always margin enough, and cash earns nothing. A venue's own rounding of fees and funding is left out.
 */
export class Account {
  readonly #value: ContractValue;
  readonly #initialCash: number;
  #position = 0;
  /** Σ signed value of all fills, steps. */
  #tradedSteps = 0;
  /** Value of the open position at its entry prices, steps. */
  #entrySteps = 0;
  #realisedSteps = 0;
  #feesPaid = 0;
  #fundingPaid = 0;

  /** Throws ConfigError when it is not known how the instrument pays. */
  constructor(instrument: Instrument, { cash = 0 }: AccountOptions = {}) {
    this.#value = new ContractValue(instrument);
    this.#initialCash = cash;
  }

  /** Signed lots: positive long. */
  get position(): number {
    return this.#position;
  }

  /** Settle currency; see above for its meaning. */
  get cash(): number {
    return this.#initialCash - this.#tradedSteps * this.#value.unit - this.#costs;
  }

  /** Initial cash, and what has been realised, less fees and funding, settle currency. */
  get walletBalance(): number {
    return this.#initialCash + this.realisedPnl - this.#costs;
  }

  /** Profit of what was closed, fees and funding not counted, settle currency. */
  get realisedPnl(): number {
    return this.#realisedSteps * this.#value.unit;
  }

  /** Average entry price of the open position, ticks: harmonic for an inverse contract. Undefined when there is none. */
  get averageEntry(): number | undefined {
    if (this.#position === 0) return undefined;
    return this.#value.averagePrice(this.#position, this.#entrySteps);
  }

  /** Settle currency; negative: rebates exceed fees. */
  get feesPaid(): number {
    return this.#feesPaid;
  }

  /** Settle currency; negative: received. */
  get fundingPaid(): number {
    return this.#fundingPaid;
  }

  get #costs(): number {
    return this.#feesPaid + this.#fundingPaid;
  }

  /** Profit of the open position at a mark price in quote currency, settle currency. */
  unrealisedPnl(markPrice: number): number {
    return (this.#positionSteps(markPrice) - this.#entrySteps) * this.#value.unit;
  }

  /** What the account is worth at a mark price in quote currency, settle currency. */
  equity(markPrice: number): number {
    const steps = this.#positionSteps(markPrice) - this.#tradedSteps;
    return this.#initialCash + steps * this.#value.unit - this.#costs;
  }

  #positionSteps(markPrice: number): number {
    return this.#position === 0
      ? 0
      : this.#value.steps(this.#position, this.#value.ticksOf(markPrice));
  }

  /** The value of a size in lots at a price in ticks, without sign, settle currency: what fees are a share of. */
  notional(size: number, price: number): number {
    return Math.abs(this.#value.steps(size, price)) * this.#value.unit;
  }

  /** Books a fill. */
  applyFill({ side, price, size, fee }: AccountFill): void {
    const signed = side * size;
    const closing = Math.min(size, Math.max(0, -this.#position * side));
    this.#tradedSteps += this.#value.steps(signed, price);
    this.#feesPaid += fee;
    if (closing > 0) this.#close(closing, price);
    const opening = side * (size - closing);
    if (opening !== 0) this.#entrySteps += this.#value.steps(opening, price);
    this.#position += signed;
  }

  /** Realises the profit of `closing` lots of the position. */
  #close(closing: number, price: number): void {
    const held = Math.abs(this.#position);
    const entry = closing === held ? this.#entrySteps : (this.#entrySteps * closing) / held;
    this.#realisedSteps += this.#value.steps(Math.sign(this.#position) * closing, price) - entry;
    this.#entrySteps -= entry;
  }

  /**
   * Books a payment of funding, and returns what it paid, settle currency; negative: received. It is the value of the position at the mark
   * × rate, and longs pay when the rate is positive, with inverse contracts too. Source: Bitget, "Funding cost calculation", read 2026-11:
   * linear size × mark, inverse size / mark, times the rate.
   */
  applyFunding({ rate, markPrice }: FundingPayment): number {
    if (this.#position === 0) return 0;
    const value = Math.abs(this.#positionSteps(markPrice)) * this.#value.unit;
    const paid = Math.sign(this.#position) * value * rate;
    this.#fundingPaid += paid;
    return paid;
  }
}
