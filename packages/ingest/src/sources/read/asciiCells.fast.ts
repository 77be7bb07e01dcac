/**
 * Cells of a CSV line read straight from its bytes, without splitting it into texts: part of what test/bench/ingest.ts measures. Its
 * plain twins are `parseExact` and `parseMicros`: whatever is out of the ordinary (a sign, an exponent, more than 15 digits, a time that
 * has not 16) is not read here but left to them.
 */

/** 10^n, n in 0 … 15: exact. */
const POWERS = Float64Array.from({ length: 16 }, (_, n) => 10 ** n);

export class AsciiCells {
  /** Where the last cell that was read ended: its separator. */
  at = 0;
  mantissa = 0;
  decimals = 0;

  /** Reads 16 digits and a comma: a time in µs; -1 for anything else. */
  micros(bytes: Uint8Array, from: number): number {
    let high = 0;
    let low = 0;
    for (let i = from; i < from + 8; i++) {
      const digit = bytes[i]! - 48;
      if (digit < 0 || digit > 9) return -1;
      high = high * 10 + digit;
    }
    for (let i = from + 8; i < from + 16; i++) {
      const digit = bytes[i]! - 48;
      if (digit < 0 || digit > 9) return -1;
      low = low * 10 + digit;
    }
    this.at = from + 16;
    // Later than 1973, and below 2^53.
    return bytes[from + 16] === 44 && high >= 1_000_000 && high < 90_000_000
      ? high * 1e8 + low
      : -1;
  }

  /** Reads a decimal up to `end` (a comma, or a line end) into `mantissa` and `decimals`; false for anything out of the ordinary. */
  decimal(bytes: Uint8Array, from: number, end: number): boolean {
    let mantissa = 0;
    let i = from;
    let byte = bytes[i]!;
    for (; byte >= 48 && byte <= 57; byte = bytes[++i]!) mantissa = mantissa * 10 + (byte - 48);
    let digits = i - from;
    if (digits === 0) return false;
    let decimals = 0;
    if (byte === 46) {
      const point = ++i;
      let zeros = 0;
      for (byte = bytes[i]!; byte >= 48 && byte <= 57; byte = bytes[++i]!) {
        if (byte === 48) zeros += 1;
        else {
          if (i - from > 16) return false;
          mantissa = mantissa * POWERS[zeros + 1]! + (byte - 48);
          zeros = 0;
          decimals = i - point + 1;
        }
      }
      digits += i - point;
    }
    if (byte !== end || digits > 15) return false;
    this.at = i;
    this.mantissa = mantissa;
    this.decimals = mantissa === 0 ? 0 : decimals;
    return true;
  }
}
