import { ASK, BID, MESSAGE_END, SNAPSHOT, SNAPSHOT_START } from "@aftershock/schema";
import type { Row } from "./batchOf.ts";

type Side = readonly (readonly [price: number, size: number])[];

/** What a test says of one message. */
export interface MessageText {
  readonly at?: number;
  readonly bids?: Side;
  readonly asks?: Side;
  /** Update id. */
  readonly id?: number;
  /** Previous update id. */
  readonly prev?: number;
}

function rowsOf(
  { at = 0, bids = [], asks = [], id = NaN, prev = NaN }: MessageText,
  flags: number,
) {
  const common = { tsRecv: at, tsEvent: at, flags, updateId: id, prevUpdateId: prev };
  const rows: Row<"book">[] = [
    ...bids.map(([price, size]) => ({ ...common, side: BID, price, size })),
    ...asks.map(([price, size]) => ({ ...common, side: ASK, price, size })),
  ];
  if (rows.length === 0) rows.push({ ...common, side: 0, price: 0, size: 0 });
  return rows;
}

const ended = (rows: Row<"book">[]): Row<"book">[] =>
  rows.map((row, index) =>
    index === rows.length - 1 ? { ...row, flags: (row.flags ?? 0) | MESSAGE_END } : row,
  );

/** The rows of an update. */
export const update = (text: MessageText): Row<"book">[] => ended(rowsOf(text, 0));

/** The rows of a snapshot. */
export const snapshot = (text: MessageText): Row<"book">[] =>
  ended(
    rowsOf(text, SNAPSHOT).map((row, index) =>
      index === 0 ? { ...row, flags: SNAPSHOT | SNAPSHOT_START } : row,
    ),
  );
