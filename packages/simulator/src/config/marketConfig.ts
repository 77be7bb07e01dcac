/** A piece of news: the value of the coin moves in some headlines, and nobody is sure of it for a while. */
export interface NewsConfig {
  /** Minute of the recording at which it starts. */
  readonly minute: number;
  /** How long it takes to come out, minutes. */
  readonly minutes: number;
  /** In how many headlines, and how long the market takes to price one, seconds. */
  readonly headlines: number;
  readonly headlineSeconds: number;
  /** The least and the most that it takes away, fractions of the value, drawn uniformly; negative: it adds. */
  readonly dropFrom: number;
  readonly dropTo: number;
  /** How much wider the value's walk is when it starts, as a factor. */
  readonly volatilityFactor: number;
  /** Time in which that doubt falls to 1/e, minutes. */
  readonly doubtFadeMinutes: number;
}

/** How the value of the coin moves. */
export interface ValueConfig {
  /** Volatility of the value in calm, a fraction a year. */
  readonly annualVolatility: number;
  /** Standard deviation of the logarithm of the walk's width, which comes in bursts of seconds, minutes and a quarter of an hour; 0: one width. */
  readonly burstSigma: number;
  readonly news: readonly NewsConfig[];
}

/** Makers, who quote ladders on both sides of one market. */
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
  /** By how much a million USD that it bought since its last review lowers its view (what it sold raises it), basis points in calm; as many times more as its ladder is wider. */
  readonly learnBpsPerMillion: number;
  /** Inventory at which a maker no longer quotes the side that would add to it, USD. */
  readonly inventoryLimitUsd: number;
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

/** The crowd that trades for reasons of its own, with single orders. */
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

/** Orders that are too large for one go, and are worked in many small ones. */
export interface MetaorderConfig {
  /** How many are worked at any time. */
  readonly count: number;
  /** Exponent of the Pareto tail of the number of their parts, above 1, and the largest number. */
  readonly tail: number;
  readonly mostParts: number;
  /** Median size of a part, USD, and the standard deviation of its logarithm. */
  readonly medianUsd: number;
  readonly sizeSigma: number;
  /** Seconds between two parts, from and to; drawn for each order. */
  readonly everySecondsFrom: number;
  readonly everySecondsTo: number;
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

/** Fundamental traders, who know the value, late, and trade towards it. */
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

/** Arbitrageurs between the perpetual and spot. */
export interface ArbitrageConfig {
  readonly count: number;
  /** The distance between the two prices, beyond the usual one, at which they trade, a fraction, from and to. */
  readonly thresholdFrom: number;
  readonly thresholdTo: number;
  /** Median size of an order on each leg, USD, and the largest position, in orders. */
  readonly clipUsd: number;
  readonly limitClips: number;
  readonly reviewSeconds: number;
  /** Time in which the usual distance is learned: time constant, minutes. */
  readonly basisMinutes: number;
}

/** Dealers who are short options and hedge their delta on the perpetual. */
export interface HedgerConfig {
  readonly count: number;
  /** Notional of the options that each is short, USD. */
  readonly notionalUsd: number;
  /** Strikes over the start price, from and to, and their time to expiry in days: puts below the start, calls above it. */
  readonly strikeFrom: number;
  readonly strikeTo: number;
  readonly expiryDays: number;
  /** Volatility at which they hedge, a fraction a year. */
  readonly impliedVolatility: number;
  /** A hedge is traded when it is off by this share of the notional. */
  readonly band: number;
  readonly reviewSeconds: number;
}

/** Traders who sell ahead of liquidations that they can see coming. */
export interface FrontRunnerConfig {
  readonly count: number;
  /** How far from the mark they look, a fraction. */
  readonly range: number;
  /** Notional that would be liquidated within it for them to act, USD. */
  readonly leastUsd: number;
  /** The move towards it that they wait for, a fraction, and over how many seconds. */
  readonly trigger: number;
  readonly lookbackSeconds: number;
  /** Size of an order, USD, and the largest position, in orders. */
  readonly clipUsd: number;
  readonly limitClips: number;
  readonly reviewSeconds: number;
  /** They buy back once nothing is left ahead, or after so many seconds. */
  readonly holdSeconds: number;
}

/** Holders of coin with a stop-loss order each, on spot. */
export interface HolderConfig {
  readonly count: number;
  /** Median holding, USD, and the standard deviation of its logarithm. */
  readonly medianUsd: number;
  readonly sizeSigma: number;
  /** How far below the start price the stops are, fractions, from and to. */
  readonly stopFrom: number;
  readonly stopTo: number;
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
  /** Accounts whose trigger would be nearer to the start than this fraction, under the market's own rules, are drawn again. */
  readonly leastDistance: number;
  /** Share of them that have a stop-loss order, and where it lies between entry (0) and liquidation (1), from and to. */
  readonly stopShare: number;
  readonly stopFrom: number;
  readonly stopTo: number;
}

/** The whole market: every number of it but the venue's rules. */
export interface MarketConfig {
  readonly startUsd: number;
  /** The market runs for this long before the recording starts, so that quotes and averages have settled. */
  readonly warmUpSeconds: number;
  readonly value: ValueConfig;
  /** On the perpetual. */
  readonly makers: MakerConfig;
  readonly noise: NoiseConfig;
  readonly metaorders: MetaorderConfig;
  readonly momentum: MomentumConfig;
  readonly valueTraders: ValueTraderConfig;
  readonly hedgers: HedgerConfig;
  readonly frontRunners: FrontRunnerConfig;
  readonly accounts: AccountConfig;
  /** On spot. */
  readonly spotMakers: MakerConfig;
  readonly spotNoise: NoiseConfig;
  readonly spotValueTraders: ValueTraderConfig;
  readonly holders: HolderConfig;
  /** Between both. */
  readonly arbitrage: ArbitrageConfig;
}

/** A change of some numbers of a market: what is left out stays. */
export type MarketChange = {
  readonly [G in keyof MarketConfig]?: MarketConfig[G] extends number
    ? number
    : Partial<MarketConfig[G]>;
};

/** A market with some numbers changed. */
export function marketWith(change: MarketChange, base: MarketConfig): MarketConfig {
  return {
    startUsd: change.startUsd ?? base.startUsd,
    warmUpSeconds: change.warmUpSeconds ?? base.warmUpSeconds,
    value: { ...base.value, ...change.value },
    makers: { ...base.makers, ...change.makers },
    noise: { ...base.noise, ...change.noise },
    metaorders: { ...base.metaorders, ...change.metaorders },
    momentum: { ...base.momentum, ...change.momentum },
    valueTraders: { ...base.valueTraders, ...change.valueTraders },
    hedgers: { ...base.hedgers, ...change.hedgers },
    frontRunners: { ...base.frontRunners, ...change.frontRunners },
    accounts: { ...base.accounts, ...change.accounts },
    spotMakers: { ...base.spotMakers, ...change.spotMakers },
    spotNoise: { ...base.spotNoise, ...change.spotNoise },
    spotValueTraders: { ...base.spotValueTraders, ...change.spotValueTraders },
    holders: { ...base.holders, ...change.holders },
    arbitrage: { ...base.arbitrage, ...change.arbitrage },
  };
}
