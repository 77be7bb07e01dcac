import { MICROS_PER_SECOND } from "@aftershock/schema";
import { Fading } from "../impact/fading.ts";

/**
 * By how much of its forced flow a record is relieved, as time goes on: 1 − (changed flow / recorded flow), both without sign and exponentially averaged, held within 0 … 1. Exactly 0 as
 * long as the two agree bit for bit, and where more is forced than was.
 */
export class RemovedFraction {
  readonly #left: Fading;
  #recorded = 0;
  #changed = 0;
  #at = Number.NEGATIVE_INFINITY;

  /** The time of the average, seconds, above 0. */
  constructor(seconds: number) {
    this.#left = new Fading(seconds * MICROS_PER_SECOND);
  }

  /** Takes the flows of an instant, of any sign and one unit; times ascend. */
  add(at: number, recorded: number, changed: number): void {
    const kept = this.#at === Number.NEGATIVE_INFINITY ? 0 : this.#left.after(at - this.#at);
    this.#recorded = this.#recorded * kept + Math.abs(recorded);
    this.#changed = this.#changed * kept + Math.abs(changed);
    this.#at = at;
  }

  /** The fraction as of the last flow. */
  get value(): number {
    if (this.#changed >= this.#recorded) return 0;
    return 1 - this.#changed / this.#recorded;
  }
}
