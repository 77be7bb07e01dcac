/** From here the part of the queue that is done is cut off. */
const MANY = 1_024;

/** Things that happen at given times, in the order in which they were put in: none overtakes an earlier one. */
export class TimedQueue<T> {
  #items: { readonly at: number; readonly item: T }[] = [];
  #done = 0;
  #last = Number.NEGATIVE_INFINITY;

  #nextAt = Number.POSITIVE_INFINITY;

  /** Time of the next one, µs; Infinity when there is none. */
  get nextAt(): number {
    return this.#nextAt;
  }

  /** When something that takes until `at` comes out: not before what was put in earlier, µs. */
  timeOf(at: number): number {
    return Math.max(at, this.#last);
  }

  /** Puts something in for `at`, µs, or later when an earlier one is. */
  push(at: number, item: T): void {
    this.#last = this.timeOf(at);
    this.#items.push({ at: this.#last, item });
    this.#nextAt = Math.min(this.#nextAt, this.#last);
  }

  /** Takes the next one out; undefined when there is none. */
  shift(): { readonly at: number; readonly item: T } | undefined {
    const next = this.#items[this.#done];
    if (next === undefined) return undefined;
    this.#done += 1;
    if (this.#done === this.#items.length || this.#done >= MANY) {
      this.#items = this.#items.slice(this.#done);
      this.#done = 0;
    }
    this.#nextAt = this.#items[this.#done]?.at ?? Number.POSITIVE_INFINITY;
    return next;
  }
}
