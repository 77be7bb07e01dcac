import {
  MESSAGE_END,
  ORDER_ADD,
  ORDER_CANCEL,
  ORDER_CLEAR,
  ORDER_EXECUTE,
  ORDER_MODIFY,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import type { Row } from "./batchOf.ts";

/** A row of orders as a test writes it. */
export type OrderRow = Row<"orders">;

type Side = 1 | -1;

const row =
  (action: number) =>
  (orderId: string, side: Side, price: number, size: number): OrderRow => ({
    action,
    orderId,
    side,
    price,
    size,
  });

export const add: ReturnType<typeof row> = row(ORDER_ADD);
export const modify: ReturnType<typeof row> = row(ORDER_MODIFY);
export const execute: ReturnType<typeof row> = row(ORDER_EXECUTE);
export const cancel = (orderId: string, side: Side, price: number): OrderRow =>
  row(ORDER_CANCEL)(orderId, side, price, 0);
export const CLEAR: OrderRow = { action: ORDER_CLEAR, orderId: "", side: 0, price: 0, size: 0 };

/** One message of rows; `columns` stand in each of them where the row does not say otherwise. */
export const message = (rows: readonly OrderRow[], columns: OrderRow = {}): OrderRow[] =>
  rows.map((own, i) => {
    const end = i === rows.length - 1 ? MESSAGE_END : 0;
    const both = { tsRecv: 0, ...columns, ...own };
    return { ...both, flags: (both.flags ?? 0) | end };
  });

/** Rows as one snapshot. */
export const snapshot = (rows: readonly OrderRow[], columns: OrderRow = {}): OrderRow[] =>
  message(rows, { ...columns, flags: SNAPSHOT }).map((own, i) =>
    i === 0 ? { ...own, flags: (own.flags ?? 0) | SNAPSHOT_START } : own,
  );
