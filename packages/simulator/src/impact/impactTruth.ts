/** A figure with its standard error. */
export interface Estimate {
  readonly value: number;
  /** By the jackknife over draws; of a mean this is the deviation over the root of their number. */
  readonly standardError: number;
}

/** A figure at a time after the order's last part. */
export interface LagEstimate extends Estimate {
  readonly lagSeconds: number;
}

/** What orders of one size did to the price. */
export interface ImpactOfSize {
  /** USD. */
  readonly sizeUsd: number;
  /**
   * The natural logarithm of the mid with the order less that without it, times 1 for a bought order and −1 for a sold one, so that a price that was pushed is positive:
   * means over draws and both directions, one a lag.
   */
  readonly response: readonly LagEstimate[];
  /** The same of bought orders alone, and of sold ones. */
  readonly bought: readonly LagEstimate[];
  readonly sold: readonly LagEstimate[];
}

/** The impact of orders in one state of the market. */
export interface ImpactState {
  /** `calm`: the same market and accounts without its news. `stress`: between the beginning of news and five minutes after their end. */
  readonly state: "calm" | "stress";
  /** When the orders began, seconds after the recording's start, one a draw. */
  readonly beginSeconds: readonly number[];
  /** What rested within 25 basis points of the mid just before, the mean of both sides, USD. */
  readonly depthUsd: Estimate;
  /** From the smallest size to the largest. */
  readonly sizes: readonly ImpactOfSize[];
  /** When the response to the reference size is largest, of every half a minute after the order, and how large it is then. */
  readonly peak: LagEstimate;
  /**
   * The time in which that response falls to 1/e from its peak on, seconds: least squares of A·e^(−t/τ) on every half a minute from the peak until half an
   * hour after the order. Absent where the peak is too late to tell, or the response does not fall.
   */
  readonly decaySeconds?: Estimate;
}

/** Figures for a kernel of impact. Lags at which a figure cannot be told, because a response is not positive, are left out. */
export interface ImpactParameters {
  /** The size to which slope, depth power, peak and decay refer, USD. */
  readonly referenceSizeUsd: number;
  /** Depth at which the slope holds: that of the calm state, USD. */
  readonly referenceDepthUsd: number;
  /** Response in calm to the reference size over that size: a logarithm a USD. */
  readonly slopePerUsd: readonly LagEstimate[];
  /** δ of response ∝ size^δ in calm: the slope of least squares through the logarithms of all sizes. */
  readonly sizeExponent: readonly LagEstimate[];
  /** p of slope ∝ depth^−p, between calm and stress; empty without stress. Depth is not all that differs between them: this is what it would have to explain alone. */
  readonly depthPower: readonly LagEstimate[];
}

/** What an order of a liquidation engine does to the price of the perpetual: a measurement, as the market has no kernel. */
export interface ImpactTruth {
  readonly description: string;
  /** Of each state: how often all sizes and both directions were tried, each time with fresh noise. */
  readonly draws: number;
  /** How fast an order is worked off, USD a second. */
  readonly paceUsdPerSecond: number;
  readonly lagSeconds: readonly number[];
  /** Calm, and stress where there are news. */
  readonly states: readonly ImpactState[];
  readonly parameters: ImpactParameters;
}
