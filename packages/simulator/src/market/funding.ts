import {
  baseRates,
  fundingBounds,
  type FundingCap,
  fundingRate,
  type Ledger,
  type MarginSchedule,
  type PeriodicFunding,
} from "@aftershock/cascade";
import { MICROS_PER_SECOND } from "@aftershock/schema";

/**
 * Funding: the premium of the perpetual over its index is averaged over a period, and paid by longs to shorts (or by shorts to longs) at the
 * period's end. Periods end at multiples of the interval since the epoch.
 */
export class Funding {
  readonly #rule: PeriodicFunding;
  readonly #bound: number;
  readonly #intervalMicros: number;
  readonly #sampleMicros: number;
  #sum = 0;
  #samples = 0;
  #nextSample: number;
  #nextPayment: number;

  constructor(
    rule: PeriodicFunding,
    options: { cap: FundingCap; margin: MarginSchedule; from: number },
  ) {
    const { cap, margin, from } = options;
    this.#rule = rule;
    this.#bound = fundingBounds(cap, baseRates(margin)).rate;
    this.#intervalMicros = rule.intervalSeconds * MICROS_PER_SECOND;
    this.#sampleMicros = (rule.sampleSeconds ?? 60) * MICROS_PER_SECOND;
    this.#nextSample = from;
    this.#nextPayment = (Math.floor(from / this.#intervalMicros) + 1) * this.#intervalMicros;
  }

  /** When funding is next exchanged, µs. */
  get nextPayment(): number {
    return this.#nextPayment;
  }

  /** The rate of the period as it stands, a fraction of notional; positive: longs pay. */
  get rate(): number {
    const premium = this.#samples === 0 ? 0 : this.#sum / this.#samples;
    return Math.min(this.#bound, Math.max(-this.#bound, fundingRate(this.#rule, { premium })));
  }

  /** Takes in the prices at the end of a step, USD. Returns the rate to be paid now, undefined when none is due. */
  update(
    at: number,
    prices: { readonly midUsd: number; readonly indexUsd: number },
  ): number | undefined {
    if (at >= this.#nextSample) {
      this.#nextSample += this.#sampleMicros;
      this.#sum += (prices.midUsd - prices.indexUsd) / prices.indexUsd;
      this.#samples += 1;
    }
    if (at < this.#nextPayment) return undefined;
    const { rate } = this;
    this.#nextPayment += this.#intervalMicros;
    this.#sum = 0;
    this.#samples = 0;
    return rate;
  }
}

/**
 * Exchanges funding at a mark in ticks among all accounts that hold the contract, through the account of fees, where the halves of units stay that
 * rounding leaves. Returns what longs paid, units.
 */
export function payFunding(
  ledger: Ledger,
  instrument: number,
  options: { rate: number; markTicks: number; feeAccount: number },
): number {
  const { rate, markTicks, feeAccount } = options;
  let paidByLongs = 0;
  for (let account = 0; account < ledger.accountCount; account += 1) {
    const lots = ledger.lots(account, instrument);
    if (lots === 0) continue;
    const notional = Math.abs(ledger.valueUnits(instrument, lots, markTicks));
    const payment = Math.round(Math.sign(lots) * notional * rate);
    if (lots > 0) paidByLongs += payment;
    if (account === feeAccount) continue;
    if (payment > 0) ledger.transfer(account, feeAccount, payment);
    else if (payment < 0) ledger.transfer(feeAccount, account, -payment);
  }
  return paidByLongs;
}
