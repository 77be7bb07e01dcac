import { MICROS_PER_MINUTE } from "@aftershock/schema";

/** Over how many minutes that are over the median is taken. */
const MINUTES = 30;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[middle - 1] ?? 0, sorted[middle] ?? 0];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

/**
 * Depth of one side of a book that nobody recorded: half of the median notional that takers traded in a minute, over the last half hour of minutes that are over; at least what is quoted at the best price.
 * Markets that trade more rest more, about in proportion (Kyle and Obizhaeva 2016 have a like scaling across assets); a level it is not, and all that a slope by depth asks for is how depth compares with that of the days
 * of calibration, if those were measured likewise.
 *
 * It is a poor one: on simulated hours with a crash it was a third of the depth within the band (between a tenth and twice of it on four steps of five), with a correlation of logarithms of 0.3, and of none in a depeg (test/e2e/recordedForcedFlow.test.ts).
 * A slope by depth that rests on it is better left constant. Wrong where it matters most: in a crash volume rises while depth falls, so that this says more depth than there is. The median of half an hour holds that off for a quarter of one. Causal: the minute in hand does not count.
 */
export class DepthProxy {
  #minute = Number.NaN;
  #traded = 0;
  readonly #minutes: number[] = [];
  #median = 0;

  /** Notional that takers traded, quote currency; times, µs, ascend. */
  trade(at: number, notional: number): void {
    this.#goTo(Math.floor(at / MICROS_PER_MINUTE));
    this.#traded += notional;
  }

  /** Depth of a side at an instant, quote currency, 0 where nothing is known; `quoted` is what rests at its best price, NaN for unknown. */
  depth(at: number, quoted: number): number {
    this.#goTo(Math.floor(at / MICROS_PER_MINUTE));
    return Math.max(this.#median / 2, quoted > 0 ? quoted : 0);
  }

  #goTo(minute: number): void {
    if (Number.isNaN(this.#minute)) this.#minute = minute;
    if (minute <= this.#minute) return;
    const empty = Math.min(MINUTES, minute - this.#minute - 1);
    this.#minutes.push(this.#traded, ...Array.from({ length: empty }, () => 0));
    this.#minutes.splice(0, this.#minutes.length - MINUTES);
    this.#median = median(this.#minutes);
    this.#traded = 0;
    this.#minute = minute;
  }
}
