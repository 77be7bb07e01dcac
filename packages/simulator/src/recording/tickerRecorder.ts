import { type EventStream, MICROS_PER_HOUR } from "@aftershock/schema";
import { LOT_USD, SIMULATED_PERPETUAL, TICK_USD } from "../instruments.ts";
import type { Market } from "../market/market.ts";
import type { Connection } from "./connection.ts";
import { StreamRecorder } from "./streamRecorder.ts";

/** Funding is exchanged at 00:00, 08:00 and 16:00 UTC. */
export const FUNDING_INTERVAL_MICROS: number = 8 * MICROS_PER_HOUR;

/** The first funding time after an instant, µs. */
export const nextFundingTime = (at: number): number =>
  (Math.floor(at / FUNDING_INTERVAL_MICROS) + 1) * FUNDING_INTERVAL_MICROS;

/** Writes the perpetual's ticker: mark, index, last, funding rate and open interest (USD, which is the venue's size unit). */
export class TickerRecorder {
  readonly #connection: Connection;
  readonly #recorder = new StreamRecorder("tickers", SIMULATED_PERPETUAL);

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  record(market: Market, tsEvent: number): void {
    this.#recorder.add({
      tsEvent,
      tsRecv: this.#connection.receive(tsEvent),
      markPrice: market.markPrice.mark,
      indexPrice: market.markPrice.index,
      lastPrice: market.lastTrade * TICK_USD,
      fundingRate: market.markPrice.fundingRate,
      fundingTime: nextFundingTime(tsEvent),
      openInterest: market.ledger.openInterest * LOT_USD,
    });
  }

  finish(): EventStream<"tickers"> {
    return this.#recorder.finish();
  }
}
