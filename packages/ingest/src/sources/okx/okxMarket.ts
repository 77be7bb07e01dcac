import { isInstrumentName } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type { InstrumentTerms } from "../../source.ts";

/** The markets of OKX, named as in other recordings of them. */
export type OkxVenue = "okex" | "okex-swap" | "okex-futures" | "okex-options";

/** An instrument's id always says its market: BTC-USDT, BTC-USDT-SWAP, BTC-USD-250926, BTC-USD-250926-60000-C. */
export function okxVenue(symbol: string): OkxVenue {
  if (symbol.endsWith("-SWAP")) return "okex-swap";
  if (/-\d{6}-[\d.]+-[CP]$/.test(symbol)) return "okex-options";
  return /-\d{6}$/.test(symbol) ? "okex-futures" : "okex";
}

/** True for text that can be the id of an instrument. */
export const isInstrumentId = (text: string): boolean =>
  text.includes("-") && isInstrumentName("okex", text);

const KINDS = {
  okex: "spot",
  "okex-swap": "perpetual",
  "okex-futures": "future",
  "okex-options": "option",
} as const;

/**
 * What is known of an instrument of OKX: the table's word, else what its id says. Of contracts the id says no more than the kind:
 * how much of the base currency one of them is differs from coin to coin.
 */
export function okxTerms(venue: string, symbol: string, at: number): InstrumentTerms {
  const known = terms(venue, symbol, at);
  if (known.contract !== "unknown") return known;
  const market = okxVenue(symbol);
  if (market !== venue) return known;
  const [base = "", quote = ""] = symbol.split("-");
  return market === "okex"
    ? { kind: "spot", contract: "linear", multiplier: 1, base, quote, settle: quote }
    : { ...known, kind: KINDS[market] };
}
