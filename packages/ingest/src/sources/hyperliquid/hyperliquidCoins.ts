import { DataError, isInstrumentName } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type { InstrumentTerms } from "../../source.ts";

/** The venue of everything that trades on Hyperliquid, spot, perpetuals and those of its builders. */
export const HYPERLIQUID = "hyperliquid";
/** The instrument of rows that are of an account and of no one market. */
export const ACCOUNTS = "ACCOUNTS";
/** The instrument of figures of all markets together. */
export const ALL_MARKETS = "ALL";

/**
 * A coin as an instrument is called: `BTC`, `@107` (spot, by number), `PURR-USDC` (PURR/USDC), `xyz-TSLA` (xyz:TSLA, a builder's
 * perpetual). Throws DataError for what cannot be one.
 */
export function coinSymbol(coin: string): string {
  const symbol = coin.replaceAll(/[/:]/g, "-");
  if (isInstrumentName(HYPERLIQUID, symbol)) return symbol;
  throw new DataError(`"${coin.slice(0, 60)}" is not the name of a coin`);
}

const unknown = (kind: InstrumentTerms["kind"]): InstrumentTerms => ({
  kind,
  contract: "unknown",
  multiplier: 1,
  base: "",
  quote: "",
  settle: "",
});

const linear = (
  kind: InstrumentTerms["kind"],
  [base, quote, settle]: readonly [base: string, quote: string, settle: string],
): InstrumentTerms => ({ kind, contract: "linear", multiplier: 1, base, quote, settle });

/**
 * What is known of an instrument. Perpetuals of the venue itself are linear with size in coins, quoted in USD and settled in USDC;
 * a `k` in front of a name stands for a thousand of its coins. Those of builders settle in a token that their name does not tell.
 * Source: Hyperliquid docs, "Contract specifications" (2026-09).
 */
export function hyperliquidTerms(venue: string, symbol: string, at: number): InstrumentTerms {
  const known = terms(venue, symbol, at);
  if (venue !== HYPERLIQUID || known.contract !== "unknown") return known;
  if (symbol === ACCOUNTS || symbol === ALL_MARKETS) return known;
  if (/^@\d+$/.test(symbol)) return unknown("spot");
  const [, base, quote] = /^(\w+)-(USDC|USDH|USDT0)$/.exec(symbol) ?? [];
  if (base !== undefined && quote !== undefined) return linear("spot", [base, quote, quote]);
  if (symbol.includes("-")) return unknown("perpetual");
  return linear("perpetual", [symbol, "USD", "USDC"]);
}
