import { MICROS_PER_HOUR } from "@aftershock/schema";

/** The interval that a Deribit funding rate is quoted for, µs; it accrues continuously within it. Source: Deribit, "Funding". */
export const FUNDING_INTERVAL_MICROS: number = 8 * MICROS_PER_HOUR;

/** What one USD of an inverse perpetual has accrued since the first ticker. */
export interface FundingAccrual {
  /** Coins that a short of 1 USD has received (a long paid): the integral of rate ÷ 8 h ÷ price over time. */
  readonly coinPerUsd: number;
  /** Time in it for which no rate was recorded, µs: nothing was accrued then. */
  readonly unrecordedMicros: number;
}

/** Before any ticker. */
export const NO_FUNDING: FundingAccrual = { coinPerUsd: 0, unrecordedMicros: 0 };

/** Lets an accrual run on for `micros` at a rate per 8 h and a price in USD; an absent rate or price counts as unrecorded time. */
export function accrueFunding(
  accrual: FundingAccrual,
  terms: {
    readonly micros: number;
    readonly rate: number | undefined;
    readonly price: number | undefined;
  },
): FundingAccrual {
  const { micros, rate, price } = terms;
  if (rate === undefined || price === undefined) {
    return { ...accrual, unrecordedMicros: accrual.unrecordedMicros + micros };
  }
  const share = micros / FUNDING_INTERVAL_MICROS;
  return { ...accrual, coinPerUsd: accrual.coinPerUsd + (rate * share) / price };
}
