import type { BackstopStep } from "../../rules/liquidationRule.ts";
import type { LiquidationCase } from "../liquidationCase.ts";
import { contractsOf, type StepContext, type StepResult, type StepRun } from "./stepContext.ts";

/**
 * Whether the vault takes an account: its equity is below a share of its maintenance margin, and there is still something left of it. Below
 * nothing the vault would buy a loss; that is for ADL (Hyperliquid documentation: when the account's value is negative).
 */
export const isForBackstop = (
  { desk }: StepContext,
  { account }: LiquidationCase,
  { belowShareOfMaintenance }: BackstopStep,
): boolean => {
  const { model, marks } = desk;
  const equity = model.equity(account, marks);
  const isBelow = equity < belowShareOfMaintenance * model.maintenance(account, marks);
  return isBelow && desk.worth(account) >= 0;
};

/**
 * A vault takes all contracts over with what margin is left: that is, at the prices at which nothing is left of the account. So the
 * maintenance margin is not returned. Source: Hyperliquid documentation, Liquidations.
 */
export function takeBackstopStep(
  { context, latched, at }: StepRun,
  step: BackstopStep,
): StepResult {
  const { desk, inventories } = context;
  const by = desk.roles.vault;
  if (by === undefined || !isForBackstop(context, latched, step)) return undefined;
  const { account } = latched;
  for (const position of contractsOf(context, latched)) {
    const { instrument, lots } = position;
    const units = Math.floor(desk.bankruptcyValue(account, position));
    const booked = desk.pass({ from: account, to: by, instrument, lots, units });
    const mark = desk.marks.ticks(instrument);
    desk.emit({ kind: "backstopped", at, account, instrument, lots, ...booked, mark, by });
    latched.hasClosed = true;
    latched.lastInstrument = instrument;
  }
  inventories.get(by)?.tookOver(at);
  return undefined;
}
