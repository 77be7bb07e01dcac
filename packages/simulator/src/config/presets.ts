import type { MarginSchedule, RuleSet } from "@aftershock/cascade";
import { type Micros, micros, MICROS_PER_HOUR } from "@aftershock/schema";
import { TRADED, type TradedInstruments } from "../instruments.ts";
import {
  type MarketChange,
  type MarketConfig,
  marketWith,
  type NewsConfig,
} from "./marketConfig.ts";
import { recordingYear } from "./recordingDay.ts";

/** A kind of day that can be simulated. */
export interface Preset {
  /** One sentence. */
  readonly title: string;
  /** Start of the recording of seed 1, µs; those of other seeds lie on other days of that year (`recordingStart`). */
  readonly from: Micros;
  /** Length of the recording, minutes. */
  readonly minutes: number;
  readonly traded: TradedInstruments;
  readonly market: MarketConfig;
  readonly rules: RuleSet;
}

const noonOf = (midnight: Micros): Micros => micros(midnight + 12 * MICROS_PER_HOUR);

/** 2001-01-01T12:00:00Z, the start of the crash hour of seed 1: before Bitcoin, so that nobody takes the recording for a market. */
export const SIMULATED_FROM: Micros = noonOf(recordingYear(0));

/**
 * The rules of the simulated bitcoin venue. Margin, liquidation fee, fees and the 30 s basis average of the mark are Deribit's of 2022-01-11 and later
 * (data/rules/deribit.json; the liquidation fee contains the fee of a taker, as there); funding is the formula of Binance and others, every eight hours. The rest are choices: the whole position to the market in one
 * queue within a throttle, a fund, and auto-deleveraging ranked as BitMEX does.
 */
const BITCOIN_RULES: RuleSet = {
  margin: {
    kind: "linear",
    unit: "coin",
    initialRate: 0.02,
    maintenanceRate: 0.01,
    initialRatePerUnit: 0.00005,
    maintenanceRatePerUnit: 0.00005,
  },
  maintenanceFactor: 1,
  volatilityMargin: undefined,
  fees: { tiers: [{ name: "all", makerRate: 0, takerRate: 0.0005 }] },
  liquidationFee: { rate: 0.0075, isMaximum: false, paidTo: "insuranceFund" },
  forcedTradingFee: { charge: "included" },
  mark: { kind: "emaBasis", emaSeconds: 30, bandRate: undefined },
  funding: {
    kind: "periodic",
    intervalSeconds: 28_800,
    hoursUtc: [0, 8, 16],
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
    steps: [{ kind: "cancel" }, { kind: "market" }, { kind: "insurance" }, { kind: "adl" }],
  },
  release: "whenSafeAfterClose",
  insurance: {
    funds: [{ name: "insurance fund", covers: "rest" }],
    maximumNotionalShare: undefined,
    takesSurplus: true,
    refreshedAtHourUtc: undefined,
  },
  adl: {
    ranking: "profitTimesEffectiveLeverage",
    triggers: [{ kind: "fundCannotPay" }],
    price: "bankruptcy",
    priceWhenFundExhausted: undefined,
    fee: "none",
    cancelsOrders: true,
    refreshSeconds: undefined,
  },
  adlAllocation: "queue",
  insuranceFund: 100,
  throttlePerSecond: 400_000,
  markTwapSeconds: 0,
  breaker: undefined,
  hiddenLevels: false,
  liquidates: true,
};

/** Margin by tiers of notional, as of a smaller coin on Binance. */
const PEG_MARGIN: MarginSchedule = {
  kind: "tiers",
  unit: "quote",
  charge: "marginal",
  amountStep: 1,
  truncated: false,
  tiers: [
    {
      floor: 0,
      cap: 500_000,
      maxLeverage: 50,
      initialRate: undefined,
      maintenanceRate: 0.01,
      maintenanceAmount: 0,
    },
    {
      floor: 500_000,
      cap: undefined,
      maxLeverage: 20,
      initialRate: undefined,
      maintenanceRate: 0.025,
      maintenanceAmount: 7_500,
    },
  ],
};

/**
 * A market of a large bitcoin perpetual and its spot market in calm. The numbers are choices and not measurements: they are set so that
 * spread, depth and volatility look like those of such a market, and that a crash is a cascade; docs/stylised-facts.md compares.
 */
export const CALM_MARKET: MarketConfig = {
  startUsd: 64_000,
  warmUpSeconds: 120,
  value: { annualVolatility: 0.5, burstSigma: 0.7, news: [] },
  makers: {
    count: 8,
    levels: 11,
    halfSpreadBps: 0.4,
    gapBps: 0.35,
    growth: 1.75,
    sizeUsd: 10_000,
    sizeSlope: 2,
    reviewSecondsFrom: 0.7,
    reviewSecondsTo: 2,
    followMid: 0.5,
    followValuePerSecond: 0.002,
    valueLagSecondsFrom: 20,
    valueLagSecondsTo: 120,
    opinionBps: 0.25,
    skewBpsPerMillion: 2,
    learnBpsPerMillion: 40,
    inventoryLimitUsd: 30_000_000,
    thinSigmaBps: 6,
    sizeFloor: 0.5,
    widenSigmaBps: 5,
    widest: 2,
    patience: 0.8,
    withdrawSigmaBpsFrom: 12,
    withdrawSigmaBpsTo: 30,
    awaySeconds: 4,
    committed: 6,
  },
  noise: {
    ordersPerSecond: 0.8,
    excitedSigmaBps: 3,
    medianUsd: 900,
    sizeSigma: 1.9,
    largestUsd: 600_000,
  },
  metaorders: {
    count: 3,
    tail: 1.5,
    mostParts: 1_000,
    medianUsd: 800,
    sizeSigma: 1.4,
    everySecondsFrom: 0.3,
    everySecondsTo: 3,
  },
  momentum: {
    count: 20,
    lookbackSecondsFrom: 20,
    lookbackSecondsTo: 150,
    triggerFrom: 0.004,
    triggerTo: 0.02,
    clipUsd: 15_000,
    limitClips: 25,
    reviewSeconds: 3,
  },
  valueTraders: {
    count: 30,
    lagSecondsFrom: 4,
    lagSecondsTo: 240,
    thresholdFrom: 0.0015,
    thresholdTo: 0.06,
    clipUsd: 10_000,
    limitClips: 300,
    reviewSeconds: 20,
  },
  hedgers: {
    count: 3,
    notionalUsd: 6_000_000,
    strikeFrom: 0.85,
    strikeTo: 1.08,
    expiryDays: 4,
    impliedVolatility: 0.55,
    band: 0.004,
    reviewSeconds: 15,
  },
  frontRunners: {
    count: 4,
    range: 0.01,
    leastUsd: 3_000_000,
    trigger: 0.004,
    lookbackSeconds: 60,
    clipUsd: 30_000,
    limitClips: 20,
    reviewSeconds: 5,
    holdSeconds: 240,
  },
  accounts: {
    count: 3_300,
    longShare: 0.75,
    medianUsd: 24_000,
    sizeSigma: 1.4,
    largestUsd: 3_000_000,
    entryWaves: 6,
    waveSigma: 0.02,
    entrySigma: 0.002,
    leverages: [
      { leverage: 3, weight: 10 },
      { leverage: 5, weight: 20 },
      { leverage: 10, weight: 30 },
      { leverage: 15, weight: 15 },
      { leverage: 20, weight: 15 },
      { leverage: 25, weight: 7 },
      { leverage: 50, weight: 3 },
    ],
    leastDistance: 0.012,
    stopShare: 0.2,
    stopFrom: 0.4,
    stopTo: 0.95,
  },
  spotMakers: {
    count: 8,
    levels: 9,
    halfSpreadBps: 0.6,
    gapBps: 0.6,
    growth: 1.8,
    sizeUsd: 20_000,
    sizeSlope: 2,
    reviewSecondsFrom: 0.8,
    reviewSecondsTo: 2.4,
    followMid: 0.5,
    followValuePerSecond: 0.002,
    valueLagSecondsFrom: 20,
    valueLagSecondsTo: 120,
    opinionBps: 0.25,
    skewBpsPerMillion: 2,
    learnBpsPerMillion: 40,
    inventoryLimitUsd: 20_000_000,
    thinSigmaBps: 6,
    sizeFloor: 0.12,
    widenSigmaBps: 5,
    widest: 8,
    patience: 0.8,
    withdrawSigmaBpsFrom: 14,
    withdrawSigmaBpsTo: 35,
    awaySeconds: 4,
    committed: 2,
  },
  spotNoise: {
    ordersPerSecond: 1,
    excitedSigmaBps: 3,
    medianUsd: 2_000,
    sizeSigma: 1.4,
    largestUsd: 400_000,
  },
  spotValueTraders: {
    count: 10,
    lagSecondsFrom: 10,
    lagSecondsTo: 300,
    thresholdFrom: 0.003,
    thresholdTo: 0.06,
    clipUsd: 8_000,
    limitClips: 300,
    reviewSeconds: 5,
  },
  holders: { count: 300, medianUsd: 20_000, sizeSigma: 1.2, stopFrom: 0.02, stopTo: 0.15 },
  arbitrage: {
    count: 8,
    thresholdFrom: 0.0004,
    thresholdTo: 0.003,
    clipUsd: 40_000,
    limitClips: 190,
    reviewSeconds: 1,
    basisMinutes: 30,
  },
};

const bitcoin = (
  title: string,
  terms: { from: Micros; minutes: number; market?: MarketChange; rules?: Partial<RuleSet> },
): Preset => ({
  title,
  from: terms.from,
  minutes: terms.minutes,
  traded: TRADED.BTC,
  market: marketWith(terms.market ?? {}, CALM_MARKET),
  rules: { ...BITCOIN_RULES, ...terms.rules },
});

const DAY_MINUTES = 24 * 60;

const CRASH_NEWS: NewsConfig = {
  minute: 20,
  minutes: 6,
  headlines: 7,
  headlineSeconds: 12,
  dropFrom: 0.06,
  dropTo: 0.07,
  volatilityFactor: 10,
  doubtFadeMinutes: 12,
};

const value = CALM_MARKET.value;

/**
 * A coin that should be worth a dollar, levered by those who carry it for its yield: nearly all long, at high leverage, in at about a dollar. The value hardly moves
 * until somebody doubts the reserves, and most of the fall is undone when they are shown.
 */
const PEG_PRESET: Preset = {
  title: "six hours of a pegged coin whose reserves are doubted for one of them",
  from: noonOf(recordingYear(5)),
  minutes: 6 * 60,
  traded: TRADED.PEGD,
  market: marketWith(
    {
      startUsd: 1,
      value: {
        annualVolatility: 0.02,
        burstSigma: 0.7,
        news: [
          {
            minute: 90,
            minutes: 25,
            headlines: 9,
            headlineSeconds: 20,
            dropFrom: 0.025,
            dropTo: 0.04,
            volatilityFactor: 60,
            doubtFadeMinutes: 30,
          },
          {
            minute: 150,
            minutes: 40,
            headlines: 4,
            headlineSeconds: 120,
            dropFrom: -0.035,
            dropTo: -0.02,
            volatilityFactor: 3,
            doubtFadeMinutes: 30,
          },
        ],
      },
      makers: { halfSpreadBps: 0.6, opinionBps: 0.15 },
      hedgers: { count: 0 },
      momentum: { triggerFrom: 0.002, triggerTo: 0.01 },
      accounts: {
        count: 1_800,
        longShare: 0.93,
        entryWaves: 3,
        waveSigma: 0.0008,
        entrySigma: 0.0003,
        leastDistance: 0.006,
        leverages: [
          { leverage: 10, weight: 30 },
          { leverage: 15, weight: 25 },
          { leverage: 20, weight: 25 },
          { leverage: 30, weight: 15 },
          { leverage: 40, weight: 5 },
        ],
      },
      holders: { stopFrom: 0.01, stopTo: 0.06 },
      arbitrage: { thresholdFrom: 0.0003, thresholdTo: 0.002 },
    },
    CALM_MARKET,
  ),
  rules: { ...BITCOIN_RULES, margin: PEG_MARGIN, insuranceFund: 1_000_000 },
};

/** The name of a preset. */
export type PresetName =
  | "crash-hour"
  | "crash-day"
  | "slow-bleed"
  | "short-squeeze"
  | "calm-day"
  | "depeg";

/** What can be simulated, by name. */
export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  "crash-hour": bitcoin("an hour with bad news that leveraged longs turn into a cascade", {
    from: SIMULATED_FROM,
    minutes: 60,
    market: { value: { ...value, news: [CRASH_NEWS] } },
  }),
  "crash-day": bitcoin(
    "a whole day, with bad news in the evening and funding exchanged three times",
    {
      from: recordingYear(1),
      minutes: DAY_MINUTES,
      market: { value: { ...value, news: [{ ...CRASH_NEWS, minute: 21 * 60 + 15 }] } },
    },
  ),
  "slow-bleed": bitcoin("twelve hours of small bad news, each of which liquidates some", {
    from: recordingYear(2),
    minutes: 12 * 60,
    market: {
      value: {
        ...value,
        news: [
          {
            minute: 60,
            minutes: 9 * 60,
            headlines: 30,
            headlineSeconds: 120,
            dropFrom: 0.07,
            dropTo: 0.1,
            volatilityFactor: 1.5,
            doubtFadeMinutes: 600,
          },
        ],
      },
    },
  }),
  "short-squeeze": bitcoin("an hour with good news, in a market that is short", {
    from: noonOf(recordingYear(3)),
    minutes: 60,
    market: {
      value: { ...value, news: [{ ...CRASH_NEWS, dropFrom: -0.08, dropTo: -0.06 }] },
      accounts: { longShare: 0.25 },
    },
  }),
  "calm-day": bitcoin("a whole day without news", {
    from: recordingYear(4),
    minutes: DAY_MINUTES,
  }),
  depeg: PEG_PRESET,
};
