import { ConfigError, type Micros } from "@aftershock/schema";
import type { AccountId } from "../account/ledger.ts";
import type { DefaultFundLayer } from "./liquidationEvent.ts";
import type { LiquidationDesk } from "./liquidationDesk.ts";
import { shareOut } from "./shareOut.ts";

/** A clearing member's contribution to a default fund: an account of the ledger that holds it as cash. */
export interface MemberContribution {
  /** The member's name. */
  readonly member: string;
  readonly account: AccountId;
}

/** What a default fund is made of. */
export interface DefaultFundOptions {
  /** Contributions of all members; no account twice. */
  readonly contributions: readonly MemberContribution[];
  /** The account that holds the clearing house's own tranche; undefined where it puts up none. */
  readonly house: AccountId | undefined;
  /** Which member stands for an account; undefined: none does, and the loss begins with the house. */
  readonly memberOf: (account: AccountId) => string | undefined;
}

/**
 * The default fund of a clearing house: what a defaulter's margin does not cover is paid by the defaulter's own contribution, then by the
 * house's own tranche, then by the contributions of the surviving members in proportion to what they hold. Nobody pays more than the
 * contribution: members are not assessed for more, and what is left is bad debt. Source of the order: CPMI-IOSCO, Principles for
 * financial market infrastructures (2012), principle 13, and the practice of clearing houses with one tranche of their own.
 *
 * Wrong for houses with a second tranche after the members, with rights to assess them again, or where the contributions of one service
 * do not stand for the losses of another.
 */
export class DefaultFund {
  readonly accounts: readonly AccountId[];
  readonly #options: DefaultFundOptions;

  /** Throws ConfigError where an account or a member is there twice. */
  constructor(options: DefaultFundOptions) {
    const { contributions, house } = options;
    const accounts = contributions.map(({ account }) => account);
    if (house !== undefined) accounts.push(house);
    const members = new Set(contributions.map(({ member }) => member));
    if (new Set(accounts).size !== accounts.length || members.size !== contributions.length) {
      throw new ConfigError("A default fund has an account or a member twice", {
        hints: ["Each member has one account, and the house its own."],
      });
    }
    this.accounts = accounts;
    this.#options = options;
  }

  /** Pays what an account owes as far as the fund goes; returns what is left of it, whole units. */
  cover(desk: LiquidationDesk, owed: { account: AccountId; units: number; at: Micros }): number {
    const { contributions, house, memberOf } = this.#options;
    const defaulter = memberOf(owed.account);
    const own = contributions.filter(({ member }) => member === defaulter);
    const others = contributions.filter(({ member }) => member !== defaulter);
    let left = owed.units;
    const pay = (accounts: readonly AccountId[], layer: DefaultFundLayer): void => {
      const held = accounts.map((account) => Math.max(0, desk.ledger.cash(account)));
      const shares = shareOut(left, held);
      accounts.forEach((from, i) => {
        const units = shares[i] ?? 0;
        if (units === 0) return;
        desk.pay(from, owed.account, units);
        left -= units;
        desk.emit({
          kind: "defaultFundPaid",
          at: owed.at,
          account: owed.account,
          units,
          from,
          layer,
        });
      });
    };
    const accountsOf = (members: readonly MemberContribution[]): readonly AccountId[] =>
      members.map(({ account }) => account);
    pay(accountsOf(own), "defaulter");
    pay(house === undefined ? [] : [house], "house");
    pay(accountsOf(others), "survivors");
    return left;
  }
}
