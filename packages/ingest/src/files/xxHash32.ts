const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;
const PRIME_3 = 0xc2b2ae3d;
const PRIME_4 = 0x27d4eb2f;
const PRIME_5 = 0x165667b1;

const rotated = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

const round = (lane: number, word: number): number =>
  Math.imul(rotated((lane + Math.imul(word, PRIME_2)) | 0, 13), PRIME_1);

/** Bytes that a step of the hash takes: four words, one for each lane. */
const STRIPE = 16;

/**
 * The 32-bit xxHash (seed 0) of bytes that come in chunks: the checksum of lz4 frames.
 * Source: the xxHash specification, XXH32, version 0.1.1.
 */
export class XxHash32 {
  private readonly lanes = new Int32Array([PRIME_1 + PRIME_2, PRIME_2, 0, -PRIME_1]);
  private readonly rest: Buffer = Buffer.alloc(STRIPE);
  private restLength = 0;
  private length = 0;

  /** Adds bytes. */
  update(bytes: Buffer): this {
    this.length += bytes.length;
    let from = 0;
    if (this.restLength > 0) {
      from = bytes.copy(this.rest, this.restLength, 0, STRIPE - this.restLength);
      this.restLength += from;
      if (this.restLength < STRIPE) return this;
      this.stripes(this.rest, 0);
    }
    from = this.stripes(bytes, from);
    this.restLength = bytes.copy(this.rest, 0, from);
    return this;
  }

  /** Takes whole stripes from a place on; returns where the rest starts. */
  private stripes(bytes: Buffer, start: number): number {
    let [a = 0, b = 0, c = 0, d = 0] = this.lanes;
    let from = start;
    // Four times faster than the methods of Buffer.
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (; from + STRIPE <= bytes.length; from += STRIPE) {
      a = round(a, view.getInt32(from, true));
      b = round(b, view.getInt32(from + 4, true));
      c = round(c, view.getInt32(from + 8, true));
      d = round(d, view.getInt32(from + 12, true));
    }
    this.lanes.set([a, b, c, d]);
    return from;
  }

  /** The hash of what was added, 0 … 2^32 − 1. More may be added after. */
  digest(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.lanes;
    let hash =
      this.length < STRIPE
        ? PRIME_5
        : rotated(a, 1) + rotated(b, 7) + rotated(c, 12) + rotated(d, 18);
    hash = (hash + this.length) | 0;
    let from = 0;
    for (; from + 4 <= this.restLength; from += 4) {
      hash = (hash + Math.imul(this.rest.readInt32LE(from), PRIME_3)) | 0;
      hash = Math.imul(rotated(hash, 17), PRIME_4);
    }
    for (; from < this.restLength; from += 1) {
      hash = (hash + Math.imul(this.rest.readUInt8(from), PRIME_5)) | 0;
      hash = Math.imul(rotated(hash, 11), PRIME_1);
    }
    hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
    hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }
}

/** The 32-bit xxHash (seed 0) of bytes. */
export const xxHash32 = (bytes: Buffer): number => new XxHash32().update(bytes).digest();
