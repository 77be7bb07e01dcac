import { DataError } from "@aftershock/schema";
import { parseJson } from "./jsonFields.ts";

/** A reviver of Node 22 and later is shown the text that a number was written as; the types do not say so yet. */
interface TextualJson {
  parse(
    text: string,
    reviver?: (key: string, value: unknown, context?: { readonly source?: string }) => unknown,
  ): unknown;
}

const json: TextualJson = JSON;

/**
 * Parses JSON text and leaves every number as the text that it was written as: `28.0` and `5.825e-05` stay what a checksum needs,
 * and nothing passes through a float. Throws DataError when the JSON is broken or cut.
 */
export function parseJsonTexts(text: string): unknown {
  try {
    return json.parse(text, (_, value, context) =>
      typeof value === "number" ? (context?.source ?? value) : value,
    );
  } catch (cause) {
    throw new DataError("the JSON is broken or cut", { cause });
  }
}

/** What a number has that a double may not hold exactly: more than 15 digits, or 15 and a point. */
const LONG = /[\d.]{16}/;
/** Such a number where JSON has one. */
const LONG_NUMBER =
  /(?<=[:[,]\s*)-?(?=[\d.]{16})(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?=\s*[,\]}])/g;

/**
 * Parses JSON text and leaves numbers of more than 15 digits (and some of 15) as the text that they were written as; others are numbers,
 * of which the shortest text is exact. Throws DataError when the JSON is broken or cut.
 */
export function parseJsonLongTexts(text: string): unknown {
  if (!LONG.test(text)) return parseJson(text);
  try {
    // Quotes are several times as fast as a reviver. In a text within which a number stands like one of JSON's they break the JSON.
    const read: unknown = JSON.parse(text.replaceAll(LONG_NUMBER, '"$&"'));
    return read;
  } catch {
    return parseJsonTexts(text);
  }
}
