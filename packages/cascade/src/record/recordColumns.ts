import { IntegrityError } from "@aftershock/schema";
import type { RecordedStep } from "../counterfactual/recordedStep.ts";
import type { StepFlow } from "./stepFlow.ts";

const FIRST_CAPACITY = 1_024;

const NAMES = ["at", "mid", "mark", "bought", "sold", "openInterest"] as const;

/** What is kept of each step, by name: see `RecordColumns`. */
export type RecordColumn = (typeof NAMES)[number];

/** All that positions pinned from prints look back on. */
export const PRICE_COLUMNS: readonly RecordColumn[] = ["at", "mid", "mark"];

/**
 * The steps of a record that positions look back on: `at`, µs; `mid`, ticks; `mark`, quote currency; what takers bought and sold in the step, quote currency; open interest as of StepFlow. 8 bytes
 * a column and step in arrays that double, 25 MB for a day of 100 ms steps with PRICE_COLUMNS and 50 MB with all: the one part of a record that is held whole, until positions are made of it.
 */
export class RecordColumns {
  readonly #columns: Map<RecordColumn, Float64Array>;
  #capacity = FIRST_CAPACITY;
  #length = 0;

  /** `kept`: default all columns. */
  constructor(kept: readonly RecordColumn[] = NAMES) {
    this.#columns = new Map(kept.map((name) => [name, new Float64Array(FIRST_CAPACITY)]));
  }

  get length(): number {
    return this.#length;
  }

  /** Takes a step: to be given to RecordedDay as `onStep`. */
  take(step: RecordedStep, { bought, sold, openInterest }: StepFlow): void {
    const { at, bid, ask, mark } = step;
    const values = { at, mid: (bid + ask) / 2, mark, bought, sold, openInterest };
    if (this.#length === this.#capacity) this.#grow();
    for (const [name, column] of this.#columns) column[this.#length] = values[name];
    this.#length += 1;
  }

  /** A column, one value a step; valid until the next step is taken. Throws IntegrityError for one that is not kept. */
  column(name: RecordColumn): Float64Array {
    const column = this.#columns.get(name);
    if (column === undefined) {
      throw new IntegrityError(`The steps of the record were looked through without ${name}`);
    }
    return column.subarray(0, this.#length);
  }

  #grow(): void {
    this.#capacity *= 2;
    for (const [name, column] of this.#columns) {
      const grown = new Float64Array(this.#capacity);
      grown.set(column);
      this.#columns.set(name, grown);
    }
  }
}
