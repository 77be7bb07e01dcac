import { ConfigError } from "@aftershock/schema";

const TWO_POW_32 = 4_294_967_296;
/** The multipliers of Philox 4x32 in halves of 16 bits, and the steps of its keys. */
const M0_HIGH = 0xd251;
const M0_LOW = 0x1f53;
const M1_HIGH = 0xcd9e;
const M1_LOW = 0x8d57;
const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;
const ROUNDS = 10;

/** The upper 32 bits of a product of 32-bit numbers, the second given in halves; all partial sums are below 2^53. */
const upperProduct = (a: number, high: number, low: number): number =>
  Math.floor((a * high + Math.floor((a * low) / 65_536)) / 65_536);

/** Philox 4x32-10: four words of 32 bits (`a` … `d`, unsigned) out of a counter of four and a key of two. */
export class Philox {
  a = 0;
  b = 0;
  c = 0;
  d = 0;

  /** The counter is what `a` … `d` hold, and becomes the output. The key's words are unsigned. */
  run(low: number, high: number): void {
    let { a, b, c, d } = this;
    let [key0, key1] = [low, high];
    for (let round = 0; round < ROUNDS; round += 1) {
      const high0 = upperProduct(a, M0_HIGH, M0_LOW);
      const high1 = upperProduct(c, M1_HIGH, M1_LOW);
      const low0 = Math.imul(a, M0);
      const low1 = Math.imul(c, M1);
      a = (high1 ^ b ^ key0) >>> 0;
      c = (high0 ^ d ^ key1) >>> 0;
      b = low1 >>> 0;
      d = low0 >>> 0;
      key0 = (key0 + W0) >>> 0;
      key1 = (key1 + W1) >>> 0;
    }
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }
}

/** 32-bit FNV-1a of a text from a basis. Source: Fowler, Noll, Vo, draft-eastlake-fnv. */
function fnv1a(text: string, basis: number): number {
  let hash = basis;
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return hash;
}

/** The 32-bit finaliser of MurmurHash3 (A. Appleby, public domain): every input bit reaches every output bit. */
function mix(word: number): number {
  const first = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return second ^ (second >>> 16);
}

/**
 * The luck of one agent under one seed: Philox 4x32-10, a function of (seed, name, slot, lane) without a state that runs on. A draw is found by when it
 * is needed (the slot: a step, an account) and for what (the lane), not by how many were made before: so two runs that differ in a rule, or in
 * who takes part, see the same luck wherever they ask the same question.
 * Source: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC '11.
 */
export class CounterRandom {
  readonly #key0: number;
  readonly #key1: number;
  readonly #words = new Philox();

  /** `name` is who draws, and for what. Throws ConfigError for a seed that is not a whole number from 0 below 2^53. */
  constructor(seed: number, name: string) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new ConfigError(`The seed ${seed} is not a whole number from 0`, {
        hints: ["Give a seed such as 7; the same seed always gives the same day."],
      });
    }
    const low = seed % TWO_POW_32;
    const high = Math.floor(seed / TWO_POW_32);
    this.#key0 = mix(fnv1a(name, 0x811c9dc5) ^ mix(low + W0)) >>> 0;
    this.#key1 = mix(fnv1a(name, 0x050c5d1f) ^ mix(high + mix(low + W1))) >>> 0;
  }

  /** Goes to a slot (a whole number from 0 below 2^53) and a lane (below 2^32): four words of 32 bits. Returns itself. */
  at(slot: number, lane = 0): this {
    const words = this.#words;
    words.a = slot >>> 0;
    words.b = Math.floor(slot / TWO_POW_32);
    words.c = lane >>> 0;
    words.d = 0;
    words.run(this.#key0, this.#key1);
    return this;
  }

  /** Uniform in the open interval (0, 1) from word 0 … 3: never 0, so that its logarithm is finite. */
  uniform(word: 0 | 1 | 2 | 3): number {
    return (this.#word(word) + 0.5) / TWO_POW_32;
  }

  /** Uniform in (from, to). */
  between(word: 0 | 1 | 2 | 3, from: number, to: number): number {
    return from + (to - from) * this.uniform(word);
  }

  /** With a uniform logarithm in (from, to). */
  betweenLog(word: 0 | 1 | 2 | 3, from: number, to: number): number {
    return from * (to / from) ** this.uniform(word);
  }

  /** A whole number from … to, both included. */
  integer(word: 0 | 1 | 2 | 3, from: number, to: number): number {
    return from + Math.floor(this.uniform(word) * (to - from + 1));
  }

  /** Standard normal: the first of the two Box–Muller numbers of words 0 and 1, or of 2 and 3. */
  normal(pair: 0 | 1): number {
    const radius = Math.sqrt(-2 * Math.log(this.uniform(pair === 0 ? 0 : 2)));
    return radius * Math.cos(2 * Math.PI * this.uniform(pair === 0 ? 1 : 3));
  }

  /** Log-normal with the given median and standard deviation of the logarithm. */
  logNormal(pair: 0 | 1, median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal(pair));
  }

  #word(word: 0 | 1 | 2 | 3): number {
    const words = this.#words;
    if (word === 0) return words.a;
    if (word === 1) return words.b;
    return word === 2 ? words.c : words.d;
  }
}
