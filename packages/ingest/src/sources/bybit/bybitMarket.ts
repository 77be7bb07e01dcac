import { ConfigError, isInstrumentName } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type { InstrumentTerms, ReadHints } from "../../source.ts";

/** Linear and inverse contracts share a venue, as their symbols differ; spot has the symbols of linear perpetuals. */
export type BybitVenue = "bybit" | "bybit-spot" | "bybit-options";

const VENUES: readonly BybitVenue[] = ["bybit", "bybit-spot", "bybit-options"];

const EXPIRY = String.raw`\d{1,2}[A-Z]{3}\d{2}`;
const OPTION = new RegExp(`-${EXPIRY}-[\\d.]+-[CP](?:-USDT)?$`);
const LINEAR_FUTURE = new RegExp(`^([A-Z0-9]+?)(USDT)?-${EXPIRY}$`);
const INVERSE = /^([A-Z0-9]+)USD([HMUZ]\d{2})?$/;
const USDC_PERPETUAL = /^([A-Z0-9]+)PERP$/;
const USDT_PERPETUAL = /^([A-Z0-9]+)USDT$/;
const SPOT = /^([A-Z0-9]+?)(USDT|USDC|USDE|USDR|BTC|ETH|SOL|DAI|EUR|BRL|TRY|PLN)$/;

/** The venue that a symbol can only be of; undefined for BTCUSDT, which is a perpetual and a spot pair. */
function venueBySymbol(symbol: string): BybitVenue | undefined {
  if (OPTION.test(symbol)) return "bybit-options";
  const contract = [LINEAR_FUTURE, INVERSE, USDC_PERPETUAL].some((form) => form.test(symbol));
  return contract ? "bybit" : undefined;
}

/** The venue that the user named, if any. Throws ConfigError when it is none of Bybit's, or not the one that the file tells. */
export function checkedVenue(
  fileName: string,
  told: BybitVenue | undefined,
  { venue }: ReadHints,
): BybitVenue | undefined {
  const named = VENUES.find((known) => known === venue);
  if (venue !== undefined && named === undefined) {
    throw new ConfigError(`--venue ${venue}: ${fileName} is a file of Bybit's archive`, {
      hints: [`Its venues are ${VENUES.join(", ")}.`],
    });
  }
  if (named !== undefined && told !== undefined && named !== told) {
    throw new ConfigError(`--venue ${venue}: ${fileName} is of ${told}, as it shows itself`, {
      hints: ["Leave --venue out where the file tells its market."],
    });
  }
  return told ?? named;
}

/**
 * The venue of a book. The 500-level archive has derivatives only; in the 200-level one that followed, the symbol tells, or the
 * user must (`--venue`): BTCUSDT is on both markets. Throws ConfigError when nothing tells.
 */
export function bookVenue(
  fileName: string,
  symbol: string,
  depth: number,
  hints: ReadHints,
): BybitVenue {
  const told = venueBySymbol(symbol) ?? (depth === 500 ? "bybit" : undefined);
  const venue = checkedVenue(fileName, told, hints);
  if (venue !== undefined) return venue;
  throw new ConfigError(
    `${fileName}: the book of ${symbol} could be of Bybit's perpetuals or of spot, whose files look the same: --venue is needed`,
    { hints: ["Say which with --venue bybit (linear perpetuals) or --venue bybit-spot."] },
  );
}

/** True for text that can name an instrument of Bybit. */
export const isSymbol = (text: string): boolean => isInstrumentName("bybit", text);

const linear = (kind: InstrumentTerms["kind"], base: string, quote: string): InstrumentTerms => ({
  kind,
  contract: "linear",
  multiplier: 1,
  base,
  quote,
  settle: quote,
});

function namedTerms(venue: string, symbol: string): InstrumentTerms | undefined {
  if (venue === "bybit-spot") {
    const [, base, quote] = SPOT.exec(symbol) ?? [];
    return base === undefined || quote === undefined ? undefined : linear("spot", base, quote);
  }
  if (venue !== "bybit") return undefined;
  const [, dated, quote = "USDC"] = LINEAR_FUTURE.exec(symbol) ?? [];
  if (dated !== undefined) return linear("future", dated, quote);
  const [, ofUsdc] = USDC_PERPETUAL.exec(symbol) ?? [];
  if (ofUsdc !== undefined) return linear("perpetual", ofUsdc, "USDC");
  const [, ofUsdt] = USDT_PERPETUAL.exec(symbol) ?? [];
  if (ofUsdt !== undefined) return linear("perpetual", ofUsdt, "USDT");
  const [, base, expiry] = INVERSE.exec(symbol) ?? [];
  if (base === undefined) return undefined;
  const kind = expiry === undefined ? "perpetual" : "future";
  return { kind, contract: "inverse", multiplier: 1, base, quote: "USD", settle: base };
}

/**
 * What is known of an instrument of Bybit: the table's word, else what the venue's naming leaves no doubt of. Sizes of inverse
 * contracts are USD, those of linear ones the base currency. Source: Bybit, "Contract specifications", as of 2026-07.
 */
export function bybitTerms(venue: string, symbol: string, at: number): InstrumentTerms {
  const known = terms(venue, symbol, at);
  return known.contract === "unknown" ? (namedTerms(venue, symbol) ?? known) : known;
}
