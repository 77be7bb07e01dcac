import type { ContractKind, Micros } from "@aftershock/schema";
import type { TailIndex } from "./hillIndex.ts";
import type { PowerLaw } from "./powerLaw.ts";

/** Autocorrelations at one lag of time. */
export interface ReturnCorrelation {
  readonly lagSeconds: number;
  /** Of the returns, −1 … 1. */
  readonly returns: number;
  /** Of their absolute values, −1 … 1. */
  readonly absolute: number | undefined;
}

/** Log returns of the price from one multiple of a horizon to the next. */
export interface ReturnFacts {
  readonly horizonSeconds: number;
  readonly count: number;
  /** Standard deviation, 1e-4. */
  readonly deviationBps: number;
  /** 3 of a normal distribution. */
  readonly kurtosis: number | undefined;
  /** Of falls, of rises, and of both by absolute value; 5 % of all returns each. */
  readonly tails: {
    readonly falls: TailIndex | undefined;
    readonly rises: TailIndex | undefined;
    readonly both: TailIndex | undefined;
  };
  readonly correlations: readonly ReturnCorrelation[];
  /** ∝ lag^−exponent, of the absolute returns. */
  readonly absoluteDecay: PowerLaw | undefined;
}

/** Quantiles of a quantity. */
export interface Quantiles {
  readonly p5: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
  readonly p99: number;
}

/** The same over the whole recording, and in the calmest and the wildest of its windows. */
export interface InWindows<T> {
  readonly all: T;
  readonly calmest: T | undefined;
  readonly worst: T | undefined;
}

/** A window of time. */
export interface FactWindow {
  readonly from: Micros;
  /** ln(highest mid / lowest mid) in it, 1e-4. */
  readonly rangeBps: number;
}

/** Best ask less best bid, weighted by the time for which it stood. */
export interface SpreadFacts {
  readonly ticks: InWindows<Quantiles>;
  /** Of the mid, 1e-4; undefined where no mid was above 0. */
  readonly bps: InWindows<Quantiles> | undefined;
}

/** What rests on one side within a band of the mid, in quote currency, weighted by time (one sample each 100 ms). */
export interface SideDepth {
  readonly quote: InWindows<Quantiles>;
  /** Lowest in the worst window over the median of the whole recording, 0 and more. */
  readonly collapse: number | undefined;
  /** From that lowest to the first time at half of the median, seconds: 0 where it never was below; undefined where it was not reached. */
  readonly recoverySeconds: number | undefined;
}

/** Depth within a band. */
export interface BandDepth {
  readonly bandBps: number;
  readonly bids: SideDepth;
  readonly asks: SideDepth;
}

/** Aggressor signs of orders: +1 buys, −1 sells. */
export interface SignFacts {
  readonly orders: number;
  readonly correlations: readonly { readonly lag: number; readonly correlation: number }[];
  /** ∝ lag^−exponent. */
  readonly decay: PowerLaw | undefined;
}

/** What metaorders, or what stands for them, did to the mid. */
export interface ImpactFacts {
  readonly metaorders: number;
  /** Mean impact by size: 1e-4 of the mid in the direction of the order, quote currency. */
  readonly bins: readonly {
    readonly quote: number;
    readonly impactBps: number;
    readonly count: number;
  }[];
  /** impact ∝ size^exponent; 0.5 is the square root. */
  readonly law: PowerLaw | undefined;
}

/** Size that left the book without being traded. */
export interface CancellationFacts {
  /** `levels`: from decreases of levels, a lower bound. `orders`: cancels of orders, exact. */
  readonly from: "levels" | "orders";
  readonly cancellations: number;
  readonly trades: number;
  readonly perTrade: number;
  /** Of levels: cancelled size over traded size. */
  readonly sizePerTraded: number | undefined;
}

/** Notional of forced orders that went to the market, over the notional of all takers. */
export interface ForcedFacts {
  readonly prints: number;
  readonly share: number;
  /** In the worst window; undefined where nothing traded in it, or there is none. */
  readonly worstShare: number | undefined;
  /** The highest of any window, and when that starts. */
  readonly highest: { readonly from: Micros; readonly share: number } | undefined;
}

/** How busy the market was, between the first and the last event. */
export interface ActivityFacts {
  readonly messages: number | undefined;
  readonly updatesPerMessage: number | undefined;
  readonly messagesPerSecond: number | undefined;
  readonly trades: number | undefined;
  readonly tradesPerSecond: number | undefined;
  /** Trades of one time and side are one order. */
  readonly orders: number | undefined;
  readonly meanTradeQuote: number | undefined;
  readonly medianTradeQuote: number | undefined;
}

/** A figure that is not there, and why. */
export interface AbsentFact {
  readonly fact: string;
  readonly why: string;
}

/** The stylised facts of one instrument. What is undefined stands in `absent` with the reason. */
export interface StylisedFacts {
  readonly instrument: string;
  readonly simulated: boolean;
  /** Where it is unknown or quanto, sizes in quote currency are computed as of a linear contract, and `absent` says so. */
  readonly contract: ContractKind;
  /** Effective times of the first and the last event, µs. */
  readonly from: Micros | undefined;
  readonly to: Micros | undefined;
  readonly seconds: number;
  /** Length of a window, seconds. */
  readonly windowSeconds: number;
  /** Windows of which half or more had a mid. */
  readonly windows: number;
  readonly calmest: FactWindow | undefined;
  readonly worst: FactWindow | undefined;
  /** Returns are those of the mid, or of the last trade where there is no book. */
  readonly priceOf: "mid" | "trade" | undefined;
  readonly returns: readonly ReturnFacts[];
  readonly spread: SpreadFacts | undefined;
  readonly depth: readonly BandDepth[];
  readonly signs: SignFacts | undefined;
  /** Runs of orders of one sign: proxies, and no metaorders. */
  readonly runImpact: ImpactFacts | undefined;
  /** Chains of forced orders of one account and side. */
  readonly forcedImpact: ImpactFacts | undefined;
  readonly cancellations: CancellationFacts | undefined;
  readonly forced: ForcedFacts | undefined;
  readonly activity: ActivityFacts;
  readonly absent: readonly AbsentFact[];
}
