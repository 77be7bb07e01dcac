import type { Micros } from "@aftershock/schema";
import type { AccountId } from "../account/ledger.ts";
import { isContract } from "./bankruptcy.ts";
import type { LiquidationDesk } from "./liquidationDesk.ts";
import { shareOut } from "./shareOut.ts";

/** An account and what it has gained, whole units above 0. */
interface Gainer {
  readonly account: AccountId;
  readonly gain: number;
}

function gainersOf(
  desk: LiquidationDesk,
  isAsked: (account: AccountId) => boolean,
): readonly Gainer[] {
  const { ledger } = desk;
  const gainers: Gainer[] = [];
  for (let account = 0; account < ledger.accountCount; account += 1) {
    if (!isAsked(account)) continue;
    let gain = 0;
    for (const held of ledger.positions(account)) {
      if (!isContract(ledger, held)) continue;
      gain += desk.valueAtMark(held) - held.entryValue;
    }
    if (gain >= 1) gainers.push({ account, gain: Math.floor(gain) });
  }
  return gainers;
}

/**
 * Takes a loss from those who gain, in proportion to their gains and at most these; returns what is left of it, whole units.
 *
 * A gain is what the open contracts of an account are worth at the marks above what they were entered for. Venues that share losses take
 * the profits of a session, realised ones too, which a ledger of positions does not know: who has closed with a profit before pays nothing
 * here, and the others pay more. Source of the principle: Deribit on its insurance fund ("socialised losses"), never used so far.
 */
export function socialiseLoss(
  desk: LiquidationDesk,
  owed: { account: AccountId; units: number; at: Micros },
): number {
  const { account, units, at } = owed;
  const gainers = gainersOf(desk, (asked) => asked !== account && !desk.isOutside(asked));
  const shares = shareOut(
    units,
    gainers.map(({ gain }) => gain),
  );
  let left = units;
  gainers.forEach(({ account: from }, i) => {
    const share = shares[i] ?? 0;
    if (share === 0) return;
    desk.pay(from, account, share);
    left -= share;
    desk.emit({ kind: "socialised", at, account, units: share, from });
  });
  return left;
}
