import { BUY, SELL } from "@aftershock/schema";
import type { LeveragedAccount } from "../agents/leveragedAccount.ts";
import { STEPS_PER_SECOND } from "../clock.ts";
import { LOT_USD } from "../instruments.ts";
import type { LiquidationConfig } from "../marketConfig.ts";
import { type Ledger, SATS_PER_BTC, coinValueSats } from "./ledger.ts";

/** A leveraged account on the books of the venue, and what became of it. */
export interface MarginAccount extends LeveragedAccount {
  /** Its number in the ledger. */
  readonly account: number;
  /** Step at which the mark crossed its trigger. */
  triggeredAt?: number;
  /** Step at which its position was gone. */
  closedAt?: number;
}

/** Sends a market order of `size` lots for an account of the ledger and returns the lots filled. */
type SendOrder = (order: { account: number; side: number; size: number }) => number;

/**
 * The venue's liquidation engine. An account whose trigger the mark crosses is taken over for good, whatever the mark does
 * next; accounts wait in the order of their triggers being met, and the engine sends market orders within a throttle until
 * the position is gone. What is left of the margin pays a fee to the insurance fund, which makes good what is missing.
 * Assumes full liquidation in one queue, no backstop, no auto-deleveraging, and a fund that may go below zero.
 */
export class LiquidationEngine {
  readonly #config: LiquidationConfig;
  readonly #ledger: Ledger;
  readonly #fund: number;
  /** Accounts that have not been triggered, by side; the one whose trigger the mark meets first is the last. */
  readonly #waiting: ReadonlyMap<number, MarginAccount[]>;
  readonly #queue: MarginAccount[] = [];
  #shortfallSats = 0;

  constructor(config: LiquidationConfig, ledger: Ledger, accounts: readonly MarginAccount[]) {
    this.#config = config;
    this.#ledger = ledger;
    this.#fund = ledger.open(Math.round(config.insuranceBtc * SATS_PER_BTC));
    const waitingOn = (side: number): MarginAccount[] =>
      accounts
        .filter((account) => account.side === side)
        .sort((a, b) => side * (a.triggerUsd - b.triggerUsd));
    this.#waiting = new Map([
      [BUY, waitingOn(BUY)],
      [SELL, waitingOn(SELL)],
    ]);
  }

  /** What the insurance fund holds, satoshi; negative when losses have eaten it. */
  get fundSats(): number {
    return this.#ledger.cash(this.#fund);
  }

  /** What the fund has paid for accounts closed below zero, satoshi. */
  get shortfallSats(): number {
    return this.#shortfallSats;
  }

  /** Queues the accounts whose trigger the mark (USD) has met. */
  trigger(markUsd: number, step: number): void {
    for (const [side, waiting] of this.#waiting) {
      // The last one's trigger is the nearest.
      for (let next = waiting.at(-1); next !== undefined; next = waiting.at(-1)) {
        if (side * (markUsd - next.triggerUsd) > 0) break;
        waiting.pop();
        next.triggeredAt = step;
        this.#queue.push(next);
      }
    }
  }

  /** Sends this step's forced orders. Price in ticks, for the value of the fee. */
  liquidate(step: number, markTicks: number, send: SendOrder): void {
    const { throttleUsdPerSecond } = this.#config;
    let budget = Math.round(throttleUsdPerSecond / STEPS_PER_SECOND / LOT_USD);
    for (let head = this.#queue[0]; head !== undefined && budget > 0; head = this.#queue[0]) {
      const left = Math.abs(this.#ledger.position(head.account));
      const wanted = Math.min(left, budget);
      const filled = send({ account: head.account, side: -head.side, size: wanted });
      budget -= filled;
      if (filled === left) {
        head.closedAt = step;
        this.#queue.shift();
        this.#settle(head, markTicks);
      }
      // The book has run out: the rest waits for the makers.
      if (filled < wanted) return;
    }
  }

  /** Squares a closed account with the insurance fund. */
  #settle(closed: MarginAccount, markTicks: number): void {
    const cash = this.#ledger.cash(closed.account);
    if (cash < 0) {
      this.#shortfallSats -= cash;
      this.#ledger.transfer(this.#fund, closed.account, -cash);
      return;
    }
    const fee = Math.round(this.#config.fee * coinValueSats(closed.size, markTicks));
    this.#ledger.transfer(closed.account, this.#fund, Math.min(cash, fee));
  }
}
