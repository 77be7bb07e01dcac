import type { JsonPlace } from "@aftershock/schema";

/** What trading costs at one level of accounts. */
export interface FeeTier {
  /** The venue's name of the level. */
  readonly name: string;
  /** Fractions of notional; negative where the venue pays. */
  readonly makerRate: number;
  readonly takerRate: number;
}

/** What trading costs. */
export interface FeeSchedule {
  /** The base level first; often the only one that is known. */
  readonly tiers: readonly FeeTier[];
}

/** Who receives a fee. */
export type FeeReceiver = (typeof FEE_RECEIVERS)[number];

const FEE_RECEIVERS = ["insuranceFund", "venue"] as const;

/** What a forced close costs the account that is closed. */
export interface LiquidationFee {
  /** A fraction of the notional that is closed, 0 … 1. */
  readonly rate: number;
  /** Whether the rate is the highest that may be taken, rather than what is always taken. */
  readonly isMaximum: boolean;
  /** Undefined where no source says. */
  readonly paidTo: FeeReceiver | undefined;
}

/**
 * Whether an order that a venue sends for an account which it liquidates pays the fee of a taker. `none`: it pays the liquidation fee alone. `added`: it pays both. `included`: the
 * liquidation fee contains it, and the venue keeps that part.
 */
export type ForcedTradingCharge = (typeof FORCED_TRADING_CHARGES)[number];

const FORCED_TRADING_CHARGES = ["none", "added", "included"] as const;

/** What trading costs the account that is closed by a forced order. */
export interface ForcedTradingFee {
  readonly charge: ForcedTradingCharge;
}

const feeRate = (place: JsonPlace): number => place.number({ from: -0.01, to: 0.1 });

/** Reads a fee schedule. Throws DataError naming the place. */
export const readFeeSchedule = (place: JsonPlace): FeeSchedule => ({
  tiers: place.fields(["tiers"]).tiers.list((tier) => {
    const { name, makerRate, takerRate } = tier.fields(["name", "makerRate", "takerRate"]);
    return { name: name.text(), makerRate: feeRate(makerRate), takerRate: feeRate(takerRate) };
  }),
});

/** Reads whether forced orders pay the taker fee. Throws DataError naming the place. */
export const readForcedTradingFee = (place: JsonPlace): ForcedTradingFee => ({
  charge: place.fields(["charge"]).charge.oneOf(FORCED_TRADING_CHARGES),
});

/** Reads a liquidation fee. Throws DataError naming the place. */
export function readLiquidationFee(place: JsonPlace): LiquidationFee {
  const { rate, isMaximum, paidTo } = place.fields(["rate"], ["isMaximum", "paidTo"]);
  return {
    rate: rate.number({ from: 0, to: 0.1 }),
    isMaximum: isMaximum?.flag() ?? false,
    paidTo: paidTo?.oneOf(FEE_RECEIVERS),
  };
}
