import {
  DataError,
  NO_SIDE,
  ORDER_ADD,
  ORDER_CANCEL,
  ORDER_CLEAR,
  ORDER_MODIFY,
  ROWS_LOST,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import type { Emit } from "../read/emitRecords.ts";
import { F_LAST, F_MBP, F_SNAPSHOT, F_TOB, type OrderEvent } from "./databentoEvent.ts";
import { HeldRow } from "./heldRow.ts";

const ZERO = { mantissa: 0, decimals: 0 } as const;

type OrderColumns = Pick<RawRow<"orders">, "orderId" | "action" | "side" | "price" | "size">;

const CLEARED = { action: ORDER_CLEAR, side: NO_SIDE, price: ZERO, size: ZERO } as const;

/**
 * The events of one instrument's order book, by order (L3), on its way into the `orders` stream.
 *
 * Add, modify, cancel and clear change the book, and nothing else does: a trade and the fills of resting orders are followed by the
 * cancels and modifies that they cause. A cancel says how much is taken away; where that is less than the order has, the row is
 * ORDER_MODIFY to what is left, so that ORDER_CANCEL always means that the order is gone and has size 0. Orders that were there
 * before the recording are not known: their cancels count as whole and are noted (`unknownOrder`).
 */
export class DatabentoOrders {
  private readonly sizes = new Map<string, number>();
  private held: HeldRow<RawRow<"orders">> | undefined;
  private sink: RowSink | undefined;
  private inSnapshot = false;
  private isLost = false;

  /** A record of this instrument is bad: the next row says that something is missing. */
  lost(): void {
    this.isLost = true;
  }

  /** An event that does not change the book may still end the message that did. */
  pass({ flags }: OrderEvent): void {
    if ((flags & F_LAST) !== 0) this.held?.end();
  }

  /** The file is over. */
  endOfFile(): void {
    this.held?.flush();
    this.held = undefined;
    this.sink = undefined;
  }

  /** Reads an event that changes the book. Throws DataError when it is none. */
  read(sink: RowSink, event: OrderEvent): Emit {
    if ((event.flags & (F_TOB | F_MBP)) !== 0) {
      throw new DataError(`flags is ${event.flags}: a price level, not an order`);
    }
    if (event.action === "R") {
      return () => {
        this.sizes.clear();
        this.put(sink, event, { ...CLEARED, orderId: event.orderId });
      };
    }
    const { price, side } = event;
    if (side === NO_SIDE)
      throw new DataError(`side is N, not A or B, where action is ${event.action}`);
    if (price === undefined) throw new DataError("price is undefined, not the price of an order");
    return () => this.change(sink, event, { orderId: event.orderId, side, price });
  }

  private change(
    sink: RowSink,
    event: OrderEvent,
    order: Pick<OrderColumns, "orderId" | "side" | "price">,
  ): void {
    const { orderId, action } = event;
    const known = this.sizes.get(orderId);
    if (known === undefined && action !== "A") {
      sink.note("orders", event.venue, event.symbol, "unknownOrder");
    }
    const left = action === "C" ? Math.max(0, (known ?? 0) - event.size) : event.size;
    const isGone = action === "C" && left === 0;
    if (isGone) this.sizes.delete(orderId);
    else this.sizes.set(orderId, left);
    this.put(sink, event, {
      ...order,
      action: isGone ? ORDER_CANCEL : action === "A" ? ORDER_ADD : ORDER_MODIFY,
      size: { mantissa: left, decimals: 0 },
    });
  }

  private put(sink: RowSink, event: OrderEvent, columns: OrderColumns): void {
    const isSnapshot = (event.flags & F_SNAPSHOT) !== 0;
    const clears = event.action === "R";
    const starts = isSnapshot && (!this.inSnapshot || clears);
    this.inSnapshot = isSnapshot;
    const held = this.heldFor(sink, event);
    held.put({
      line: event.line.number,
      tsEvent: event.tsEvent,
      tsRecv: event.tsRecv,
      ...columns,
      flags:
        (isSnapshot ? SNAPSHOT : 0) |
        (starts ? SNAPSHOT_START : 0) |
        // What was lost before the book was cleared is of no matter.
        (this.isLost && !clears ? ROWS_LOST : 0),
      // In a snapshot it is the number of the message that added the order.
      updateId: isSnapshot ? undefined : event.sequence,
    });
    this.isLost = false;
    if ((event.flags & F_LAST) !== 0) held.end();
  }

  private heldFor(sink: RowSink, { venue, symbol }: OrderEvent): HeldRow<RawRow<"orders">> {
    if (this.held === undefined || this.sink !== sink) {
      this.held = new HeldRow((row) => sink.row("orders", venue, symbol, row));
      this.sink = sink;
    }
    return this.held;
  }
}
