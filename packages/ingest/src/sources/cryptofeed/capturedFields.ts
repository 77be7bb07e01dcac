import { isInstrumentName } from "@aftershock/schema";
import { wrongField } from "../read/jsonFields.ts";
import { parseSeconds, UNIX_SECONDS } from "../read/venueTimes.ts";

/** Why a trade that a venue sends along on subscription is not stored: by the recorder's clock it would be a trade of now. */
export const OLD_TRADE = "trade from before the connection";

/** A venue's symbol, with `/` and `:` replaced by `-`. Throws DataError when it could not name an instrument. */
export function capturedSymbol(value: unknown, name: string): string {
  const symbol = typeof value === "string" ? value.replaceAll(/[/:]/g, "-") : "";
  if (isInstrumentName("x", symbol)) return symbol;
  throw wrongField(name, value, "a symbol");
}

/** A time that is sent as text in seconds, µs to the nearest. Throws DataError for anything else. */
export function secondsOf(value: unknown, name: string): number {
  const at = typeof value === "string" ? parseSeconds(value) : undefined;
  if (at !== undefined && Number.isSafeInteger(at)) return at;
  throw wrongField(name, value, UNIX_SECONDS);
}
