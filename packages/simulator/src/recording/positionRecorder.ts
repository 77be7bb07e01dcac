import { type Batch, BUY, SELL } from "@aftershock/schema";
import type { Market } from "../market/market.ts";
import type { Connection } from "./connection.ts";
import { StreamRecorder } from "./streamRecorder.ts";

/**
 * Writes snapshots of every leveraged account that holds a position: size, entry, what the account is worth (as collateral) and open profit in
 * settle currency. A position that is gone is told of once, with size 0. No venue publishes this of all accounts; here it is known.
 */
export class PositionRecorder {
  readonly #market: Market;
  readonly #connection: Connection;
  /** Accounts that had a position in the last snapshot. */
  readonly #listed = new Set<number>();
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
      const name = ledger.nameOf(account);
      if (position === undefined) {
        if (!this.#listed.delete(account)) continue;
        const gone = { account: name, side: BUY, size: 0, markPrice: oracle.mark };
        this.#recorder.add({ tsEvent, tsRecv, ...gone });
        continue;
      }
      this.#listed.add(account);
      const { lots, entryValue } = position;
      const profit = ledger.valueUnits(perpetual.number, lots, markTicks) - entryValue;
      const entryTicks = ledger.priceOf(perpetual.number, lots, entryValue);
      const worth = ledger.cash(account) + ledger.valueUnits(perpetual.number, lots, markTicks);
      this.#recorder.add({
        tsEvent,
        tsRecv,
        account: name,
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
