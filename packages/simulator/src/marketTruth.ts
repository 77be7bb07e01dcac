import { BUY, MICROS_PER_MINUTE, SELL } from "@aftershock/schema";
import { STEP_MICROS } from "./clock.ts";
import { LOT_USD, TICK_USD } from "./instruments.ts";
import { SATS_PER_BTC } from "./market/ledger.ts";
import type { MarginAccount } from "./market/liquidationEngine.ts";
import type { Market } from "./market/market.ts";
import type { MarketConfig } from "./marketConfig.ts";

/** How long after the news the crash is taken to last, µs, where forced selling is compared with all selling. */
const AFTER_NEWS_MICROS = 5 * MICROS_PER_MINUTE;

/** A leveraged position at the start and what became of it. */
export interface AccountTruth {
  readonly side: "long" | "short";
  readonly sizeUsd: number;
  readonly entryUsd: number;
  readonly leverage: number;
  /** The mark at which it is liquidated, USD. */
  readonly triggerUsd: number;
  /** When the mark met it, µs; absent when it never did. */
  readonly triggeredAt?: number;
  /** When its position was closed, µs. */
  readonly closedAt?: number;
}

/** What is known of a simulated day and of no real one. JSON; money in USD or BTC as named, times in µs since the epoch. */
export interface MarketTruth {
  readonly description: string;
  readonly seed: number;
  readonly config: MarketConfig;
  readonly liquidations: boolean;
  readonly from: number;
  /** First instant after the recording. */
  readonly to: number;
  /** Mid price before the first recorded step, the lowest after any, when that was, and the last. */
  readonly openUsd: number;
  readonly lowUsd: number;
  readonly lowAt: number;
  readonly closeUsd: number;
  /** The fraction of value that the news took away, and when they came out. */
  readonly newsDrop: number;
  readonly newsFrom: number;
  readonly newsTo: number;
  /** From the news until five minutes after their end: what was sold by takers, and what of it by the engine. */
  readonly crashSoldUsd: number;
  readonly crashForcedSoldUsd: number;
  /** What the engine sold and bought in all. */
  readonly forcedSoldUsd: number;
  readonly forcedBoughtUsd: number;
  readonly liquidatedLongs: number;
  readonly liquidatedShorts: number;
  /** What the insurance fund holds at the end, and what it paid for accounts closed below zero. */
  readonly insuranceBtc: number;
  readonly shortfallBtc: number;
  /** The books of the venue at the end: positions sum to 0 lots, and cash to what was deposited, in whole satoshi. */
  readonly ledger: {
    readonly positionSumLots: number;
    readonly cashSumSats: number;
    readonly depositedSats: number;
  };
  readonly accounts: readonly AccountTruth[];
}

const DESCRIPTION =
  "A seeded market of agents: makers who quote around a lagged view and withdraw as volatility rises, a crowd, momentum traders, " +
  "value traders who understand the news late, and leveraged accounts that a throttled engine liquidates into the book. " +
  "There is no impact kernel: a forced order moves the price by taking levels, and the rest by what others do then.";

/** Watches a market while it runs and says afterwards what happened. */
export class TruthKeeper {
  readonly #market: Market;
  readonly #from: number;
  readonly #firstStep: number;
  readonly #openLog: number;
  #lowLog: number;
  #lowStep: number;
  #crashSold = 0;
  #crashForcedSold = 0;
  #forcedSold = 0;
  #forcedBought = 0;

  /** `from` in µs is when the market's next step starts. */
  constructor(market: Market, from: number) {
    this.#market = market;
    this.#from = from;
    this.#firstStep = market.step;
    this.#openLog = market.logMidAt(market.step - 1);
    this.#lowLog = this.#openLog;
    this.#lowStep = market.step;
  }

  /** Takes in the step that the market has just run. */
  observe(): void {
    const step = this.#market.step - 1;
    const logMid = this.#market.logMidAt(step);
    if (logMid < this.#lowLog) {
      this.#lowLog = logMid;
      this.#lowStep = step;
    }
    const crash = this.#isCrash(step);
    for (const { side, size, forced } of this.#market.fills) {
      if (crash && side === SELL) this.#crashSold += size;
      if (!forced) continue;
      if (crash && side === SELL) this.#crashForcedSold += size;
      if (side === SELL) this.#forcedSold += size;
      else this.#forcedBought += size;
    }
  }

  /** The truth as of the last step. */
  tell(run: { seed: number; config: MarketConfig; liquidations: boolean }): MarketTruth {
    const { valuePath, ledger, engine, accounts } = this.#market;
    return {
      description: DESCRIPTION,
      ...run,
      from: this.#from,
      to: this.#timeOf(this.#market.step),
      openUsd: Math.exp(this.#openLog),
      lowUsd: Math.exp(this.#lowLog),
      lowAt: this.#timeOf(this.#lowStep),
      closeUsd: Math.exp(this.#market.logMidAt(this.#market.step - 1)),
      newsDrop: valuePath.newsDrop,
      newsFrom: this.#timeOf(valuePath.newsFrom),
      newsTo: this.#timeOf(valuePath.newsTo),
      crashSoldUsd: this.#crashSold * LOT_USD,
      crashForcedSoldUsd: this.#crashForcedSold * LOT_USD,
      forcedSoldUsd: this.#forcedSold * LOT_USD,
      forcedBoughtUsd: this.#forcedBought * LOT_USD,
      liquidatedLongs: accounts.filter(isClosed(BUY)).length,
      liquidatedShorts: accounts.filter(isClosed(SELL)).length,
      insuranceBtc: engine.fundSats / SATS_PER_BTC,
      shortfallBtc: engine.shortfallSats / SATS_PER_BTC,
      ledger: {
        positionSumLots: ledger.positionSum,
        cashSumSats: ledger.cashSum,
        depositedSats: ledger.depositedSats,
      },
      accounts: accounts.map((account) => this.#accountTruth(account)),
    };
  }

  #accountTruth(account: MarginAccount): AccountTruth {
    const { triggeredAt, closedAt } = account;
    return {
      side: account.side === BUY ? "long" : "short",
      sizeUsd: account.size * LOT_USD,
      entryUsd: account.entryPrice * TICK_USD,
      leverage: account.leverage,
      triggerUsd: account.triggerUsd,
      ...(triggeredAt === undefined ? {} : { triggeredAt: this.#timeOf(triggeredAt) }),
      ...(closedAt === undefined ? {} : { closedAt: this.#timeOf(closedAt) }),
    };
  }

  #isCrash(step: number): boolean {
    const { newsFrom, newsTo } = this.#market.valuePath;
    return step >= newsFrom && step < newsTo + AFTER_NEWS_MICROS / STEP_MICROS;
  }

  /** Start of a step, µs. */
  #timeOf(step: number): number {
    return this.#from + (step - this.#firstStep) * STEP_MICROS;
  }
}

const isClosed =
  (side: number) =>
  (account: MarginAccount): boolean =>
    account.side === side && account.closedAt !== undefined;
