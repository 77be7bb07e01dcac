import type { IocStep, MarketStep } from "../../rules/liquidationRule.ts";
import { sendPending } from "./sendPending.ts";
import { contractsOf, type StepResult, type StepRun } from "./stepContext.ts";

/**
 * One order for each whole position: `market` at any price, `ioc` no worse than the position's bankruptcy price at the moment it is sent,
 * so that what is filled never makes a debt. Several positions are closed one after the other, until the account is safe.
 */
export function takeMarketStep(run: StepRun, step: MarketStep | IocStep): StepResult {
  const { context, latched } = run;
  latched.orders ??= contractsOf(context, latched).map(({ instrument, lots }) => ({
    instrument,
    lots: Math.abs(lots),
    limit: step.kind === "ioc" ? "bankruptcy" : "none",
    fillOrKill: false,
  }));
  return sendPending(run, step.kind).waitUntil;
}
