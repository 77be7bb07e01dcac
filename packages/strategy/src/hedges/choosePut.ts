import { MICROS_PER_DAY } from "@aftershock/schema";
import { median } from "../market/median.ts";
import { nearest } from "../market/nearest.ts";
import type { OptionChain, OptionQuote } from "../market/optionChain.ts";

/** A put that somebody offers. */
export type OfferedPut = OptionQuote & { readonly ask: number };

/** Which put is wanted. */
export interface PutTerms {
  /** Days to expiry. */
  readonly tenorDays: number;
  /** Strike over the price of the underlying future. */
  readonly moneyness: number;
}

const isOfferedPut = (quote: OptionQuote): quote is OfferedPut =>
  quote.right === -1 && quote.ask !== undefined;

/**
 * Chooses a put from one recorded snapshot, among those with a recorded ask that have not expired: first the expiry nearest
 * to the tenor, then the strike nearest to moneyness × the future of that expiry (its index where the record has no future).
 * Of two as near, the earlier expiry and the lower strike. Undefined when no put is offered.
 */
export function choosePut(chain: OptionChain, terms: PutTerms): OfferedPut | undefined {
  const offered = [...chain.quotes.values()]
    .filter(isOfferedPut)
    .filter((q) => q.expiry > chain.at);
  const expiry = nearest(
    offered.map((quote) => quote.expiry),
    chain.at + terms.tenorDays * MICROS_PER_DAY,
  );
  const ofExpiry = offered.filter((quote) => quote.expiry === expiry);
  const underlying =
    median(ofExpiry.flatMap(({ underlyingPrice }) => underlyingPrice ?? [])) ?? chain.indexPrice;
  if (underlying === undefined) return undefined;
  const strike = nearest(
    ofExpiry.map((quote) => quote.strike),
    terms.moneyness * underlying,
  );
  return ofExpiry.find((quote) => quote.strike === strike);
}
