import { isWritten, readColumn, readFacts, writeColumns } from "./columnFiles.ts";
import type { OrderRows } from "./syntheticOrders.ts";

/** What is known of a stream without reading it; beside the columns as `stream.json`. */
export interface OrderStreamFacts {
  readonly rows: number;
  /** Quote currency. */
  readonly tickSize: number;
  /** Base currency. */
  readonly lotSize: number;
  /** A range of prices that the best ones never leave, ticks. */
  readonly rangeLow: number;
  readonly rangeHigh: number;
}

/**
 * Makes the files of a stream of orders in a folder, unless they are there already: a column each, little-endian, nothing but its values,
 * in the order of the recording.
 *
 * | file | value | |
 * |---|---|---|
 * | id.i64 | int64 | the order's id |
 * | action.i8 | int8 | ORDER_ADD 1, ORDER_MODIFY 2, ORDER_CANCEL 3, ORDER_EXECUTE 4 |
 * | side.i8 | int8 | BID 1, ASK -1 |
 * | price.i32 | int32 | ticks |
 * | size.i32 | int32 | lots after the action; what is executed for ORDER_EXECUTE |
 * | flags.i8 | int8 | as in bookFiles.ts |
 * | tsRecv.f64 | float64 | µs, ascending |
 */
export function ensureOrderFiles(folder: string, make: () => OrderRows): OrderStreamFacts {
  if (!isWritten(folder)) {
    const { length, action, side, price, size, flags, id, tsRecv } = make();
    const files = {
      "id.i64": id,
      "action.i8": action,
      "side.i8": side,
      "price.i32": price,
      "size.i32": size,
      "flags.i8": flags,
      "tsRecv.f64": tsRecv,
    };
    const range = { rangeLow: 400_000, rangeHigh: 800_000 };
    writeColumns(folder, files, { rows: length, tickSize: 0.1, lotSize: 0.001, ...range });
  }
  return readFacts(folder) as OrderStreamFacts;
}

/** Reads the stream in a folder. */
export function readOrderFiles(folder: string): OrderRows {
  const price = new Int32Array(readColumn(folder, "price.i32"));
  return {
    length: price.length,
    price,
    id: new BigInt64Array(readColumn(folder, "id.i64")),
    action: new Int8Array(readColumn(folder, "action.i8")),
    side: new Int8Array(readColumn(folder, "side.i8")),
    size: new Int32Array(readColumn(folder, "size.i32")),
    flags: new Int8Array(readColumn(folder, "flags.i8")),
    tsRecv: new Float64Array(readColumn(folder, "tsRecv.f64")),
  };
}
