import { ASK, BID, BUY } from "@aftershock/schema";
import type { Agent } from "../agents/agent.ts";
import { STEPS_PER_SECOND } from "../clock.ts";
import type { MarketParts } from "./marketParts.ts";
import type { News } from "./valuePath.ts";

/** How long before the first news, seconds. */
const BEFORE_SECONDS = 20;

/**
 * One who acts once, 20 s before the first news, and hardly: buys half of what rests at the best ask of the perpetual, and bids one lot a tick above the best bid
 * where there is room. What such a nothing changes in the end is the noise floor of any answer about a single day.
 */
export function nudgeBefore(market: MarketParts, news: readonly News[]): Agent {
  const { perpetual } = market;
  const account = perpetual.ledger.open("nudge");
  const first = Math.min(...news.map(({ from }) => from));
  const at = first - BEFORE_SECONDS * STEPS_PER_SECOND;
  return {
    act(step: number): void {
      if (step !== at) return;
      const ask = perpetual.best(ASK);
      if (ask === undefined) return;
      const lots = Math.ceil(perpetual.book.total(ASK, ask) / 2);
      perpetual.take(account, BUY, lots);
      const bid = perpetual.best(BID);
      const above = perpetual.best(ASK);
      if (bid === undefined || above === undefined || above - bid < 2) return;
      perpetual.place(account, BID, bid + 1, 1);
    },
  };
}
