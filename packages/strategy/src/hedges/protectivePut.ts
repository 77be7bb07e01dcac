import { ConfigError } from "@aftershock/schema";
import type { Hedge } from "./hedge.ts";
import { checkOption } from "../checkOption.ts";
import { checkSettings, type FieldNames, shown } from "../settings.ts";
import { DERIBIT_OPTION_FEE, type OptionFee } from "./optionFee.ts";
import { PutPosition } from "./putPosition.ts";
import { rounded } from "./wording.ts";

/** Which put protects the coins. */
export interface ProtectivePutOptions {
  /** Days to expiry wanted, above 0; the recorded expiry nearest to it is taken. */
  readonly tenorDays: number;
  /** Strike over the price of the underlying future, above 0: 0.9 is a put 10 % out of the money. */
  readonly moneyness: number;
  /** Share of the coins protected, above 0. Default 1. */
  readonly coverage?: number;
  /** Buy the next put by the same rule when one expires within the study. Default false: then the coins are bare. */
  readonly roll?: boolean;
  /** Trading fee. Default `DERIBIT_OPTION_FEE`. */
  readonly fee?: OptionFee;
  /** Default says tenor and moneyness. */
  readonly name?: string;
}

const FEE: FieldNames<OptionFee> = { feeBps: true, premiumCap: true };
const OPTIONS: FieldNames<ProtectivePutOptions> = {
  tenorDays: true,
  moneyness: true,
  coverage: true,
  roll: true,
  fee: true,
  name: true,
};

/**
 * Buys puts at the first snapshot, at the recorded ask, and pays for them in the coins that they protect. At every snapshot
 * they are worth their recorded mark, and their recorded bid when sold at once. When they expire they settle at intrinsic value.
 *
 * Assumes that the whole quantity fills at the best ask and that buying it moves nothing. Wrong for positions that are large against
 * the offers of a panic. Throws ConfigError for options outside their range.
 */
export function protectivePut(options: ProtectivePutOptions): Hedge {
  checkSettings("protectivePut", options, OPTIONS);
  const { tenorDays, moneyness, coverage = 1, roll = false, fee = DERIBIT_OPTION_FEE } = options;
  checkOption("protectivePut: tenorDays", tenorDays);
  checkOption("protectivePut: moneyness", moneyness);
  checkOption("protectivePut: coverage", coverage);
  if (typeof roll !== "boolean") {
    throw new ConfigError(`protectivePut: roll is ${shown(roll)}`, {
      hints: ["Give true or false."],
    });
  }
  checkSettings("protectivePut: fee", fee, FEE);
  checkOption("protectivePut: fee.feeBps", fee.feeBps, { orZero: true });
  checkOption("protectivePut: fee.premiumCap", fee.premiumCap, { orZero: true });
  const share = coverage === 1 ? "" : `, ${rounded(coverage * 100, 2)} % covered`;
  const rolling = roll ? ", rolled" : "";
  return {
    name: options.name ?? `Put ${tenorDays} d at ${moneyness}${share}${rolling}`,
    description:
      `Puts on ${rounded(coverage * 100, 2)} % of the coins, nearest to ${tenorDays} days and ${moneyness} of the underlying future, ` +
      `bought at the recorded ask of the first snapshot and paid for in coin.`,
    config: {
      kind: "protectivePut",
      tenorDays,
      moneyness,
      coverage,
      roll,
      feeBps: fee.feeBps,
      feePremiumCap: fee.premiumCap,
    },
    assumptions: [
      `Option trades cost ${rounded(fee.feeBps / 100, 4)} % of the underlying, at most ${rounded(fee.premiumCap * 100, 2)} % of the premium (Deribit's published fee; not dated in our records).`,
      "The whole quantity of options fills at the recorded best ask, and buying it moves no price.",
      "Options are valued at the venue's recorded mark; the liquidation value is at the recorded bid, before fees, and 0 where nobody bids.",
      "An option that expires within the study settles at intrinsic value on the index of the first snapshot after its expiry, without a delivery fee. The venue settles on a 30-minute average before it.",
    ],
    streams: () => [],
    open: (context) => new PutPosition({ tenorDays, moneyness, coverage, roll, fee }, context),
  };
}
