import {
  ASK,
  BID,
  MESSAGE_END,
  NO_SIDE,
  ORDER_ADD,
  ORDER_CANCEL,
  ORDER_EXECUTE,
  ORDER_MODIFY,
  ROWS_LOST,
} from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import { priceCell, secondsCell, sharesCell } from "./lobsterCells.ts";
import { LOBSTER_VENUE } from "./lobsterName.ts";

/** The columns of a message file, which has no header. */
export const MESSAGE_COLUMNS: readonly string[] = [
  "time",
  "type",
  "order id",
  "size",
  "price",
  "direction",
];

/** What the events are. Source: lobsterdata.com, "Data Structure", 2024. */
const NEW = "1";
const PARTIAL_CANCEL = "2";
const DELETION = "3";
const VISIBLE_EXECUTION = "4";
const HIDDEN_EXECUTION = "5";
const CROSS = "6";
const HALT = "7";
const TYPES: Readonly<Record<string, string>> = {
  [NEW]: NEW,
  [PARTIAL_CANCEL]: PARTIAL_CANCEL,
  [DELETION]: DELETION,
  [VISIBLE_EXECUTION]: VISIBLE_EXECUTION,
  [HIDDEN_EXECUTION]: HIDDEN_EXECUTION,
  [CROSS]: CROSS,
  [HALT]: HALT,
};

/** In the price of a halt: trading has stopped, quoting goes on again, trading goes on again. */
const STATUSES: Readonly<Record<string, number>> = { "-1": -1, "0": 0, "1": 1 };

/** An event of a resting order. */
interface OrderEvent {
  readonly line: number;
  readonly tsEvent: number;
  readonly orderId: string;
  readonly side: typeof BID | typeof ASK;
  readonly price: ReturnType<typeof priceCell>;
  readonly shares: number;
}

const whole = (count: number): { mantissa: number; decimals: 0 } => ({
  mantissa: count,
  decimals: 0,
});

/** One message file on its way into the streams `orders`, `trades` and `measures`. */
export class LobsterMessages {
  private readonly sink: RowSink;
  private readonly symbol: string;
  /** µs. */
  private readonly midnight: number;
  /** The time of each line, µs; NaN for a bad one. */
  private readonly times: number[];
  /** Shares left of each order that was added in this file. */
  private readonly open = new Map<string, number>();
  private isLost = false;

  constructor(sink: RowSink, symbol: string, midnight: number, times: number[]) {
    this.sink = sink;
    this.symbol = symbol;
    this.midnight = midnight;
    this.times = times;
  }

  /** Reads a line and emits nothing yet. Throws DataError when it is bad. */
  read(row: CsvRow): Emit {
    const tsEvent = this.midnight + secondsCell(row, "time");
    const emit = this.readEvent(row, tsEvent);
    return () => {
      this.times.push(tsEvent);
      emit();
    };
  }

  /** A line is bad. */
  lost(): void {
    this.times.push(Number.NaN);
    this.isLost = true;
  }

  private readEvent(row: CsvRow, tsEvent: number): Emit {
    const type = row.oneOf("type", TYPES);
    if (type === HALT) return this.readHalt(row, tsEvent);
    const shares = sharesCell(row, "size");
    const price = priceCell(row, "price");
    const line = row.line.number;
    if (type === CROSS) return () => this.trade({ line, tsEvent, price, shares }, NO_SIDE);
    const side = row.oneOf("direction", { "1": BID, "-1": ASK } as const);
    const aggressor = side === BID ? ASK : BID;
    if (type === HIDDEN_EXECUTION) {
      return () => this.trade({ line, tsEvent, price, shares }, aggressor);
    }
    const orderId = row.text("order id");
    if (!/^\d{1,20}$/.test(orderId)) throw row.wrong("order id", "an order id, a whole number");
    const event = { line, tsEvent, orderId, side, price, shares };
    switch (type) {
      case NEW:
        return () => this.add(event);
      case PARTIAL_CANCEL:
        return () => this.cancelPart(event, row);
      case DELETION:
        return () => this.remove(event);
      default:
        return () => {
          this.execute(event);
          this.trade(event, aggressor);
        };
    }
  }

  private readHalt(row: CsvRow, tsEvent: number): Emit {
    const value = row.oneOf("price", STATUSES);
    const line = row.line.number;
    return () =>
      this.sink.row("measures", LOBSTER_VENUE, this.symbol, {
        line,
        tsEvent,
        measure: "tradingStatus",
        value,
      });
  }

  private trade(
    { line, tsEvent, price, shares }: Pick<OrderEvent, "line" | "tsEvent" | "price" | "shares">,
    side: number,
  ): void {
    const size = whole(shares);
    this.sink.row("trades", LOBSTER_VENUE, this.symbol, { line, tsEvent, side, price, size });
  }

  private add(event: OrderEvent): void {
    this.open.set(event.orderId, event.shares);
    this.put(event, ORDER_ADD, event.shares);
  }

  /** What is left of an order from before the file cannot be known: nothing is stored of it then. */
  private cancelPart(event: OrderEvent, row: CsvRow): void {
    const known = this.open.get(event.orderId);
    if (known === undefined) {
      this.sink.skip(row.line, "partial cancel of an order that was added before the file");
      return;
    }
    const left = Math.max(0, known - event.shares);
    if (left === 0) {
      this.remove(event);
      return;
    }
    this.open.set(event.orderId, left);
    this.put(event, ORDER_MODIFY, left);
  }

  private remove(event: OrderEvent): void {
    this.noteUnknown(event);
    this.open.delete(event.orderId);
    this.put(event, ORDER_CANCEL, 0);
  }

  private execute(event: OrderEvent): void {
    this.noteUnknown(event);
    const left = (this.open.get(event.orderId) ?? 0) - event.shares;
    if (left > 0) this.open.set(event.orderId, left);
    else this.open.delete(event.orderId);
    this.put(event, ORDER_EXECUTE, event.shares);
  }

  private noteUnknown({ orderId }: OrderEvent): void {
    if (this.open.has(orderId)) return;
    this.sink.note("orders", LOBSTER_VENUE, this.symbol, "unknownOrder");
  }

  private put(event: OrderEvent, action: number, shares: number): void {
    const { line, tsEvent, orderId, side, price } = event;
    const flags = MESSAGE_END | (this.isLost ? ROWS_LOST : 0);
    const size = whole(shares);
    const columns = { line, tsEvent, orderId, action, side, price, size, flags };
    this.sink.row("orders", LOBSTER_VENUE, this.symbol, columns);
    this.isLost = false;
  }
}
