import { ConfigError, TAKER } from "@aftershock/schema";

/** What a venue charges for fills. One of the seams of the venue. */
export interface FeeModel {
  /** The fee of a fill of some notional, settle currency, 0 or more; `liquidity` is TAKER or MAKER. Negative: a rebate. */
  fee(notional: number, liquidity: 1 | -1): number;
}

/** No fees at all: for tests, and for what a study earns before them. */
export const NO_FEES: FeeModel = { fee: () => 0 };

/** One row of a venue's table of fees. */
export interface FeeTier {
  /** The least 30-day volume of the tier, in the currency of the venue's table, 0 or more. */
  readonly fromVolume30d: number;
  /** Share of notional, 1e-4; negative: a rebate. */
  readonly makerBps: number;
  /** Share of notional, 1e-4; negative: a rebate. */
  readonly takerBps: number;
}

/** Terms of TieredFees. */
export interface TieredFeesOptions {
  /** The venue's table, ascending, starting from a volume of 0. */
  readonly tiers: readonly FeeTier[];
  /** The account's volume of the last 30 days, 0 by default. */
  readonly volume30d?: number;
}

/** The tier of a volume. Throws ConfigError when the table is not one. */
function tierOf({ tiers, volume30d = 0 }: TieredFeesOptions): FeeTier {
  let found: FeeTier | undefined;
  let before = Number.NEGATIVE_INFINITY;
  for (const tier of tiers) {
    if (!(tier.fromVolume30d > before)) {
      throw new ConfigError(
        `A fee tier from ${tier.fromVolume30d} comes after one from ${before}`,
        {
          hints: ["Sort the tiers by volume."],
        },
      );
    }
    if (!Number.isFinite(tier.makerBps) || !Number.isFinite(tier.takerBps)) {
      throw new ConfigError(`The fee tier from ${tier.fromVolume30d} lacks a rate`, {
        hints: ["Give makerBps and takerBps; 0 is a rate."],
      });
    }
    before = tier.fromVolume30d;
    if (tier.fromVolume30d <= volume30d) found = tier;
  }
  if (found !== undefined) return found;
  throw new ConfigError(`No fee tier holds for a 30-day volume of ${volume30d}`, {
    hints: ["Start the table with a tier from 0."],
  });
}

/**
 * Maker and taker fees as a share of notional, by the venue's table of tiers.
 *
 * Assumed: the tier holds for the whole run, as venues reckon it once a day from the days before; fees are paid in the settle currency.
 * Wrong for runs that trade enough to change their tier, for discounts (referral, fees in a venue's token), for spot venues that take the
 * fee of a purchase in what was bought, and for fees per contract. Tables are dated: take the one in force on the day.
 */
export class TieredFees implements FeeModel {
  /** The tier that holds. */
  readonly tier: FeeTier;

  /** Throws ConfigError for a table that is not ascending, lacks a rate, or has no tier for the volume. */
  constructor(options: TieredFeesOptions) {
    this.tier = tierOf(options);
  }

  fee(notional: number, liquidity: 1 | -1): number {
    const { makerBps, takerBps } = this.tier;
    return (notional * (liquidity === TAKER ? takerBps : makerBps)) / 10_000;
  }
}
