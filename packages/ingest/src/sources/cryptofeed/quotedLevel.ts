import { priceOf, sizeOf, wrongField } from "../read/jsonFields.ts";
import type { TextLevel } from "../read/bookChecksum.ts";
import type { BookLevel } from "./capturedBook.ts";

/** A level with what the venue wrote: numbers for the lake, text for its checksum. */
export interface QuotedLevel extends BookLevel {
  readonly text: TextLevel;
}

/** Reads a level that is sent as text. Throws DataError when price or size is none. */
export function textLevel(side: TextLevel["side"], price: unknown, size: unknown): QuotedLevel {
  if (typeof price !== "string") throw wrongField("a price", price, "a decimal number as text");
  if (typeof size !== "string") throw wrongField("a size", size, "a decimal number as text");
  return {
    side,
    price: priceOf(price, "a price"),
    size: sizeOf(size, "a size"),
    text: { side, price, size },
  };
}
