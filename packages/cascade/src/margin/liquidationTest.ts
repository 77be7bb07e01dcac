import { ConfigError } from "@aftershock/schema";
import type { AccountId, Ledger } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";
import type { LiquidationTrigger } from "../rules/liquidationRule.ts";
import type { MarginModel } from "./marginModel.ts";

/** Whether an account is to be liquidated at these marks: false for one without positions. */
export type IsLiquidatable = (account: AccountId, marks: Marks) => boolean;

/** What decides whether an account is liquidated. */
export interface TriggerTerms {
  readonly trigger: LiquidationTrigger;
  /** The taker fee of closing each instrument, a fraction of notional, by number; asked for only by a ratio with the liquidation's fee. */
  readonly takerRates?: readonly (number | undefined)[] | undefined;
}

/** The fee rate that a trigger adds to the margin of an instrument: 0 unless it counts the liquidation's fee. Throws ConfigError where it does and the fee is not known. */
export function feeRateOf(
  { trigger, takerRates }: TriggerTerms,
  ledger: Ledger,
  instrument: number,
): number {
  if (trigger.kind !== "ratio" || !trigger.withLiquidationFee) return 0;
  if (ledger.instruments[instrument]?.kind === "spot") return 0;
  const rate = takerRates?.[instrument];
  if (rate !== undefined && rate >= 0 && rate <= 1) return rate;
  const id = ledger.instruments[instrument]?.id ?? `instrument number ${instrument}`;
  throw new ConfigError(`The taker fee of ${id} is ${rate ?? "not known"}`, {
    hints: [
      "The trigger counts the fee of the liquidation: give the rate of each contract, 0 to 1.",
    ],
  });
}

/** The share of margin and fees that equity must exceed. */
export const thresholdOf = ({ trigger }: TriggerTerms): number =>
  trigger.kind === "ratio" ? trigger.threshold : 1;

/**
 * The venue's condition for a liquidation. `belowMaintenance`: equity < maintenance margin. `ratio`: equity ≤ threshold × (maintenance margin
 * + taker fee of closing everything at the mark, where the rule counts it). An account with positions that need no margin (spot coins) is
 * liquidated when its equity is below 0, and one without positions never: a debt without a position is the venue's loss already.
 */
export function liquidationTest(
  options: TriggerTerms & { readonly ledger: Ledger; readonly model: MarginModel },
): IsLiquidatable {
  const { ledger, model, trigger } = options;
  const threshold = thresholdOf(options);
  const fees = (account: AccountId, marks: Marks): number => {
    if (trigger.kind !== "ratio" || !trigger.withLiquidationFee) return 0;
    let sum = 0;
    for (const { instrument, lots } of ledger.positions(account)) {
      const notional = Math.abs(ledger.valueUnits(instrument, lots, marks.ticks(instrument)));
      sum += notional * feeRateOf(options, ledger, instrument);
    }
    return sum;
  };
  return (account, marks) => {
    if (ledger.positions(account).length === 0) return false;
    const equity = model.equity(account, marks);
    const needed = threshold * (model.maintenance(account, marks) + fees(account, marks));
    return trigger.kind === "ratio" && needed > 0 ? equity <= needed : equity < needed;
  };
}
