/** Starting values and multipliers of the two lanes: the fractions of √2, √3, √5 and √7 in 32 bits, the last bit set (odd). */
const SEED_A = 0x6a09e667;
const SEED_B = 0xbb67ae85;
const FACTOR_A = 0x3c6ef373;
const FACTOR_B = 0xa54ff53b;
/** The bits of the one NaN that stands for all of them. */
const NAN_HIGH_WORD = 0x7ff80000;

/** Where the low word of a number stands on this machine. */
const LOW_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1;
const HIGH_WORD = 1 - LOW_WORD;

/** Spreads every bit of a word over the whole word; a bijection, so that nothing is lost. */
function avalanche(word: number, factor: number): number {
  const once = Math.imul(word ^ (word >>> 16), factor);
  const twice = Math.imul(once ^ (once >>> 13), factor);
  return twice ^ (twice >>> 16);
}

const hexWord = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");

/**
 * A chained hash of numbers and texts, for telling whether two replays were the same. Two 32-bit lanes, integer arithmetic
 * only, the same on every machine. Numbers are taken by the bits of their float64, with -0 as 0 and one NaN.
 * It finds differences and accidents; it does not resist forgery (the lake's manifests carry sha256 for that).
 */
export class StateHash {
  #a = SEED_A;
  #b = SEED_B;
  readonly #number = new Float64Array(1);
  readonly #words = new Int32Array(this.#number.buffer);

  /** Takes a number in. */
  mix(value: number): void {
    if (Number.isNaN(value)) {
      this.#mixWord(0);
      this.#mixWord(NAN_HIGH_WORD);
      return;
    }
    this.#number[0] = value === 0 ? 0 : value;
    this.#mixWord(this.#words[LOW_WORD] ?? 0);
    this.#mixWord(this.#words[HIGH_WORD] ?? 0);
  }

  /** Takes a text in, by its UTF-16 units and their number; an absent text differs from an empty one. */
  mixText(text: string | undefined): void {
    this.#mixWord(text === undefined ? -1 : text.length);
    for (let unit = 0; unit < (text?.length ?? 0); unit += 1)
      this.#mixWord(text?.charCodeAt(unit) ?? 0);
  }

  /** A hash that has taken in the same, and goes its own way from here. */
  clone(): StateHash {
    const copy = new StateHash();
    copy.#a = this.#a;
    copy.#b = this.#b;
    return copy;
  }

  /** The hash of all that was taken in so far: 16 hexadecimal digits. More can be taken in after it. */
  get hex(): string {
    const a = avalanche(this.#a ^ this.#b, FACTOR_A);
    return hexWord(a) + hexWord(avalanche(this.#b ^ a, FACTOR_B));
  }

  // For a given word the step is a bijection of the state, and for a given state different words give different states:
  // a difference, once in, is cancelled only by a second difference that happens to fit both lanes.
  #mixWord(word: number): void {
    const a = Math.imul(this.#a ^ word, FACTOR_A);
    this.#a = a ^ (a >>> 15);
    const b = Math.imul((this.#b + this.#a) ^ ((word << 16) | (word >>> 16)), FACTOR_B);
    this.#b = b ^ (b >>> 14);
  }
}
