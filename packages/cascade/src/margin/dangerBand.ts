import type { AccountId } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";
import type { MarginSlack } from "./marginSlack.ts";
import { EDGE_GUARD, GUARD } from "./safeBands.ts";

/** Marks of the one contract that an account holds, ticks, these included: see DangerBandOf. */
export interface DangerBand {
  readonly low: number;
  readonly high: number;
}

/** Between which marks an account that is liquidatable surely stays so, as long as its money and lots stay as they are; may be narrower than need be. Undefined where nothing can be said. */
export type DangerBandOf = (account: AccountId, marks: Marks) => DangerBand | undefined;

/** Bands under RuleMargin, of accounts with one position alone and within the tier of its margin that it is in. Undefined for one that is safe or nearly so. */
export const dangerBands =
  (slack: MarginSlack): DangerBandOf =>
  (account, marks) => {
    const { ledger } = slack.margin;
    const positions = ledger.positions(account);
    const [position] = positions;
    if (position === undefined || positions.length > 1) return undefined;
    const { instrument, lots } = position;
    const cash = ledger.cash(account);
    const price = marks.ticks(instrument);
    const notional = Math.abs(ledger.valueUnits(instrument, lots, price));
    const level = -cash - GUARD * (Math.abs(cash) + notional);
    if (!(slack.part(instrument, lots, price) <= level)) return undefined;
    const { low, high } = slack.shortStretch({ instrument, lots, price, level });
    return { low: low * (1 + EDGE_GUARD), high: high * (1 - EDGE_GUARD) };
  };
