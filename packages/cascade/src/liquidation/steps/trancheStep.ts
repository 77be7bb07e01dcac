import { MICROS_PER_SECOND } from "@aftershock/schema";
import type { TrancheStep } from "../../rules/liquidationRule.ts";
import type { PendingOrder } from "../liquidationCase.ts";
import { sendPending } from "./sendPending.ts";
import { contractsOf, type StepResult, type StepRun } from "./stepContext.ts";

/**
 * Of each position above a notional a share is sold at market, once in a cooldown, which belongs to the account and begins anew with each part of the tranche that is filled, where a throttle cuts it. An account that the tranche makes safe is let go at once, whatever is left of the tranche. One
 * that is not safe when the tranche has been sent, and one that was let go and is liquidated anew within the cooldown, goes by the rule: either nothing more of it is sold to the end of the cooldown, when it is let go if it is safe and otherwise is the next
 * step's (`wait`; it stays latched to that end; an account of which nobody bought anything waits as long from its order on, and is let go only where the engine's ReleaseRule does without a close); or it is closed whole by the next step, with the engine's next work, as blocks are shorter than the time between its marks (`closeWhole`). Liquidated anew after the cooldown, it begins with a tranche again. Shares
 * are rounded to whole lots, at least one. Source of `closeWhole`: Hyperliquid documentation, Liquidations (whole in the 30 s after a block with a partial liquidation), and the venue's announcement of
 * partial liquidations.
 */
export function takeTrancheStep(run: StepRun, step: TrancheStep): StepResult {
  const { context, latched, at } = run;
  if (latched.hasTranche) return undefined;
  const { account } = latched;
  if (latched.orders === undefined) {
    const waitsUntil = context.cooledAt.get(account) ?? Number.NEGATIVE_INFINITY;
    if (at < waitsUntil) {
      latched.hasTranche = true;
      if (step.inCooldown === "closeWhole") return undefined;
      latched.waitsAnew = true;
      return waitsUntil;
    }
    latched.orders = tranchesOf(run, step);
    if (latched.orders === undefined) return undefined;
  }
  const cooledAt = at + step.cooldownSeconds * MICROS_PER_SECOND;
  const isWhole = step.inCooldown === "closeWhole";
  const { waitUntil, filled } = sendPending(run, step.kind);
  if (filled > 0) context.cooledAt.set(account, cooledAt);
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
