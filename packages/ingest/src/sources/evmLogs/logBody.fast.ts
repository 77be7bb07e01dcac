/**
 * The words of one EVM log as text of JSON: some 60 times the rate of viem's decoder (test/bench/evmLogs.ts), because
 * one native call checks and unpacks all hex at once and only integers above 2^53 become BigInts. Its plain twin is that decoder,
 * `decodeEventLog` of viem, to which tests compare it, event by event and log by log.
 *
 * Layout: `hex` is the log's indexed topics and then its data, lower case, without any `0x`; `bytes` the same unpacked, one byte
 * for two digits, `length` of them in use (a buffer that is reused and grows). Positions are bytes from its start. Invariant: all
 * of `hex` is hex digits. The readers do not look whether `at` lies inside: `LogDecoder` checks the length once a log.
 */

/** The buffer's first size: more than any log of a known event has. Bytes. */
const FIRST_BYTES = 4_096;
/** Below this many times 2^32 a whole number is exact in a double. */
const EXACT_HIGH = 0x20_0000;
const TWO_32 = 0x1_0000_0000;

/** The indexed topics and the data of one log at a time. */
export class LogBody {
  /** Bytes in use. */
  length: number = 0;
  private hex = "";
  private bytes: Buffer = Buffer.alloc(FIRST_BYTES);
  private view: DataView = viewOf(this.bytes);

  /** Takes a log's topics after the first and its data, `0x…` each. False when anything in them is not hex. */
  load(topics: readonly string[], data: string): boolean {
    let hex = "";
    for (let i = 1; i < topics.length; i++) hex += topics[i]!.slice(2);
    hex = (hex + data.slice(2)).toLowerCase();
    this.hex = hex;
    this.length = hex.length / 2;
    if (this.length > this.bytes.length) {
      this.bytes = Buffer.alloc(2 ** Math.ceil(Math.log2(this.length)));
      this.view = viewOf(this.bytes);
    }
    return this.bytes.write(hex, 0, "hex") === this.length;
  }

  /** Bytes as hex digits without `0x`. */
  digits(at: number, length: number): string {
    return this.hex.slice(2 * at, 2 * (at + length));
  }

  /** True when so many bytes are all 0, or all 0xff. */
  isFilled(at: number, length: number, fill: 0 | 0xff = 0): boolean {
    const end = at + length;
    const fours = fill === 0 ? 0 : -1;
    let differs = 0;
    let i = at;
    for (; i + 4 <= end; i += 4) differs |= this.view.getInt32(i) ^ fours;
    for (; i < end; i++) differs |= this.bytes[i]! ^ (fours & 0xff);
    return differs === 0;
  }

  /** A word that counts or points: below 2^31; -1 for a larger one. */
  smallAt(at: number): number {
    const low = this.view.getInt32(at + 28);
    return low >= 0 && this.isFilled(at, 28) ? low : -1;
  }

  /** A word as an unsigned integer in decimal text; undefined when it has more than `bits`. */
  uintText(at: number, bits: number): string | undefined {
    if (bits < 256 && !this.isFilled(at, 32 - bits / 8)) return undefined;
    const { view } = this;
    const top =
      view.getInt32(at) | view.getInt32(at + 4) | view.getInt32(at + 8) | view.getInt32(at + 12);
    if (top !== 0) return String(this.wordAt(at));
    if ((view.getInt32(at + 16) | view.getInt32(at + 20)) !== 0) {
      return String((view.getBigUint64(at + 16) << 64n) | view.getBigUint64(at + 24));
    }
    const high = view.getUint32(at + 24);
    return high < EXACT_HIGH
      ? String(high * TWO_32 + view.getUint32(at + 28))
      : String(view.getBigUint64(at + 24));
  }

  /** A word as a signed integer (two's complement) in decimal text; undefined when it has more than `bits`. */
  intText(at: number, bits: number): string | undefined {
    const first = at + 32 - bits / 8;
    if (this.bytes[first]! < 0x80) return this.uintText(at, bits);
    if (!this.isFilled(at, first - at, 0xff)) return undefined;
    const { view } = this;
    if (!this.isFilled(at, 24, 0xff)) return String(BigInt.asIntN(256, this.wordAt(at)));
    const high = ~view.getUint32(at + 24) >>> 0;
    return high < EXACT_HIGH
      ? String(-(high * TWO_32 + (~view.getUint32(at + 28) >>> 0) + 1))
      : // The top 24 bytes are ones: the value lies in the lower 65 bits.
        String(BigInt.asIntN(256, this.wordAt(at)));
  }

  /** A word as an address in JSON; undefined when it has more than 20 bytes. */
  addressJson(at: number): string | undefined {
    return this.isFilled(at, 12) ? `"0x${this.digits(at + 12, 20)}"` : undefined;
  }

  private wordAt(at: number): bigint {
    const { view } = this;
    return (
      (view.getBigUint64(at) << 192n) |
      (view.getBigUint64(at + 8) << 128n) |
      (view.getBigUint64(at + 16) << 64n) |
      view.getBigUint64(at + 24)
    );
  }
}

const viewOf = ({ buffer, byteOffset, length }: Buffer): DataView =>
  new DataView(buffer, byteOffset, length);
