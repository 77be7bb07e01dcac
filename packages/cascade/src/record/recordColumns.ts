import type { RecordedStep } from "../counterfactual/recordedStep.ts";
import type { StepFlow } from "./stepFlow.ts";

const FIRST_CAPACITY = 1_024;

const NAMES = [
  "at",
  "mid",
  "mark",
  "index",
  "bidDepth",
  "askDepth",
  "bought",
  "sold",
  "openInterest",
] as const;

/** What is kept of each step, by name: see `RecordColumns`. */
export type RecordColumn = (typeof NAMES)[number];

/**
 * The steps of a record that positions and calibration look back on: `at`, µs; `mid`, ticks; `mark` and `index`, quote currency; depth of both sides, what takers bought and sold in the step, quote currency; open interest as of StepFlow. 72 bytes
 * a step, 62 MB for a day of 100 ms steps: the one part of a record that is held whole.
 */
export class RecordColumns {
  #columns = NAMES.map(() => new Float64Array(FIRST_CAPACITY));
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Takes a step: to be given to RecordedDay as `onStep`. */
  take(step: RecordedStep, { bought, sold, openInterest }: StepFlow): void {
    const { at, bid, ask, mark, index, bidDepth, askDepth } = step;
    const mid = (bid + ask) / 2;
    const row = this.#length;
    if (row === this.#columns[0]?.length) this.#grow();
    const values = [at, mid, mark, index, bidDepth, askDepth, bought, sold, openInterest];
    for (const [place, column] of this.#columns.entries())
      column[row] = values[place] ?? Number.NaN;
    this.#length += 1;
  }

  /** A column, one value a step; valid until the next step is taken. */
  column(name: RecordColumn): Float64Array {
    return (this.#columns[NAMES.indexOf(name)] ?? new Float64Array()).subarray(0, this.#length);
  }

  #grow(): void {
    this.#columns = this.#columns.map((column) => {
      const grown = new Float64Array(column.length * 2);
      grown.set(column);
      return grown;
    });
  }
}
