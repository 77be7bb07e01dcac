import { BUY, SELL } from "@aftershock/schema";
import type { Agent, TradingVenue } from "./agent.ts";

/** A stop-loss order: closes a position at the market once a price has been traded. */
export interface StopOrder {
  readonly account: number;
  /** BUY for a position that is long, which is sold when the price has fallen to the stop; SELL for a short one. */
  readonly position: number;
  /** Ticks. */
  readonly stopPrice: number;
}

/**
 * The stop-loss orders that rest at a venue, set off by the last trade, each for the whole position of its account as it is then. Many lie at the
 * same prices, and each that fills moves the price to the next: a cascade without any leverage. One that a venue has cancelled, as it does before it liquidates an account, is not set off.
 * Assumes stop-market orders; with a limit they would stay unfilled where the book is empty. What does not fill is sent again in the next step.
 */
export class StopOrders implements Agent {
  readonly #venue: TradingVenue;
  /** Of longs (highest stop last) and of shorts (lowest stop last): the next to be set off is the last. */
  readonly #ofLongs: StopOrder[];
  readonly #ofShorts: StopOrder[];
  readonly #working: StopOrder[] = [];
  readonly #cancelled = new Set<number>();

  constructor(venue: TradingVenue, stops: readonly StopOrder[]) {
    this.#venue = venue;
    const byPrice = (a: StopOrder, b: StopOrder): number =>
      a.stopPrice - b.stopPrice || b.account - a.account;
    this.#ofLongs = stops.filter(({ position }) => position === BUY).sort(byPrice);
    this.#ofShorts = stops
      .filter(({ position }) => position === SELL)
      .sort((a, b) => b.stopPrice - a.stopPrice || b.account - a.account);
  }

  /** Cancels the stops of an account. */
  cancel(account: number): void {
    this.#cancelled.add(account);
  }

  act(): void {
    const venue = this.#venue;
    this.#collect(this.#ofLongs, ({ stopPrice }) => venue.lastTrade <= stopPrice);
    this.#collect(this.#ofShorts, ({ stopPrice }) => venue.lastTrade >= stopPrice);
    if (this.#working.length === 0) return;
    let kept = 0;
    for (const stop of this.#working) {
      if (this.#cancelled.has(stop.account)) continue;
      const lots = venue.position(stop.account);
      // What the liquidation engine has closed, or turned, is no longer there to stop.
      if (lots * stop.position <= 0) continue;
      const filled = venue.take(stop.account, -stop.position, Math.abs(lots));
      if (filled === Math.abs(lots)) continue;
      this.#working[kept] = stop;
      kept += 1;
    }
    this.#working.length = kept;
  }

  #collect(waiting: StopOrder[], isMet: (stop: StopOrder) => boolean): void {
    for (let next = waiting.at(-1); next !== undefined && isMet(next); next = waiting.at(-1)) {
      waiting.pop();
      this.#working.push(next);
    }
  }
}
