import {
  Currency,
  Ledger,
  type LiquidationEvent,
  type LiquidationMarket,
  RuledEngine,
  type RuleSet,
} from "@aftershock/cascade";
import { decimal, type Instrument, micros } from "@aftershock/schema";

const PERPETUAL: Instrument = {
  id: "v:BTCUSDT",
  venue: "v",
  symbol: "BTCUSDT",
  kind: "perpetual",
  contract: "linear",
  multiplier: 1,
  base: "BTC",
  quote: "USDT",
  settle: "USDT",
  tick: decimal("0.1"),
  lot: decimal("0.001"),
  gridSource: "table",
};

/** Rules like Binance's, of which nothing is left open: orders down to the bankruptcy price, the fund takes the rest over, winners are deleveraged when it cannot. */
export const RULES: RuleSet = {
  margin: {
    kind: "tiers",
    unit: "quote",
    charge: "marginal",
    amountStep: 1,
    truncated: false,
    tiers: [
      {
        floor: 0,
        cap: 20_000,
        maxLeverage: 50,
        initialRate: undefined,
        maintenanceRate: 0.01,
        maintenanceAmount: 0,
      },
      {
        floor: 20_000,
        cap: undefined,
        maxLeverage: 20,
        initialRate: undefined,
        maintenanceRate: 0.02,
        maintenanceAmount: 200,
      },
    ],
  },
  maintenanceFactor: 1,
  volatilityMargin: undefined,
  fees: { tiers: [{ name: "base", makerRate: 0.0002, takerRate: 0.0005 }] },
  liquidationFee: { rate: 0.003, isMaximum: false, paidTo: "insuranceFund" },
  forcedTradingFee: { charge: "none" },
  mark: { kind: "averageBasis", averageSeconds: 30 },
  funding: {
    kind: "periodic",
    intervalSeconds: 28_800,
    hoursUtc: undefined,
    premium: "mid",
    average: "mean",
    sampleSeconds: 60,
    averageSeconds: 28_800,
    interestPerDay: 0.0003,
    clampRate: 0.0005,
    ratePeriodSeconds: 28_800,
    impact: undefined,
    paid: "samePeriod",
  },
  fundingCap: { kind: "rate", rate: 0.005, perSeconds: 28_800 },
  liquidation: {
    trigger: { kind: "belowMaintenance" },
    steps: [
      { kind: "cancel" },
      { kind: "ioc" },
      { kind: "takeover" },
      { kind: "insurance" },
      { kind: "adl" },
    ],
  },
  release: "whenSafeAfterClose",
  insurance: {
    funds: [{ name: "insurance fund", covers: "rest" }],
    maximumNotionalShare: undefined,
    takesSurplus: true,
    refreshedAtHourUtc: undefined,
  },
  adl: {
    ranking: "profitTimesMarginRatio",
    triggers: [{ kind: "fundCannotPay" }],
    price: "bankruptcy",
    priceWhenFundExhausted: undefined,
    fee: "none",
    cancelsOrders: true,
    refreshSeconds: undefined,
  },
  adlAllocation: "queue",
  insuranceFund: 300,
  throttlePerSecond: 500_000,
  markTwapSeconds: 0,
  breaker: undefined,
  hiddenLevels: false,
  liquidates: true,
};

/** A position at the beginning, in lots of 0.001 BTC, from 10,000 USDT at some leverage. */
export interface Holding {
  /** Signed. */
  readonly lots: number;
  readonly leverage: number;
}

/** Longs at 5 to 40 times, and one winner on the other side. */
export const HOLDINGS: readonly Holding[] = [
  ...Array.from({ length: 8 }, (_, i) => ({ lots: 1_000 + 200 * i, leverage: 5 * (i + 1) })),
  { lots: -20_000, leverage: 3 },
];

/** What a venue did on a path. */
export interface Played {
  readonly events: readonly LiquidationEvent[];
  /** Signed lots by holding at the end. */
  readonly lots: readonly number[];
  readonly halted: number;
}

/**
 * Runs the engine on a path of marks, a step of a second each. Forced orders fill 0.5 % beyond the mark, 400 lots each at most, against the rest of the world. The books are checked at every event.
 */
export function play(
  rules: RuleSet,
  marks: readonly number[],
  holdings: readonly Holding[] = HOLDINGS,
): Played {
  const ledger = new Ledger({ currency: new Currency("USDT"), instruments: [PERPETUAL] });
  const [world, fund, venue] = [ledger.open("world"), ledger.open("fund"), ledger.open("venue")];
  ledger.deposit(fund, ledger.currency.units(rules.insuranceFund));
  const ids = holdings.map(({ lots, leverage }) => {
    const id = ledger.open();
    const [buyer, seller] = lots > 0 ? [id, world] : [world, id];
    if (lots !== 0) {
      ledger.exchange({ buyer, seller, instrument: 0, lots: Math.abs(lots), price: 100_000 });
    }
    ledger.deposit(id, ledger.currency.units((Math.abs(lots) * 10) / leverage));
    return id;
  });
  const events: LiquidationEvent[] = [];
  const market: LiquidationMarket = {
    take: ({ side, lots, limitPrice, instrument }) => {
      const price = engine.marks.ticks(instrument) * (1 + 0.005 * side);
      const isWorse = limitPrice !== undefined && (price - limitPrice) * side > 0;
      return isWorse ? [] : [{ price, lots: Math.min(lots, 400), counterparty: world }];
    },
    cancelOrders: () => undefined,
  };
  const engine = new RuledEngine({
    rules,
    ledger,
    instrument: 0,
    market,
    accounts: { fund, venue, exempt: [world] },
    startPrice: 10_000,
    onEvent: (event) => {
      ledger.check();
      events.push(event);
    },
  });
  let halted = 0;
  for (const [second, mark] of marks.entries()) {
    engine.step(micros((second + 1) * 1_000_000), mark);
    if (engine.halt !== "none") halted += 1;
  }
  ledger.check();
  return { events, lots: ids.map((id) => ledger.lots(id, 0)), halted };
}

/** A fall from 10,000 to 8,000 and half of the way back. */
export const CRASH: readonly number[] = Array.from({ length: 120 }, (_, second) =>
  second < 80 ? 10_000 - 25 * second : 8_000 + 25 * (second - 80),
);
