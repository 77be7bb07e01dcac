import type { CounterRandom } from "../counterRandom.ts";

/** The least and most that a message takes from venue to recorder, µs. */
const FASTEST_MICROS = 1_000;
const SLOWEST_MICROS = 8_000;
/** Mean of what it takes beyond the least, µs, before the cap. */
const MEAN_EXTRA_MICROS = 1_200;

/**
 * One channel of the recorder's connection: every message arrives in the order in which it was sent, 1–8 ms later. How long one takes is drawn by its step and
 * its number in it.
 * Assumes that the two clocks agree and that load does not slow the line; on crash days it does, by seconds.
 */
export class Connection {
  readonly #random: CounterRandom;
  #last = Number.NEGATIVE_INFINITY;

  constructor(random: CounterRandom) {
    this.#random = random;
  }

  /** When a message sent at `tsEvent` arrives, whole µs. Messages must be given in the order in which they are sent. */
  receive(tsEvent: number, step: number, message = 0): number {
    const extra = -Math.log(this.#random.at(step, message).uniform(0)) * MEAN_EXTRA_MICROS;
    const latency = Math.min(SLOWEST_MICROS, Math.round(FASTEST_MICROS + extra));
    this.#last = Math.max(this.#last, tsEvent + latency);
    return this.#last;
  }
}
