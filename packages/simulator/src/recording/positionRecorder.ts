import { type Batch, BUY, SELL } from "@aftershock/schema";
import type { Market } from "../market/market.ts";
import type { Connection } from "./connection.ts";
import { StreamRecorder } from "./streamRecorder.ts";

/**
 * Writes snapshots of every leveraged account that holds a position: size, entry, what the account is worth (as collateral) and open profit in
 * settle currency. No venue publishes this of all accounts; here it is known.
 */
export class PositionRecorder {
  readonly #market: Market;
  readonly #connection: Connection;
  readonly #recorder: StreamRecorder<"positions">;

  constructor(options: { market: Market; connection: Connection; emit: (batch: Batch) => void }) {
    const { market } = options;
    this.#market = market;
    this.#connection = options.connection;
    this.#recorder = new StreamRecorder("positions", market.perpetual.instrument, options.emit);
  }

  record(tsEvent: number, step: number): void {
    const tsRecv = this.#connection.receive(tsEvent, step);
    const { ledger, perpetual, oracle, accounts } = this.#market;
    const markTicks = ledger.ticksOf(perpetual.number, oracle.mark);
    for (const { account, leverage } of accounts) {
      const position = ledger.position(account, perpetual.number);
      if (position === undefined) continue;
      const { lots, entryValue } = position;
      const profit = ledger.valueUnits(perpetual.number, lots, markTicks) - entryValue;
      const entryTicks = ledger.priceOf(perpetual.number, lots, entryValue);
      const worth = ledger.cash(account) + ledger.valueUnits(perpetual.number, lots, markTicks);
      this.#recorder.add({
        tsEvent,
        tsRecv,
        account: ledger.nameOf(account),
        side: lots > 0 ? BUY : SELL,
        size: Math.abs(lots),
        entryPrice: entryTicks * perpetual.tickUsd,
        markPrice: oracle.mark,
        collateral: ledger.currency.amount(worth),
        leverage,
        unrealisedPnl: ledger.currency.amount(profit),
      });
    }
  }

  finish(): void {
    this.#recorder.finish();
  }
}
