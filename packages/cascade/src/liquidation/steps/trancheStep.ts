import { MICROS_PER_SECOND } from "@aftershock/schema";
import type { TrancheStep } from "../../rules/liquidationRule.ts";
import type { PendingOrder } from "../liquidationCase.ts";
import { sendPending } from "./sendPending.ts";
import { contractsOf, type StepResult, type StepRun } from "./stepContext.ts";

/**
 * Of each position above a notional a share is sold at market, once for a liquidation. Then by the rule: either the account is left alone for a time, and what is still too much after it is the
 * next step's (`wait`); or it is closed whole, by the next step, wherever it still is or again comes to be liquidatable in that time: from the next block on, and where blocks are not
 * known from the engine's next work (`closeWhole`). An account that is safe is let go at once in either case; one that is let go and liquidated anew later begins with a tranche again. Shares are rounded to whole lots, at least
 * one. Source of `closeWhole`: Hyperliquid documentation, Liquidations (whole in the 30 s after a block with a partial liquidation), and the venue's announcement of partial liquidations.
 */
export function takeTrancheStep(run: StepRun, step: TrancheStep): StepResult {
  const { context, latched, at } = run;
  if (latched.hasTranche) return undefined;
  const { account } = latched;
  if (latched.orders === undefined) {
    if (at < (context.closedWholeUntil.get(account) ?? Number.NEGATIVE_INFINITY)) return undefined;
    let orders: PendingOrder[] | undefined;
    for (const { instrument, lots } of contractsOf(context, latched)) {
      if (!(context.desk.quoteNotionalAtMark(instrument, lots) > step.aboveNotional)) continue;
      const share = Math.max(1, Math.round(Math.abs(lots) * step.share));
      const order: PendingOrder = { instrument, lots: share, limit: "none", fillOrKill: false };
      if (orders === undefined) orders = [order];
      else orders.push(order);
    }
    if (orders === undefined) return undefined;
    latched.orders = orders;
  }
  const { waitUntil } = sendPending(run, step.kind);
  if (waitUntil !== undefined) return waitUntil;
  latched.hasTranche = true;
  const cooledAt = at + step.cooldownSeconds * MICROS_PER_SECOND;
  const isWhole = step.inCooldown === "closeWhole";
  if (isWhole) context.closedWholeUntil.set(account, cooledAt);
  if (context.isSafe(latched)) return undefined;
  return isWhole ? at + (context.blockMicros ?? 1) : cooledAt;
}
