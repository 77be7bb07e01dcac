/** How the value of the coin moves. */
export interface ValueConfig {
  /** Volatility of the value in calm, a fraction a year. */
  readonly annualVolatility: number;
  /** Minute of the recording at which the news start. */
  readonly newsMinute: number;
  /** How long the news take to come out, minutes. */
  readonly newsMinutes: number;
  /** In how many headlines, and how long the market takes to price one, seconds. */
  readonly headlines: number;
  readonly headlineSeconds: number;
  /** The least and the most that the news take away, fractions; drawn uniformly. */
  readonly newsDropFrom: number;
  readonly newsDropTo: number;
  /** How much wider the value's walk is when the news start, as a factor. */
  readonly newsVolatilityFactor: number;
  /** Time in which that doubt falls to 1/e, minutes. */
  readonly doubtFadeMinutes: number;
}

/** The makers, who quote ladders on both sides. */
export interface MakerConfig {
  readonly count: number;
  /** Levels a side. */
  readonly levels: number;
  /** Distance of the first level from the maker's view in calm, basis points. */
  readonly halfSpreadBps: number;
  /** Distance between the first two levels in calm, basis points; each further gap is `growth` times as wide. */
  readonly gapBps: number;
  readonly growth: number;
  /** Size of the first level in calm, USD; level k holds 1 + k × `sizeSlope` times as much. */
  readonly sizeUsd: number;
  readonly sizeSlope: number;
  /** Seconds between two reviews, from and to; drawn for each maker. */
  readonly reviewSecondsFrom: number;
  readonly reviewSecondsTo: number;
  /** Share of the distance to the mid that a maker's view closes at a review. */
  readonly followMid: number;
  /** Share of the distance to the (lagged) value that it closes in a second. */
  readonly followValuePerSecond: number;
  /** How old the value is that a maker sees, seconds, from and to. */
  readonly valueLagSecondsFrom: number;
  readonly valueLagSecondsTo: number;
  /** Standard deviation of a maker's own opinion of the price, basis points. */
  readonly opinionBps: number;
  /** By how much a million USD of inventory shifts both sides, basis points. */
  readonly skewBpsPerMillion: number;
  /** Volatility (basis points a √second) at which a maker's size has halved; sizes fall as 1/(1 + (σ/this)²). */
  readonly thinSigmaBps: number;
  /** Size that remains however wild it gets, a fraction. */
  readonly sizeFloor: number;
  /** Volatility at which spread and gaps have doubled; they grow as 1 + σ/this, up to `widest` times the calm ones. */
  readonly widenSigmaBps: number;
  readonly widest: number;
  /** A maker moves its ladder only when its centre has moved by this share of the first level's distance. */
  readonly patience: number;
  /** Volatility at which a maker pulls all quotes, from and to; drawn for each maker. */
  readonly withdrawSigmaBpsFrom: number;
  readonly withdrawSigmaBpsTo: number;
  /** How long it then stays away, seconds. */
  readonly awaySeconds: number;
  /** Makers (the first ones) that never withdraw. */
  readonly committed: number;
}

/** The crowd that trades for reasons of its own. */
export interface NoiseConfig {
  /** Orders a second in calm; at most 30. */
  readonly ordersPerSecond: number;
  /** Volatility (basis points a √second) at which there are twice as many; at most 5 times as many. */
  readonly excitedSigmaBps: number;
  /** Median size of an order, USD, the standard deviation of its logarithm, and the largest size. */
  readonly medianUsd: number;
  readonly sizeSigma: number;
  readonly largestUsd: number;
}

/** Traders who sell what falls and buy what rises. */
export interface MomentumConfig {
  readonly count: number;
  /** Over how many seconds they measure the move, from and to. */
  readonly lookbackSecondsFrom: number;
  readonly lookbackSecondsTo: number;
  /** The move that sets them off, a fraction, from and to. */
  readonly triggerFrom: number;
  readonly triggerTo: number;
  /** Median size of an order, USD. */
  readonly clipUsd: number;
  /** Largest position, in orders. */
  readonly limitClips: number;
  readonly reviewSeconds: number;
}

/** Traders who know the value, late, and trade towards it. */
export interface ValueTraderConfig {
  readonly count: number;
  /** How old the value is that they see, seconds, from and to; drawn with a uniform logarithm. */
  readonly lagSecondsFrom: number;
  readonly lagSecondsTo: number;
  /** The gap between price and value at which they trade, a fraction, from and to; drawn with a uniform logarithm. */
  readonly thresholdFrom: number;
  readonly thresholdTo: number;
  /** Median size of an order, USD; at a gap of twice the threshold twice as much, at most 3 times. */
  readonly clipUsd: number;
  /** Largest position, in orders. */
  readonly limitClips: number;
  readonly reviewSeconds: number;
}

/** The leveraged accounts at the start. */
export interface AccountConfig {
  readonly count: number;
  /** Share of them that are long. */
  readonly longShare: number;
  /** Median position, USD, the standard deviation of its logarithm, and the largest position. */
  readonly medianUsd: number;
  readonly sizeSigma: number;
  readonly largestUsd: number;
  /** Around how many prices they entered: waves of buying in the days before. */
  readonly entryWaves: number;
  /** Standard deviation of the logarithm of a wave's price over the start price, and of an entry price over its wave's. */
  readonly waveSigma: number;
  readonly entrySigma: number;
  /** The leverages and their weights; weights need not sum to 1. */
  readonly leverages: readonly { readonly leverage: number; readonly weight: number }[];
  /** Accounts whose trigger would be nearer to the start than this fraction are drawn again. */
  readonly leastDistance: number;
}

/** The liquidation engine and its rules. */
export interface LiquidationConfig {
  /** Maintenance margin, a fraction of the position's value. */
  readonly maintenance: number;
  /** What the engine may send to the market in a second, USD. */
  readonly throttleUsdPerSecond: number;
  /** Fee on what was closed, a fraction, from what is left of the account's margin into the insurance fund. */
  readonly fee: number;
  /** The insurance fund at the start, BTC. */
  readonly insuranceBtc: number;
}

/** Index and mark. */
export interface MarkConfig {
  /** Weight of the perpetual in the spot price; the rest is what spot holders make of the news. */
  readonly spotFollows: number;
  /** In how many seconds spot follows the perpetual, and understands the news: time constants. */
  readonly spotSeconds: number;
  readonly spotNewsSeconds: number;
  /** Time constant of the average basis in the mark, seconds. */
  readonly basisSeconds: number;
  /** The premium around zero within which the funding rate is zero, a fraction, and the largest rate of eight hours. */
  readonly fundingDampener: number;
  readonly fundingCap: number;
}

/** The whole market. */
export interface MarketConfig {
  readonly startUsd: number;
  /** The market runs for this long before the recording starts, so that quotes and averages have settled. */
  readonly warmUpSeconds: number;
  readonly value: ValueConfig;
  readonly makers: MakerConfig;
  readonly noise: NoiseConfig;
  readonly momentum: MomentumConfig;
  readonly valueTraders: ValueTraderConfig;
  readonly accounts: AccountConfig;
  readonly liquidation: LiquidationConfig;
  readonly mark: MarkConfig;
}

/** A change of some numbers of a market: what is left out stays. */
export type MarketChange = {
  readonly [G in keyof MarketConfig]?: MarketConfig[G] extends number
    ? number
    : Partial<MarketConfig[G]>;
};

/**
 * The default market. Its numbers are choices and not measurements: they are set so that a calm hour and a crash hour look
 * like those of a large bitcoin perpetual (spread of about a basis point, some millions of USD within ten, a fall of 10–14 %
 * on news of 6–7 %). Maintenance margin 1 % and liquidation fee 0.75 % are Deribit's of 2022-01-11 without their size term
 * (Deribit support, article 25944826427293); the 30 s basis average is that of Deribit's mark.
 */
export const DEFAULT_MARKET: MarketConfig = {
  startUsd: 64_000,
  warmUpSeconds: 120,
  value: {
    annualVolatility: 0.5,
    newsMinute: 20,
    newsMinutes: 6,
    headlines: 7,
    headlineSeconds: 12,
    newsDropFrom: 0.06,
    newsDropTo: 0.07,
    newsVolatilityFactor: 10,
    doubtFadeMinutes: 12,
  },
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
    followValuePerSecond: 0.005,
    valueLagSecondsFrom: 20,
    valueLagSecondsTo: 120,
    opinionBps: 0.25,
    skewBpsPerMillion: 2,
    thinSigmaBps: 6,
    sizeFloor: 0.12,
    widenSigmaBps: 5,
    widest: 8,
    patience: 0.8,
    withdrawSigmaBpsFrom: 12,
    withdrawSigmaBpsTo: 30,
    awaySeconds: 4,
    committed: 3,
  },
  noise: {
    ordersPerSecond: 2.5,
    excitedSigmaBps: 3,
    medianUsd: 2_000,
    sizeSigma: 1.5,
    largestUsd: 600_000,
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
    reviewSeconds: 4,
  },
  accounts: {
    count: 2_500,
    longShare: 0.75,
    medianUsd: 15_000,
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
  },
  liquidation: {
    maintenance: 0.01,
    throttleUsdPerSecond: 300_000,
    fee: 0.0075,
    insuranceBtc: 100,
  },
  mark: {
    spotFollows: 0.8,
    spotSeconds: 4,
    spotNewsSeconds: 60,
    basisSeconds: 30,
    fundingDampener: 0.00025,
    fundingCap: 0.005,
  },
};

/** A market with some numbers changed. */
export function marketWith(
  change: MarketChange,
  base: MarketConfig = DEFAULT_MARKET,
): MarketConfig {
  return {
    startUsd: change.startUsd ?? base.startUsd,
    warmUpSeconds: change.warmUpSeconds ?? base.warmUpSeconds,
    value: { ...base.value, ...change.value },
    makers: { ...base.makers, ...change.makers },
    noise: { ...base.noise, ...change.noise },
    momentum: { ...base.momentum, ...change.momentum },
    valueTraders: { ...base.valueTraders, ...change.valueTraders },
    accounts: { ...base.accounts, ...change.accounts },
    liquidation: { ...base.liquidation, ...change.liquidation },
    mark: { ...base.mark, ...change.mark },
  };
}
