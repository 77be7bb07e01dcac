import { MICROS_PER_DAY } from "@aftershock/schema";
import { futureExpiry } from "../market/futureExpiry.ts";
import type { CoinMarket } from "../market/marketFrame.ts";
import { nearest } from "../market/nearest.ts";
import type { TickerState } from "../market/tickerState.ts";
import type { HedgeContext } from "./hedge.ts";
import { STALE_AFTER_MICROS } from "./staleAfter.ts";

/**
 * Chooses a future of the coin among those with a price at this snapshot that expire after the study ends, so that none has to be
 * rolled: the one nearest to `tenorDays` from now, or without a tenor the first to expire. Undefined when there is none.
 */
export function chooseFuture(
  market: CoinMarket,
  context: HedgeContext,
  tenorDays: number | undefined,
): TickerState | undefined {
  const byExpiry = new Map<number, TickerState>();
  for (const ticker of market.tickers.values()) {
    const { venue, symbol } = ticker.instrument;
    const future = futureExpiry(symbol);
    if (venue !== context.venue || future?.coin !== context.coin) continue;
    const isNew = ticker.price !== undefined && market.at - ticker.price.at <= STALE_AFTER_MICROS;
    if (isNew && future.expiry >= context.endsAt) {
      byExpiry.set(future.expiry, ticker);
    }
  }
  const target = tenorDays === undefined ? context.endsAt : market.at + tenorDays * MICROS_PER_DAY;
  const expiry = nearest([...byExpiry.keys()], target);
  return expiry === undefined ? undefined : byExpiry.get(expiry);
}
