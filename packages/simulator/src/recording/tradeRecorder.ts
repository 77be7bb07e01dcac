import { type EventStream, METHOD_MARKET, PRICE_FILL } from "@aftershock/schema";
import { SIMULATED_PERPETUAL } from "../instruments.ts";
import type { Fill } from "../market/market.ts";
import type { Connection } from "./connection.ts";
import { StreamRecorder } from "./streamRecorder.ts";

/** When the first market order of a step is matched and within how long the others follow, µs from the step's start. */
const FIRST_ORDER_MICROS = 1_000;
const ORDERS_SPAN_MICROS = 80_000;

/**
 * Writes trades, one a fill, and beside each fill of a forced order a liquidation print at the fill price, under the
 * trade's id. The orders of a step are spread over it; fills of one order share an instant.
 */
export class TradeRecorder {
  readonly #connection: Connection;
  readonly #trades = new StreamRecorder("trades", SIMULATED_PERPETUAL);
  readonly #liquidations = new StreamRecorder("liquidations", SIMULATED_PERPETUAL);
  #count = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The fills of the step that starts at `stepStart`, in order. */
  record(fills: readonly Fill[], stepStart: number): void {
    const orders = (fills.at(-1)?.order ?? 0) + 1;
    let tsEvent = 0;
    let tsRecv = 0;
    for (const fill of fills) {
      const share = Math.floor((ORDERS_SPAN_MICROS * fill.order) / orders);
      const at = stepStart + FIRST_ORDER_MICROS + share;
      if (at !== tsEvent) tsRecv = this.#connection.receive(at);
      tsEvent = at;
      this.#write(fill, { tsEvent, tsRecv });
    }
  }

  finish(): readonly [EventStream<"trades">, EventStream<"liquidations">] {
    return [this.#trades.finish(), this.#liquidations.finish()];
  }

  #write(fill: Fill, clocks: { tsEvent: number; tsRecv: number }): void {
    const { side, price, size } = fill;
    this.#count += 1;
    const id = `sim-${this.#count}`;
    this.#trades.add({ ...clocks, tradeId: id, side, price, size });
    if (!fill.forced) return;
    const print = { liquidationId: id, method: METHOD_MARKET, priceKind: PRICE_FILL };
    this.#liquidations.add({ ...clocks, ...print, side, price, size });
  }
}
