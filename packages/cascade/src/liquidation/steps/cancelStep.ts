import type { StepResult, StepRun } from "./stepContext.ts";

/** The account's open orders are cancelled, in all instruments. What that frees is not seen by a margin model that knows positions alone. */
export function takeCancelStep({ context, latched, at }: StepRun): StepResult {
  const { account } = latched;
  context.desk.market.cancelOrders(account, at);
  if (context.desk.tells("cancelled")) context.desk.emit({ kind: "cancelled", at, account });
  return undefined;
}
