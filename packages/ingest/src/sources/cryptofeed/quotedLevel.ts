import { priceOf, sizeOf, wrongField } from "../read/jsonFields.ts";
import { MAX_LEVEL_TEXT, type TextLevel } from "../read/bookChecksum.ts";
import type { BookLevel } from "../read/bookMessage.ts";

/** A level with what the venue wrote: numbers for the lake, text for its checksum. */
export interface QuotedLevel extends BookLevel {
  readonly text: TextLevel;
}

const SHORT = `at most ${MAX_LEVEL_TEXT} characters`;

/** Reads a level that is sent as text. Throws DataError when price or size is none. */
export function textLevel(side: TextLevel["side"], price: unknown, size: unknown): QuotedLevel {
  if (typeof price !== "string") throw wrongField("a price", price, "a decimal number as text");
  if (typeof size !== "string") throw wrongField("a size", size, "a decimal number as text");
  if (price.length > MAX_LEVEL_TEXT) throw wrongField("a price", price, SHORT);
  if (size.length > MAX_LEVEL_TEXT) throw wrongField("a size", size, SHORT);
  return {
    side,
    price: priceOf(price, "a price"),
    size: sizeOf(size, "a size"),
    text: { side, price, size },
  };
}
