import { DataError, type Decimal } from "@aftershock/schema";
import { EXACT_DECIMAL, parseExact } from "./parseExact.ts";
import { parseIsoMicros } from "./parseIsoMicros.ts";

/** A JSON object, its fields not looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for a JSON object: neither null nor an array. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** True for a JSON array. */
export const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** The error of a field that does not hold what it should: the reason with which its line goes to quarantine. */
export function wrongField(name: string, value: unknown, expected: string): DataError {
  const found = value === undefined ? "missing" : JSON.stringify(value).slice(0, 60);
  return new DataError(`${name} is ${found}, not ${expected}`);
}

/** Parses JSON text. Throws DataError when it is broken or cut. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DataError("the JSON is broken or cut", { cause });
  }
}

/** A field that holds an object. Throws DataError otherwise, as all of these do. */
export function objectField(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  if (isObject(value)) return value;
  throw wrongField(name, value, "an object");
}

/** A field that holds an array. */
export function arrayField(object: JsonObject, name: string): readonly unknown[] {
  const value = object[name];
  if (isArray(value)) return value;
  throw wrongField(name, value, "an array");
}

/** A field that holds text, not empty. */
export function textField(object: JsonObject, name: string): string {
  const value = object[name];
  if (typeof value === "string" && value !== "") return value;
  throw wrongField(name, value, "text");
}

/** A whole number of zero or more, exact, as a number or as digits (update ids, trade ids). */
export function countOf(value: unknown, name: string): number {
  const count = typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof count === "number" && Number.isSafeInteger(count) && count >= 0) return count;
  throw wrongField(name, value, "a whole number");
}

/** A field that holds a whole number of zero or more. */
export const countField = (object: JsonObject, name: string): number => countOf(object[name], name);

/** 1973-03-03 in each unit: times of any recording lie above it, and those of the next finer unit a thousand times higher. */
const EARLIEST = { seconds: 1e8, millis: 1e11, micros: 1e14 } as const;
const MICROS = { seconds: 1_000_000, millis: 1_000, micros: 1 } as const;

/** A time as a whole number of a unit, in µs: 1973 … 2255, so that a time in the wrong unit is an error and not a wrong day. */
export function timeOf(value: unknown, name: string, unit: keyof typeof MICROS): number {
  const count = countOf(value, name);
  const at = count * MICROS[unit];
  if (count >= EARLIEST[unit] && count < EARLIEST[unit] * 1_000 && Number.isSafeInteger(at)) {
    return at;
  }
  throw wrongField(name, value, `a time in ${unit === "millis" ? "milliseconds" : unit}`);
}

/** A field that holds a time as a whole number of a unit, µs. */
export const timeField = (object: JsonObject, name: string, unit: keyof typeof MICROS): number =>
  timeOf(object[name], name, unit);

/** A field that holds an ISO 8601 instant with an offset, µs. */
export function isoField(object: JsonObject, name: string): number {
  const value = object[name];
  const at = typeof value === "string" ? parseIsoMicros(value) : undefined;
  if (at === undefined) throw wrongField(name, value, "an ISO 8601 time with an offset");
  return at;
}

/**
 * An exact decimal of any sign, sent as text or as a JSON number. A number is read back from its shortest text, which is what was
 * sent as long as that had no more than 15 significant digits.
 */
export function decimalOf(value: unknown, name: string): Decimal {
  if (typeof value === "number" && Number.isSafeInteger(value)) {
    return { mantissa: value === 0 ? 0 : value, decimals: 0 };
  }
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string") throw wrongField(name, value, "a decimal number");
  const read = parseExact(text);
  if (read === undefined) throw wrongField(name, value, EXACT_DECIMAL);
  return read;
}

/** A size: a decimal of zero or more. */
export function sizeOf(value: unknown, name: string): Decimal {
  const size = decimalOf(value, name);
  if (size.mantissa < 0) throw wrongField(name, value, "zero or more");
  return size;
}

/** A price: a decimal above zero. */
export function priceOf(value: unknown, name: string): Decimal {
  const price = decimalOf(value, name);
  if (price.mantissa <= 0) throw wrongField(name, value, "a price above zero");
  return price;
}

const REAL_TEXT = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A finite real number, sent as a number or as text. */
export function realOf(value: unknown, name: string): number {
  const read = typeof value === "string" && REAL_TEXT.test(value) ? Number(value) : value;
  if (typeof read === "number" && Number.isFinite(read)) return read;
  throw wrongField(name, value, "a number");
}

/** As `realOf`; undefined where the field is missing, null or empty. */
export function optionalReal(object: JsonObject, name: string): number | undefined {
  const value = object[name];
  return value === undefined || value === null || value === "" ? undefined : realOf(value, name);
}

/** What a field says, as one of the listed choices (its value, its meaning). Throws DataError for anything else. */
export function choiceField<T>(
  object: JsonObject,
  name: string,
  choices: readonly (readonly [unknown, T])[],
): T {
  const choice = choices.find(([value]) => value === object[name]);
  if (choice === undefined) {
    const expected = choices.map(([value]) => JSON.stringify(value)).join(" or ");
    throw wrongField(name, object[name], expected);
  }
  return choice[1];
}
