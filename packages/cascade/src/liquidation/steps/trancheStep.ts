import { MICROS_PER_SECOND } from "@aftershock/schema";
import type { TrancheStep } from "../../rules/liquidationRule.ts";
import type { PendingOrder } from "../liquidationCase.ts";
import { sendPending } from "./sendPending.ts";
import { contractsOf, type StepResult, type StepRun } from "./stepContext.ts";

/**
 * Of each position above a notional a share is sold at market, and the account is left alone for a time. Once for a liquidation: what is still
 * too much after the pause is the next step's. Shares are rounded to whole lots, at least one. Source: Hyperliquid documentation,
 * Liquidations; SCIENCE.md marks share and pause as of second hand.
 */
export function takeTrancheStep(run: StepRun, step: TrancheStep): StepResult {
  const { context, latched, at } = run;
  if (latched.hasTranche) return undefined;
  if (latched.orders === undefined) {
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
  // An account that is safe is let go at once, and not at the end of the pause.
  return context.isSafe(latched) ? undefined : at + step.cooldownSeconds * MICROS_PER_SECOND;
}
