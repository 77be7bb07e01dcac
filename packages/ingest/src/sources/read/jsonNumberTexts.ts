import { DataError } from "@aftershock/schema";

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
