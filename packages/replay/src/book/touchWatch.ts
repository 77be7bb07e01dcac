import type { Micros } from "@aftershock/schema";

/** How often a state held at message ends, in how many stretches, and since when. */
export interface Stretches {
  /** Messages at whose end the state held. */
  readonly messages: number;
  /** Maximal stretches of such messages. */
  readonly intervals: number;
  /** Time of the first such message end, µs; absent when there was none. */
  readonly firstAt?: Micros;
}

const NEVER: Stretches = { messages: 0, intervals: 0 };

/** Counts how often and in how many stretches something held. */
export class TouchWatch {
  #counted: Stretches = NEVER;
  #holds = false;

  get counted(): Stretches {
    return this.#counted;
  }

  /** Whether the state held at the last message end. */
  get holds(): boolean {
    return this.#holds;
  }

  /** Tells whether the state holds at a message end. */
  observe(holds: boolean, at: Micros): void {
    if (holds) {
      const { messages, intervals, firstAt } = this.#counted;
      this.#counted = {
        messages: messages + 1,
        intervals: intervals + (this.#holds ? 0 : 1),
        firstAt: firstAt ?? at,
      };
    }
    this.#holds = holds;
  }

  /** Forgets everything; a stretch that goes on is counted as new. */
  reset(): void {
    this.#counted = NEVER;
    this.#holds = false;
  }
}
