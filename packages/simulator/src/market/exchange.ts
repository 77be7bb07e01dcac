import type { FeeSchedule, ForcedFill, ForcedOrder, Ledger } from "@aftershock/cascade";
import { FastLimitOrderBook, type OnMatch } from "@aftershock/replay";
import { ASK, BID, BUY, ConfigError, type Instrument } from "@aftershock/schema";
import type { TradingVenue } from "../agents/agent.ts";
import { STEPS_PER_SECOND } from "../clock.ts";
import { lotValueOf, tickOf } from "../instruments.ts";
import { FillLog } from "./fillLog.ts";
import { Volatility } from "./volatility.ts";

/** A price five times higher or lower than at the start is no crash day but a failure of the model. */
const FURTHEST_LOG_MOVE = Math.log(5);
/** Steps of mid prices that are kept, a power of two: 27 minutes. */
const HISTORY = 1 << 14;

/** What an exchange is made of. */
export interface ExchangeOptions {
  readonly instrument: Instrument;
  readonly ledger: Ledger;
  /** Account that receives fees. */
  readonly feeAccount: number;
  readonly fees: FeeSchedule;
  readonly startUsd: number;
  /** Volatility to start from, a fraction a year. */
  readonly startAnnual: number;
  /** Whether changed levels are to be told: for recordings. */
  readonly watchLevels: boolean;
}

/** One market of one instrument: its book, who pays what to whom, and its prices step by step. */
export class Exchange implements TradingVenue {
  readonly instrument: Instrument;
  readonly ledger: Ledger;
  /** Number of the instrument in its ledger. */
  readonly number: number;
  readonly tickUsd: number;
  readonly lotUsd: number;
  readonly book: FastLimitOrderBook;
  readonly fills: FillLog = new FillLog();
  /** Volatility as traders feel it, over half a minute or so. */
  readonly volatility: Volatility;
  /** Volatility as option makers see it, over some minutes. */
  readonly slowVolatility: Volatility;
  /** Whether only makers may trade. */
  halted: boolean = false;
  /** Called for both accounts of each trade that this market books itself. */
  onTraded: (account: number) => void = () => undefined;
  readonly #logStart: number;
  readonly #logMids = new Float64Array(HISTORY);
  readonly #feeAccount: number;
  readonly #makerRate: number;
  readonly #takerRate: number;
  readonly #onMatch: OnMatch;
  #taker = 0;
  #side: number = BUY;
  #step = 0;
  #lastTrade: number;
  #midUsd: number;
  #logMid: number;
  #sigmaBps: number;

  constructor(options: ExchangeOptions) {
    const { instrument, ledger, startUsd, startAnnual, watchLevels } = options;
    const [fees] = options.fees.tiers;
    if (fees === undefined) {
      throw new ConfigError("the fee schedule has no tier", { hints: ["State the base level."] });
    }
    this.instrument = instrument;
    this.ledger = ledger;
    this.number = ledger.instrumentNumber(instrument.id);
    this.tickUsd = tickOf(instrument);
    this.lotUsd = lotValueOf(instrument, startUsd);
    this.book = new FastLimitOrderBook({ watchLevels });
    this.volatility = new Volatility({ halfLifeSeconds: 20, startAnnual });
    this.slowVolatility = new Volatility({ halfLifeSeconds: 300, startAnnual });
    this.#feeAccount = options.feeAccount;
    this.#makerRate = fees.makerRate;
    this.#takerRate = fees.takerRate;
    this.#logStart = Math.log(startUsd);
    this.#midUsd = startUsd;
    this.#logMid = this.#logStart;
    this.#logMids.fill(this.#logStart);
    this.#lastTrade = Math.round(startUsd / this.tickUsd);
    this.#sigmaBps = this.volatility.bps;
    this.#onMatch = (owner, price, lots) => this.#settle(owner, price, lots);
  }

  get sigmaBps(): number {
    return this.#sigmaBps;
  }

  /** Price of the last fill, ticks; the start price before the first. */
  get lastTrade(): number {
    return this.#lastTrade;
  }

  /** Natural logarithm of the mid in USD at the end of the last step. */
  get logMid(): number {
    return this.#logMid;
  }

  /** The mid at the end of the last step, USD; the one before it while a side is empty. */
  get midUsd(): number {
    return this.#midUsd;
  }

  logMidBefore(steps: number): number {
    if (steps >= HISTORY) {
      throw new ConfigError(
        `The market keeps ${HISTORY} steps of prices, and ${steps} are asked for`,
        {
          hints: ["Look back over less time."],
        },
      );
    }
    if (steps >= this.#step) return this.#logStart;
    return this.#logMids[(this.#step - 1 - steps) & (HISTORY - 1)] ?? this.#logStart;
  }

  best(side: number): number | undefined {
    return this.book.best(side);
  }

  position(account: number): number {
    return this.ledger.lots(account, this.number);
  }

  place(account: number, side: number, price: number, lots: number): number {
    return this.book.place(account, side, price, lots);
  }

  cancel(restingId: number): void {
    this.book.cancel(restingId);
  }

  restingLots(restingId: number): number {
    return this.book.lotsOf(restingId);
  }

  take(account: number, side: number, lots: number): number {
    if (this.halted) return 0;
    this.#taker = account;
    this.#side = side;
    this.fills.beginOrder();
    return this.book.take(account, side, lots, undefined, this.#onMatch);
  }

  /**
   * An immediate-or-cancel order of the liquidation engine, which no halt stops, and which the engine books itself; makers are not charged for it. Returns its
   * fills, one a resting order that it met.
   */
  takeForced(order: ForcedOrder): readonly ForcedFill[] {
    const { account, side, lots, limitPrice, fillOrKill } = order;
    if (fillOrKill && this.book.fillable(side, lots, limitPrice) < lots) return [];
    const fills: ForcedFill[] = [];
    this.#taker = account;
    this.#side = side;
    this.fills.beginOrder();
    this.book.take(account, side, lots, limitPrice, (counterparty, price, filled) => {
      fills.push({ price, lots: filled, counterparty });
      this.#print(price, filled, true);
    });
    return fills;
  }

  /** A step begins. */
  begin(): void {
    this.fills.clear();
  }

  /** A step is over. Throws ConfigError when the market has come apart. */
  end(): void {
    const bid = this.book.best(BID);
    const ask = this.book.best(ASK);
    if (bid !== undefined && ask !== undefined) {
      this.#midUsd = ((bid + ask) / 2) * this.tickUsd;
      this.#logMid = Math.log(this.#midUsd);
    }
    this.#logMids[this.#step & (HISTORY - 1)] = this.#logMid;
    if (Math.abs(this.#logMid - this.#logStart) > FURTHEST_LOG_MOVE) {
      throw new ConfigError(
        `The market of ${this.instrument.id} has come apart at step ${this.#step}`,
        { hints: ["Make makers thin out or widen less, or slow the liquidation engine down."] },
      );
    }
    this.#step += 1;
    if (this.#step % STEPS_PER_SECOND !== 1) return;
    const move = this.#logMid - this.logMidBefore(STEPS_PER_SECOND);
    this.volatility.update(move);
    this.slowVolatility.update(move);
    this.#sigmaBps = this.volatility.bps;
  }

  #settle(owner: number, price: number, lots: number): void {
    const { ledger } = this;
    const taker = this.#taker;
    const isBuy = this.#side === BUY;
    const buyer = isBuy ? taker : owner;
    const seller = isBuy ? owner : taker;
    const value = ledger.exchange({ buyer, seller, instrument: this.number, lots, price });
    this.#charge(taker, value, this.#takerRate);
    this.#charge(owner, value, this.#makerRate);
    this.onTraded(taker);
    this.onTraded(owner);
    this.#print(price, lots, false);
  }

  #print(price: number, lots: number, forced: boolean): void {
    this.#lastTrade = price;
    this.fills.add(this.#taker, this.#side, price, lots, forced);
  }

  #charge(account: number, value: number, rate: number): void {
    const fee = Math.round(Math.abs(value) * rate);
    if (fee > 0) this.ledger.transfer(account, this.#feeAccount, fee);
    else if (fee < 0) this.ledger.transfer(this.#feeAccount, account, -fee);
  }
}
