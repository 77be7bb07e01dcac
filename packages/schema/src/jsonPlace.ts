import { DataError } from "./errors.ts";

const shown = (value: unknown): string => {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What a number of a JSON file must be; without a bound it may be any. */
export interface NumberRange {
  /** It must be greater than this. */
  readonly above?: number;
  /** It must be this or greater. */
  readonly from?: number;
  /** It must be this or less. */
  readonly to?: number;
  /** It must be without a fraction, below 2^53. */
  readonly whole?: boolean;
}

const isWithin = (value: number, { above, from, to, whole = false }: NumberRange): boolean =>
  (above === undefined || value > above) &&
  (from === undefined || value >= from) &&
  (to === undefined || value <= to) &&
  (!whole || Number.isSafeInteger(value));

/** The range in words, for "… is not a number above 0". */
function inWords({ above, from, to, whole = false }: NumberRange): string {
  const bounds = [
    above === undefined ? [] : [`above ${above}`],
    from === undefined ? [] : [`from ${from}`],
    to === undefined ? [] : [`to ${to}`],
  ].flat();
  return [whole ? "a whole number" : "a number", ...bounds].join(" ");
}

/**
 * A value of a JSON file, with the way to it (`archives[2].status`): what is read from it is checked, and what is wrong throws a
 * DataError that names file, way, what is there and what should be.
 */
export class JsonPlace {
  readonly file: string;
  readonly path: string;
  readonly value: unknown;

  constructor(file: string, value: unknown, path = "") {
    this.file = file;
    this.path = path;
    this.value = value;
  }

  /** The error of this place. `expected` completes "… is not"; `hint` says what to do, where that is not plain. */
  wrong(
    expected: string,
    hint = "Correct the file, or take the one that came with the program.",
  ): DataError {
    const where = this.path === "" ? this.file : `${this.file}: ${this.path}`;
    return new DataError(`${where}: ${shown(this.value)} is not ${expected}`, { hints: [hint] });
  }

  /** The fields of an object that has all of `required`, and beyond these only some of `optional`. */
  fields<R extends string, O extends string = never>(
    required: readonly R[],
    optional: readonly O[] = [],
  ): Readonly<Record<R, JsonPlace>> & Readonly<Partial<Record<O, JsonPlace>>> {
    const { value } = this;
    if (!isObject(value)) throw this.wrong("an object");
    const known: readonly string[] = [...required, ...optional];
    const unknown = Object.keys(value).find((name) => !known.includes(name));
    if (unknown !== undefined) throw this.at(unknown).wrong(`known here: ${known.join(", ")}`);
    const absent = required.find((name) => !Object.hasOwn(value, name));
    if (absent !== undefined) throw this.at(absent).wrong("what must stand here");
    const present = known.filter((name) => Object.hasOwn(value, name));
    const places: Record<string, JsonPlace> = Object.fromEntries(
      present.map((name) => [name, this.at(name)]),
    );
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked above, name by name
    return places as Record<R, JsonPlace> & Partial<Record<O, JsonPlace>>;
  }

  /** A field or an item, there or not. */
  at(key: string | number): JsonPlace {
    const { value } = this;
    if (typeof key === "number") {
      const item: unknown = Array.isArray(value) ? value[key] : undefined;
      return new JsonPlace(this.file, item, `${this.path}[${key}]`);
    }
    const field = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    return new JsonPlace(this.file, field, this.path === "" ? key : `${this.path}.${key}`);
  }

  /** The fields of an object whose names are data, in the order of the file. */
  entries(): readonly (readonly [name: string, place: JsonPlace])[] {
    const { value } = this;
    if (!isObject(value)) throw this.wrong("an object");
    return Object.keys(value).map((name) => [name, this.at(name)] as const);
  }

  /** Each item of an array that has one at least, unless it may be empty. */
  list<T>(
    read: (item: JsonPlace) => T,
    { mayBeEmpty = false }: { readonly mayBeEmpty?: boolean } = {},
  ): readonly T[] {
    if (!Array.isArray(this.value)) throw this.wrong("an array");
    if (this.value.length === 0 && !mayBeEmpty) throw this.wrong("an array with something in it");
    return this.value.map((_, i) => read(this.at(i)));
  }

  /** A text that is not blank, and matches a pattern where one is given. */
  text(pattern: RegExp = /\S/, expected = "a text"): string {
    if (typeof this.value !== "string" || !pattern.test(this.value)) throw this.wrong(expected);
    return this.value;
  }

  /** The `kind` of an object that is one of several, before its other fields are read. */
  kind<T extends string>(kinds: readonly T[]): T {
    if (!isObject(this.value)) throw this.wrong("an object");
    return this.at("kind").oneOf(kinds);
  }

  /** One of some texts. */
  oneOf<T extends string>(values: readonly T[]): T {
    const found = values.find((value) => value === this.value);
    if (found === undefined) throw this.wrong(`one of ${values.join(", ")}`);
    return found;
  }

  /** A number, within a range where one is given. */
  number(range: NumberRange = {}): number {
    const { value } = this;
    if (typeof value === "number" && Number.isFinite(value) && isWithin(value, range)) return value;
    throw this.wrong(inWords(range));
  }

  flag(): boolean {
    if (typeof this.value !== "boolean") throw this.wrong("true or false");
    return this.value;
  }
}
