import { type Micros, micros } from "@aftershock/schema";

/**
 * Why a step of the record cannot be used. `noPrices`: best bid or ask is not known (before the first snapshot, in a gap of the book, with an empty side). `crossed`: the bid is not below the ask.
 * `silent`: the best prices were last heard of too long ago. `noMark`, `noIndex`: there is none, or it is too old.
 */
export type GapReason = "noPrices" | "crossed" | "silent" | "noMark" | "noIndex";

/** A stretch of steps of a record that are left out. */
export interface RecordGap {
  /** Start of the first of them and end of the last, µs. */
  readonly from: Micros;
  readonly to: Micros;
  readonly steps: number;
  readonly reason: GapReason;
}

/** Keeps stretches of steps that were left out: those of one reason that follow each other are one. */
export class RecordGaps {
  readonly #stepMicros: number;
  readonly #gaps: { from: number; to: number; steps: number; reason: GapReason }[] = [];

  constructor(stepMicros: number) {
    this.#stepMicros = stepMicros;
  }

  /** A step that ends at `at`, µs, is left out. */
  miss(at: number, reason: GapReason): void {
    const last = this.#gaps.at(-1);
    if (last !== undefined && last.reason === reason && last.to === at - this.#stepMicros) {
      last.to = at;
      last.steps += 1;
      return;
    }
    this.#gaps.push({ from: at - this.#stepMicros, to: at, steps: 1, reason });
  }

  /** All stretches so far, in order. */
  get list(): readonly RecordGap[] {
    return this.#gaps.map((gap) => ({ ...gap, from: micros(gap.from), to: micros(gap.to) }));
  }
}
