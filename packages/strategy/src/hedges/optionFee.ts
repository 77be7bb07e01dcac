/** A venue's fee on an option trade. */
export interface OptionFee {
  /** Share of the underlying, in basis points of the coins traded: 3 is 0.0003 coin a coin. */
  readonly feeBps: number;
  /** The most it may be, a fraction of the premium. */
  readonly premiumCap: number;
}

/**
 * Deribit's fee for BTC and ETH options: 0.03 % of the underlying, at most 12.5 % of the premium. As published on Deribit's
 * fee page; its history is not dated in our records, so a study states it as an assumption.
 */
export const DERIBIT_OPTION_FEE: OptionFee = { feeBps: 3, premiumCap: 0.125 };

/** The fee for trading options on `coins` coins at a premium in coin per coin. Coins, 0 or more. */
export const optionFeeCoin = (fee: OptionFee, coins: number, premium: number): number =>
  coins * Math.min(fee.feeBps / 10_000, fee.premiumCap * premium);
