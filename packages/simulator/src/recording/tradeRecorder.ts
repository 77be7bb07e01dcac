import {
  type Ledger,
  type LiquidationEvent,
  type LiquidationRow,
  liquidationRowOf,
} from "@aftershock/cascade";
import { type Batch, type Instrument, MICROS_PER_SECOND } from "@aftershock/schema";
import type { FillLog } from "../market/fillLog.ts";
import type { Connection } from "./connection.ts";
import { StreamRecorder } from "./streamRecorder.ts";

/** When the first market order of a step is matched and within how long the others follow, µs from the step's start. */
const FIRST_ORDER_MICROS = 1_000;
const ORDERS_SPAN_MICROS = 80_000;

/** When and under which id something was heard of. */
interface Heard {
  readonly tsEvent: number;
  readonly tsRecv: number;
  readonly id: string;
  /** Orders of the day before it; another for each that is no order. */
  readonly order: number;
}

/** A print that waits for the end of its second. */
interface HeldPrint {
  readonly heard: Heard;
  readonly row: LiquidationRow;
  readonly size: number;
}

/** What a recorder of trades is made of. */
export interface TradeRecorderOptions {
  readonly instrument: Instrument;
  readonly ledger: Ledger;
  readonly connection: Connection;
  /** Whether prints of forced orders are wanted, and at most one a second. */
  readonly prints: boolean;
  readonly throttlePrints: boolean;
  readonly emit: (batch: Batch) => void;
}

/**
 * Writes trades, one a fill, and beside each fill of a forced order a liquidation print at the fill price, under the
 * trade's id; and prints of what went to a fund, a vault or to auto-deleveraging. The orders of a step are spread over it; fills of one order share an instant.
 *
 * Throttled, the prints are those of Binance since 2021-04-27: of each second only the last forced order, with all that it filled, at its last price (Binance, "All
 * Market Liquidation Order Streams": "only the latest one liquidation order within 1000ms will be pushed").
 */
export class TradeRecorder {
  readonly #ledger: Ledger;
  readonly #connection: Connection;
  readonly #trades: StreamRecorder<"trades">;
  readonly #liquidations: StreamRecorder<"liquidations"> | undefined;
  readonly #throttlePrints: boolean;
  #held: HeldPrint | undefined;
  #count = 0;
  #prints = 0;
  #orders = 0;

  constructor(options: TradeRecorderOptions) {
    const { instrument, emit } = options;
    this.#ledger = options.ledger;
    this.#connection = options.connection;
    this.#throttlePrints = options.throttlePrints;
    this.#trades = new StreamRecorder("trades", instrument, emit);
    this.#liquidations = options.prints
      ? new StreamRecorder("liquidations", instrument, emit)
      : undefined;
  }

  /** The fills of the step that starts at `stepStart`, in order, and what the liquidation engine did in it. */
  record(
    fills: FillLog,
    options: { stepStart: number; step: number; events: readonly LiquidationEvent[] },
  ): void {
    const { stepStart, step, events } = options;
    this.#release(stepStart);
    const forced: Heard[] = [];
    const orders = Math.max(1, fills.orders);
    let order = -1;
    let tsEvent = stepStart + FIRST_ORDER_MICROS;
    let tsRecv = 0;
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
      if (fills.forced[fill] === 1) {
        forced.push({ tsEvent, tsRecv, id, order: this.#orders + order });
      }
    }
    if (events.length > 0 && this.#liquidations !== undefined) {
      this.#recordEvents(events, forced, { stepStart, step });
    }
    this.#orders += fills.orders;
  }

  finish(): void {
    this.#release(Number.POSITIVE_INFINITY);
    this.#trades.finish();
    this.#liquidations?.finish();
  }

  /** Prints events; `forced` are the trades of their fills, in order. What is no trade is heard of with the trade before it. */
  #recordEvents(
    events: readonly LiquidationEvent[],
    forced: readonly Heard[],
    { stepStart, step }: { stepStart: number; step: number },
  ): void {
    let fills = 0;
    let last: Heard | undefined;
    for (const event of events) {
      const row = liquidationRowOf(this.#ledger, event);
      if (event.kind === "fill") {
        last = forced[fills];
        fills += 1;
        if (row !== undefined && last !== undefined) this.#print(last, row);
      } else if (row !== undefined) {
        this.#prints += 1;
        const tsEvent = last?.tsEvent ?? stepStart + FIRST_ORDER_MICROS;
        const tsRecv = last?.tsRecv ?? this.#connection.receive(tsEvent, step, 0);
        this.#print({ tsEvent, tsRecv, id: `sim-l${this.#prints}`, order: -this.#prints }, row);
      }
    }
  }

  #print(heard: Heard, row: LiquidationRow): void {
    const print = { heard, row, size: row.size };
    if (!this.#throttlePrints) {
      this.#write(print);
      return;
    }
    const held = this.#held;
    const isSame = held !== undefined && held.heard.order === heard.order;
    this.#held = isSame ? { ...print, size: held.size + row.size } : print;
  }

  /** Writes what was held of a second that is over. */
  #release(now: number): void {
    const held = this.#held;
    if (held === undefined) return;
    const second = Math.floor(held.heard.tsEvent / MICROS_PER_SECOND);
    if (Math.floor(now / MICROS_PER_SECOND) <= second) return;
    this.#held = undefined;
    this.#write(held);
  }

  #write({ heard, row, size }: HeldPrint): void {
    const { tsEvent, tsRecv, id } = heard;
    const { side, price, method, priceKind, markPrice } = row;
    const print = { liquidationId: id, side, price, size, method, priceKind, markPrice };
    this.#liquidations?.add({ tsEvent, tsRecv, ...print });
  }
}

/** Writes a cell of a text column that is still being filled. */
function writeText(column: readonly (string | undefined)[], row: number, text: string): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- read-only for who reads a batch; this is who writes it.
  (column as (string | undefined)[])[row] = text;
}
