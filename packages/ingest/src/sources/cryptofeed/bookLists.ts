import { ASK, BID } from "@aftershock/schema";
import {
  arrayField,
  isArray,
  isObject,
  parseJson,
  priceOf,
  sizeOf,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import type { BookLevel } from "../read/bookMessage.ts";

/** Parses a message that must be a JSON object. Throws DataError for anything else. */
export function parseMessage(
  text: string,
  parse: (text: string) => unknown = parseJson,
): JsonObject {
  const message = parse(text);
  if (isObject(message)) return message;
  throw wrongField("the message", message, "a JSON object");
}

/** `[price, size, …]`. */
function levelOf(value: unknown, name: string, side: BookLevel["side"]): BookLevel {
  if (!isArray(value)) throw wrongField(`a level of ${name}`, value, "[price, size]");
  const [price, size] = value;
  return {
    side,
    price: priceOf(price, `a price of ${name}`),
    size: sizeOf(size, `a size of ${name}`),
  };
}

/** The levels of `bids`, then `asks`, each a list of `[price, size]`. Throws DataError when one is bad. */
export const bookSides = (object: JsonObject): BookLevel[] => [
  ...arrayField(object, "bids").map((level) => levelOf(level, "bids", BID)),
  ...arrayField(object, "asks").map((level) => levelOf(level, "asks", ASK)),
];

/** The levels of `changes`, a list of `[side, price, size]`, side being `buy` or `sell`. Throws DataError when one is bad. */
export const bookChanges = (object: JsonObject): BookLevel[] =>
  arrayField(object, "changes").map((change) => {
    const [side, ...level] = isArray(change) ? change : [];
    if (side !== "buy" && side !== "sell") {
      throw wrongField("a change", change, '["buy" or "sell", price, size]');
    }
    return levelOf(level, "changes", side === "buy" ? BID : ASK);
  });
