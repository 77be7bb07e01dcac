import { DataError, type Decimal } from "@aftershock/schema";
import type { SourceLine } from "../../source.ts";
import { EXACT_DECIMAL, parseExact } from "./parseExact.ts";
import { parseMicros, RECORDED_MICROS } from "./parseMicros.ts";

const NUMBER_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/** What writers of CSV put into a cell that holds nothing. */
const isNothing = (text: string): boolean => text === "" || text === "NaN" || text === "nan";

/** The names of a table's columns in their order, each with its place. */
export class CsvColumns {
  readonly names: readonly string[];
  private readonly places: ReadonlyMap<string, number>;

  constructor(names: readonly string[]) {
    this.names = names;
    this.places = new Map(names.map((name, place) => [name, place]));
  }

  /** The place of a column, from 0. */
  placeOf(name: string): number {
    const place = this.places.get(name);
    if (place === undefined) throw new DataError(`Invariant: the table has no column ${name}`);
    return place;
  }
}

/**
 * One line of a CSV table, read cell by cell. Every reader throws a DataError that names the column and the text found: the
 * reason with which the line goes to quarantine. Cells are not quoted in any format read here.
 */
export class CsvRow {
  readonly line: SourceLine;
  private readonly columns: CsvColumns;
  private readonly cells: readonly string[];

  /** Throws DataError when the line has not as many cells as the table has columns. */
  constructor(columns: CsvColumns, line: SourceLine) {
    this.line = line;
    this.columns = columns;
    this.cells = line.text.split(",");
    if (this.cells.length !== columns.names.length) {
      throw new DataError(`${this.cells.length} columns, not ${columns.names.length}`);
    }
  }

  /** The cell as it stands; may be empty. */
  text(name: string): string {
    return this.cells[this.columns.placeOf(name)] ?? "";
  }

  /** The cell as it stands; undefined where it is empty. */
  optionalText(name: string): string | undefined {
    const text = this.text(name);
    return isNothing(text) ? undefined : text;
  }

  /** The meaning of a cell that holds one of a few words. */
  oneOf<T>(name: string, meanings: Readonly<Record<string, T>>): T {
    const text = this.text(name);
    const meaning = Object.hasOwn(meanings, text) ? meanings[text] : undefined;
    if (meaning === undefined) {
      throw this.wrong(name, `one of ${Object.keys(meanings).join(", ")}`);
    }
    return meaning;
  }

  /** An exact decimal of any sign: prices of spreads may be negative. */
  decimal(name: string): Decimal {
    const read = parseExact(this.text(name));
    if (read === undefined) throw this.wrong(name, EXACT_DECIMAL);
    return read;
  }

  /** As `decimal`; undefined where the cell is empty. */
  optionalDecimal(name: string): Decimal | undefined {
    return this.optionalText(name) === undefined ? undefined : this.decimal(name);
  }

  /** An exact decimal of zero or more. */
  size(name: string): Decimal {
    const read = this.decimal(name);
    if (read.mantissa < 0) throw this.wrong(name, "a size of zero or more");
    return read;
  }

  /** As `size`; undefined where the cell is empty. */
  optionalSize(name: string): Decimal | undefined {
    return this.optionalText(name) === undefined ? undefined : this.size(name);
  }

  /** A measured number, as the nearest double, finite; undefined where the cell is empty. */
  real(name: string): number | undefined {
    const text = this.optionalText(name);
    if (text === undefined) return undefined;
    const value = NUMBER_TEXT.test(text) ? Number(text) : Number.NaN;
    if (!Number.isFinite(value)) throw this.wrong(name, "a number");
    return value;
  }

  /** A percentage as a fraction: `55.91` is the double nearest to 0.5591; undefined where the cell is empty. */
  percent(name: string): number | undefined {
    const value = this.real(name);
    if (value === undefined) return undefined;
    // Moving the point in the text avoids the rounding of a division; text with an exponent of its own is divided.
    const shifted = Number(`${this.text(name)}e-2`);
    return Number.isNaN(shifted) ? value / 100 : shifted;
  }

  /** An instant, whole µs since the epoch. */
  micros(name: string): number {
    const at = parseMicros(this.text(name));
    if (at === undefined) throw this.wrong(name, RECORDED_MICROS);
    return at;
  }

  /** As `micros`; undefined where the cell is empty. */
  optionalMicros(name: string): number | undefined {
    return this.optionalText(name) === undefined ? undefined : this.micros(name);
  }

  /** The error of a cell that does not hold what its column should. */
  wrong(name: string, expected: string): DataError {
    return new DataError(`column ${name}: "${this.text(name).slice(0, 60)}" is not ${expected}`);
  }
}
