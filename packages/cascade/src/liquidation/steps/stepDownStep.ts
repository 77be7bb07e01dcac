import type { Position } from "../../account/ledger.ts";
import type { StepDownStep } from "../../rules/liquidationRule.ts";
import type { LiquidationDesk } from "../liquidationDesk.ts";
import { sizeInUnit, tierOfSize } from "../positionSize.ts";
import { sendPending } from "./sendPending.ts";
import { contractsOf, type StepResult, type StepRun } from "./stepContext.ts";

/** A tier that can be stepped down from is at least the second. */
const LOWEST_WITH_ONE_BELOW = 2;

/** The size that a position is cut to, in the unit of its schedule or in contracts, and the size that it has; undefined where it is not cut. */
function cutOf(
  desk: LiquidationDesk,
  step: StepDownStep,
  position: Position,
): { readonly size: number; readonly target: number } | undefined {
  const { schedule, lotsPerContract } = desk.termsOf(position.instrument);
  const price = desk.marks.ticks(position.instrument);
  const priced = { position, price, lotsPerContract };
  if (step.fromSize !== undefined && step.toSize !== undefined) {
    const size = sizeInUnit(desk.ledger, priced, "contracts");
    return size >= step.fromSize ? { size, target: step.toSize } : undefined;
  }
  if (schedule === undefined) return undefined;
  const size = sizeInUnit(desk.ledger, priced, schedule.unit);
  const { tier, capOf } = tierOfSize(schedule, size);
  const from = Math.max(step.fromTier ?? LOWEST_WITH_ONE_BELOW, LOWEST_WITH_ONE_BELOW);
  if (tier < from) return undefined;
  return { size, target: capOf(Math.max(1, tier - (step.tiersAtOnce ?? 1))) };
}

/**
 * A position is cut to the largest size of a lower tier, again and again while the account is not safe, at market or as one order that fills
 * whole or not at all. One tier at a time where the rule does not say how many, which cuts as far as is needed, in tiers. What is cut is
 * rounded up to whole lots. Tiers are found at the mark of the moment. An order that is not filled whole ends the step. Sources: Bybit and
 * OKX help on liquidation, BitMEX on liquidation.
 */
export function takeStepDownStep(run: StepRun, step: StepDownStep): StepResult {
  const { context, latched } = run;
  for (;;) {
    if (latched.orders === undefined) {
      const order = contractsOf(context, latched)
        .map((position) => ({ position, cut: cutOf(context.desk, step, position) }))
        .find(({ cut }) => cut !== undefined);
      if (order?.cut === undefined) return undefined;
      const held = Math.abs(order.position.lots);
      const { size, target } = order.cut;
      latched.orders = [
        {
          instrument: order.position.instrument,
          lots: Math.min(held, Math.max(1, held - Math.floor((held * target) / size))),
          limit: "none",
          fillOrKill: step.order === "fillOrKill",
        },
      ];
    }
    const { waitUntil, isFilled } = sendPending(run, step.kind);
    if (waitUntil !== undefined) return waitUntil;
    latched.orders = undefined;
    if (!isFilled || context.isSafe(latched)) return undefined;
  }
}
