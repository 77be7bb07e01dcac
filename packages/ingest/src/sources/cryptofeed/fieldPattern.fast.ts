/**
 * The values of messages that always have the same fields in the same order, as tickers do: see captureBytes.fast.ts. Plain twins: those of
 * jsonFields.ts that each kind names.
 *
 * `values`: two numbers a field, Float64: the value and 0, or a decimal's mantissa and decimals; NaN and 0 where there is none. Names are in
 * `names`.
 */
import { IntegrityError } from "@aftershock/schema";
import type { BulkRows } from "../../source.ts";
import { ascii, type AsciiText, type CaptureBytes, Names } from "./captureBytes.fast.ts";

const QUOTE = 34;
const MINUS = 45;
const NULL = ascii("null");

/** 10^n, n in 0 … 20: exact, so that a quotient is the double that the decimal's text is read as. */
const POWERS = Float64Array.from({ length: 21 }, (_, n) => 10 ** n);
/** Doubles below it are written with an exponent, which `fractionOf` does not move the point of. */
const WRITTEN_PLAIN = 1e-6;

/**
 * What a field holds. `number`: a JSON number or null, in quotes a number or nothing, as a double (`optionalReal`); `percent`: the same as a
 * fraction, 0 being none (`fractionOf`); `decimal`: the same as it is written (`decimalOf`); `millis`: a time, in µs (`timeField`); `name`: text
 * that comes again and is not empty, `word`: the same where it is no column; `label`: text that nobody reads; `any`: a value that nobody
 * reads. The quotes of texts stand in the pattern.
 */
const KINDS = ["number", "percent", "decimal", "millis", "name", "word", "label", "any"];
const [NUMBER, PERCENT, DECIMAL, MILLIS, NAME, WORD, LABEL] = KINDS.keys();

/** A pattern of texts with a field between each two of them. */
export class FieldPattern {
  /** What each field is called: by the column that it is. */
  private readonly fields: readonly (string | undefined)[];
  /** What each field holds, as its place in KINDS. */
  private readonly kinds: Uint8Array;
  private readonly pieces: readonly AsciiText[];
  /** 1 for each field in quotes. */
  private readonly quoted: Uint8Array;
  private readonly values: Float64Array;
  private readonly names: string[];
  private readonly known = new Names<string>((name) => name);

  /** `pattern` as the message stands, with `<kind>` or `<kind:name>` for each field; a line feed ends it. */
  constructor(pattern: string) {
    const parts = pattern.split(/<(\w+(?::\w+)?)>/);
    const texts = parts.filter((_, i) => i % 2 === 0);
    const fields = parts.filter((_, i) => i % 2 === 1).map((field) => field.split(":"));
    this.pieces = texts.map(ascii);
    this.fields = fields.map(([, name]) => name);
    this.kinds = Uint8Array.from(fields, ([kind]) => KINDS.indexOf(kind!));
    this.quoted = Uint8Array.from(fields, (_, nth) => (texts[nth]!.endsWith('"') ? 1 : 0));
    this.values = new Float64Array(2 * fields.length);
    this.names = fields.map(() => "");
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
    switch (this.kinds[nth]!) {
      case NUMBER:
      case PERCENT:
      case DECIMAL:
        return this.readNumber(line, nth);
      case MILLIS:
        if (!line.readMillis()) return false;
        this.values[2 * nth] = line.micros;
        return true;
      case NAME:
      case WORD:
        return this.readName(line, nth);
      case LABEL:
        return line.skipLabel();
      default:
        return line.skipValue();
    }
  }

  private readName(line: CaptureBytes, nth: number): boolean {
    const name = this.known.read(line) ?? "";
    this.names[nth] = name;
    // The quote that ends it stands in the pattern.
    line.at -= 1;
    return name !== "";
  }

  private readNumber(line: CaptureBytes, nth: number): boolean {
    const { values } = this;
    if (this.quoted[nth] === 1 ? line.bytes[line.at] === QUOTE : line.matches(NULL)) {
      this.clear(nth);
      return true;
    }
    const negative = line.is(MINUS);
    if (!line.readDecimal()) return false;
    values[2 * nth] = negative ? -line.mantissa : line.mantissa;
    values[2 * nth + 1] = line.decimals;
    return true;
  }

  /** Which field has a name, from 0. */
  fieldOf(name: string): number {
    const field = this.fields.indexOf(name);
    if (field < 0) throw new IntegrityError(`Invariant: the pattern has no field ${name}`);
    return field;
  }

  /** The place of the column that each field is; -1 for none. */
  placesIn(rows: BulkRows): Int32Array {
    return Int32Array.from(this.fields, (name, nth) =>
      name === undefined || this.kinds[nth] === WORD ? -1 : rows.placeOf(name),
    );
  }

  /** Makes a field that holds a number one that holds none. */
  clear(nth: number): void {
    this.values[2 * nth] = Number.NaN;
    this.values[2 * nth + 1] = 0;
  }

  name(nth: number): string {
    return this.names[nth]!;
  }

  /** The mantissa of a number; NaN where there is none. */
  mantissa(nth: number): number {
    return this.values[2 * nth]!;
  }

  /** A number as a double, or a time in µs; NaN where there is none. */
  real(nth: number): number {
    return this.values[2 * nth]! / POWERS[this.values[2 * nth + 1]!]!;
  }

  /** A percentage as a fraction; NaN where it is absent or 0. */
  fraction(nth: number): number {
    const mantissa = this.values[2 * nth]!;
    if (mantissa === 0) return Number.NaN;
    const decimals = this.values[2 * nth + 1]!;
    const percent = mantissa / POWERS[decimals]!;
    return Math.abs(percent) < WRITTEN_PLAIN ? percent / 100 : mantissa / POWERS[decimals + 2]!;
  }

  /** Sets a row's columns to what was read last. `places`: as `placesIn` has them. */
  write(rows: BulkRows, places: Int32Array): void {
    const { kinds, values } = this;
    const { numbers } = rows;
    for (let nth = 0; nth < kinds.length; nth++) {
      const place = places[nth]!;
      if (place < 0) continue;
      const kind = kinds[nth];
      if (kind === NAME) rows.setText(place, this.names[nth]);
      else if (kind === PERCENT) numbers[place] = this.fraction(nth);
      else if (kind === DECIMAL) {
        // Not -0.
        numbers[place] = values[2 * nth]! + 0;
        numbers[place + 1] = values[2 * nth + 1]!;
      } else numbers[place] = this.real(nth);
    }
  }
}
