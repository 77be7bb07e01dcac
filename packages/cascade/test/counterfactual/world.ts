import { decimal, type Instrument, micros } from "@aftershock/schema";
import { Currency } from "../../src/account/currency.ts";
import { Ledger } from "../../src/account/ledger.ts";
import type { Population, PopulationSource } from "../../src/counterfactual/engineRun.ts";
import type { RecordedStep } from "../../src/counterfactual/recordedStep.ts";
import type { ResponseModel } from "../../src/counterfactual/answeredPath.ts";
import { BlockBookKernel } from "../../src/impact/blockBookKernel.ts";
import { depthSlope } from "../../src/impact/depthSlope.ts";
import { ExponentialKernel } from "../../src/impact/exponentialKernel.ts";
import type { ImpactKernel } from "../../src/impact/impactKernel.ts";
import { PowerLawKernel } from "../../src/impact/powerLawKernel.ts";
import type { RuleSet } from "../../src/rules/ruleSet.ts";

/** A linear perpetual with a tick of 0.1 and a lot of 0.001, settled in dollars. */
export const PERPETUAL: Instrument = {
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
export const TICK = 0.1;

/** Rules of which nothing is left open: 1 % maintenance, everything sold at once, a mark that averages the basis over 30 s. */
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
        cap: undefined,
        maxLeverage: 50,
        initialRate: undefined,
        maintenanceRate: 0.01,
        maintenanceAmount: 0,
      },
    ],
  },
  maintenanceFactor: 1,
  volatilityMargin: undefined,
  fees: { tiers: [{ name: "base", makerRate: 0, takerRate: 0.0005 }] },
  liquidationFee: { rate: 0.001, isMaximum: true, paidTo: "insuranceFund" },
  forcedTradingFee: { charge: "none" },
  mark: { kind: "averageBasis", averageSeconds: 30 },
  funding: {
    kind: "periodic",
    intervalSeconds: 28_800,
    hoursUtc: undefined,
    premium: undefined,
    average: undefined,
    sampleSeconds: undefined,
    averageSeconds: undefined,
    interestPerDay: undefined,
    clampRate: undefined,
    ratePeriodSeconds: 28_800,
    impact: undefined,
    paid: undefined,
  },
  fundingCap: { kind: "rate", rate: 0.01, perSeconds: 28_800 },
  liquidation: {
    trigger: { kind: "belowMaintenance" },
    steps: [{ kind: "cancel" }, { kind: "market" }],
  },
  release: "never",
  insurance: {
    funds: [{ name: "fund", covers: "rest" }],
    maximumNotionalShare: undefined,
    takesSurplus: true,
    refreshedAtHourUtc: undefined,
  },
  adl: {
    ranking: "profitTimesLeverage",
    triggers: [{ kind: "fundCannotPay" }],
    price: "bankruptcy",
    priceWhenFundExhausted: undefined,
    fee: "none",
    cancelsOrders: false,
    refreshSeconds: undefined,
  },
  adlAllocation: "queue",
  insuranceFund: 100_000,
  throttlePerSecond: 200_000,
  markTwapSeconds: 0,
  breaker: undefined,
  hiddenLevels: false,
  liquidates: true,
};

/** A position at the beginning. */
export interface Holding {
  /** Signed lots. */
  readonly lots: number;
  readonly entry: number;
  readonly leverage: number;
}

/** Holders of positions against the rest of the world. */
export const populationOf =
  (holdings: readonly Holding[]): PopulationSource =>
  (rules): Population => {
    const ledger = new Ledger({ currency: new Currency("USDT"), instruments: [PERPETUAL] });
    const [world, fund, venue] = [ledger.open("world"), ledger.open("fund"), ledger.open("venue")];
    ledger.deposit(fund, ledger.currency.units(rules.insuranceFund));
    for (const { lots, entry, leverage } of holdings) {
      if (lots === 0) continue;
      const id = ledger.open();
      const [buyer, seller] = lots > 0 ? [id, world] : [world, id];
      const size = Math.abs(lots);
      ledger.exchange({
        buyer,
        seller,
        instrument: 0,
        lots: size,
        price: ledger.ticksOf(0, entry),
      });
      ledger.deposit(id, ledger.currency.units((size * 0.001 * entry) / leverage));
    }
    return { ledger, instrument: 0, fund, venue, world };
  };

/** Longs at `count` leverages from 5x up to 30x, each of `lots`. */
export const longs = (count: number, lots: number): readonly Holding[] =>
  Array.from({ length: count }, (_, i) => ({
    lots,
    entry: 10_000,
    leverage: 5 + (25 * i) / Math.max(1, count - 1),
  }));

const FLAT = { distances: [0.0025], volumes: [2e6] };

/** The three kernels as response models; the index answers as the price does. */
export function responses(slope = 1e-8): readonly ResponseModel[] {
  const at = depthSlope({ slope, referenceDepth: 1e6 });
  const of = (name: string, create: () => ImpactKernel): ResponseModel => ({
    name,
    price: create,
    index: create,
    priceSlope: at,
    indexSlope: at,
    removesSpikes: true,
  });
  return [
    of("exponential", () => new ExponentialKernel({ tauSeconds: 90 })),
    of(
      "powerLaw",
      () => new PowerLawKernel({ scaleSeconds: 5, decayPower: 0.5, sizePower: 0.7, unit: 1e5 }),
    ),
    of(
      "blockBook",
      () => new BlockBookKernel({ refillSeconds: 60, depthAt: () => FLAT, thinning: 1 }),
    ),
  ];
}

/** Length of a step, µs. */
export const STEP = 100_000;

/** Steps of a path of mids in ticks (bids one below, asks one above); the mark is the mid unless given. */
export const stepsOf = (mids: readonly number[], depth = 1e6): readonly RecordedStep[] =>
  mids.map((mid, i) => ({
    at: micros((i + 1) * STEP),
    bid: Math.round(mid) - 1,
    ask: Math.round(mid) + 1,
    mark: Math.round(mid) * TICK,
    index: Math.round(mid) * TICK,
    bidDepth: depth,
    askDepth: depth,
  }));
