const BLOCK = 512;

/** Minima of a path over stretches, and where it was at or below a level last: in time of the square root of its length. */
export class PathMinimum {
  readonly #values: Float64Array;
  readonly #blocks: Float64Array;
  readonly #before: Float64Array;

  /** The array is kept and must not change; Infinity where a step does not count. */
  constructor(values: Float64Array) {
    this.#values = values;
    this.#blocks = new Float64Array(Math.ceil(values.length / BLOCK)).fill(Infinity);
    this.#before = new Float64Array(values.length + 1).fill(Infinity);
    for (const [step, value] of values.entries()) {
      const block = Math.floor(step / BLOCK);
      if (value < (this.#blocks[block] ?? Infinity)) this.#blocks[block] = value;
      this.#before[step + 1] = Math.min(this.#before[step] ?? Infinity, value);
    }
  }

  /** The least of all values before a step; Infinity where there is none. */
  before(step: number): number {
    return this.#before[Math.max(0, step)] ?? Infinity;
  }

  /** The least of the values from … to, both included and cut to the path; Infinity where there is none. */
  within(from: number, to: number): number {
    const end = Math.min(to, this.#values.length - 1);
    let least = Infinity;
    for (let step = Math.max(0, from); step <= end;) {
      const isWhole = step % BLOCK === 0 && step + BLOCK - 1 <= end;
      const value = isWhole ? this.#blocks[step / BLOCK] : this.#values[step];
      if (value !== undefined && value < least) least = value;
      step += isWhole ? BLOCK : 1;
    }
    return least;
  }

  /** The last step before `step` with a value at or below a level; −1 where there is none. */
  lastAtOrBelow(step: number, level: number): number {
    for (let at = Math.min(step, this.#values.length) - 1; at >= 0;) {
      const isWhole = at % BLOCK === BLOCK - 1;
      if (isWhole && (this.#blocks[(at + 1) / BLOCK - 1] ?? Infinity) > level) {
        at -= BLOCK;
        continue;
      }
      if ((this.#values[at] ?? Infinity) <= level) return at;
      at -= 1;
    }
    return -1;
  }
}
