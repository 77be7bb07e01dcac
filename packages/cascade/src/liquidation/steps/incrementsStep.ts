import { MICROS_PER_SECOND } from "@aftershock/schema";
import type { IncrementsStep } from "../../rules/liquidationRule.ts";
import { sendPending } from "./sendPending.ts";
import { contractsOf, type StepResult, type StepRun } from "./stepContext.ts";

/**
 * Market orders of one size at a steady pace until the account is safe or has nothing left. Where the market takes nothing, it waits for the
 * marks to move. Source: Deribit on liquidation, an older version (200 contracts, 20 a second), not verified.
 */
export function takeIncrementsStep(run: StepRun<IncrementsStep>): StepResult {
  const { context, latched, step, at } = run;
  const { contractsPerOrder = 0, ordersPerSecond = 0 } = step;
  if (latched.orders === undefined) {
    const position = contractsOf(context, latched)[0];
    if (position === undefined) return undefined;
    const { lotsPerContract } = context.desk.termsOf(position.instrument);
    const lots = Math.max(1, Math.round(contractsPerOrder * lotsPerContract));
    const { instrument } = position;
    latched.orders = [{ instrument, lots, limit: "none", fillOrKill: false }];
  }
  const before = context.desk.ledger.lots(latched.account, latched.orders[0]?.instrument ?? 0);
  const instrument = latched.orders[0]?.instrument ?? 0;
  const { waitUntil } = sendPending(run);
  if (waitUntil !== undefined) return waitUntil;
  latched.orders = undefined;
  if (contractsOf(context, latched).length === 0 || context.isSafe(latched)) return undefined;
  const after = context.desk.ledger.lots(latched.account, instrument);
  return after === before
    ? Number.POSITIVE_INFINITY
    : at + Math.round(MICROS_PER_SECOND / ordersPerSecond);
}
