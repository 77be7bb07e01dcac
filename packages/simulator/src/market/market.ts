import {
  baseRates,
  Currency,
  type ForcedFill,
  type ForcedOrder,
  Ledger,
} from "@aftershock/cascade";
import { BUY, decimalToNumber } from "@aftershock/schema";
import type { Agent } from "../agents/agent.ts";
import { STEP_MICROS, STEPS_PER_SECOND } from "../clock.ts";
import type { MarketConfig } from "../config/marketConfig.ts";
import type { SimulatedRules } from "../config/simulatedRules.ts";
import type { TradedInstruments } from "../instruments.ts";
import { openMakers, openTakers } from "./cast.ts";
import { Exchange } from "./exchange.ts";
import { ForcedSelling } from "./forcedSelling.ts";
import { Funding, payFunding } from "./funding.ts";
import { LiquidationLevels, type LiquidationLevel } from "./liquidationLevels.ts";
import { drawPopulation, type LeveragedPosition } from "./population.ts";
import { PriceOracle } from "./priceOracle.ts";
import { SingleMargin } from "./singleMargin.ts";
import { ValuePath } from "./valuePath.ts";

/** Makes an agent of one's own for a market that is about to open. */
export type AgentMaker = (market: Market) => Agent;

/** What a run needs to know. */
export interface MarketOptions {
  readonly seed: number;
  readonly config: MarketConfig;
  readonly rules: SimulatedRules;
  /** The maintenance rate that accounts reckoned with when they opened. */
  readonly populationMaintenance: number;
  readonly traded: TradedInstruments;
  /** When the first step starts, µs. */
  readonly from: number;
  /** False: accounts are never liquidated, whatever their equity. */
  readonly liquidations: boolean;
  /** Whether changed levels of the books are to be told. */
  readonly watchLevels: boolean;
  readonly agents: readonly AgentMaker[];
}

/** A leveraged account on the books of the venue. */
export interface MarginAccount extends LeveragedPosition {
  /** Its number in the ledger. */
  readonly account: number;
  /** The mark at which it was to be liquidated at the start, USD. */
  readonly triggerUsd: number;
}

/**
 * The market: a perpetual and spot, those who quote and trade on them, and the engine that closes accounts. `advance` runs one step: makers
 * review their quotes, the engine acts on the last mark, then the others trade in a fixed order, then prices, index and mark are updated,
 * and funding is exchanged where it is due.
 */
export class Market {
  readonly options: MarketOptions;
  /** Money and positions on the perpetual's venue, and on the spot market's. */
  readonly ledger: Ledger;
  readonly spotLedger: Ledger;
  readonly perpetual: Exchange;
  readonly spot: Exchange;
  readonly value: ValuePath;
  readonly oracle: PriceOracle;
  readonly funding: Funding;
  readonly levels: LiquidationLevels;
  readonly accounts: readonly MarginAccount[];
  readonly selling: ForcedSelling;
  /** Fees, and the insurance fund. */
  readonly feeAccount: number;
  readonly fundAccount: number;
  readonly #margin: SingleMargin;
  readonly #makers: readonly Agent[];
  readonly #takers: readonly Agent[];
  #step = 0;

  constructor(options: MarketOptions) {
    const { seed, config, rules, traded, from } = options;
    const { startUsd } = config;
    this.options = options;
    this.ledger = new Ledger({
      currency: new Currency(traded.perpetual.settle),
      instruments: [traded.perpetual],
    });
    this.spotLedger = new Ledger({
      currency: new Currency(traded.spot.settle),
      instruments: [traded.spot],
    });
    this.feeAccount = this.ledger.open("fees");
    this.fundAccount = this.ledger.open("insurance fund");
    this.ledger.deposit(this.fundAccount, this.ledger.currency.units(rules.insuranceFund));
    const common = {
      startUsd,
      startAnnual: config.value.annualVolatility,
      watchLevels: options.watchLevels,
      fees: rules.fees,
    };
    this.perpetual = new Exchange({
      ...common,
      instrument: traded.perpetual,
      ledger: this.ledger,
      feeAccount: this.feeAccount,
    });
    this.spot = new Exchange({
      ...common,
      instrument: traded.spot,
      ledger: this.spotLedger,
      feeAccount: this.spotLedger.open("fees"),
    });
    this.value = new ValuePath(config.value, {
      seed,
      warmUpSteps: config.warmUpSeconds * STEPS_PER_SECOND,
      startUsd,
    });
    this.oracle = new PriceOracle(rules.mark, { startUsd, twapSeconds: rules.markTwapSeconds });
    this.funding = new Funding(rules.funding, {
      cap: rules.fundingCap,
      margin: rules.margin,
      from,
    });
    this.#margin = new SingleMargin(this.ledger, this.perpetual.number, rules.margin);
    this.levels = new LiquidationLevels({
      isHidden: rules.hiddenLevels,
      markUsd: () => this.oracle.liquidationMark,
      notionalUsd: (account) => Math.abs(this.perpetual.position(account)) * this.perpetual.lotUsd,
    });
    const carriers = Array.from({ length: Math.max(1, config.valueTraders.count) }, (_, index) =>
      this.ledger.open(`value trader ${index}`),
    );
    this.accounts = this.#openAccounts(carriers);
    this.selling = new ForcedSelling({
      ledger: this.ledger,
      instrument: this.perpetual.number,
      market: { take: (order) => this.#takeForced(order), cancelOrders: () => undefined },
      rules,
      fund: this.fundAccount,
      lotUsd: this.perpetual.lotUsd,
    });
    this.#findLevels();
    this.#makers = openMakers(this);
    this.#takers = openTakers(this, carriers);
    this.#takers = [...this.#takers, ...options.agents.map((make) => make(this))];
  }

  /** Steps that have been run. */
  get step(): number {
    return this.#step;
  }

  /** Runs one step. */
  advance(): void {
    const step = this.#step;
    const at = this.options.from + step * STEP_MICROS;
    this.value.advance(step);
    this.perpetual.begin();
    this.spot.begin();
    for (const maker of this.#makers) maker.act(step);
    if (this.options.liquidations) this.selling.step(at, this.oracle.liquidationMark);
    for (const taker of this.#takers) taker.act(step);
    this.perpetual.end();
    this.spot.end();
    this.oracle.update(this.perpetual.midUsd, this.spot.midUsd);
    this.#fund(at + STEP_MICROS);
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

  #takeForced(order: ForcedOrder): readonly ForcedFill[] {
    return this.perpetual.takeForced(order);
  }

  #fund(at: number): void {
    const prices = { midUsd: this.perpetual.midUsd, indexUsd: this.oracle.index };
    const rate = this.funding.update(at, prices);
    if (rate === undefined) return;
    const markTicks = this.ledger.ticksOf(this.perpetual.number, this.oracle.mark);
    payFunding(this.ledger, this.perpetual.number, {
      rate,
      markTicks,
      feeAccount: this.feeAccount,
    });
    this.#findLevels();
  }

  /** The value traders carry the other side of the leveraged accounts, against coin of their own. */
  #openAccounts(carriers: readonly number[]): readonly MarginAccount[] {
    const { seed, config, populationMaintenance } = this.options;
    const { number, tickUsd, lotUsd } = this.perpetual;
    const population = drawPopulation(config.accounts, {
      seed,
      ledger: this.ledger,
      instrument: number,
      startUsd: config.startUsd,
      tickUsd,
      lotUsd,
      maintenance: populationMaintenance,
    });
    return population.map((position, index) => {
      const account = this.ledger.open(`account ${index}`);
      const carrier = carriers[index % carriers.length] ?? 0;
      this.ledger.deposit(account, position.deposit);
      const [buyer, seller] = position.side === BUY ? [account, carrier] : [carrier, account];
      const { lots, entryPrice: price } = position;
      this.ledger.exchange({ buyer, seller, instrument: number, lots, price });
      return { ...position, account, triggerUsd: this.#triggerUsd(account, position.side) };
    });
  }

  #findLevels(): void {
    const levels: LiquidationLevel[] = [];
    for (const { account } of this.accounts) {
      const side = Math.sign(this.perpetual.position(account));
      if (side !== 0) levels.push({ account, side, usd: this.#triggerUsd(account, side) });
    }
    this.levels.set(levels);
    this.selling.set(levels);
  }

  /** The mark at which equity falls to maintenance margin, USD, by halving. */
  #triggerUsd(account: number, side: number): number {
    const start = this.options.config.startUsd / this.perpetual.tickUsd;
    const surplus = (ticks: number): number =>
      this.#margin.equityAt(account, ticks) - this.#margin.maintenanceAt(account, ticks);
    let safe = side > 0 ? start * 16 : start / 16;
    let lost = side > 0 ? start / 16 : start * 16;
    if (surplus(lost) >= 0) return side > 0 ? 0 : Number.POSITIVE_INFINITY;
    if (surplus(safe) < 0) return side > 0 ? Number.POSITIVE_INFINITY : 0;
    for (let i = 0; i < 60; i += 1) {
      const middle = (safe + lost) / 2;
      if (surplus(middle) >= 0) safe = middle;
      else lost = middle;
    }
    return lost * this.perpetual.tickUsd;
  }
}

/** The base maintenance rate of rules: what accounts reckon with. */
export const maintenanceOf = ({ margin }: SimulatedRules): number =>
  baseRates(margin).maintenanceRate;
