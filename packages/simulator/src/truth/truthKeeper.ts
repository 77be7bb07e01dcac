import type { Ledger } from "@aftershock/cascade";
import { BUY, MICROS_PER_MINUTE, SELL } from "@aftershock/schema";
import { STEP_MICROS } from "../clock.ts";
import type { Market } from "../market/market.ts";
import type { MarginAccount } from "../market/marketParts.ts";
import type { AccountTruth, ForcedOrderTruth, LedgerTruth, MarketTruth } from "./marketTruth.ts";
import { MinuteKeeper } from "./minuteKeeper.ts";

/** How long after news a crash is taken to last, µs, where forced trading is compared with all trading. */
const AFTER_NEWS_MICROS = 5 * MICROS_PER_MINUTE;

const DESCRIPTION =
  "A seeded market of agents on two venues, a perpetual and its spot market: makers who quote around a lagged view, limit their inventory and withdraw as volatility rises, " +
  "crowds and metaorders, fundamental traders who understand news late, momentum traders, arbitrageurs, dealers short of gamma, front-runners, stop-loss orders, " +
  "and leveraged accounts that an engine liquidates into the book. There is no impact kernel: a forced order moves the price by taking levels, and the rest by what others do then.";

/** Watches a market while it runs and says afterwards what happened. */
export class TruthKeeper {
  readonly #market: Market;
  readonly #from: number;
  readonly #firstStep: number;
  readonly #openUsd: number;
  readonly #minutes = new MinuteKeeper();
  readonly #forcedOrders: ForcedOrderTruth[] = [];
  /** The mark at which each account is liquidated, as things stand at the start, USD. */
  readonly #triggers: ReadonlyMap<number, number>;
  #lowUsd: number;
  #lowStep: number;
  #highUsd: number;
  #highStep: number;
  /** Lots that takers bought and sold in crashes, all and forced. */
  #crash = { bought: 0, sold: 0, forcedBought: 0, forcedSold: 0 };
  #forcedSold = 0;
  #forcedBought = 0;

  /** `from` in µs is when the market's next step starts. */
  constructor(market: Market, from: number) {
    this.#market = market;
    this.#from = from;
    this.#firstStep = market.step;
    this.#triggers = new Map(
      market.accounts.flatMap(({ account }) => {
        const usd = market.triggerUsd(account);
        return usd === undefined ? [] : [[account, usd]];
      }),
    );
    this.#openUsd = market.perpetual.midUsd;
    this.#lowUsd = this.#openUsd;
    this.#highUsd = this.#openUsd;
    this.#lowStep = market.step;
    this.#highStep = market.step;
  }

  /** Takes in the step that the market has just run. */
  observe(): void {
    const step = this.#market.step - 1;
    const { midUsd, fills } = this.#market.perpetual;
    if (midUsd < this.#lowUsd) {
      this.#lowUsd = midUsd;
      this.#lowStep = step;
    }
    if (midUsd > this.#highUsd) {
      this.#highUsd = midUsd;
      this.#highStep = step;
    }
    this.#minutes.observe(this.#market, this.#timeOf(step + 1));
    if (fills.length > 0) this.#count(step);
  }

  /** The truth as of the last step. */
  tell(run: { preset: string; seed: number }): MarketTruth {
    const market = this.#market;
    const { perpetual, ledger, accounts, liquidations, value, options } = market;
    const { lotUsd } = perpetual;
    const wasClosed = (side: number): number =>
      [...liquidations.accounts.values()].filter(
        (one) => one.side === side && one.closedAt !== undefined,
      ).length;
    return {
      description: DESCRIPTION,
      ...run,
      config: options.config,
      rules: options.rules,
      perpetual: perpetual.instrument.id,
      from: this.#from,
      to: this.#timeOf(market.step),
      openUsd: this.#openUsd,
      lowUsd: this.#lowUsd,
      lowAt: this.#timeOf(this.#lowStep),
      highUsd: this.#highUsd,
      highAt: this.#timeOf(this.#highStep),
      closeUsd: perpetual.midUsd,
      news: value.news.map(({ drop, from, to }) => ({
        drop,
        from: this.#timeOf(from),
        to: this.#timeOf(to),
      })),
      crashSoldUsd: this.#crash.sold * lotUsd,
      crashForcedSoldUsd: this.#crash.forcedSold * lotUsd,
      crashBoughtUsd: this.#crash.bought * lotUsd,
      crashForcedBoughtUsd: this.#crash.forcedBought * lotUsd,
      forcedSoldUsd: this.#forcedSold * lotUsd,
      forcedBoughtUsd: this.#forcedBought * lotUsd,
      liquidatedLongs: wasClosed(BUY),
      liquidatedShorts: wasClosed(SELL),
      insuranceFund: ledger.currency.amount(ledger.cash(market.fundAccount)),
      takenOverUsd: liquidations.sums.takenOverLots * lotUsd,
      deleveragedUsd: liquidations.sums.deleveragedLots * lotUsd,
      insurancePaid: ledger.currency.amount(liquidations.sums.insurancePaid),
      socialised: ledger.currency.amount(liquidations.sums.socialised),
      badDebt: ledger.currency.amount(liquidations.sums.badDebt),
      ledgers: [ledgerTruth(ledger), ledgerTruth(market.spotLedger)],
      accounts: accounts.map((account) => this.#accountTruth(account)),
      forcedOrders: this.#forcedOrders,
      minutes: this.#minutes.columns,
    };
  }

  /** Counts the step's fills. */
  #count(step: number): void {
    const { fills } = this.#market.perpetual;
    const isCrash = this.#isCrash(step);
    for (let fill = 0; fill < fills.length; fill += 1) {
      const lots = fills.lots[fill] ?? 0;
      const isBuy = fills.side[fill] === BUY;
      const isForced = fills.forced[fill] === 1;
      if (isCrash && isBuy) this.#crash.bought += lots;
      else if (isCrash) this.#crash.sold += lots;
      if (!isForced) continue;
      if (isCrash && isBuy) this.#crash.forcedBought += lots;
      else if (isCrash) this.#crash.forcedSold += lots;
      if (isBuy) this.#forcedBought += lots;
      else this.#forcedSold += lots;
      if (fills.order[fill] !== fills.order[fill - 1]) this.#keepOrder(step, fill);
    }
  }

  /** Keeps the forced order that begins with a fill. */
  #keepOrder(step: number, first: number): void {
    const { fills, lotUsd, tickUsd, ledger } = this.#market.perpetual;
    const order = fills.order[first];
    let lots = 0;
    let money = 0;
    for (let fill = first; fill < fills.length && fills.order[fill] === order; fill += 1) {
      lots += fills.lots[fill] ?? 0;
      money += (fills.lots[fill] ?? 0) * (fills.price[fill] ?? 0);
    }
    this.#forcedOrders.push({
      at: this.#timeOf(step),
      account: ledger.nameOf(fills.account[first] ?? 0),
      side: fills.side[first] === BUY ? "buy" : "sell",
      sizeUsd: lots * lotUsd,
      averageUsd: (money / lots) * tickUsd,
    });
  }

  #accountTruth(position: MarginAccount): AccountTruth {
    const { account, stopPrice } = position;
    const { ledger, perpetual, liquidations } = this.#market;
    const taken = liquidations.accounts.get(account);
    const triggerUsd = this.#triggers.get(account);
    return {
      account: ledger.nameOf(account),
      side: position.side === BUY ? "long" : "short",
      sizeUsd: position.lots * perpetual.lotUsd,
      entryUsd: position.entryPrice * perpetual.tickUsd,
      leverage: position.leverage,
      ...(triggerUsd === undefined ? {} : { triggerUsd }),
      ...(stopPrice === undefined ? {} : { stopUsd: stopPrice * perpetual.tickUsd }),
      ...(taken === undefined ? {} : { triggeredAt: taken.triggeredAt }),
      ...(taken?.closedAt === undefined ? {} : { closedAt: taken.closedAt }),
    };
  }

  #isCrash(step: number): boolean {
    const after = AFTER_NEWS_MICROS / STEP_MICROS;
    return this.#market.value.news.some(({ from, to }) => step >= from && step < to + after);
  }

  /** Start of a step, µs. */
  #timeOf(step: number): number {
    return this.#from + (step - this.#firstStep) * STEP_MICROS;
  }
}

function ledgerTruth(ledger: Ledger): LedgerTruth {
  const { cash, deposited, lots, depositedLots } = ledger.sums();
  return {
    currency: ledger.currency.code,
    lots: lots[0] ?? 0,
    depositedLots: depositedLots[0] ?? 0,
    cash,
    deposited,
  };
}
