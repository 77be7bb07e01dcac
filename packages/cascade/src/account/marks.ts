import { DataError } from "@aftershock/schema";
import type { Ledger } from "./ledger.ts";

/** The prices at which the positions of a ledger are valued, in ticks (not whole: a mark is on no grid), by number of instrument. */
export class Marks {
  readonly #ledger: Ledger;
  readonly #ticks: number[];

  /** All absent. */
  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    this.#ticks = ledger.instruments.map(() => Number.NaN);
  }

  /** Sets the mark of an instrument, quote currency. Throws DataError where it is no finite number above 0 (of an option: 0 or more). */
  set(instrument: number, quotePrice: number): void {
    const mayBeZero = this.#ledger.instruments[instrument]?.kind === "option";
    const isPrice = quotePrice > 0 || (mayBeZero && quotePrice === 0);
    if (!isPrice || quotePrice === Number.POSITIVE_INFINITY) {
      throw new DataError(`The mark of ${this.#id(instrument)} is ${quotePrice}`, {
        hints: ["Marks are finite and above 0: leave a missing one out, and the last one stands."],
      });
    }
    this.#ticks[instrument] = this.#ledger.ticksOf(instrument, quotePrice);
  }

  /** The mark in ticks. Throws DataError where there is none yet. */
  ticks(instrument: number): number {
    const ticks = this.#ticks[instrument] ?? Number.NaN;
    if (ticks >= 0) return ticks;
    throw new DataError(`${this.#id(instrument)} has no mark`, {
      hints: ["Positions cannot be valued before the first mark of each instrument held."],
    });
  }

  /** Whether an instrument has a mark. */
  has(instrument: number): boolean {
    return (this.#ticks[instrument] ?? Number.NaN) >= 0;
  }

  #id(instrument: number): string {
    return this.#ledger.instruments[instrument]?.id ?? `instrument number ${instrument}`;
  }
}
