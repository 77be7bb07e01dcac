import { MICROS_PER_SECOND } from "@aftershock/schema";
import type { TrancheStep } from "../../rules/liquidationRule.ts";
import type { PendingOrder } from "../liquidationCase.ts";
import { sendPending } from "./sendPending.ts";
import { contractsOf, type StepResult, type StepRun } from "./stepContext.ts";

/**
 * Of each position above a notional a share is sold at market, once for a liquidation. Then by the rule: either an account that is not safe is left alone for a time, and what is still too much after it is the
 * next step's (`wait`); or an account is closed whole, by the next step, wherever it still is or again comes to be liquidatable in that time, which begins anew with each lot of the tranche that is filled
 * (`closeWhole`): with the engine's next work, as blocks are shorter than the time between its marks. An account that is safe is let go at once in either case; one that is liquidated anew later begins with a tranche again. Shares
 * are rounded to whole lots, at least one. Source of `closeWhole`: Hyperliquid documentation, Liquidations (whole in the 30 s after a block with a partial liquidation), and the venue's announcement of
 * partial liquidations.
 */
export function takeTrancheStep(run: StepRun, step: TrancheStep): StepResult {
  const { context, latched, at } = run;
  if (latched.hasTranche) return undefined;
  const { account } = latched;
  const { closedWholeUntil } = context;
  if (latched.orders === undefined) {
    if (at < (closedWholeUntil.get(account) ?? Number.NEGATIVE_INFINITY)) {
      latched.hasTranche = true;
      return undefined;
    }
    latched.orders = tranchesOf(run, step);
    if (latched.orders === undefined) return undefined;
  }
  const cooledAt = at + step.cooldownSeconds * MICROS_PER_SECOND;
  const isWhole = step.inCooldown === "closeWhole";
  const { waitUntil, filled } = sendPending(run, step.kind);
  if (isWhole && filled > 0) closedWholeUntil.set(account, cooledAt);
  if (waitUntil !== undefined) return waitUntil;
  latched.hasTranche = true;
  if (context.isSafe(latched)) return undefined;
  return isWhole ? at + 1 : cooledAt;
}

/** The parts of positions above the notional; undefined where there are none. */
function tranchesOf(
  { context, latched }: StepRun,
  { aboveNotional, share }: TrancheStep,
): PendingOrder[] | undefined {
  let orders: PendingOrder[] | undefined;
  for (const { instrument, lots } of contractsOf(context, latched)) {
    if (!(context.desk.quoteNotionalAtMark(instrument, lots) > aboveNotional)) continue;
    const part = Math.max(1, Math.round(Math.abs(lots) * share));
    const order: PendingOrder = { instrument, lots: part, limit: "none", fillOrKill: false };
    if (orders === undefined) orders = [order];
    else orders.push(order);
  }
  return orders;
}
