import type { Micros, StreamName } from "@aftershock/schema";
import type { CoinMarket } from "../market/marketFrame.ts";
import type { CoinAccount, CostPart } from "./coinAccount.ts";

/** A recording that a study reads. */
export interface StreamRequest {
  readonly stream: StreamName;
  /** `venue:SYMBOL`, where `*` in the symbol stands for any characters (`deribit:BTC-*`: every future of the coin). */
  readonly instrument: string;
  /** Whether the study cannot run without it. Of a pattern at least one instrument must be there. */
  readonly required: boolean;
}

/** One trade of a hedge, or the settlement of an option at its expiry. */
export interface HedgeTrade {
  /** µs UTC. */
  readonly at: number;
  readonly coin: string;
  /** The option's own symbol, or the instrument id of a perpetual or future. */
  readonly instrument: string;
  readonly side: "buy" | "sell" | "settle";
  readonly reason: "open" | "rebalance" | "expiry";
  /** How much, 0 or more: coins of underlying for options, USD for inverse contracts. */
  readonly size: number;
  readonly sizeUnit: "coin" | "usd";
  /** Premium in coin for options, USD for inverse contracts. */
  readonly price: number;
  /** What that price is in the record; `intrinsic` is computed from the index at expiry. */
  readonly priceKind: "ask" | "bid" | "mark" | "last" | "intrinsic";
  /** Coins paid (negative) or received, without the fee. */
  readonly amountCoin: number;
  /** Fee, coins, 0 or more. */
  readonly feeCoin: number;
  /** The coin's index then, USD. */
  readonly indexPrice: number;
}

/** One open contract as it stands at a snapshot. */
export interface PositionValue {
  /** The option's own symbol, or the instrument id of a perpetual or future. */
  readonly instrument: string;
  readonly coin: string;
  /** Signed: coins of underlying for options, USD for inverse contracts; negative is short. */
  readonly size: number;
  readonly sizeUnit: "coin" | "usd";
  /** The price it is valued at: premium in coin for options, USD for inverse contracts. */
  readonly price: number;
  /** Where that price is from; `ask` only until a first mark is recorded. */
  readonly priceKind: "mark" | "last" | "ask";
  /** True when the snapshot lacks the price and an earlier one was carried forward. */
  readonly stale: boolean;
  /** What it is worth at that price, coins; for inverse contracts the profit or loss not yet realised. */
  readonly valueCoin: number;
  /** What closing it at the recorded bid brings, coins, before fees; 0 where nobody bids. */
  readonly liquidationCoin: number;
  /** The recorded bid, premium in coin; null where there is none, and for inverse contracts, whose quotes are not recorded. */
  readonly bid: number | null;
  /** Black-76 at the recorded volatility, premium in coin; null where it cannot be computed or does not apply. */
  readonly modelPrice: number | null;
}

/** A hedge of one coin while it runs. */
export interface HedgePosition {
  /** Acts on a snapshot: books its flows in the account and returns its trades. Called once a snapshot, in order of time. */
  step(market: CoinMarket, account: CoinAccount): readonly HedgeTrade[];
  /** Its open contracts at the snapshot that was stepped last. */
  value(market: CoinMarket): readonly PositionValue[];
  /** Costs that it has but that the record does not hold: reported as null, never as 0. */
  unrecordedCosts(): readonly CostPart[];
  /** Parts of the cost that the record holds for some of the time only; none by default. */
  partialCosts?(): readonly CostPart[];
  /** What a reader of the outcome must know, in sentences, after the last snapshot. */
  notes(): readonly string[];
}

/** What a hedge is told when it starts on one coin. */
export interface HedgeContext {
  readonly venue: string;
  readonly coin: string;
  /** Coins to protect, above 0. */
  readonly coins: number;
  /** First instant after the study, µs. */
  readonly endsAt: Micros;
}

/** A way to protect coins: what a study lists under `hedges`. */
export interface Hedge {
  /** Short and unique within a study. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** Everything its outcome depends on, for the config hash. */
  readonly config: Readonly<Record<string, string | number | boolean>>;
  /** What it takes for granted, in sentences. */
  readonly assumptions: readonly string[];
  /** What it reads for one coin, beside the option chain that every study reads. */
  streams(venue: string, coin: string): readonly StreamRequest[];
  /** Starts it on one coin. */
  open(context: HedgeContext): HedgePosition;
}
