/** Latencies below this are counted one by one, µs: the median of any feed but a stale one is exact. */
const EXACT_MICROS = 1 << 20;
/** Latencies from which the count by µs pays for its memory; fewer are kept as they are. */
const FEW = 10_000;
/** Above it they are counted in this many steps an octave. */
const STEPS = 1_024;

/**
 * Smallest, median and largest of any number of latencies, in bounded memory (4 MB). The median of up to 10,000 is exact; that of
 * more is exact from 0 to 1.05 s, and within one part in 1,024 beyond and below zero.
 */
export class LatencyMeasure {
  private few: number[] | undefined = [];
  private exact = new Uint32Array(0);
  private readonly coarse = new Map<number, number>();
  private least = Infinity;
  private most = -Infinity;
  count: number = 0;

  add(micros: number): void {
    this.count += 1;
    if (micros < this.least) this.least = micros;
    if (micros > this.most) this.most = micros;
    if (this.few === undefined) this.tally(micros);
    else {
      this.few.push(micros);
      if (this.few.length > FEW) this.beginTally(this.few);
    }
  }

  private beginTally(few: readonly number[]): void {
    this.few = undefined;
    this.exact = new Uint32Array(EXACT_MICROS);
    for (const micros of few) this.tally(micros);
  }

  private tally(micros: number): void {
    if (micros >= 0 && micros < EXACT_MICROS) {
      this.exact[micros] = (this.exact[micros] ?? 0) + 1;
      return;
    }
    const step = (Math.floor(Math.log2(Math.abs(micros)) * STEPS) + 1) * Math.sign(micros);
    this.coarse.set(step, (this.coarse.get(step) ?? 0) + 1);
  }

  /** µs. */
  result(): { readonly min: number; readonly median: number; readonly max: number } {
    return { min: this.least, median: this.median(), max: this.most };
  }

  /** The value at the middle; of an even number the lower one. */
  private median(): number {
    let left = Math.ceil(this.count / 2);
    if (this.few !== undefined) return this.few.toSorted((a, b) => a - b)[left - 1] ?? this.most;
    const steps = [...this.coarse].toSorted(([a], [b]) => a - b);
    const valueOf = (step: number): number =>
      Math.min(
        this.most,
        Math.max(this.least, Math.round(Math.sign(step) * 2 ** ((Math.abs(step) - 1) / STEPS))),
      );
    for (const [step, count] of steps.filter(([one]) => one < 0)) {
      left -= count;
      if (left <= 0) return valueOf(step);
    }
    for (let micros = 0; micros < EXACT_MICROS; micros++) {
      left -= this.exact[micros] ?? 0;
      if (left <= 0) return micros;
    }
    for (const [step, count] of steps.filter(([one]) => one > 0)) {
      left -= count;
      if (left <= 0) return valueOf(step);
    }
    return this.most;
  }
}
