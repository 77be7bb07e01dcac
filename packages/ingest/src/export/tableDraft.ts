import { IntegrityError } from "@aftershock/schema";

/**
 * A column: `text`, of which no value may be absent; whole numbers below 2^53 (`count`, stored in 64 bits); `real` in double precision; or
 * `flag`, true and false.
 */
export interface TableColumn {
  readonly name: string;
  readonly type: "text" | "count" | "real" | "flag";
}

/** Some rows: the values of each column in the order of the columns. Of numbers NaN is absent, and 0 is the false of a flag. */
export interface TableRows {
  readonly length: number;
  readonly values: readonly (Float64Array | readonly string[])[];
}

/** A table file while it grows. What was given is written when a call returns: the arrays may be used again. */
export interface TableDraft {
  write(rows: TableRows): void;
  /** Writes what makes the file whole. */
  finish(): void;
  close(): void;
}

/** What the file says of itself: texts by key. */
export type Metadata = Readonly<Record<string, string>>;

type Values = TableRows["values"][number];

const invariant = (name: string, what: string): IntegrityError =>
  new IntegrityError(`Invariant: the column ${name} was not given ${what}`);

/** The values of a column of numbers. */
export function numbersOf({ name }: TableColumn, values: Values | undefined): Float64Array {
  if (values instanceof Float64Array) return values;
  throw invariant(name, "numbers");
}

/** The values of a column of texts. */
export function textsOf({ name }: TableColumn, values: Values | undefined): readonly string[] {
  if (values !== undefined && !(values instanceof Float64Array)) return values;
  throw invariant(name, "texts");
}

/** A bit a row, the lowest first: whether its value is there. */
export function presenceOf(values: Float64Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, row) => {
    if (!Number.isNaN(value)) bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
  });
  return bits;
}
