/** What the coins that a hedge pays are spent on; each part's cost is positive when the hedge paid. */
export const COST_PARTS = ["premium", "spread", "fees", "funding", "rebalancing"] as const;

/**
 * - `premium`: the options bought, at their recorded mark. What they are worth later is the hedge's value and not taken off.
 * - `spread`: the price paid beyond the recorded mark.
 * - `fees`: trading fees of opening positions.
 * - `funding`: funding paid; negative when received.
 * - `rebalancing`: trading fees of keeping a hedge within its band.
 */
export type CostPart = (typeof COST_PARTS)[number];

/** Why coins came or went: a cost, or what a contract paid out (profit and loss realised, an option settled). */
export type FlowPart = CostPart | "payoff";

/** Coins that came into the account (positive) or left it (negative). */
export interface CoinFlow {
  /** µs. */
  readonly at: number;
  readonly part: FlowPart;
  /** Coins. */
  readonly amount: number;
  /** The coin's index at that instant, USD. */
  readonly indexPrice: number;
}

/** The coins of one kind that a hedged portfolio holds, with every flow that its hedge has caused. */
export class CoinAccount {
  /** e.g. BTC. */
  readonly coin: string;
  /** What the portfolio started with, coins. */
  readonly initial: number;
  readonly #flows: CoinFlow[] = [];
  #balance: number;

  constructor(coin: string, initial: number) {
    this.coin = coin;
    this.initial = initial;
    this.#balance = initial;
  }

  /** Coins held now, positions not counted. */
  get balance(): number {
    return this.#balance;
  }

  /** Every flow so far, in order. */
  get flows(): readonly CoinFlow[] {
    return this.#flows;
  }

  /** Books a flow. A flow of nothing is not kept. */
  post(flow: CoinFlow): void {
    if (flow.amount === 0) return;
    this.#flows.push(flow);
    this.#balance += flow.amount;
  }
}
