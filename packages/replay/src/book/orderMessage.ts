import {
  IntegrityError,
  MESSAGE_END,
  ORDER_ADD,
  ORDER_CANCEL,
  ORDER_CLEAR,
  SNAPSHOT,
  SNAPSHOT_START,
  type Batch,
  type Instrument,
} from "@aftershock/schema";
import { BookMessage } from "./bookMessage.ts";
import { decodeText, encodeText } from "./textNumbers.ts";

/** What one row says of an order. */
export interface OrderChange {
  readonly orderId: string;
  /** One of ORDER_ADD … ORDER_CLEAR. */
  readonly action: number;
  /** BID or ASK; 0 where the row carries no order. */
  readonly side: number;
  /** Ticks. */
  readonly price: number;
  /** Lots: of the order after the action, and for ORDER_EXECUTE what was executed. */
  readonly size: number;
}

/** The columns of orders hold those of a book. */
const asBook = ({ instrument, length, columns }: Batch<"orders">): Batch<"book"> => ({
  stream: "book",
  instrument,
  length,
  columns,
});

/**
 * A row that empties the book, as the first of a snapshot: what the book is after it does not hang on what it was before. Where the venue
 * chains no ids it is never older than the book, so that a venue may start its ids anew with it.
 */
function asSnapshotStart(batch: Batch<"orders">, row: number): Batch<"book"> {
  const { columns, instrument } = batch;
  const one = (column: Float64Array): Float64Array => column.subarray(row, row + 1);
  const chained = !Number.isNaN(columns.prevUpdateId[row] ?? Number.NaN);
  return {
    stream: "book",
    instrument,
    length: 1,
    columns: {
      tsEvent: one(columns.tsEvent),
      tsRecv: one(columns.tsRecv),
      seq: one(columns.seq),
      side: columns.side.subarray(row, row + 1),
      price: one(columns.price),
      size: one(columns.size),
      flags: columns.flags.slice(row, row + 1).map((flags) => flags | SNAPSHOT_START | SNAPSHOT),
      updateId: chained ? one(columns.updateId) : Float64Array.of(Number.NaN),
      prevUpdateId: one(columns.prevUpdateId),
    },
  };
}

/** A snapshot without any order. */
export function emptySnapshot(instrument: Instrument): BookMessage {
  const message = new BookMessage();
  const [nothing, absent] = [Float64Array.of(0), Float64Array.of(Number.NaN)];
  const clock = { tsEvent: absent, tsRecv: absent, seq: nothing };
  const level = { side: Int8Array.of(0), price: nothing, size: nothing };
  const flags = Int8Array.of(SNAPSHOT_START | SNAPSHOT | MESSAGE_END);
  const columns = { ...clock, ...level, flags, updateId: absent, prevUpdateId: absent };
  message.take({ stream: "book", instrument, length: 1, columns }, 0);
  return message;
}

function checkChange(batch: Batch<"orders">, row: number, change: OrderChange): void {
  const { orderId, action, side, size } = change;
  const where = `seq ${batch.columns.seq[row]} of orders ${batch.instrument.id}`;
  const hints = ["Ingest the recording again; if it stays, its loader is wrong."];
  if (!(action >= ORDER_ADD && action <= ORDER_CLEAR)) {
    throw new IntegrityError(`Action ${action} at ${where} is none of 1 to 5`, { hints });
  }
  if (action === ORDER_CLEAR || side === 0) return;
  if (orderId === "") throw new IntegrityError(`The order at ${where} has no id`, { hints });
  if (action === ORDER_CANCEL && size !== 0) {
    throw new IntegrityError(
      `The cancel of order ${orderId} at ${where} leaves ${size} lots, and a cancelled order has none`,
      { hints },
    );
  }
}

/** The message that a book of orders is receiving, row by row, held back until its last row is there. */
export class OrderMessage {
  /** What MessageJudge looks at. */
  readonly frame: BookMessage = new BookMessage();
  #changes: OrderChange[] = [];

  /** Rows received so far. */
  get rows(): number {
    return this.#changes.length;
  }

  /** The rows, in order. */
  get changes(): readonly OrderChange[] {
    return this.#changes;
  }

  /**
   * Takes a row; true when it ends the message. Throws IntegrityError for an action, id, side, price or size that no loader may write.
   */
  take(batch: Batch<"orders">, row: number): boolean {
    const { orderId, action, side, price, size } = batch.columns;
    const change: OrderChange = {
      orderId: orderId[row] ?? "",
      action: action[row] ?? Number.NaN,
      side: side[row] ?? 0,
      price: price[row] ?? Number.NaN,
      size: size[row] ?? Number.NaN,
    };
    checkChange(batch, row, change);
    const clears = this.rows === 0 && change.action === ORDER_CLEAR;
    this.#changes.push(change);
    return clears
      ? this.frame.take(asSnapshotStart(batch, row), 0)
      : this.frame.take(asBook(batch), row);
  }

  /** Writes what has been received into a list of numbers. */
  encode(into: number[]): void {
    this.frame.encode(into);
    for (const { orderId, action, side, price, size } of this.#changes) {
      encodeText(into, orderId);
      into.push(action, side, price, size);
    }
  }

  /** Takes it from such a list again, from a place on; returns the place after it. */
  restore(from: Float64Array, at: number): number {
    let next = this.frame.restore(from, at);
    this.#changes = Array.from({ length: this.frame.rows }, () => {
      const [orderId, after] = decodeText(from, next);
      const [action = 0, side = 0, price = 0, size = 0] = from.subarray(after, after + 4);
      next = after + 4;
      return { orderId, action, side, price, size };
    });
    return next;
  }

  /** Makes room for the next message. */
  clear(): void {
    this.#changes = [];
    this.frame.clear();
  }
}
