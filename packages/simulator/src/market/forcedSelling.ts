import {
  type AccountId,
  type ForcedOrder,
  type Ledger,
  type LiquidationMarket,
} from "@aftershock/cascade";
import { micros } from "@aftershock/schema";
import { STEPS_PER_SECOND } from "../clock.ts";
import type { SimulatedRules } from "../config/simulatedRules.ts";
import type { LiquidationLevel } from "./liquidationLevels.ts";

/** What became of an account that was liquidated. */
export interface Liquidated {
  readonly account: AccountId;
  readonly side: number;
  readonly triggeredAt: number;
  closedAt?: number;
}

/** Liquidates accounts in one queue. */
export class ForcedSelling {
  readonly liquidated: Map<AccountId, Liquidated> = new Map();
  readonly #ledger: Ledger;
  readonly #instrument: number;
  readonly #market: LiquidationMarket;
  readonly #rules: SimulatedRules;
  readonly #fund: number;
  readonly #lotUsd: number;
  #longs: LiquidationLevel[] = [];
  #shorts: LiquidationLevel[] = [];
  readonly #queue: Liquidated[] = [];
  shortfall = 0;

  constructor(options: {
    ledger: Ledger;
    instrument: number;
    market: LiquidationMarket;
    rules: SimulatedRules;
    fund: number;
    lotUsd: number;
  }) {
    this.#ledger = options.ledger;
    this.#instrument = options.instrument;
    this.#market = options.market;
    this.#rules = options.rules;
    this.#fund = options.fund;
    this.#lotUsd = options.lotUsd;
  }

  set(levels: readonly LiquidationLevel[]): void {
    const left = levels.filter(({ account }) => !this.liquidated.has(account));
    this.#longs = left.filter(({ side }) => side > 0).sort((a, b) => a.usd - b.usd);
    this.#shorts = left.filter(({ side }) => side < 0).sort((a, b) => b.usd - a.usd);
  }

  step(at: number, markUsd: number): void {
    for (let next = this.#longs.at(-1); next && markUsd <= next.usd; next = this.#longs.at(-1)) {
      this.#longs.pop();
      this.#latch(next, at);
    }
    for (let next = this.#shorts.at(-1); next && markUsd >= next.usd; next = this.#shorts.at(-1)) {
      this.#shorts.pop();
      this.#latch(next, at);
    }
    let budget = Math.round(this.#rules.throttleUsdPerSecond / STEPS_PER_SECOND / this.#lotUsd);
    for (let head = this.#queue[0]; head && budget > 0; head = this.#queue[0]) {
      const left = Math.abs(this.#ledger.lots(head.account, this.#instrument));
      const wanted = Math.min(left, budget);
      const filled = wanted === 0 ? 0 : this.#send(head, wanted, at);
      budget -= filled;
      if (filled === left) {
        head.closedAt = at;
        this.#queue.shift();
        this.#settle(head);
      }
      if (filled < wanted) return;
    }
  }

  #latch({ account, side }: LiquidationLevel, at: number): void {
    if (this.#ledger.lots(account, this.#instrument) * side <= 0) return;
    const one: Liquidated = { account, side, triggeredAt: at };
    this.liquidated.set(account, one);
    this.#queue.push(one);
  }

  #send({ account, side }: Liquidated, lots: number, at: number): number {
    const order: ForcedOrder = {
      account,
      instrument: this.#instrument,
      side: side > 0 ? -1 : 1,
      lots,
      limitPrice: undefined,
      fillOrKill: false,
      at: micros(at),
    };
    let filled = 0;
    for (const { counterparty, lots: size, price } of this.#market.take(order)) {
      const [buyer, seller] = side > 0 ? [counterparty, account] : [account, counterparty];
      const terms = { buyer, seller, instrument: this.#instrument, lots: size, price };
      const value = Math.abs(this.#ledger.exchange(terms));
      const fee = Math.round(value * this.#rules.liquidationFee.rate);
      const cash = this.#ledger.cash(account);
      void cash;
      void fee;
      filled += size;
    }
    return filled;
  }

  #settle({ account }: Liquidated): void {
    const cash = this.#ledger.cash(account);
    if (cash < 0) {
      this.shortfall -= cash;
      this.#ledger.transfer(this.#fund, account, -cash);
      return;
    }
    this.#ledger.transfer(account, this.#fund, Math.round(cash * 0.5));
  }
}
