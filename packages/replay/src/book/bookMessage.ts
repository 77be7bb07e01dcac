import {
  CHECKSUM_FAILED,
  CHECKSUM_MATCHED,
  IntegrityError,
  MESSAGE_END,
  ROWS_LOST,
  SNAPSHOT,
  SNAPSHOT_START,
  type Batch,
} from "@aftershock/schema";

/** Throws IntegrityError for a side, price or size that no loader may write. */
export function checkBookRow(batch: Batch<"book">, row: number): void {
  const { side, price, size, seq } = batch.columns;
  const where = `seq ${seq[row]} of book ${batch.instrument.id}`;
  const sideCode = side[row] ?? Number.NaN;
  if (sideCode !== 1 && sideCode !== -1 && sideCode !== 0) {
    throw new IntegrityError(`Side ${sideCode} at ${where} is none of 1, -1 and 0`);
  }
  const hints = ["Ingest the recording again; if it stays, its loader is wrong."];
  if (!Number.isSafeInteger(price[row])) {
    throw new IntegrityError(`Price ${price[row]} at ${where} is not a whole number of ticks`, {
      hints,
    });
  }
  if (!Number.isSafeInteger(size[row]) || (size[row] ?? 0) < 0) {
    throw new IntegrityError(`Size ${size[row]} at ${where} is not a whole number of lots`, {
      hints,
    });
  }
}

/**
 * The message that a book is receiving, row by row. It is held back until its last row is there, so that a book never shows a
 * message half applied, wherever batches and runs are cut.
 */
export class BookMessage {
  /** Of its rows, the first `#rows`; what stands behind them is of longer messages before it. */
  #sides: number[] = [];
  #prices: number[] = [];
  #sizes: number[] = [];
  #rows = 0;
  #flags = 0;
  #lost = false;
  #checksum = 0;
  #updateId = Number.NaN;
  #prevUpdateId = Number.NaN;

  /** Rows received so far. */
  get rows(): number {
    return this.#rows;
  }
  /** True when the message is a snapshot, from its first row. */
  get startsSnapshot(): boolean {
    return (this.#flags & SNAPSHOT_START) !== 0;
  }
  /** True when the message is part of a snapshot. */
  get isSnapshot(): boolean {
    return (this.#flags & SNAPSHOT) !== 0;
  }
  /** True when a row says that rows were lost in the message or before it. */
  get lostRows(): boolean {
    return this.#lost;
  }
  /** True when the venue's checksum was compared with the book after the message, and agreed. Known with its last row. */
  get checksumMatched(): boolean {
    return (this.#checksum & CHECKSUM_MATCHED) !== 0;
  }
  /** True when it was compared and did not agree. Known with its last row. */
  get checksumFailed(): boolean {
    return (this.#checksum & CHECKSUM_FAILED) !== 0;
  }
  /** The id of the message's last update, as its first row has it; NaN where the source sends none. */
  get updateId(): number {
    return this.#updateId;
  }
  /** The id that the book must have before the message; NaN where the source sends none. */
  get prevUpdateId(): number {
    return this.#prevUpdateId;
  }

  /**
   * Takes a row; true when it ends the message. Throws IntegrityError for a side, price or size that no loader may write.
   */
  take(batch: Batch<"book">, row: number): boolean {
    checkBookRow(batch, row);
    const { side, price, size, flags, updateId, prevUpdateId } = batch.columns;
    const rowFlags = flags[row] ?? 0;
    if (this.rows === 0) {
      this.#flags = rowFlags;
      this.#updateId = updateId[row] ?? Number.NaN;
      this.#prevUpdateId = prevUpdateId[row] ?? Number.NaN;
    }
    this.#lost ||= (rowFlags & ROWS_LOST) !== 0;
    this.#checksum = rowFlags;
    const own = this.#rows;
    this.#sides[own] = side[row] ?? 0;
    this.#prices[own] = price[row] ?? Number.NaN;
    this.#sizes[own] = size[row] ?? Number.NaN;
    this.#rows = own + 1;
    return (rowFlags & MESSAGE_END) !== 0;
  }

  /** Calls back for each row that carries a level, in order. Sides are BID and ASK. */
  eachLevel(take: (side: number, price: number, size: number) => void): void {
    // As many as a snapshot has: an iterator's pairs would cost as much as the levels.
    for (let row = 0; row < this.#rows; row++) {
      const side = this.#sides[row] ?? 0;
      if (side !== 0) take(side, this.#prices[row] ?? Number.NaN, this.#sizes[row] ?? Number.NaN);
    }
  }

  /** Writes what has been received into a list of numbers. */
  encode(into: number[]): void {
    into.push(this.rows, this.#flags, Number(this.#lost), this.#checksum);
    into.push(this.#updateId, this.#prevUpdateId);
    // One by one: a call takes no more arguments than fit the stack.
    for (const part of [this.#sides, this.#prices, this.#sizes])
      for (const value of part.slice(0, this.#rows)) into.push(value);
  }

  /** Takes it from such a list again, from a place on; returns the place after it. */
  restore(from: Float64Array, at: number): number {
    const [rows = 0, flags = 0, lost = 0, checksum = 0] = from.subarray(at, at + 4);
    const part = (nth: number): number[] => [
      ...from.subarray(at + 6 + nth * rows, at + 6 + (nth + 1) * rows),
    ];
    this.#flags = flags;
    this.#lost = lost !== 0;
    this.#checksum = checksum;
    this.#updateId = from[at + 4] ?? Number.NaN;
    this.#prevUpdateId = from[at + 5] ?? Number.NaN;
    [this.#sides, this.#prices, this.#sizes] = [part(0), part(1), part(2)];
    this.#rows = rows;
    return at + 6 + 3 * rows;
  }

  /** Makes room for the next message. */
  clear(): void {
    this.#rows = 0;
    this.#lost = false;
    this.#checksum = 0;
  }
}
