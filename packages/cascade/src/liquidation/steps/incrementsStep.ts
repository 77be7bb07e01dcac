import { MICROS_PER_SECOND } from "@aftershock/schema";
import type { IncrementsStep } from "../../rules/liquidationRule.ts";
import { sendPending } from "./sendPending.ts";
import { contractsOf, type StepResult, type StepRun } from "./stepContext.ts";

/**
 * Market orders of one size at a steady pace until the account is safe or has nothing left. Where the market takes nothing, it waits for the
 * marks to move. Source: Deribit on liquidation, an older version (200 contracts, 20 a second), not verified.
 */
export function takeIncrementsStep(run: StepRun, step: IncrementsStep): StepResult {
  const { context, latched, at } = run;
  const { contractsPerOrder = 0, ordersPerSecond = 0 } = step;
  const { desk } = context;
  const first = contractsOf(context, latched)[0];
  const instrument = latched.orders?.[0]?.instrument ?? first?.instrument;
  if (instrument === undefined) return undefined;
  const { lotsPerContract } = desk.termsOf(instrument);
  const lots = Math.max(1, Math.round(contractsPerOrder * lotsPerContract));
  latched.orders ??= [{ instrument, lots, limit: "none", fillOrKill: false }];
  const before = desk.ledger.lots(latched.account, instrument);
  const { waitUntil } = sendPending(run, step.kind);
  if (waitUntil !== undefined) return waitUntil;
  latched.orders = undefined;
  if (contractsOf(context, latched).length === 0 || context.isSafe(latched)) return undefined;
  const isFilled = desk.ledger.lots(latched.account, instrument) !== before;
  const pause = Math.round(MICROS_PER_SECOND / ordersPerSecond);
  return isFilled ? at + pause : Number.POSITIVE_INFINITY;
}
