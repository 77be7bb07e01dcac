import { ConfigError } from "@aftershock/schema";
import { AccountSet } from "../account/accountSet.ts";
import type { AccountId, Ledger, Position } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";
import type { LiquidationWatch } from "../margin/fullScan.ts";
import type { IsLiquidatable } from "../margin/liquidationTest.ts";
import type { MarginModel } from "../margin/marginModel.ts";
import type { LiquidationStep } from "../rules/liquidationRule.ts";
import {
  bankruptcyValue,
  priceForValue,
  type PositionWeight,
  type PriceForValue,
  worthUnits,
} from "./bankruptcy.ts";
import type {
  LiquidationEvent,
  LiquidationEventKind,
  OnLiquidationEvent,
} from "./liquidationEvent.ts";
import type { LiquidationMarket } from "./liquidationMarket.ts";
import type { InstrumentTerms } from "./liquidationTerms.ts";
import { positionMaintenance, sizeInUnit } from "./positionSize.ts";

/** Accounts with a part to play. They are not liquidated, deleveraged, or asked for a share of a loss. */
export interface LiquidationRoles {
  /** Receives the venue's fees, and is the creditor of bad debts. */
  readonly venue: AccountId;
  /** Takes positions over with their margin; undefined where there is no vault. */
  readonly vault: AccountId | undefined;
  /** Others that stand outside: the rest of the world, a default fund's accounts. */
  readonly exempt: readonly AccountId[];
}

/** What a desk is made of. */
export interface LiquidationDeskOptions {
  readonly ledger: Ledger;
  readonly marks: Marks;
  readonly model: MarginModel;
  readonly isLiquidatable: IsLiquidatable;
  readonly triggers: LiquidationWatch;
  readonly market: LiquidationMarket;
  readonly steps: readonly LiquidationStep[];
  readonly terms: readonly InstrumentTerms[];
  readonly roles: LiquidationRoles;
  readonly onEvent: OnLiquidationEvent;
  /** The kinds of events that are told; default all. */
  readonly events?: ReadonlySet<LiquidationEventKind> | undefined;
}

/** Signed lots of one account that another takes for their value. */
export interface PositionPass {
  readonly from: AccountId;
  readonly to: AccountId;
  readonly instrument: number;
  /** Signed lots of `from`, not 0: positive where it is long. */
  readonly lots: number;
  /** What `from` receives, whole units, signed as the lots' value; undefined: their value at the mark. */
  readonly units: number | undefined;
}

/** Lots as they were booked. */
export interface BookedPass {
  /** Ticks. */
  readonly price: number;
  /** Whole units that `from` received. */
  readonly units: number;
}

/** What the steps of a liquidation share: the books, the terms, and the one way in which money and lots are moved. */
export class LiquidationDesk {
  readonly ledger: Ledger;
  readonly marks: Marks;
  readonly model: MarginModel;
  readonly market: LiquidationMarket;
  readonly steps: readonly LiquidationStep[];
  readonly roles: LiquidationRoles;
  /** Maintenance margin of a position by itself where its schedule is known, else what it is worth at the mark. */
  readonly weight: PositionWeight;
  /** Each is called with every account whose money, lots or latch has changed. */
  readonly onChanged: ((account: AccountId) => void)[] = [];
  /** Whether an account is latched: its triggers say nothing new until it no longer is. */
  isLatched: (account: AccountId) => boolean = () => false;
  readonly #isLiquidatable: IsLiquidatable;
  readonly #triggers: LiquidationWatch;
  readonly #terms: readonly InstrumentTerms[];
  readonly #outside: AccountSet;
  readonly #emit: OnLiquidationEvent;
  readonly #events: ReadonlySet<LiquidationEventKind> | undefined;
  /** Ticks by instrument: the mark at the last change, and the one before it. */
  readonly #last: number[];
  readonly #previous: number[];

  constructor(options: LiquidationDeskOptions) {
    const { ledger, terms, roles } = options;
    this.ledger = ledger;
    this.marks = options.marks;
    this.model = options.model;
    this.market = options.market;
    this.steps = options.steps;
    this.roles = roles;
    this.#isLiquidatable = options.isLiquidatable;
    this.#triggers = options.triggers;
    this.#terms = terms;
    this.#emit = options.onEvent;
    this.#events = options.events;
    this.#outside = new AccountSet([
      roles.venue,
      ...(roles.vault === undefined ? [] : [roles.vault]),
      ...roles.exempt,
      ...terms.flatMap(({ fund }) => (fund === undefined ? [] : [fund])),
    ]);
    this.#last = ledger.instruments.map(() => Number.NaN);
    this.#previous = ledger.instruments.map(() => Number.NaN);
    // Positions are compared by what they need only where that is known of all contracts.
    const isKnown = ledger.instruments.every(
      ({ kind }, number) => kind === "spot" || terms[number]?.schedule !== undefined,
    );
    this.weight = isKnown
      ? (position) => this.maintenanceOf(position)
      : (position) => Math.abs(this.valueAtMark(position));
  }

  /** Throws ConfigError for an instrument that the ledger does not have. */
  termsOf(instrument: number): InstrumentTerms {
    const terms = this.#terms[instrument];
    if (terms !== undefined) return terms;
    throw new ConfigError(`The ledger has no instrument number ${instrument}`);
  }

  /** Whether an account is one of those that have a part to play. */
  isOutside(account: AccountId): boolean {
    return this.#outside.has(account);
  }

  isLiquidatable(account: AccountId): boolean {
    return this.#isLiquidatable(account, this.marks);
  }

  /** Who is liquidatable now that these marks were set. */
  moved(instruments: readonly number[]): readonly AccountId[] {
    return this.#triggers.moved(instruments);
  }

  /** Whether the rule has a step of a kind. */
  hasStep(kind: LiquidationStep["kind"]): boolean {
    return this.steps.some((step) => step.kind === kind);
  }

  /** Whether anybody wants events of a kind. Asked where there are many, before one is made. */
  tells(kind: LiquidationEventKind): boolean {
    return this.#events === undefined || this.#events.has(kind);
  }

  emit(event: LiquidationEvent): void {
    if (this.tells(event.kind)) this.#emit(event);
  }

  /** Takes note that marks have changed. Throws DataError, and does nothing, where one of them is missing. */
  marksMoved(instruments: readonly number[]): void {
    for (const instrument of instruments) this.marks.ticks(instrument);
    for (const instrument of instruments) {
      this.#previous[instrument] = this.#last[instrument] ?? Number.NaN;
      this.#last[instrument] = this.marks.ticks(instrument);
    }
  }

  /**
   * The mark before the last change, ticks: of all marks that the venue has reported, those of a pause in which nobody was liquidated too, as the rule (Hyperliquid documentation,
   * Auto-deleveraging) speaks of the previous mark price and not of the last one at which the engine acted. The only one where there has been no other: nobody could have been closed at
   * an earlier one. Throws DataError where there is none.
   */
  previousMark(instrument: number): number {
    const previous = this.#previous[instrument] ?? Number.NaN;
    return previous >= 0 ? previous : this.marks.ticks(instrument);
  }

  /** Those of the instruments held whose marks went against the account with the last change. */
  movedAgainst(account: AccountId, instruments: readonly number[]): readonly number[] {
    let moved: number[] | undefined;
    for (const instrument of instruments) {
      if (!this.#hasMovedAgainst(account, instrument)) continue;
      // Nearly always one: a list that is made with it takes a third of the memory.
      if (moved === undefined) moved = [instrument];
      else moved.push(instrument);
    }
    return moved ?? [];
  }

  #hasMovedAgainst(account: AccountId, instrument: number): boolean {
    const lots = this.ledger.lots(account, instrument);
    const previous = this.#previous[instrument] ?? Number.NaN;
    if (lots === 0 || Number.isNaN(previous)) return false;
    const before = this.ledger.valueUnits(instrument, lots, previous);
    return this.ledger.valueUnits(instrument, lots, this.marks.ticks(instrument)) < before;
  }

  /** Units, signed, not rounded. */
  valueAtMark({ instrument, lots }: Position): number {
    return this.ledger.valueUnits(instrument, lots, this.marks.ticks(instrument));
  }

  /** In the ledger's currency, without a sign. */
  notionalAtMark(instrument: number, lots: number): number {
    const { ledger, marks } = this;
    return ledger.currency.amount(
      Math.abs(ledger.valueUnits(instrument, lots, marks.ticks(instrument))),
    );
  }

  /** In quote currency, without a sign, as rules state notionals. Throws ConfigError for a quanto contract. */
  quoteNotionalAtMark(instrument: number, lots: number): number {
    const price = this.marks.ticks(instrument);
    const { lotsPerContract } = this.termsOf(instrument);
    const priced = { position: { instrument, lots }, price, lotsPerContract };
    return sizeInUnit(this.ledger, priced, "quote");
  }

  /** Maintenance margin of a position by itself, units. Throws ConfigError where its schedule is not known. */
  maintenanceOf(position: Position): number {
    const { schedule, lotsPerContract } = this.termsOf(position.instrument);
    if (schedule === undefined) {
      throw new ConfigError(`Instrument ${position.instrument} has no margin schedule`, {
        hints: ["State it in the terms: a step of the rule reads it."],
      });
    }
    const price = this.marks.ticks(position.instrument);
    return positionMaintenance(this.ledger, { position, price, lotsPerContract }, schedule);
  }

  worth(account: AccountId): number {
    return worthUnits(this.ledger, this.marks, account);
  }

  /** What must be received for a whole position so that its share of the account's money is just gone: see bankruptcyValue. */
  bankruptcyValue(account: AccountId, position: Position): number {
    // What a fund holds may be beyond all tiers, and needs no margin.
    const weight = this.isOutside(account)
      ? (held: Position): number => Math.abs(this.valueAtMark(held))
      : this.weight;
    return bankruptcyValue(this.ledger, this.marks, { account, position, weight });
  }

  bankruptcyPrice(account: AccountId, position: Position): PriceForValue {
    return priceForValue(this.ledger, position, this.bankruptcyValue(account, position));
  }

  /** Passes lots on for whole units: the one price that gives them is booked. */
  pass({ from, to, instrument, lots, units }: PositionPass): BookedPass {
    const wanted =
      units === undefined
        ? undefined
        : priceForValue(this.ledger, { instrument, lots, entryValue: 0 }, units);
    const price = wanted?.kind === "price" ? wanted.price : this.marks.ticks(instrument);
    return { price, units: this.trade({ from, to, instrument, lots, price }) };
  }

  /** Passes lots on at a price; returns the whole units that `from` received. */
  trade(passed: Omit<PositionPass, "units"> & { readonly price: number }): number {
    const { from, to, instrument, lots, price } = passed;
    const size = Math.abs(lots);
    const [buyer, seller] = lots > 0 ? [to, from] : [from, to];
    const value = this.ledger.exchange({ buyer, seller, instrument, lots: size, price });
    this.#change(from);
    this.#change(to);
    return lots > 0 ? value : -value;
  }

  /** Moves whole units above 0. */
  pay(from: AccountId, to: AccountId, units: number): void {
    this.ledger.transfer(from, to, units);
    this.#change(from);
    this.#change(to);
  }

  /** An account is no longer latched: its triggers are looked at anew. */
  unlatched(account: AccountId): void {
    this.#change(account);
  }

  #change(account: AccountId): void {
    if (!this.#outside.has(account) && !this.isLatched(account)) this.#triggers.changed(account);
    for (const tell of this.onChanged) tell(account);
  }
}
