import { decimal, type Instrument, micros } from "@aftershock/schema";
import type { AccountId } from "../../src/account/ledger.ts";
import {
  type AdlAllocator,
  type AdlTerms,
  Currency,
  type ForcedFill,
  type ForcedOrder,
  type InstrumentTerms,
  Ledger,
  LiquidationEngine,
  type LiquidationEngineOptions,
  type LiquidationEvent,
  type LiquidationMarket,
  type LiquidationStep,
  type MarginModel,
  type MarginSchedule,
  Marks,
  plainTerms,
} from "../../src/index.ts";

const terms = { venue: "v", multiplier: 1, base: "BTC", gridSource: "table" } as const;

/** Linear, ticks of 0.1 USDT, lots of 0.001 BTC. */
export const LINEAR: Instrument = {
  ...terms,
  id: "v:BTCUSDT",
  symbol: "BTCUSDT",
  kind: "perpetual",
  contract: "linear",
  quote: "USDT",
  settle: "USDT",
  tick: decimal("0.1"),
  lot: decimal("0.001"),
};
/** Linear, ticks of 0.01 USDT, lots of 0.01 ETH. */
export const ETHER: Instrument = {
  ...LINEAR,
  id: "v:ETHUSDT",
  symbol: "ETHUSDT",
  base: "ETH",
  tick: decimal("0.01"),
  lot: decimal("0.01"),
};
/** Spot coins of BTC, held as collateral. */
export const COINS: Instrument = { ...LINEAR, id: "v:BTC-SPOT", symbol: "BTC-SPOT", kind: "spot" };
/** Inverse, ticks of 0.5 USD, lots of 1 USD. */
export const INVERSE: Instrument = {
  ...terms,
  id: "v:BTCUSD",
  symbol: "BTCUSD",
  kind: "perpetual",
  contract: "inverse",
  quote: "USD",
  settle: "BTC",
  tick: decimal("0.5"),
  lot: decimal("1"),
};

/** One rate for all sizes, in quote currency. */
export const flatSchedule = (maintenanceRate: number): MarginSchedule => ({
  kind: "tiers",
  unit: "quote",
  charge: "marginal",
  amountStep: 1,
  truncated: false,
  tiers: [
    {
      floor: 0,
      cap: undefined,
      maxLeverage: 1 / (2 * maintenanceRate),
      initialRate: undefined,
      maintenanceRate,
      maintenanceAmount: undefined,
    },
  ],
});

/** Equity is worth; maintenance margin is one rate on the value of every contract. */
export function flatModel(ledger: Ledger, rate: number): MarginModel {
  const equity = (account: AccountId, marks: Marks): number =>
    ledger
      .positions(account)
      .reduce(
        (sum, { instrument, lots }) =>
          sum + ledger.valueUnits(instrument, lots, marks.ticks(instrument)),
        ledger.cash(account),
      );
  const maintenance = (account: AccountId, marks: Marks): number =>
    ledger
      .positions(account)
      .filter(({ instrument }) => ledger.instruments[instrument]!.kind !== "spot")
      .reduce(
        (sum, { instrument, lots }) =>
          sum + rate * Math.abs(ledger.valueUnits(instrument, lots, marks.ticks(instrument))),
        0,
      );
  return { equity, maintenance, initial: (account, marks) => 2 * maintenance(account, marks) };
}

/** Bids and asks that are consumed, by instrument; best first. One account takes the other side. */
export class LadderMarket implements LiquidationMarket {
  readonly cancelled: AccountId[] = [];
  readonly orders: ForcedOrder[] = [];
  readonly #counterparty: AccountId;
  readonly #levels = new Map<string, { price: number; lots: number }[]>();

  constructor(counterparty: AccountId) {
    this.#counterparty = counterparty;
  }

  /** Puts lots to be sold into (`bids`) or bought from (`asks`) in place of what is there. Prices in ticks, best first. */
  offer(
    instrument: number,
    side: "bids" | "asks",
    levels: readonly (readonly [number, number])[],
  ): void {
    this.#levels.set(
      `${instrument} ${side}`,
      levels.map(([price, lots]) => ({ price, lots })),
    );
  }

  take(order: ForcedOrder): readonly ForcedFill[] {
    this.orders.push(order);
    const { instrument, side, lots, limitPrice, fillOrKill } = order;
    const levels = this.#levels.get(`${instrument} ${side > 0 ? "asks" : "bids"}`) ?? [];
    const isWithin = (price: number): boolean =>
      limitPrice === undefined || (price - limitPrice) * side <= 0;
    const met: { level: { price: number; lots: number }; size: number }[] = [];
    let left = lots;
    for (const level of levels) {
      const size = Math.min(left, level.lots);
      if (left === 0 || !isWithin(level.price)) break;
      if (size > 0) met.push({ level, size });
      left -= size;
    }
    if (fillOrKill && left > 0) return [];
    for (const { level, size } of met) level.lots -= size;
    while (levels[0]?.lots === 0) levels.shift();
    const counterparty = this.#counterparty;
    return met.map(({ level, size }) => ({ price: level.price, lots: size, counterparty }));
  }

  cancelOrders(account: AccountId): void {
    this.cancelled.push(account);
  }
}

/** The queue of the largest gains since entry. */
export const byGain: AdlAllocator = (lots, candidates) => {
  const queue = [...candidates].sort(
    (a, b) => b.markValue - b.entryValue - (a.markValue - a.entryValue) || a.account - b.account,
  );
  let left = lots;
  return queue.flatMap(({ account, lots: held }) => {
    const taken = Math.min(left, Math.abs(held));
    left -= taken;
    return taken > 0 ? [{ account, lots: taken }] : [];
  });
};

/** ADL at the bankruptcy price once the fund cannot pay. */
export const ADL: AdlTerms = {
  triggers: [{ kind: "fundCannotPay" }],
  price: "bankruptcy",
  priceWhenFundExhausted: undefined,
  feeRate: 0,
  cancelsOrders: false,
  fundThresholdUnits: undefined,
  allocate: byGain,
};

export const step = (
  kind: "cancel" | "ioc" | "market" | "takeover" | "insurance" | "adl" | "socialised",
): LiquidationStep => ({ kind });
/** Binance's rule. */
export const BINANCE: readonly LiquidationStep[] = (
  ["cancel", "ioc", "takeover", "insurance", "adl"] as const
).map(step);

export interface WorldOptions {
  readonly instruments?: readonly Instrument[];
  readonly steps?: readonly LiquidationStep[];
  /** Maintenance rate. Default 0.4 %. */
  readonly rate?: number;
  /** Changes of terms, by instrument or for all. */
  readonly terms?: Partial<InstrumentTerms>;
  /** What the fund begins with, currency. Default 100. */
  readonly fund?: number;
  /** What is opened besides, and what of the engine depends on it. */
  readonly engine?: (world: World) => Partial<LiquidationEngineOptions>;
  readonly onEvent?: (event: LiquidationEvent, world: World) => void;
}

/** A venue with an engine: accounts 0 rest of the world, 1 fund, 2 venue, 3 vault. */
export class World {
  readonly rest = 0;
  readonly fund = 1;
  readonly venue = 2;
  readonly vault = 3;
  readonly ledger: Ledger;
  readonly marks: Marks;
  readonly model: MarginModel;
  readonly market: LadderMarket;
  readonly engine: LiquidationEngine;
  readonly events: LiquidationEvent[] = [];
  at = 0;

  constructor(options: WorldOptions = {}) {
    const { instruments = [LINEAR], steps = BINANCE, rate = 0.004 } = options;
    const ledger = new Ledger({ currency: new Currency(instruments[0]!.settle), instruments });
    this.ledger = ledger;
    for (const name of ["rest of the world", "fund", "venue", "vault"]) ledger.open(name);
    this.deposit(this.fund, options.fund ?? 100);
    this.marks = new Marks(ledger);
    this.model = flatModel(ledger, rate);
    this.market = new LadderMarket(this.rest);
    const { maintenance, equity } = this.model;
    this.engine = new LiquidationEngine({
      ledger,
      marks: this.marks,
      model: this.model,
      isLiquidatable: (account, marks) => equity(account, marks) < maintenance(account, marks),
      market: this.market,
      steps,
      terms: instruments.map((instrument) => ({
        ...plainTerms(instrument),
        fund: this.fund,
        adl: ADL,
        schedule: flatSchedule(rate),
        ...options.terms,
      })),
      venue: this.venue,
      vault: this.vault,
      exempt: [this.rest],
      ...options.engine?.(this),
      onEvent: (event) => {
        this.events.push(event);
        options.onEvent?.(event, this);
      },
    });
  }

  deposit(account: AccountId, amount: number): void {
    this.ledger.deposit(account, this.ledger.currency.units(amount));
  }

  /** Opens an account with money and positions, bought of (or sold to) `from`, the rest of the world by default. */
  trader(
    money: number,
    positions: readonly { lots: number; price: number; instrument?: number; from?: AccountId }[],
  ): AccountId {
    const account = this.ledger.open(`trader ${this.ledger.accountCount}`);
    this.deposit(account, money);
    for (const { lots, price, instrument = 0, from = this.rest } of positions) {
      const [buyer, seller] = lots > 0 ? [account, from] : [from, account];
      const ticks = this.ledger.ticksOf(instrument, price);
      this.ledger.exchange({ buyer, seller, instrument, lots: Math.abs(lots), price: ticks });
    }
    return account;
  }

  /** Sets marks, quote currency, by number of instrument; reports them, and does the work that is due. A second later unless `after` says, µs. */
  mark(prices: Readonly<Record<number, number>>, after = 1_000_000): void {
    this.at += after;
    const changed = Object.keys(prices).map(Number);
    for (const instrument of changed) this.marks.set(instrument, prices[instrument]!);
    this.engine.onMarks(changed, micros(this.at));
    this.engine.advance(micros(this.at));
  }

  /** Lets time pass, µs. */
  wait(after: number): void {
    this.at += after;
    this.engine.advance(micros(this.at));
  }

  /** What an account is worth at the marks, currency. */
  worth(account: AccountId): number {
    return this.ledger.currency.amount(this.model.equity(account, this.marks));
  }

  kinds(): readonly string[] {
    return this.events.map(({ kind }) => kind);
  }

  of<K extends LiquidationEvent["kind"]>(
    kind: K,
  ): readonly Extract<LiquidationEvent, { kind: K }>[] {
    return this.events.filter(
      (event): event is Extract<LiquidationEvent, { kind: K }> => event.kind === kind,
    );
  }
}
