import { ConfigError } from "@aftershock/schema";

/** The 128 bits of a generator's state, as four 32-bit words; not all of them zero. */
export type RandomState = readonly [number, number, number, number];

const TWO_POW_32 = 4_294_967_296;

const rotateLeft = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/**
 * A seeded source of random numbers: xoshiro128**, period 2^128 − 1, the same numbers on every machine.
 * Source: D. Blackman and S. Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47 (2021), algorithm
 * xoshiro128** 1.1.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(state: RandomState) {
    [this.#a, this.#b, this.#c, this.#d] = state;
  }

  /** The next 32 random bits, a whole number 0 … 2^32 − 1. */
  nextUint32(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return result >>> 0;
  }

  /** Uniform in the open interval (0, 1), from 32 bits: never 0, so that its logarithm is finite. */
  uniform(): number {
    return (this.nextUint32() + 0.5) / TWO_POW_32;
  }

  /** Uniform in (from, to). */
  between(from: number, to: number): number {
    return from + (to - from) * this.uniform();
  }

  /** A whole number from … to, both included. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.uniform() * (to - from + 1));
  }

  /**
   * Standard normal, by the first of the two Box–Muller numbers. The second is discarded so that a normal always costs two
   * draws, whatever was drawn before: two runs then stay in step.
   */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Log-normal with the given median and standard deviation of the logarithm. */
  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }
}

/** 32-bit FNV-1a of a text of ASCII characters. Source: Fowler, Noll, Vo, draft-eastlake-fnv. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return hash;
}

/** The 32-bit finaliser of MurmurHash3 (A. Appleby, public domain): every input bit reaches every output bit. */
function mix(word: number): number {
  const first = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return second ^ (second >>> 16);
}

/**
 * The generator of one purpose under one seed. Every kind of agent has its own, so that switching one mechanism off does not
 * shift the luck of the others. The seed is a whole number from 0. Throws ConfigError otherwise.
 */
export function randomFor(seed: number, purpose: string): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new ConfigError(`The seed ${seed} is not a whole number from 0`, {
      hints: ["Give a seed such as 7; the same seed always gives the same day."],
    });
  }
  const start = fnv1a(`${seed}/${purpose}`);
  // Consecutive multiples of the golden ratio, as in splitmix, so that the four words differ even where the hash is 0.
  const word = (index: number): number => mix((start + Math.imul(index, 0x9e3779b9)) | 0);
  return new Random([word(1), word(2), word(3), word(4)]);
}
