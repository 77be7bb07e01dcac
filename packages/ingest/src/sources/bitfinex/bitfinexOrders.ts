import {
  ASK,
  BID,
  DataError,
  MESSAGE_END,
  NO_SIDE,
  ORDER_ADD,
  ORDER_CANCEL,
  ORDER_CLEAR,
  ORDER_MODIFY,
  ROWS_LOST,
  SNAPSHOT,
  SNAPSHOT_START,
  type Decimal,
} from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import { countOf, decimalOf, isArray, wrongField } from "../read/jsonFields.ts";

/** What every row of a message shares. */
export type OrderReceipt = Pick<RawRow<"orders">, "tsEvent" | "tsRecv" | "line">;

type OrderColumns = Omit<RawRow<"orders">, keyof OrderReceipt | "flags">;

const ZERO = { mantissa: 0, decimals: 0 } as const;

/** One entry `[orderId, price, ±amount]`; price 0: the order has left. */
export interface OrderEntry {
  readonly orderId: string;
  readonly side: typeof BID | typeof ASK;
  readonly price: Decimal;
  readonly size: Decimal;
}

/** Reads an entry. Throws DataError when it is none. */
export function readOrderEntry(value: unknown): OrderEntry {
  if (!isArray(value) || value.length !== 3) {
    throw wrongField("an entry of the raw book", value, "[order id, price, amount]");
  }
  const [id, price, amount] = value;
  const read = decimalOf(price, "the price");
  const signed = decimalOf(amount, "the amount");
  if (read.mantissa < 0) throw wrongField("the price", price, "zero or more");
  if (signed.mantissa === 0) throw wrongField("the amount", amount, "an amount other than zero");
  return {
    orderId: String(countOf(id, "the order id")),
    side: signed.mantissa > 0 ? BID : ASK,
    price: read,
    size: { mantissa: Math.abs(signed.mantissa), decimals: signed.decimals },
  };
}

/** Reads a snapshot: orders, none of which leaves. Throws DataError otherwise. */
export function readOrderSnapshot(values: readonly unknown[]): OrderEntry[] {
  return values.map((value) => {
    const entry = readOrderEntry(value);
    if (entry.price.mantissa > 0) return entry;
    throw new DataError(`order ${entry.orderId} of a snapshot has the price 0`);
  });
}

/**
 * The raw book (precision R0) of one symbol on its way into the `orders` stream. The venue sends the best orders of each side
 * (25 by default): an order that enters this window is added and one that leaves it cancelled, whatever became of it. An entry of
 * a known id changes that order; of another, adds it. A cancelled order keeps the price that it had; its size is 0.
 */
export class BitfinexOrders {
  private readonly sink: RowSink;
  private readonly venue: string;
  readonly symbol: string;
  private readonly orders = new Map<string, OrderEntry>();
  private lossFound = false;

  constructor(sink: RowSink, venue: string, symbol: string) {
    this.sink = sink;
    this.venue = venue;
    this.symbol = symbol;
  }

  /** Something of the book is missing here: the next row says so. */
  lost(what: string): void {
    this.lossFound = true;
    this.sink.note("orders", this.venue, this.symbol, what);
  }

  /** Writes a snapshot; an empty one as a single row ORDER_CLEAR. */
  snapshot(entries: readonly OrderEntry[], receipt: OrderReceipt): void {
    this.orders.clear();
    this.lossFound = false;
    for (const entry of entries) this.orders.set(entry.orderId, entry);
    const rows: readonly OrderColumns[] = entries.map((e) => ({ ...e, action: ORDER_ADD }));
    const empty = { orderId: "", side: NO_SIDE, price: ZERO, size: ZERO, action: ORDER_CLEAR };
    for (const [i, columns] of (rows.length === 0 ? [empty] : rows).entries()) {
      const start = i === 0 ? SNAPSHOT_START : 0;
      const end = i >= rows.length - 1 ? MESSAGE_END : 0;
      this.write(columns, start | SNAPSHOT | end, receipt);
    }
  }

  /** What an entry does to the book as it is. Throws DataError when it removes an order that is not there. */
  rowOf(entry: OrderEntry): OrderColumns {
    const known = this.orders.get(entry.orderId);
    if (entry.price.mantissa > 0) {
      return { ...entry, action: known === undefined ? ORDER_ADD : ORDER_MODIFY };
    }
    if (known !== undefined) return { ...known, size: ZERO, action: ORDER_CANCEL };
    throw new DataError(`order ${entry.orderId} leaves the book, but is not in it`);
  }

  /** Writes a change, which `rowOf` has read. */
  update(entry: OrderEntry, columns: OrderColumns, receipt: OrderReceipt): void {
    if (columns.action === ORDER_CANCEL) this.orders.delete(entry.orderId);
    else this.orders.set(entry.orderId, entry);
    this.write(columns, MESSAGE_END | (this.lossFound ? ROWS_LOST : 0), receipt);
    this.lossFound = false;
  }

  private write(columns: OrderColumns, flags: number, receipt: OrderReceipt): void {
    this.sink.row("orders", this.venue, this.symbol, { ...receipt, ...columns, flags });
  }
}
