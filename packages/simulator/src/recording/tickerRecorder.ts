import type { Batch } from "@aftershock/schema";
import type { Market } from "../market/market.ts";
import type { Connection } from "./connection.ts";
import { StreamRecorder } from "./streamRecorder.ts";

/** Writes the perpetual's ticker: mark, index, last, funding rate as it stands, and open interest in the venue's size unit. */
export class TickerRecorder {
  readonly #market: Market;
  readonly #connection: Connection;
  readonly #recorder: StreamRecorder<"tickers">;

  constructor(options: { market: Market; connection: Connection; emit: (batch: Batch) => void }) {
    const { market } = options;
    this.#market = market;
    this.#connection = options.connection;
    this.#recorder = new StreamRecorder("tickers", market.perpetual.instrument, options.emit);
  }

  record(tsEvent: number, step: number): void {
    const { oracle, perpetual } = this.#market;
    this.#recorder.add({
      tsEvent,
      tsRecv: this.#connection.receive(tsEvent, step),
      markPrice: oracle.mark,
      indexPrice: oracle.index,
      lastPrice: perpetual.lastTrade * perpetual.tickUsd,
      fundingRate: oracle.fundingRate,
      fundingTime: oracle.nextFunding,
      openInterest: this.#market.openInterest(),
    });
  }

  finish(): void {
    this.#recorder.finish();
  }
}
