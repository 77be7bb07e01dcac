import { isInstrumentName } from "@aftershock/schema";
import { wrongField } from "../read/jsonFields.ts";
import { parseSeconds, UNIX_SECONDS } from "../read/venueTimes.ts";

/** Why a trade that a venue sends along on subscription is not stored: by the recorder's clock it would be a trade of now. */
export const OLD_TRADE = "trade from before the connection";

/** Entries. A capture names the same few hundred symbols in each of its messages. */
const SYMBOLS_KEPT = 10_000;
const symbols = new Map<string, string>();

/** A venue's symbol, with `/` and `:` replaced by `-`. Throws DataError when it could not name an instrument. */
export function capturedSymbol(value: unknown, name: string): string {
  if (typeof value !== "string") throw wrongField(name, value, "a symbol");
  const known = symbols.get(value);
  if (known !== undefined) return known;
  const symbol = value.replaceAll(/[/:]/g, "-");
  if (!isInstrumentName("x", symbol)) throw wrongField(name, value, "a symbol");
  if (symbols.size >= SYMBOLS_KEPT) symbols.clear();
  symbols.set(value, symbol);
  return symbol;
}

/** A time that is sent in seconds, as text or as a number, µs to the nearest. Throws DataError for anything else. */
export function secondsOf(value: unknown, name: string): number {
  const text = typeof value === "number" ? String(value) : value;
  const at = typeof text === "string" ? parseSeconds(text) : undefined;
  if (at !== undefined) return at;
  throw wrongField(name, value, UNIX_SECONDS);
}
