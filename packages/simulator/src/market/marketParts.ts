import type { Ledger } from "@aftershock/cascade";
import type { Agent, ValueView } from "../agents/agent.ts";
import type { VisibleLevels } from "../agents/frontRunner.ts";
import type { MarketConfig } from "../config/marketConfig.ts";
import type { Exchange } from "./exchange.ts";
import type { LeveragedPosition } from "./population.ts";

/** A leveraged account on the books of the venue. */
export interface MarginAccount extends LeveragedPosition {
  /** Its number in the ledger. */
  readonly account: number;
}

/** What agents are opened with. */
export interface MarketParts {
  readonly seed: number;
  /** What the luck of each step is keyed by, beside names: the seed, unless fresh noise was asked for. */
  readonly noiseSeed: number;
  readonly config: MarketConfig;
  /** Money and positions on the perpetual's venue, and on the spot market's. */
  readonly ledger: Ledger;
  readonly spotLedger: Ledger;
  readonly perpetual: Exchange;
  readonly spot: Exchange;
  readonly value: ValueView;
  readonly levels: VisibleLevels;
  readonly accounts: readonly MarginAccount[];
  /** Their stop-loss orders. */
  readonly stops: Agent;
  /** Accounts of the fundamental traders, who carry the other side of the leveraged accounts. */
  readonly carriers: readonly number[];
}

/** Makes an agent of one's own for a market that is about to open: it acts after all others. */
export type AgentMaker = (market: MarketParts) => Agent;
