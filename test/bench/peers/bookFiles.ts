import { MESSAGE_END } from "@aftershock/schema";
import type { BookRows } from "../syntheticBook.ts";
import { isWritten, readColumn, readFacts, writeColumns } from "./columnFiles.ts";

/** What is known of a stream without reading it; beside the columns as `stream.json`. */
export interface StreamFacts {
  readonly name: string;
  readonly rows: number;
  readonly messages: number;
  /**
   * The range of prices that a user would give to a depth which holds one only, ticks: the middle nine tenths of the prices that are
   * updated, a tenth added at either end. The best prices of the stream never leave it.
   */
  readonly rangeLow: number;
  readonly rangeHigh: number;
  /** Quote currency. */
  readonly tickSize: number;
  /** Base currency. */
  readonly lotSize: number;
}

/**
 * The files of a stream: a column each, little-endian, nothing but its values, in the order of the recording.
 *
 * | file | value | |
 * |---|---|---|
 * | price.i32 | int32 | ticks |
 * | size.i32 | int32 | lots, 0 deletes |
 * | side.i8 | int8 | BID 1, ASK -1 |
 * | flags.i8 | int8 | bits: SNAPSHOT_START 1 (the book before is void), SNAPSHOT 2, MESSAGE_END 4 |
 * | tsRecv.f64 | float64 | µs, ascending |
 * | updateId.f64, prevUpdateId.f64 | float64 | NaN where there is none |
 */
const FILES = {
  price: "price.i32",
  size: "size.i32",
  side: "side.i8",
  flags: "flags.i8",
  tsRecv: "tsRecv.f64",
  updateId: "updateId.f64",
  prevUpdateId: "prevUpdateId.f64",
} as const;

/** What a stream is on: its name and grid. */
export type StreamGrid = Pick<StreamFacts, "name" | "tickSize" | "lotSize">;

function factsOf(rows: BookRows, grid: StreamGrid): StreamFacts {
  const messages = rows.flags.reduce((sum, flags) => sum + Number((flags & MESSAGE_END) !== 0), 0);
  const prices = rows.price.filter((_, row) => row % 64 === 0).sort();
  const rangeLow = Math.floor(0.9 * (prices[Math.floor(prices.length * 0.05)] ?? 0));
  const rangeHigh = Math.ceil(1.1 * (prices[Math.floor(prices.length * 0.95)] ?? 0));
  return { ...grid, rows: rows.length, messages, rangeLow, rangeHigh };
}

/** Makes the files of a stream in a folder, unless they are there already. */
export async function ensureBookFiles(
  folder: string,
  grid: StreamGrid,
  make: () => BookRows | Promise<BookRows>,
): Promise<StreamFacts> {
  if (!isWritten(folder)) {
    const rows = await make();
    const files: Record<string, Int8Array | Int32Array | Float64Array> = {};
    for (const [column, file] of Object.entries(FILES)) {
      files[file] = rows[column as keyof typeof FILES];
    }
    writeColumns(folder, files, factsOf(rows, grid));
  }
  return readStreamFacts(folder);
}

/** What is known of the stream in a folder. */
export const readStreamFacts = (folder: string): StreamFacts => readFacts(folder) as StreamFacts;

/** Reads the stream in a folder. */
export function readBookFiles(folder: string): BookRows {
  const price = new Int32Array(readColumn(folder, FILES.price));
  return {
    length: price.length,
    price,
    size: new Int32Array(readColumn(folder, FILES.size)),
    side: new Int8Array(readColumn(folder, FILES.side)),
    flags: new Int8Array(readColumn(folder, FILES.flags)),
    tsRecv: new Float64Array(readColumn(folder, FILES.tsRecv)),
    updateId: new Float64Array(readColumn(folder, FILES.updateId)),
    prevUpdateId: new Float64Array(readColumn(folder, FILES.prevUpdateId)),
  };
}
