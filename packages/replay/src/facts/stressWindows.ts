import { micros } from "@aftershock/schema";
import type { FactWindow } from "./factTypes.ts";
import { FEWEST_WINDOWS, type WindowRecords } from "./windowed.ts";

const BPS = 10_000;
/** The share of a window that must have a mid for it to count. */
const COVERED = 0.5;

/**
 * Windows of equal length from multiples of it since the epoch, judged by how far the mid moved in them: ln(highest / lowest). The worst and
 * the calmest are known only when they are over. Of equal ranges the first counts.
 */
export class StressWindows {
  readonly #length: number;
  #end = Number.NaN;
  #covered = 0;
  #low = Number.NaN;
  #high = Number.NaN;
  #count = 0;
  #calmest: FactWindow | undefined;
  #worst: FactWindow | undefined;

  /** `length` is that of a window, µs. */
  constructor(length: number) {
    this.#length = length;
  }

  /** The end of the window in hand, µs; NaN before there is one. */
  get end(): number {
    return this.#end;
  }

  /** Starts the window that holds `at`, µs. */
  open(at: number): void {
    this.#end = (Math.floor(at / this.#length) + 1) * this.#length;
    this.#covered = 0;
    this.#low = Number.NaN;
    this.#high = Number.NaN;
  }

  /** Tells that the mid is `mid` ticks, above 0, for `lasted` µs of the window in hand. */
  observe(mid: number, lasted: number): void {
    if (!(mid > 0) || !(lasted > 0)) return;
    this.#covered += lasted;
    if (!(mid >= this.#low)) this.#low = mid;
    if (!(mid <= this.#high)) this.#high = mid;
  }

  /** Ends the window in hand. */
  close(): WindowRecords {
    if (!(this.#covered >= COVERED * this.#length)) return { isCalmest: false, isWorst: false };
    const rangeBps = Math.log(this.#high / this.#low) * BPS;
    const isCalmest = !(rangeBps >= (this.#calmest?.rangeBps ?? Number.POSITIVE_INFINITY));
    const isWorst = rangeBps > (this.#worst?.rangeBps ?? Number.NEGATIVE_INFINITY);
    const window = { from: micros(this.#end - this.#length), rangeBps };
    if (isCalmest) this.#calmest = window;
    if (isWorst) this.#worst = window;
    this.#count += 1;
    return { isCalmest, isWorst };
  }

  /** How many windows counted. */
  get count(): number {
    return this.#count;
  }

  /** The calmest; undefined where fewer than two counted. */
  get calmest(): FactWindow | undefined {
    return this.#count < FEWEST_WINDOWS ? undefined : this.#calmest;
  }

  /** The one with the greatest range; undefined where fewer than two counted. */
  get worst(): FactWindow | undefined {
    return this.#count < FEWEST_WINDOWS ? undefined : this.#worst;
  }
}
