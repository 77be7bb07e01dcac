import type { Micros } from "@aftershock/schema";
import type { AccountId, Ledger } from "../account/ledger.ts";
import { RuledEngine } from "../engine/ruledEngine.ts";
import type { LiquidationEvent, LiquidationEventKind } from "../liquidation/liquidationEvent.ts";
import type { RuleSet } from "../rules/ruleSet.ts";
import type { Beginning } from "./beginning.ts";
import { DecisionMarket } from "./decisionMarket.ts";
import { SideBooks, type SideGains } from "./sideGains.ts";

/** Who holds what at the beginning, in a ledger of its own, with the roles of the engine's accounts. */
export interface Population {
  readonly ledger: Ledger;
  /** Number of the contract. */
  readonly instrument: number;
  readonly fund: AccountId;
  readonly venue: AccountId;
  readonly vault?: AccountId;
  /** The rest of the world: the other side of all positions and forced orders. */
  readonly world: AccountId;
  /**
   * Positions that their owners are known to have closed by themselves, in order of time: they are closed at the mid then, under any rules, as all that is not forced is taken as it was. Taken for orders that rested (stops): who is latched then, or whose orders the
   * engine had cancelled before (the step `cancel` of rules that have it), does not close. Default: none.
   */
  readonly closings?: readonly OwnClosing[];
  /**
   * Positions that were opened after the beginning, in order of time: bought or sold at the mid then, with the money that the account has. So they are worth what they are at the prices of the path, as
   * somebody who opens a position does so at the price that he finds. Default: none.
   */
  readonly openings?: readonly OwnOpening[];
}

/** A position that its owner opened. */
export interface OwnOpening {
  /** µs. */
  readonly at: number;
  readonly account: AccountId;
  /** Signed, not 0. */
  readonly lots: number;
}

/** A position that its owner closed. */
export interface OwnClosing {
  /** µs. */
  readonly at: number;
  readonly account: AccountId;
}

/** Makes a population anew for each run, with `rules.insuranceFund` in its fund. The same each time. */
export type PopulationSource = (rules: RuleSet) => Population;

/** What an engine has done. Money in the settle currency, notional in quote currency. */
export interface EngineFigures {
  /** Sold and bought by forced orders in the market. */
  readonly forcedSold: number;
  readonly forcedBought: number;
  /** Accounts that were latched, longs and shorts together. */
  readonly liquidated: number;
  /** Of these, how many are not closed at the end, and what they still hold at the last mark: selling that is owed. */
  readonly pending: number;
  readonly pendingNotional: number;
  readonly badDebt: number;
  readonly insurancePaid: number;
  /** What the fund has realised at the end, as venues publish it: what it paid for positions that it holds is not taken off. */
  readonly fund: number;
  /** Notional closed by auto-deleveraging, and taken over by fund or vault. */
  readonly deleveraged: number;
  readonly takenOver: number;
  readonly breakerOpened: number;
  /** What each side has gained since the beginning, at the last mark of the path. */
  readonly gains: SideGains;
  /** Extremes of the mark that liquidations went by, quote currency; NaN before the first. */
  readonly lowestMark: number;
  readonly highestMark: number;
}

/** Kinds of events that are counted. */
const COUNTED = ["badDebt", "insurancePaid", "adl", "takenOver", "backstopped"] as const;
type Counted = Extract<LiquidationEvent, { readonly kind: (typeof COUNTED)[number] }>;
const COUNTED_KINDS: ReadonlySet<LiquidationEventKind> = new Set(COUNTED);
const isCounted = (event: LiquidationEvent): event is Counted => COUNTED_KINDS.has(event.kind);

const NO_GAINS: SideGains = { longs: 0, shorts: 0, fund: 0, venue: 0, world: 0 };

/** What a step of an engine needs. */
export interface EngineStep {
  readonly at: Micros;
  /** Mark, quote currency. */
  readonly mark: number;
  /** Mid in ticks, and in quote currency. */
  readonly mid: number;
  readonly quoteMid: number;
  readonly bidDepth: number;
  readonly askDepth: number;
}

/** An engine by a RuleSet on a path that is handed over step by step, with a population of its own. */
export class EngineRun {
  readonly #population: Population;
  readonly #engine: RuledEngine;
  readonly #market: DecisionMarket;
  #forcedSold = 0;
  #forcedBought = 0;
  #badDebt = 0;
  #insurancePaid = 0;
  #deleveraged = 0;
  #takenOver = 0;
  #quoteMid = Number.NaN;
  /** Mark of the path, quote currency. */
  #mark = Number.NaN;
  #sides: SideBooks | undefined;
  readonly #beginning: Beginning | undefined;
  readonly #openings: readonly OwnOpening[];
  readonly #closings: readonly OwnClosing[];
  /** Of these two: the next one. */
  #nextOpening = 0;
  #nextClosing = 0;
  #lowestMark = Number.NaN;
  #highestMark = Number.NaN;

  /** `beginning`: of engines under these rules with this population, on paths of their own. */
  constructor(rules: RuleSet, source: PopulationSource, startPrice: number, beginning?: Beginning) {
    this.#beginning = beginning;
    const population = source(rules);
    const { ledger, instrument, fund, venue, vault, world } = population;
    this.#population = population;
    this.#openings = population.openings ?? [];
    this.#closings = population.closings ?? [];
    this.#market = new DecisionMarket({ ledger, instrument, world });
    this.#engine = new RuledEngine({
      rules,
      ledger,
      instrument,
      market: this.#market,
      accounts: { fund, venue, ...(vault === undefined ? {} : { vault }), exempt: [world] },
      startPrice,
      onEvent: (event) => {
        if (isCounted(event)) this.#count(event);
      },
      events: COUNTED_KINDS,
      firstLook: beginning?.look,
    });
  }

  /** Runs a step; returns the signed flow that hit the book, quote currency: positive bought. */
  step(step: EngineStep): number {
    this.#market.begin(step);
    this.#quoteMid = step.quoteMid;
    this.#mark = step.mark;
    this.#sides ??= this.#beginSides();
    this.#openOwn(step);
    this.#closeOwn(step);
    this.#engine.step(step.at, step.mark);
    const used = this.#engine.liquidationMark;
    if (!(used >= this.#lowestMark)) this.#lowestMark = used;
    if (!(used <= this.#highestMark)) this.#highestMark = used;
    const { bought, sold } = this.#market;
    this.#forcedBought += bought;
    this.#forcedSold += sold;
    return bought - sold;
  }

  #beginSides(): SideBooks {
    const beginning = this.#beginning;
    const sides = new SideBooks(this.#population, this.#markTicks, beginning?.sides);
    if (beginning !== undefined) beginning.sides ??= sides;
    return sides;
  }

  /** Owners open what they opened. */
  #openOwn({ at, mid: price }: EngineStep): void {
    const { ledger, instrument, world } = this.#population;
    for (
      let next = this.#openings[this.#nextOpening];
      next !== undefined && next.at <= at;
      next = this.#openings[this.#nextOpening]
    ) {
      this.#nextOpening += 1;
      const { account, lots } = next;
      const [buyer, seller] = lots > 0 ? [account, world] : [world, account];
      ledger.exchange({ buyer, seller, instrument, lots: Math.abs(lots), price });
      this.#engine.changed(account);
    }
  }

  /** Owners close what they closed, where the engine is not at work and has not cancelled their orders before. */
  #closeOwn({ at, mid }: EngineStep): void {
    const { ledger, instrument, world } = this.#population;
    for (
      let next = this.#closings[this.#nextClosing];
      next !== undefined && next.at <= at;
      next = this.#closings[this.#nextClosing]
    ) {
      this.#nextClosing += 1;
      const { account } = next;
      const lots = ledger.lots(account, instrument);
      if (lots === 0 || this.#engine.isLatched(account)) continue;
      if (this.#market.hasCancelled(account)) continue;
      const [buyer, seller] = lots > 0 ? [world, account] : [account, world];
      ledger.exchange({ buyer, seller, instrument, lots: Math.abs(lots), price: mid });
      this.#engine.changed(account);
    }
  }

  /** Whether the breaker has stopped something as of the last step. */
  get isHalted(): boolean {
    return this.#engine.halt !== "none";
  }

  /** The mark of the path in ticks. */
  get #markTicks(): number {
    const { ledger, instrument } = this.#population;
    return ledger.ticksOf(instrument, this.#mark);
  }

  #count(event: Counted): void {
    const { ledger } = this.#population;
    switch (event.kind) {
      case "badDebt":
        this.#badDebt += ledger.currency.amount(event.units);
        return;
      case "insurancePaid":
        this.#insurancePaid += ledger.currency.amount(event.units);
        return;
      case "adl":
        this.#deleveraged += this.#notional(event.lots, event.mark);
        return;
      case "takenOver":
      case "backstopped":
        this.#takenOver += this.#notional(event.lots, event.mark);
        return;
      default:
        event satisfies never;
    }
  }

  /** What lots are worth at a mark in ticks, quote currency. */
  #notional(lots: number, mark: number): number {
    const { ledger, instrument } = this.#population;
    const settle = Math.abs(ledger.currency.amount(ledger.valueUnits(instrument, lots, mark)));
    return ledger.instruments[instrument]?.contract === "inverse"
      ? settle * this.#quoteMid
      : settle;
  }

  /** What the engine has done so far. */
  get figures(): EngineFigures {
    const { ledger, instrument, fund } = this.#population;
    const mark = this.#engine.marks.has(instrument)
      ? this.#engine.marks.ticks(instrument)
      : Number.NaN;
    const { everLatched } = this.#engine;
    const pending = everLatched.filter((account) => this.#engine.isLatched(account));
    return {
      forcedSold: this.#forcedSold,
      forcedBought: this.#forcedBought,
      liquidated: everLatched.length,
      pending: pending.length,
      pendingNotional: pending.reduce(
        (sum, account) => sum + this.#notional(ledger.lots(account, instrument), mark),
        0,
      ),
      badDebt: this.#badDebt,
      insurancePaid: this.#insurancePaid,
      fund: ledger.currency.amount(ledger.walletUnits(fund)),
      deleveraged: this.#deleveraged,
      takenOver: this.#takenOver,
      breakerOpened: this.#engine.breakerOpened,
      gains: this.#sides?.gains(this.#markTicks) ?? NO_GAINS,
      lowestMark: this.#lowestMark,
      highestMark: this.#highestMark,
    };
  }
}
