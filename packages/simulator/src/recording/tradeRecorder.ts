import {
  type Batch,
  type Instrument,
  METHOD_MARKET,
  MICROS_PER_SECOND,
  PRICE_FILL,
} from "@aftershock/schema";
import type { FillLog } from "../market/fillLog.ts";
import type { Connection } from "./connection.ts";
import { StreamRecorder } from "./streamRecorder.ts";

/** When the first market order of a step is matched and within how long the others follow, µs from the step's start. */
const FIRST_ORDER_MICROS = 1_000;
const ORDERS_SPAN_MICROS = 80_000;

/** A print that waits for the end of its second. */
interface HeldPrint {
  readonly second: number;
  readonly tsEvent: number;
  readonly tsRecv: number;
  readonly id: string;
  readonly order: number;
  readonly side: number;
  readonly price: number;
  readonly size: number;
  readonly markPrice: number;
}

/** What a recorder of trades is made of. */
export interface TradeRecorderOptions {
  readonly instrument: Instrument;
  readonly connection: Connection;
  /** Whether prints of forced orders are wanted, and at most one a second. */
  readonly prints: boolean;
  readonly throttlePrints: boolean;
  readonly emit: (batch: Batch) => void;
}

/**
 * Writes trades, one a fill, and beside each fill of a forced order a liquidation print at the fill price, under the
 * trade's id. The orders of a step are spread over it; fills of one order share an instant.
 *
 * Throttled, the prints are those of Binance since 2021-04-27: of each second only the last forced order, with all that it filled, at its last price (Binance, "All
 * Market Liquidation Order Streams": "only the latest one liquidation order within 1000ms will be pushed").
 */
export class TradeRecorder {
  readonly #connection: Connection;
  readonly #trades: StreamRecorder<"trades">;
  readonly #liquidations: StreamRecorder<"liquidations"> | undefined;
  readonly #throttlePrints: boolean;
  #held: HeldPrint | undefined;
  #count = 0;
  #orders = 0;

  constructor(options: TradeRecorderOptions) {
    const { instrument, emit } = options;
    this.#connection = options.connection;
    this.#throttlePrints = options.throttlePrints;
    this.#trades = new StreamRecorder("trades", instrument, emit);
    this.#liquidations = options.prints
      ? new StreamRecorder("liquidations", instrument, emit)
      : undefined;
  }

  /** The fills of the step that starts at `stepStart`. `markPrice`: the one at which the engine acted, quote currency. */
  record(fills: FillLog, options: { stepStart: number; step: number; markPrice: number }): void {
    const { stepStart, step, markPrice } = options;
    const orders = Math.max(1, fills.orders);
    let order = -1;
    let tsEvent = 0;
    let tsRecv = 0;
    this.#release(stepStart);
    for (let fill = 0; fill < fills.length; fill += 1) {
      const of = fills.order[fill] ?? 0;
      if (of !== order) {
        order = of;
        tsEvent =
          stepStart + FIRST_ORDER_MICROS + Math.floor((ORDERS_SPAN_MICROS * order) / orders);
        tsRecv = this.#connection.receive(tsEvent, step, order);
      }
      this.#count += 1;
      const id = `sim-${this.#count}`;
      const row = this.#trades.next(tsEvent, tsRecv);
      const { columns } = this.#trades;
      writeText(columns.tradeId, row, id);
      columns.side[row] = fills.side[fill] ?? 0;
      columns.price[row] = fills.price[fill] ?? 0;
      columns.size[row] = fills.lots[fill] ?? 0;
      if (fills.forced[fill] !== 1) continue;
      const print = {
        second: Math.floor(tsEvent / MICROS_PER_SECOND),
        tsEvent,
        tsRecv,
        id,
        order: this.#orders + order,
        side: fills.side[fill] ?? 0,
        price: fills.price[fill] ?? 0,
        size: fills.lots[fill] ?? 0,
        markPrice,
      };
      this.#print(print);
    }
    this.#orders += fills.orders;
  }

  finish(): void {
    this.#release(Number.POSITIVE_INFINITY);
    this.#trades.finish();
    this.#liquidations?.finish();
  }

  #print(print: HeldPrint): void {
    if (!this.#throttlePrints) {
      this.#write(print);
      return;
    }
    const held = this.#held;
    const isSame = held !== undefined && held.order === print.order;
    this.#held = isSame ? { ...print, size: held.size + print.size } : print;
  }

  /** Writes what was held of a second that is over. */
  #release(now: number): void {
    const held = this.#held;
    if (held === undefined || Math.floor(now / MICROS_PER_SECOND) <= held.second) return;
    this.#held = undefined;
    this.#write(held);
  }

  #write({ tsEvent, tsRecv, id, side, price, size, markPrice }: HeldPrint): void {
    this.#liquidations?.add({
      tsEvent,
      tsRecv,
      liquidationId: id,
      side,
      price,
      size,
      method: METHOD_MARKET,
      priceKind: PRICE_FILL,
      markPrice,
    });
  }
}

/** Writes a cell of a text column that is still being filled. */
function writeText(column: readonly (string | undefined)[], row: number, text: string): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- read-only for who reads a batch; this is who writes it.
  (column as (string | undefined)[])[row] = text;
}
