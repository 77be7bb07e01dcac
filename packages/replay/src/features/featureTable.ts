import { IntegrityError } from "@aftershock/schema";
import type { FeatureColumn } from "./featureColumns.ts";

/** Some bars, column by column, in order of time and at one time in the order of the instruments. */
export interface FeatureBatch {
  readonly columns: readonly FeatureColumn[];
  /** How many bars. */
  readonly length: number;
  /**
   * The values of each column, `length` of them. Numbers: NaN where absent; of a flag 1 for true and 0 for false. The arrays are used again:
   * they hold these bars until the handler returns.
   */
  readonly values: readonly (Float64Array | readonly string[])[];
}

/** Numbers in the arrays of a table, about: 16 MiB. */
const CELLS = 2 ** 21;

/** Bars in a batch. With more columns there are fewer, so that the memory stays what it is. */
export const batchBars = (columns: number): number => Math.max(64, Math.floor(CELLS / columns));

/** Collects bars, value by value, and hands them over in batches. The first column is the instrument, all others are numbers. */
export class FeatureTable {
  readonly columns: readonly FeatureColumn[];
  readonly #onBars: (batch: FeatureBatch) => void;
  readonly #capacity: number;
  /** Column by column, each of `capacity` numbers. */
  readonly #cells: Float64Array;
  readonly #instruments: string[] = [];
  #column = 0;

  constructor(columns: readonly FeatureColumn[], onBars: (batch: FeatureBatch) => void) {
    this.columns = columns;
    this.#onBars = onBars;
    this.#capacity = batchBars(columns.length);
    this.#cells = new Float64Array(columns.length * this.#capacity);
  }

  /** The column that the next value goes to, from 0. */
  get column(): number {
    return this.#column;
  }

  /** Starts a row. */
  startRow(instrument: string): void {
    this.#instruments.push(instrument);
    this.#column = 1;
  }

  /** The next value of the row; NaN where absent. */
  put(value: number): void {
    this.#cells[this.#column * this.#capacity + this.#instruments.length - 1] = value;
    this.#column += 1;
  }

  /** Leaves the next values of the row absent. */
  skip(count: number): void {
    for (let left = count; left > 0; left -= 1) this.put(Number.NaN);
  }

  /** Makes the values from a column on absent, of those that the row has so far. */
  eraseFrom(column: number): void {
    const count = this.#column - column;
    this.#column = column;
    this.skip(count);
  }

  /** Ends the row. */
  endRow(): void {
    if (this.#column !== this.columns.length) {
      throw new IntegrityError(
        `Invariant: a row of ${this.columns.length} columns got ${this.#column} values`,
      );
    }
    if (this.#instruments.length === this.#capacity) this.flush();
  }

  /** Hands over the rows that were not yet. */
  flush(): void {
    const { length } = this.#instruments;
    if (length === 0) return;
    const numbers = this.columns.slice(1).map((_, i) => {
      const first = (i + 1) * this.#capacity;
      return this.#cells.subarray(first, first + length);
    });
    this.#onBars({ columns: this.columns, length, values: [this.#instruments, ...numbers] });
    this.#instruments.length = 0;
  }
}
