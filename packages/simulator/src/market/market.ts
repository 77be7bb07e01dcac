import {
  baseRates,
  Currency,
  type ForcedOrder,
  Ledger,
  liquidationPrices,
  Marks,
  MarginSlack,
  RuledEngine,
  RuleMargin,
  type RuleSet,
  scaledSchedule,
} from "@aftershock/cascade";
import { BUY, decimalToNumber, micros } from "@aftershock/schema";
import type { Agent } from "../agents/agent.ts";
import type { FinishedMetaorder } from "../agents/metaorderCrowd.ts";
import { StopOrders } from "../agents/stopOrders.ts";
import { STEP_MICROS, STEPS_PER_SECOND } from "../clock.ts";
import type { MarketConfig } from "../config/marketConfig.ts";
import type { TradedInstruments } from "../instruments.ts";
import { openMakers, openTakers } from "./cast.ts";
import { Exchange } from "./exchange.ts";
import { payFunding } from "./funding.ts";
import { LiquidationLevels, type LiquidationLevel } from "./liquidationLevels.ts";
import { LiquidationRecord } from "./liquidationRecord.ts";
import type { AgentMaker, MarginAccount, MarketParts } from "./marketParts.ts";
import { nudgeBefore } from "./nudge.ts";
import { drawPopulation, stopsOf } from "./population.ts";
import { PriceOracle } from "./priceOracle.ts";
import { ValuePath } from "./valuePath.ts";

/** What a run needs to know. */
export interface MarketOptions {
  readonly seed: number;
  readonly noiseSeed: number;
  readonly config: MarketConfig;
  readonly rules: RuleSet;
  /** The rules by which accounts reckoned when they chose their leverage: so that other rules find the same accounts. */
  readonly populationRules: RuleSet;
  readonly traded: TradedInstruments;
  /** When the first step starts, µs. */
  readonly from: number;
  /** Whether changed levels of the books are to be told. */
  readonly watchLevels: boolean;
  readonly agents: readonly AgentMaker[];
  /** Whether the market is nudged shortly before the first news. */
  readonly isNudged: boolean;
}

/**
 * The market: a perpetual and spot, those who quote and trade on them, and the engine that closes accounts. `advance` runs one step: makers
 * review their quotes, the engine acts on the last mark, then the others trade in a fixed order, then prices, index and mark are updated,
 * and funding is exchanged where it is due.
 *
 * Leveraged accounts and the fundamental traders who carry their other side have money of their own: the engine may liquidate the ones and deleverage both.
 * All others have as much as it takes.
 */
export class Market implements MarketParts {
  readonly options: MarketOptions;
  readonly seed: number;
  readonly noiseSeed: number;
  readonly config: MarketConfig;
  readonly ledger: Ledger;
  readonly spotLedger: Ledger;
  readonly perpetual: Exchange;
  readonly spot: Exchange;
  readonly value: ValuePath;
  readonly oracle: PriceOracle;
  readonly levels: LiquidationLevels;
  readonly carriers: readonly number[];
  readonly accounts: readonly MarginAccount[];
  readonly stops: StopOrders;
  readonly liquidations: LiquidationRecord;
  readonly engine: RuledEngine;
  /** Fees, and the insurance fund. */
  readonly feeAccount: number;
  readonly fundAccount: number;
  readonly #makers: readonly Agent[];
  readonly #takers: readonly Agent[];
  readonly #slack: MarginSlack;
  readonly #marks: Marks;
  #metaorders: FinishedMetaorder[] = [];
  #step = 0;

  constructor(options: MarketOptions) {
    const { config, rules, traded, from } = options;
    const { startUsd } = config;
    this.options = options;
    this.seed = options.seed;
    this.noiseSeed = options.noiseSeed;
    this.config = config;
    this.ledger = ledgerOf(traded.perpetual);
    this.spotLedger = ledgerOf(traded.spot);
    this.feeAccount = this.ledger.open("fees");
    this.fundAccount = this.ledger.open("insurance fund");
    this.ledger.deposit(this.fundAccount, this.ledger.currency.units(rules.insuranceFund));
    this.perpetual = this.#openExchange(traded.perpetual, this.ledger, this.feeAccount);
    const spotFees = this.spotLedger.open("fees");
    this.spot = this.#openExchange(traded.spot, this.spotLedger, spotFees);
    const warmUpSteps = config.warmUpSeconds * STEPS_PER_SECOND;
    this.value = new ValuePath(config.value, { seed: this.seed, warmUpSteps, startUsd });
    const { perpetual, spot } = this;
    this.oracle = new PriceOracle({ rules, perpetual, spot, startUsd, from });
    this.carriers = Array.from({ length: Math.max(1, config.valueTraders.count) }, (_, index) =>
      this.ledger.open(`value trader ${index}`),
    );
    this.accounts = this.#openAccounts();
    const numbers = this.accounts.map(({ account }) => account);
    this.stops = new StopOrders(perpetual, stopsOf(this.accounts, numbers));
    this.#marks = new Marks(this.ledger);
    this.#slack = slackOf(rules, this.ledger);
    this.levels = new LiquidationLevels({
      isHidden: rules.hiddenLevels,
      markUsd: () => this.engine.liquidationMark,
      notionalUsd: (account) => Math.abs(perpetual.position(account)) * perpetual.lotUsd,
    });
    this.#findLevels(startUsd);
    this.#makers = openMakers(this);
    const takers = openTakers(this, (order) => this.#metaorders.push(order));
    const own = options.agents.map((make) => make(this));
    const nudge = options.isNudged ? [nudgeBefore(this, this.value.news)] : [];
    this.#takers = [...takers, ...nudge, ...own];
    this.#giveCapital();
    this.liquidations = new LiquidationRecord((account) => Math.sign(perpetual.position(account)));
    this.engine = this.#openEngine();
    const isWatched = new Set([...this.carriers, ...this.accounts.map(({ account }) => account)]);
    perpetual.onTraded = (account) => {
      if (isWatched.has(account)) this.engine.changed(account);
    };
  }

  /** Steps that have been run. */
  get step(): number {
    return this.#step;
  }

  /** The metaorders whose last part was sent in the last step. */
  get finishedMetaorders(): readonly FinishedMetaorder[] {
    return this.#metaorders;
  }

  /** Runs one step. */
  advance(): void {
    const step = this.#step;
    const at = this.options.from + step * STEP_MICROS;
    this.value.advance(step);
    this.perpetual.begin();
    this.spot.begin();
    this.liquidations.begin();
    if (this.#metaorders.length > 0) this.#metaorders = [];
    for (const maker of this.#makers) maker.act(step);
    this.engine.step(micros(at), this.oracle.mark);
    this.perpetual.halted = this.engine.halt === "trading";
    for (const taker of this.#takers) taker.act(step);
    this.perpetual.end();
    this.spot.end();
    const rate = this.oracle.update(at + STEP_MICROS);
    if (rate !== undefined) this.#fund(rate);
    this.#step += 1;
  }

  /** The sum of all long positions in the perpetual, in the venue's size unit. */
  openInterest(): number {
    const { ledger, perpetual } = this;
    let lots = 0;
    for (let account = 0; account < ledger.accountCount; account += 1) {
      lots += Math.max(0, ledger.lots(account, perpetual.number));
    }
    return lots * decimalToNumber(perpetual.instrument.lot);
  }

  /** The mark at which an account is liquidated as things stand, USD; undefined where there is none. */
  triggerUsd(account: number): number | undefined {
    const { ledger, perpetual } = this;
    const prices = liquidationPrices({
      slack: this.#slack,
      account,
      instrument: perpetual.number,
      marks: this.#marks,
    });
    const ticks = ledger.lots(account, perpetual.number) > 0 ? prices.below : prices.above;
    return ticks === undefined ? undefined : ticks * perpetual.tickUsd;
  }

  #openExchange(
    instrument: TradedInstruments["perpetual"],
    ledger: Ledger,
    feeAccount: number,
  ): Exchange {
    const { config, rules, watchLevels } = this.options;
    const { startUsd, value } = config;
    const startAnnual = value.annualVolatility;
    const { fees } = rules;
    return new Exchange({
      instrument,
      ledger,
      feeAccount,
      fees,
      startUsd,
      startAnnual,
      watchLevels,
    });
  }

  #openEngine(): RuledEngine {
    const { ledger, perpetual, fundAccount, feeAccount, options } = this;
    const own = new Set([...this.carriers, ...this.accounts.map(({ account }) => account)]);
    const vault = ledger.open("backstop vault");
    const all = Array.from({ length: ledger.accountCount }, (_, account) => account);
    const exempt = all.filter((account) => !own.has(account) && account !== fundAccount);
    return new RuledEngine({
      rules: options.rules,
      ledger,
      instrument: perpetual.number,
      market: {
        take: (order: ForcedOrder) => perpetual.takeForced(order),
        // Leveraged accounts rest no other orders.
        cancelOrders: (account: number) => this.stops.cancel(account),
      },
      accounts: { fund: fundAccount, venue: feeAccount, vault, exempt },
      startPrice: options.config.startUsd,
      onEvent: (event) => this.liquidations.take(event),
    });
  }

  #fund(rate: number): void {
    const { ledger, perpetual, oracle, feeAccount } = this;
    const markTicks = ledger.ticksOf(perpetual.number, oracle.mark);
    payFunding(ledger, perpetual.number, { rate, markTicks, feeAccount });
    for (const account of this.carriers) this.engine.changed(account);
    for (const { account } of this.accounts) this.engine.changed(account);
    this.#findLevels(oracle.mark);
  }

  /** The value traders carry the other side of the leveraged accounts, against coin of their own. */
  #openAccounts(): readonly MarginAccount[] {
    const { seed, config, populationRules } = this.options;
    const { number, tickUsd, lotUsd } = this.perpetual;
    const population = drawPopulation(config.accounts, {
      seed,
      ledger: this.ledger,
      instrument: number,
      startUsd: config.startUsd,
      tickUsd,
      lotUsd,
      maintenance: baseRates(populationRules.margin).maintenanceRate,
    });
    return population.map((position, index) => {
      const account = this.ledger.open(`account ${index}`);
      const carrier = this.carriers[index % this.carriers.length] ?? 0;
      this.ledger.deposit(account, position.deposit);
      const [buyer, seller] = position.side === BUY ? [account, carrier] : [carrier, account];
      const { lots, entryPrice: price } = position;
      this.ledger.exchange({ buyer, seller, instrument: number, lots, price });
      return { ...position, account };
    });
  }

  /** Fundamental traders hold as much money as they have in positions, and may yet take: they are not liquidated before all of it is gone. */
  #giveCapital(): void {
    const { ledger, perpetual, config } = this;
    const startTicks = config.startUsd / perpetual.tickUsd;
    const { clipUsd, limitClips } = config.valueTraders;
    const reserve = Math.ceil((3 * clipUsd * limitClips) / perpetual.lotUsd);
    for (const account of this.carriers) {
      const lots = Math.abs(perpetual.position(account)) + reserve;
      const value = Math.abs(ledger.valueUnits(perpetual.number, lots, startTicks));
      ledger.deposit(account, Math.round(value));
    }
  }

  #findLevels(markUsd: number): void {
    this.#marks.set(this.perpetual.number, markUsd);
    const levels: LiquidationLevel[] = [];
    for (const { account } of this.accounts) {
      const usd = this.triggerUsd(account);
      const side = Math.sign(this.perpetual.position(account));
      if (usd !== undefined) levels.push({ account, side, usd });
    }
    this.levels.set(levels);
  }
}

const ledgerOf = (instrument: TradedInstruments["perpetual"]): Ledger =>
  new Ledger({ currency: new Currency(instrument.settle), instruments: [instrument] });

/** How far accounts are from liquidation by rules whose margin does not move with volatility. */
function slackOf(rules: RuleSet, ledger: Ledger): MarginSlack {
  const schedule = scaledSchedule(rules.margin, rules.maintenanceFactor);
  const margin = new RuleMargin({ ledger, margins: [{ schedule }] });
  const takerRates = [Math.max(0, rules.fees.tiers[0]?.takerRate ?? 0)];
  return new MarginSlack({ trigger: rules.liquidation.trigger, takerRates, margin });
}
