import type { RuleSet } from "@aftershock/cascade";
import type { MarketConfig } from "../config/marketConfig.ts";
import type { ImpactTruth } from "../impact/impactTruth.ts";

/** A leveraged position at the start and what became of it. */
export interface AccountTruth {
  /** Its name in the recorded positions. */
  readonly account: string;
  readonly side: "long" | "short";
  readonly sizeUsd: number;
  readonly entryUsd: number;
  readonly leverage: number;
  /** The mark at which it is liquidated, as things stood at the start, USD; absent for a position that never is. */
  readonly triggerUsd?: number;
  /** Where its stop-loss lay, USD; absent without one. */
  readonly stopUsd?: number;
  /** When the engine took it up, µs; absent when it never did. */
  readonly triggeredAt?: number;
  /** When its position was closed by the engine, µs. */
  readonly closedAt?: number;
}

/** One order that the liquidation engine sent, with what it filled. */
export interface ForcedOrderTruth {
  /** µs: the start of its step. */
  readonly at: number;
  readonly account: string;
  readonly side: "buy" | "sell";
  readonly sizeUsd: number;
  readonly averageUsd: number;
}

/** The state of the market minute by minute, as columns, exact from its books: depth is what a forced order met. */
export interface MarketMinutes {
  /** End of each minute, µs. */
  readonly at: readonly number[];
  readonly midUsd: readonly number[];
  readonly markUsd: readonly number[];
  readonly indexUsd: readonly number[];
  /** What rests within half a percent of the mid, USD. */
  readonly bidDepthUsd: readonly number[];
  readonly askDepthUsd: readonly number[];
  /** Volatility of the mid, basis points a √second. */
  readonly sigmaBps: readonly number[];
  /** What takers bought and sold in the minute, and what the engine did of it, USD. */
  readonly boughtUsd: readonly number[];
  readonly soldUsd: readonly number[];
  readonly forcedBoughtUsd: readonly number[];
  readonly forcedSoldUsd: readonly number[];
}

/** The books of a ledger at the end: they balance. */
export interface LedgerTruth {
  readonly currency: string;
  readonly lots: number;
  readonly depositedLots: number;
  /** Whole units of the currency. */
  readonly cash: number;
  readonly deposited: number;
}

/** What is known of a simulated day and of no real one. JSON; money in USD or settle currency as named, times in µs since the epoch. */
export interface MarketTruth {
  readonly description: string;
  readonly preset: string;
  readonly seed: number;
  readonly config: MarketConfig;
  readonly rules: RuleSet;
  readonly perpetual: string;
  readonly from: number;
  /** First instant after the recording. */
  readonly to: number;
  /** Mid price of the perpetual before the first recorded step, its extremes after any, when they were, and the last. */
  readonly openUsd: number;
  readonly lowUsd: number;
  readonly lowAt: number;
  readonly highUsd: number;
  readonly highAt: number;
  readonly closeUsd: number;
  /** Fractions of value that news took away, and when they came out. */
  readonly news: readonly { readonly drop: number; readonly from: number; readonly to: number }[];
  /** From any news until five minutes after their end: what takers sold and bought, and what of it the engine did. */
  readonly crashSoldUsd: number;
  readonly crashForcedSoldUsd: number;
  readonly crashBoughtUsd: number;
  readonly crashForcedBoughtUsd: number;
  /** What the engine sold and bought in all. */
  readonly forcedSoldUsd: number;
  readonly forcedBoughtUsd: number;
  readonly liquidatedLongs: number;
  readonly liquidatedShorts: number;
  /** What the fund or a vault took over, and what was closed by auto-deleveraging, USD. */
  readonly takenOverUsd: number;
  readonly deleveragedUsd: number;
  /** What the insurance fund is worth in cash at the end, what it paid, what those who gained paid, and what nobody paid; settle currency. */
  readonly insuranceFund: number;
  readonly insurancePaid: number;
  readonly socialised: number;
  readonly badDebt: number;
  readonly ledgers: readonly LedgerTruth[];
  readonly accounts: readonly AccountTruth[];
  readonly forcedOrders: readonly ForcedOrderTruth[];
  readonly minutes: MarketMinutes;
  /** What an order of a liquidation engine does to the price, measured by sending some; absent where it was not measured. */
  readonly impact?: ImpactTruth;
}
