/**
 * The values of messages that always have the same fields in the same order, as tickers do: see captureBytes.fast.ts. Plain twins: those of
 * jsonFields.ts that each kind names.
 *
 * `values`: two numbers a field, Float64: the value, or a decimal's mantissa and decimals; NaN where there is none. Names are in `names`.
 */
import { type Decimal, IntegrityError } from "@aftershock/schema";
import { ascii, type CaptureBytes, Names } from "./captureBytes.fast.ts";

const QUOTE = 34;
const MINUS = 45;
const NULL = ascii("null");
const EMPTY = ascii('""');

/** 10^n, n in 0 … 20: exact, so that a quotient is the double that the decimal's text is read as. */
const POWERS = Float64Array.from({ length: 21 }, (_, n) => 10 ** n);
/** Doubles below it are written with an exponent, which `fractionOf` does not move the point of. */
const WRITTEN_PLAIN = 1e-6;

/**
 * What a field holds: `count` a whole number; `millis` a time (`timeField`); `number` a JSON number or null (`optionalReal`); `text` the same in
 * quotes, or nothing in them; `name` text in quotes, not empty; `rest` a name up to the quote that ends it; `any` what nobody reads.
 */
export type FieldKind = "count" | "millis" | "number" | "text" | "name" | "rest" | "any";

/** A pattern of texts with a field between each two of them. */
export class FieldPattern {
  private readonly pieces: readonly Uint8Array[];
  private readonly kinds: readonly FieldKind[];
  private readonly values: Float64Array;
  private readonly names: string[];
  private readonly known = new Names<string>((name) => name);

  /** `pattern` as the message stands, with `<kind>` for each field; a line feed ends it. */
  constructor(pattern: string) {
    const parts = pattern.split(/<(\w+)>/);
    this.pieces = parts.filter((_, i) => i % 2 === 0).map(ascii);
    this.kinds = parts.filter((_, i) => i % 2 === 1) as FieldKind[];
    this.values = new Float64Array(2 * this.kinds.length);
    this.names = this.kinds.map(() => "");
  }

  /** Reads a message, up to the end of its line; false for one of another form. */
  read(line: CaptureBytes): boolean {
    const { pieces, kinds } = this;
    for (let nth = 0; nth < kinds.length; nth++) {
      if (!line.matches(pieces[nth]!) || !this.readField(line, nth)) return false;
    }
    return line.matches(pieces[kinds.length]!);
  }

  private readField(line: CaptureBytes, nth: number): boolean {
    const { values } = this;
    switch (this.kinds[nth]!) {
      case "number":
        values[2 * nth] = values[2 * nth + 1] = Number.NaN;
        return line.matches(NULL) || this.readDecimal(line, nth);
      case "text":
        values[2 * nth] = values[2 * nth + 1] = Number.NaN;
        if (line.matches(EMPTY)) return true;
        return line.is(QUOTE) && this.readDecimal(line, nth) && line.is(QUOTE);
      case "count":
        if (!line.readWhole()) return false;
        values[2 * nth] = line.whole;
        return true;
      case "millis":
        if (!line.readMillis()) return false;
        values[2 * nth] = line.micros;
        return true;
      case "any":
        return line.skipValue();
      case "name":
        return line.is(QUOTE) && this.readName(line, nth);
      case "rest":
      default:
        return this.readName(line, nth);
    }
  }

  private readName(line: CaptureBytes, nth: number): boolean {
    const name = this.known.read(line) ?? "";
    this.names[nth] = name;
    return name !== "";
  }

  private readDecimal(line: CaptureBytes, nth: number): boolean {
    const negative = line.is(MINUS);
    if (!line.readDecimal()) return false;
    this.values[2 * nth] = negative ? -line.mantissa : line.mantissa;
    this.values[2 * nth + 1] = line.decimals;
    return true;
  }

  /** Where a field stands among all, by the text before it, e.g. `"delta":`. */
  placeOf(before: string): number {
    const place = this.pieces.findIndex((piece) => Buffer.from(piece).toString().endsWith(before));
    if (place < 0) throw new IntegrityError(`Invariant: the pattern has no field ${before}`);
    return place;
  }

  /** A `count` or `millis` (µs). */
  whole(nth: number): number {
    return this.values[2 * nth]!;
  }

  name(nth: number): string {
    return this.names[nth]!;
  }

  /** A `number` or `text` as a double; undefined where there is none. */
  real(nth: number): number | undefined {
    const mantissa = this.values[2 * nth]!;
    return Number.isNaN(mantissa) ? undefined : mantissa / POWERS[this.values[2 * nth + 1]!]!;
  }

  /** A percentage as a fraction (`fractionOf`); undefined where it is absent or 0. */
  percent(nth: number): number | undefined {
    const mantissa = this.values[2 * nth]!;
    if (Number.isNaN(mantissa) || mantissa === 0) return undefined;
    const decimals = this.values[2 * nth + 1]!;
    const percent = mantissa / POWERS[decimals]!;
    return Math.abs(percent) < WRITTEN_PLAIN ? percent / 100 : mantissa / POWERS[decimals + 2]!;
  }

  /** A `number` or `text` as it was written; undefined where there is none. */
  decimal(nth: number): Decimal | undefined {
    const mantissa = this.values[2 * nth]!;
    return Number.isNaN(mantissa)
      ? undefined
      : { mantissa: mantissa === 0 ? 0 : mantissa, decimals: this.values[2 * nth + 1]! };
  }
}
