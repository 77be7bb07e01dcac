import {
  type AccountId,
  type Ledger,
  maintenanceMargin,
  initialMargin,
  type MarginModel,
  type MarginSchedule,
  type Marks,
  type SizedPosition,
} from "@aftershock/cascade";
import { decimalToNumber } from "@aftershock/schema";

/** Margin of accounts that hold one contract and money: equity is cash and the value of the position at the mark. */
export class SingleMargin implements MarginModel {
  readonly #ledger: Ledger;
  readonly #instrument: number;
  readonly #schedule: MarginSchedule;
  readonly #lot: number;

  constructor(ledger: Ledger, instrument: number, schedule: MarginSchedule) {
    const terms = ledger.instruments[instrument];
    this.#ledger = ledger;
    this.#instrument = instrument;
    this.#schedule = schedule;
    this.#lot = terms === undefined ? 0 : decimalToNumber(terms.lot) * terms.multiplier;
  }

  equity(account: AccountId, marks: Marks): number {
    return this.equityAt(account, marks.ticks(this.#instrument));
  }

  maintenance(account: AccountId, marks: Marks): number {
    return this.maintenanceAt(account, marks.ticks(this.#instrument));
  }

  initial(account: AccountId, marks: Marks): number {
    const position = this.#sized(account, marks.ticks(this.#instrument));
    return position === undefined ? 0 : initialMargin(this.#schedule, position);
  }

  equityAt(account: AccountId, ticks: number): number {
    const lots = this.#ledger.lots(account, this.#instrument);
    return this.#ledger.cash(account) + this.#ledger.valueUnits(this.#instrument, lots, ticks);
  }

  maintenanceAt(account: AccountId, ticks: number): number {
    const position = this.#sized(account, ticks);
    return position === undefined ? 0 : maintenanceMargin(this.#schedule, position);
  }

  #sized(account: AccountId, ticks: number): SizedPosition | undefined {
    const lots = this.#ledger.lots(account, this.#instrument);
    if (lots === 0) return undefined;
    const notional = Math.abs(this.#ledger.valueUnits(this.#instrument, lots, ticks));
    return { size: this.#sizeOf(Math.abs(lots), notional), notional };
  }

  #sizeOf(lots: number, notional: number): number {
    if (this.#schedule.unit === "coin") return this.#ledger.currency.amount(notional);
    return lots * this.#lot;
  }
}
