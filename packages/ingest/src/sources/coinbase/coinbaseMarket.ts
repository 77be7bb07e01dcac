import { ConfigError, isInstrumentName } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type { InstrumentTerms, ReadHints } from "../../source.ts";

/** The only venue of these files. */
export const VENUE = "coinbase";

const PRODUCT = /(?:^|[_-])([A-Z0-9]{2,12}-(?:USDT|USDC|USD|EUR|GBP|BTC|ETH))(?![A-Z0-9])/;

/** The product of a file whose records name none: as its name says, or the user. Throws ConfigError where neither does. */
export function productOfFile(fileName: string, { symbol: given }: ReadHints): string {
  const symbol = PRODUCT.exec(fileName)?.[1] ?? given;
  if (symbol !== undefined && isInstrumentName(VENUE, symbol)) return symbol;
  throw new ConfigError(
    `${fileName}: neither its records nor its name say the product: --symbol is needed`,
    { hints: ["Add --symbol, e.g. --symbol BTC-USD."] },
  );
}

/** What is known of a product: the table's word, else what its name says: everything here is spot. */
export function coinbaseTerms(venue: string, symbol: string, at: number): InstrumentTerms {
  const known = terms(venue, symbol, at);
  if (known.contract !== "unknown" || venue !== VENUE) return known;
  const [base, quote, more] = symbol.split("-");
  return base === undefined || quote === undefined || more !== undefined
    ? known
    : { kind: "spot", contract: "linear", multiplier: 1, base, quote, settle: quote };
}
