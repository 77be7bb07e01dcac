import { terms } from "../../catalogue/instruments.ts";
import type { InstrumentTerms } from "../../source.ts";

/** Quote currencies of Binance's spot and USD-M pairs. A pair is cut where the longest of them ends it. */
const QUOTES = "USDT|USDC|FDUSD|BUSD|TUSD|USDP|USD1|BTC|ETH|BNB|EUR|TRY|BRL|JPY";

const SPOT = new RegExp(`^(.+?)(${QUOTES})$`);
const USD_MARGINED = new RegExp(`^(.+?)(${QUOTES})(_\\d{6})?$`);
const COIN_MARGINED = /^(.+)USD_(PERP|\d{6})$/;

const INDEX: InstrumentTerms = {
  kind: "index",
  contract: "unknown",
  multiplier: 1,
  base: "",
  quote: "",
  settle: "",
};

/** The terms that the venue's naming leaves no doubt of. */
function namedTerms(venue: string, symbol: string): InstrumentTerms | undefined {
  if (venue === "binance-coinm") {
    const [, base, expiry] = COIN_MARGINED.exec(symbol) ?? [];
    if (base === undefined) return undefined;
    const kind = expiry === "PERP" ? "perpetual" : "future";
    // A contract is worth 100 USD for BTC and 10 USD for every other coin. Source: Binance, COIN-M contract specifications.
    const multiplier = base === "BTC" ? 100 : 10;
    return { kind, contract: "inverse", multiplier, base, quote: "USD", settle: base };
  }
  const pattern = venue === "binance-usdm" ? USD_MARGINED : SPOT;
  const [, base, quote, expiry] = pattern.exec(symbol) ?? [];
  if (base === undefined || quote === undefined) return undefined;
  const future = expiry === undefined ? "perpetual" : "future";
  const kind = venue === "binance-usdm" ? future : "spot";
  return { kind, contract: "linear", multiplier: 1, base, quote, settle: quote };
}

/**
 * What is known of an instrument of the archive. Series beside the traded price (`BTCUSDT@mark`) and volatility indices are
 * indices: nobody trades them. Where the table has no contract the venue's naming gives it: USD-M contracts are linear with size
 * in the base currency, COIN-M ones inverse.
 */
export function visionTerms(venue: string, symbol: string, at: number): InstrumentTerms {
  if (symbol.includes("@") || symbol.endsWith("BVOLUSDT")) return INDEX;
  const known = terms(venue, symbol, at);
  return known.contract === "unknown" ? (namedTerms(venue, symbol) ?? known) : known;
}
