/** Levels of one side beyond one end of a ladder's window, by key: rarely used, and in no order until somebody asks. */
export class OutsideLevels {
  readonly #sizes = new Map<number, number>();
  /** The keys, ascending; undefined when they have changed since. */
  #sorted: Float64Array | undefined;
  /** The highest key, -Infinity for none; undefined when it was deleted since. */
  #highest: number | undefined = Number.NEGATIVE_INFINITY;

  get count(): number {
    return this.#sizes.size;
  }

  /** Lots; 0 where nothing rests. */
  sizeOf(key: number): number {
    return this.#sizes.get(key) ?? 0;
  }

  /** Sets a level, or with size 0 deletes it; returns whether it was there. */
  set(key: number, size: number): boolean {
    const known = this.#sizes.has(key);
    if (size === 0) this.#sizes.delete(key);
    else this.#sizes.set(key, size);
    if (known !== (size !== 0)) this.#sorted = undefined;
    if (size !== 0 && this.#highest !== undefined) this.#highest = Math.max(this.#highest, key);
    else if (size === 0 && key === this.#highest) this.#highest = undefined;
    return known;
  }

  /** The highest key; -Infinity when there is none. */
  get highest(): number {
    if (this.#highest !== undefined) return this.#highest;
    let highest = Number.NEGATIVE_INFINITY;
    for (const key of this.#sizes.keys()) if (key > highest) highest = key;
    this.#highest = highest;
    return highest;
  }

  /** The highest key below another; -Infinity when there is none. */
  below(key: number): number {
    if (this.#sizes.size === 0) return Number.NEGATIVE_INFINITY;
    const keys = (this.#sorted ??= Float64Array.from(this.#sizes.keys()).sort());
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] ?? Number.NaN) < key) low = middle + 1;
      else high = middle;
    }
    return keys[low - 1] ?? Number.NEGATIVE_INFINITY;
  }

  /** Keys and sizes, in no order. */
  each(): Iterable<readonly [key: number, size: number]> {
    return this.#sizes;
  }

  clear(): void {
    this.#sizes.clear();
    this.#sorted = undefined;
    this.#highest = Number.NEGATIVE_INFINITY;
  }
}
