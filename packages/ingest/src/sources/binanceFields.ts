import { DataError, isInstrumentName, type Decimal } from "@aftershock/schema";
import { EXACT_DECIMAL, parseExact } from "./parseExact.ts";

/** A JSON object of a Binance message, its fields not looked at yet. */
export type BinanceObject = Readonly<Record<string, unknown>>;

/** True for a JSON object: neither null nor an array. */
export const isObject = (value: unknown): value is BinanceObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function wrong(name: string, value: unknown, expected: string): DataError {
  const found = value === undefined ? "missing" : JSON.stringify(value).slice(0, 60);
  return new DataError(`${name} is ${found}, not ${expected}`);
}

/** A whole number of zero or more, exact (update ids, trade ids). Throws DataError otherwise. */
export function countField(object: BinanceObject, name: string): number {
  const value = object[name];
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw wrong(name, value, "a whole number");
}

/**
 * Binance sends milliseconds, and on spot microseconds where the connection asks for them (`timeUnit`, since 2024-12). In
 * either unit, 10^14 lies between every time from 1973 to 5138.
 */
const MILLIS_BELOW = 1e14;

/** A time of the venue, µs. Throws DataError when the field holds none. */
export function timeField(object: BinanceObject, name: string): number {
  const value = countField(object, name);
  const at = value < MILLIS_BELOW ? value * 1_000 : value;
  if (value < 1e12 || !Number.isSafeInteger(at)) {
    throw wrong(name, value, "a time in milliseconds or microseconds");
  }
  return at;
}

/** A time of the venue, µs; undefined where the message does not have the field. */
export const optionalTime = (object: BinanceObject, name: string): number | undefined =>
  object[name] === undefined ? undefined : timeField(object, name);

/** Entries. Books quote the same prices and sizes again and again: reading each text once takes a third off the time of a file. */
const DECIMALS_KEPT = 1 << 16;
const decimals = new Map<string, Decimal>();

function readDecimal(value: unknown, name: string): Decimal {
  if (typeof value !== "string") throw wrong(name, value, "decimal text");
  const known = decimals.get(value);
  if (known !== undefined) return known;
  const read = parseExact(value);
  if (read === undefined) throw wrong(name, value, EXACT_DECIMAL);
  if (read.mantissa < 0) throw wrong(name, value, "zero or more");
  if (decimals.size >= DECIMALS_KEPT) decimals.clear();
  decimals.set(value, read);
  return read;
}

/** A size: decimal text of zero or more. Throws DataError otherwise. */
export const sizeOf = (value: unknown, name: string): Decimal => readDecimal(value, name);

/** A price: decimal text above zero. Throws DataError otherwise. */
export function priceOf(value: unknown, name: string): Decimal {
  const price = readDecimal(value, name);
  if (price.mantissa === 0) throw wrong(name, value, "a price above zero");
  return price;
}

const REAL_TEXT = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A real number sent as text (marks, rates); undefined where the field is missing or empty. Throws DataError otherwise. */
export function optionalReal(object: BinanceObject, name: string): number | undefined {
  const value = object[name];
  if (value === undefined || value === "") return undefined;
  if (typeof value === "string" && REAL_TEXT.test(value) && Number.isFinite(Number(value))) {
    return Number(value);
  }
  throw wrong(name, value, "decimal text");
}

/** What a field says, as one of the listed choices (its value, its meaning). Throws DataError for anything else. */
export function choiceField<T>(
  object: BinanceObject,
  name: string,
  choices: readonly (readonly [unknown, T])[],
): T {
  const choice = choices.find(([value]) => value === object[name]);
  if (choice === undefined) {
    const expected = choices.map(([value]) => JSON.stringify(value)).join(" or ");
    throw wrong(name, object[name], expected);
  }
  return choice[1];
}

/** The instrument's symbol. Throws DataError when it is missing or could not name a folder of the lake. */
export function symbolField(object: BinanceObject, name: string): string {
  const value = object[name];
  if (typeof value === "string" && isInstrumentName("binance", value)) return value;
  throw wrong(name, value, "a symbol");
}
