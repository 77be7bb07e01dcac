import type { AdlTrigger } from "../../rules/adlRule.ts";
import { contractsOf, type StepContext, type StepResult, type StepRun } from "./stepContext.ts";

/**
 * Whether a trigger is on for an account that has come to this step with open lots. Where the fund takes positions over it has been asked by then,
 * and either was out of the game or could not carry them: so all triggers that look at the fund are on. Where it pays for fills alone,
 * they are on once it has less than the account lacks. `symbolRemovedFromPool` does not happen here.
 */
function isOn(
  { desk, waterfall }: StepContext,
  trigger: AdlTrigger,
  { account, instrument }: { account: number; instrument: number },
): boolean {
  switch (trigger.kind) {
    case "accountValueNegative":
      return desk.worth(account) < 0;
    case "fundCannotPay":
    case "poolEmpty":
    case "fundDrawdown":
    case "fundBelowThreshold":
    case "poolProfitRatio": {
      if (desk.hasStep("takeover")) return true;
      return -desk.worth(account) > (waterfall.fundOf(instrument)?.available ?? 0);
    }
    case "symbolRemovedFromPool":
      return false;
    default:
      return trigger satisfies never;
  }
}

/**
 * What is still open is closed against the other side: as many lots as were liquidated and found no other taker. Where the other side has too few, the
 * rest stays open.
 */
export function takeAdlStep({ context, latched, at }: StepRun): StepResult {
  const { desk, deleveraging } = context;
  const { account } = latched;
  for (const position of contractsOf(context, latched)) {
    if (context.isSafe(latched)) break;
    const { instrument } = position;
    const triggers = desk.termsOf(instrument).adl?.triggers ?? [];
    if (!triggers.some((trigger) => isOn(context, trigger, { account, instrument }))) continue;
    if (deleveraging.close(account, position, { at }) === 0) continue;
    latched.hasClosed = true;
    latched.lastInstrument = instrument;
  }
  return undefined;
}
