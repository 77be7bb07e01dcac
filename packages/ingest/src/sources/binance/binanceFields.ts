import { isInstrumentName } from "@aftershock/schema";
import { countField, type JsonObject, wrongField } from "../read/jsonFields.ts";

export {
  choiceField,
  countField,
  isObject,
  type JsonObject as BinanceObject,
  optionalReal,
  priceOf,
  sizeOf,
} from "../read/jsonFields.ts";

/**
 * Binance sends milliseconds, and on spot microseconds where the connection asks for them (`timeUnit`, since 2024-12). In
 * either unit, 10^14 lies between every time from 1973 to 5138.
 */
const MILLIS_BELOW = 1e14;

/** A time of the venue, µs. Throws DataError when the field holds none. */
export function timeField(object: JsonObject, name: string): number {
  const value = countField(object, name);
  const at = value < MILLIS_BELOW ? value * 1_000 : value;
  if (value < 1e12 || !Number.isSafeInteger(at)) {
    throw wrongField(name, value, "a time in milliseconds or microseconds");
  }
  return at;
}

/** A time of the venue, µs; undefined where the message does not have the field. */
export const optionalTime = (object: JsonObject, name: string): number | undefined =>
  object[name] === undefined ? undefined : timeField(object, name);

/** The instrument's symbol. Throws DataError when it is missing or could not name a folder of the lake. */
export function symbolField(object: JsonObject, name: string): string {
  const value = object[name];
  if (typeof value === "string" && isInstrumentName("binance", value)) return value;
  throw wrongField(name, value, "a symbol");
}
