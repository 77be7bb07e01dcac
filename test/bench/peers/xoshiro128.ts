/**
 * A seeded generator of whole numbers: xoshiro128** of Blackman and Vigna, "Scrambled linear pseudorandom number generators" (2021), its
 * state filled by splitmix32. 32-bit integer arithmetic only: the same numbers on every machine.
 */
export class Xoshiro128 {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  constructor(seed: number) {
    let state = seed | 0;
    const fill = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
      return mixed ^ (mixed >>> 16);
    };
    [this.a, this.b, this.c, this.d] = [fill(), fill(), fill(), fill()];
  }

  /** The next 32 bits, 0 … 2^32 - 1. */
  next(): number {
    const product = Math.imul(this.b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result >>> 0;
  }

  /** A whole number, 0 … limit - 1; the limit is at most 2^21, so that the product below is exact. */
  below(limit: number): number {
    return Math.floor((this.next() * limit) / 4_294_967_296);
  }
}
