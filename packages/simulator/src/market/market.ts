import { ASK, BID, BUY, ConfigError } from "@aftershock/schema";
import { drawLeveragedAccounts } from "../agents/leveragedAccount.ts";
import { Maker } from "../agents/maker.ts";
import type { Agent, MarketView } from "../agents/marketView.ts";
import { MomentumTrader } from "../agents/momentumTrader.ts";
import { NoiseCrowd } from "../agents/noiseCrowd.ts";
import { ValueTrader } from "../agents/valueTrader.ts";
import { STEPS_PER_SECOND } from "../clock.ts";
import { TICK_USD } from "../instruments.ts";
import type { MarketConfig } from "../marketConfig.ts";
import { randomFor } from "../random.ts";
import { Ledger } from "./ledger.ts";
import { LiquidationEngine, type MarginAccount } from "./liquidationEngine.ts";
import { MarkPrice } from "./markPrice.ts";
import { OrderBook } from "./orderBook.ts";
import { type ValuePath, drawValuePath } from "./valuePath.ts";
import { Volatility } from "./volatility.ts";

/** A price five times higher or lower than at the start is no crash day but a failure of the model. */
const FURTHEST_LOG_MOVE = Math.log(5);

/** One fill of a market order. */
export interface Fill {
  /** Which market order of the step it belongs to, from 0. */
  readonly order: number;
  /** The aggressor's side, BUY or SELL. */
  readonly side: number;
  /** Ticks. */
  readonly price: number;
  /** Lots. */
  readonly size: number;
  /** Whether the liquidation engine sent the order. */
  readonly forced: boolean;
}

/** What a run needs to know beside the market's numbers. */
export interface MarketOptions {
  readonly seed: number;
  readonly config: MarketConfig;
  /** Steps in all, warm-up and recording. */
  readonly steps: number;
  /** False: accounts are never liquidated, whatever their equity. */
  readonly liquidations: boolean;
}

/**
 * The market: a book, those who quote and trade on it, and the engine that closes accounts. `advance` runs one step: makers
 * review their quotes, the engine triggers on the last mark and sends its orders, then the others trade in a fixed order, then index,
 * mark and volatility are updated.
 */
export class Market {
  readonly book: OrderBook = new OrderBook();
  readonly ledger: Ledger = new Ledger();
  readonly valuePath: ValuePath;
  readonly accounts: readonly MarginAccount[];
  readonly engine: LiquidationEngine;
  readonly markPrice: MarkPrice;
  /** Volatility as traders feel it, over half a minute or so. */
  readonly volatility: Volatility;
  /** Volatility as option makers see it, over some minutes. */
  readonly slowVolatility: Volatility;
  readonly #options: MarketOptions;
  readonly #valueAccounts: readonly number[];
  readonly #makers: readonly Agent[];
  readonly #takers: readonly Agent[];
  readonly #logMids: number[] = [];
  readonly #logStart: number;
  #fills: Fill[] = [];
  #orders = 0;
  #step = 0;
  #lastTrade: number;

  constructor(options: MarketOptions) {
    const { seed, config } = options;
    const startAnnual = config.value.annualVolatility;
    this.#options = options;
    this.#logStart = Math.log(config.startUsd);
    this.#lastTrade = Math.round(config.startUsd / TICK_USD);
    this.valuePath = drawValuePath(config.value, randomFor(seed, "value"), {
      steps: options.steps,
      warmUpSteps: config.warmUpSeconds * STEPS_PER_SECOND,
      startUsd: config.startUsd,
    });
    this.markPrice = new MarkPrice(config.mark, config.startUsd);
    this.volatility = new Volatility({ halfLifeSeconds: 20, startAnnual });
    this.slowVolatility = new Volatility({ halfLifeSeconds: 300, startAnnual });
    const { count } = config.valueTraders;
    this.#valueAccounts = Array.from({ length: count }, () => this.ledger.open());
    this.accounts = this.#openAccounts();
    this.engine = new LiquidationEngine(config.liquidation, this.ledger, this.accounts);
    this.#makers = this.#openMakers();
    this.#takers = this.#openTakers();
  }

  /** Steps that have been run. */
  get step(): number {
    return this.#step;
  }

  /** Fills of the last step, in the order in which they happened. */
  get fills(): readonly Fill[] {
    return this.#fills;
  }

  /** Price of the last fill, ticks; the start price before the first. */
  get lastTrade(): number {
    return this.#lastTrade;
  }

  /** Natural logarithm of the mid in USD at the end of a step; of the start price before the first. */
  logMidAt(step: number): number {
    return this.#logMids[Math.min(step, this.#logMids.length - 1)] ?? this.#logStart;
  }

  /** Runs one step. */
  advance(): void {
    this.#fills = [];
    this.#orders = 0;
    const view = this.#createView();
    for (const maker of this.#makers) maker.act(view);
    if (this.#options.liquidations) this.#liquidate();
    for (const taker of this.#takers) taker.act(view);
    this.#logMids.push(this.#currentLogMid());
    this.#checkPrice();
    this.markPrice.update({
      logMid: this.logMidAt(this.#step),
      logOrdinary: this.#logOrdinary,
      logNews: this.#logNewsAt(this.#step),
    });
    const logMidAt = (step: number): number => this.logMidAt(step);
    this.volatility.update(this.#step, logMidAt);
    this.slowVolatility.update(this.#step, logMidAt);
    this.#step += 1;
  }

  #liquidate(): void {
    this.engine.trigger(this.markPrice.mark, this.#step);
    this.engine.liquidate(this.#step, this.markPrice.mark / TICK_USD, (order) =>
      this.#take({ ...order, forced: true }),
    );
  }

  /** The mid as it stands; the last one while a side is empty. */
  #currentLogMid(): number {
    const bid = this.book.best(BID);
    const ask = this.book.best(ASK);
    if (bid === undefined || ask === undefined) return this.logMidAt(this.#step - 1);
    return Math.log(((bid + ask) / 2) * TICK_USD);
  }

  /** Some markets run away: their makers widen on the volatility that their width makes. Better no day than such a day. */
  #checkPrice(): void {
    const distance = this.logMidAt(this.#step) - this.#logStart;
    if (Math.abs(distance) < FURTHEST_LOG_MOVE) return;
    const { seed } = this.#options;
    throw new ConfigError(`The market of seed ${seed} has come apart at step ${this.#step}`, {
      hints: ["Make makers thin out or widen less, or slow the liquidation engine down."],
    });
  }

  /** The news at a step; before the first step, that of the first. */
  #logNewsAt(step: number): number {
    return this.valuePath.news[Math.max(0, step)] ?? 0;
  }

  get #logOrdinary(): number {
    return this.valuePath.ordinary[this.#step] ?? this.#logStart;
  }

  #take(taker: { account: number; side: number; size: number; forced: boolean }): number {
    const { account, side, forced } = taker;
    const order = this.#orders;
    this.#orders += 1;
    return this.book.take(side, taker.size, (resting, filled) => {
      const [buyer, seller] = side === BUY ? [account, resting.owner] : [resting.owner, account];
      this.ledger.trade(buyer, seller, filled, resting.price);
      this.#lastTrade = resting.price;
      this.#fills.push({ order, side, price: resting.price, size: filled, forced });
    });
  }

  /** The value traders carry the other side of the leveraged accounts, against coin of their own. */
  #openAccounts(): readonly MarginAccount[] {
    const { seed, config } = this.#options;
    const random = randomFor(seed, "accounts");
    const carriers = this.#valueAccounts.length > 0 ? this.#valueAccounts : [this.ledger.open()];
    const drawn = drawLeveragedAccounts(config.accounts, random, {
      startUsd: config.startUsd,
      maintenance: config.liquidation.maintenance,
    });
    return drawn.map((terms, index) => {
      const account = this.ledger.open(terms.depositSats);
      const carrier = carriers[index % carriers.length] ?? account;
      const [buyer, seller] = terms.side === BUY ? [account, carrier] : [carrier, account];
      this.ledger.trade(buyer, seller, terms.size, terms.entryPrice);
      return { ...terms, account };
    });
  }

  #openMakers(): readonly Agent[] {
    const { seed, config } = this.#options;
    return Array.from({ length: config.makers.count }, (_, index) => {
      const options = {
        account: this.ledger.open(),
        config: config.makers,
        random: randomFor(seed, `maker ${index}`),
        committed: index < config.makers.committed,
        logStart: this.#logStart,
      };
      return new Maker(options);
    });
  }

  #openTakers(): readonly Agent[] {
    const { seed, config } = this.#options;
    const open = (): number => this.ledger.open();
    const noise = randomFor(seed, "noise");
    const value = randomFor(seed, "value traders");
    const momentum = randomFor(seed, "momentum traders");
    return [
      new NoiseCrowd({ account: open(), config: config.noise, random: noise }),
      ...this.#valueAccounts.map((account) => {
        const startPosition = this.ledger.position(account);
        const options = { account, startPosition, config: config.valueTraders, random: value };
        return new ValueTrader(options);
      }),
      ...Array.from(
        { length: config.momentum.count },
        () => new MomentumTrader({ account: open(), config: config.momentum, random: momentum }),
      ),
    ];
  }

  /** What agents see and do in the step that is under way. */
  #createView(): MarketView {
    const step = this.#step;
    return {
      step,
      sigmaBps: this.volatility.bps,
      logOrdinary: this.#logOrdinary,
      logMidAt: (at) => this.logMidAt(at),
      logNews: (lagSteps) => this.#logNewsAt(step - lagSteps),
      best: (side) => this.book.best(side),
      position: (account) => this.ledger.position(account),
      place: (order) => this.book.place(order),
      cancel: (order) => this.book.cancel(order),
      take: (account, side, size) => this.#take({ account, side, size, forced: false }),
    };
  }
}
