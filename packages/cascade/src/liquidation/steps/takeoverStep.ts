import { valueOfLots } from "../bankruptcy.ts";
import { contractsOf, type StepResult, type StepRun } from "./stepContext.ts";

/**
 * The insurance fund takes the positions over at their bankruptcy prices, as many lots as it can carry: what the mark is beyond those prices is
 * its loss, and it is not to be worth less than nothing, nor to hold more than its share of notional. None where a trigger
 * of ADL that looks at the fund is on. What it does not take is left to the steps that follow.
 */
export function takeTakeoverStep({ context, latched, at }: StepRun): StepResult {
  const { desk, waterfall, inventories } = context;
  const { account } = latched;
  for (const position of contractsOf(context, latched)) {
    if (context.isSafe(latched)) break;
    const { instrument, lots } = position;
    const { adl, maximumNotionalShare } = desk.termsOf(instrument);
    const fund = waterfall.fundOf(instrument);
    if (fund === undefined || (adl !== undefined && fund.isReplaced(adl))) continue;
    const value = desk.bankruptcyValue(account, position);
    const size = fund.takeable(position, value, maximumNotionalShare);
    if (size === 0) continue;
    const taken = Math.sign(lots) * size;
    // Rounded down, so that the fund never pays more than it was found to have.
    const units = Math.floor(valueOfLots(value, taken, lots));
    const by = fund.account;
    const booked = desk.pass({ from: account, to: by, instrument, lots: taken, units });
    const mark = desk.marks.ticks(instrument);
    desk.emit({ kind: "takenOver", at, account, instrument, lots: taken, ...booked, mark, by });
    latched.hasClosed = true;
    latched.lastInstrument = instrument;
    inventories.get(by)?.tookOver(at);
  }
  return undefined;
}
