import type { Micros } from "@aftershock/schema";
import type { AccountId } from "../account/ledger.ts";
import type { DefaultFund } from "./defaultFund.ts";
import type { InsuranceFund } from "./insuranceFund.ts";
import type { LiquidationDesk } from "./liquidationDesk.ts";
import { socialiseLoss } from "./socialisedLoss.ts";

/** A debt: what an account without contracts lacks, or what a fill gave below the bankruptcy price. */
export interface Debt {
  readonly account: AccountId;
  /** The instrument whose fund is asked. */
  readonly instrument: number;
  /** Whole units above 0. */
  readonly units: number;
  readonly at: Micros;
}

/**
 * Who pays what a liquidated account lacks: its remaining margin is gone by then, and auto-deleveraging, where there is any, has closed what
 * could not be closed without a loss. Then the insurance fund as far as it goes, those who gained (where the rule has that step), the default fund of
 * a clearing house (where there is one). What is left is bad debt: the venue, to whom it is owed, makes it good from its own account,
 * which may go below zero by it. So each debt is in the books once, with its creditor, and no closed account stays below zero.
 */
export class LossWaterfall {
  readonly #desk: LiquidationDesk;
  readonly #funds: ReadonlyMap<AccountId, InsuranceFund>;
  readonly #defaultFund: DefaultFund | undefined;

  constructor(
    desk: LiquidationDesk,
    funds: ReadonlyMap<AccountId, InsuranceFund>,
    defaultFund: DefaultFund | undefined,
  ) {
    this.#desk = desk;
    this.#funds = funds;
    this.#defaultFund = defaultFund;
  }

  /** The fund of an instrument; undefined where it has none. */
  fundOf(instrument: number): InsuranceFund | undefined {
    const { fund } = this.#desk.termsOf(instrument);
    return fund === undefined ? undefined : this.#funds.get(fund);
  }

  /** The fund pays what it can; returns what is left of the debt, whole units. */
  insure({ account, instrument, units, at }: Debt): number {
    const fund = this.fundOf(instrument);
    if (fund === undefined || fund.account === account) return units;
    const paid = Math.min(units, fund.available);
    if (paid <= 0) return units;
    this.#desk.pay(fund.account, account, paid);
    this.#desk.emit({ kind: "insurancePaid", at, account, units: paid, from: fund.account });
    return units - paid;
  }

  /** All of a debt is paid, by whoever is left to pay it. */
  settle(debt: Debt): void {
    const desk = this.#desk;
    const { account, at } = debt;
    const isInsured = desk.hasStep("insurance") || desk.hasStep("takeover");
    let units = isInsured ? this.insure(debt) : debt.units;
    if (units > 0 && desk.hasStep("socialised"))
      units = socialiseLoss(desk, { account, units, at });
    if (units > 0 && this.#defaultFund !== undefined) {
      units = this.#defaultFund.cover(desk, { account, units, at });
    }
    if (units === 0) return;
    const creditor = desk.roles.venue;
    desk.pay(creditor, account, units);
    desk.emit({ kind: "badDebt", at, account, units, creditor });
  }

  /** Makes good what an account without contracts or collateral is below zero; nothing for others. */
  settleIfEmpty(account: AccountId, instrument: number, at: Micros): void {
    const { ledger } = this.#desk;
    if (ledger.positions(account).length > 0) return;
    const units = -ledger.cash(account);
    if (units > 0) this.settle({ account, instrument, units, at });
  }
}
