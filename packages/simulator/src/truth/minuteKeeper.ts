import { ASK, BID, BUY } from "@aftershock/schema";
import { STEPS_PER_MINUTE } from "../clock.ts";
import type { Exchange } from "../market/exchange.ts";
import type { Market } from "../market/market.ts";
import type { MarketMinutes } from "./marketTruth.ts";

/** How far from the mid depth is counted, a fraction. */
const DEPTH_RANGE = 0.005;

/** What rests on a side within a distance of the mid, USD. */
function depthUsd({ book, midUsd, tickUsd, lotUsd }: Exchange, side: number): number {
  const limit = (midUsd * (1 - side * DEPTH_RANGE)) / tickUsd;
  let lots = 0;
  book.eachLevel(side, (_, price, size) => {
    if ((price - limit) * side >= 0) lots += size;
  });
  return lots * lotUsd;
}

type Columns = { [C in keyof MarketMinutes]: number[] };

/** Keeps the state of the perpetual's market minute by minute. */
export class MinuteKeeper {
  readonly columns: Columns = {
    at: [],
    midUsd: [],
    markUsd: [],
    indexUsd: [],
    bidDepthUsd: [],
    askDepthUsd: [],
    sigmaBps: [],
    boughtUsd: [],
    soldUsd: [],
    forcedBoughtUsd: [],
    forcedSoldUsd: [],
  };
  #steps = 0;
  #bought = 0;
  #sold = 0;
  #forcedBought = 0;
  #forcedSold = 0;

  /** Takes in the step that the market has just run, which ends at `at`, µs. */
  observe({ perpetual, oracle }: Market, at: number): void {
    const { fills } = perpetual;
    for (let fill = 0; fill < fills.length; fill += 1) {
      const size = fills.lots[fill] ?? 0;
      const isForced = fills.forced[fill] === 1;
      if (fills.side[fill] === BUY) {
        this.#bought += size;
        if (isForced) this.#forcedBought += size;
      } else {
        this.#sold += size;
        if (isForced) this.#forcedSold += size;
      }
    }
    this.#steps += 1;
    if (this.#steps % STEPS_PER_MINUTE !== 0) return;
    const { columns } = this;
    columns.at.push(at);
    columns.midUsd.push(perpetual.midUsd);
    columns.markUsd.push(oracle.mark);
    columns.indexUsd.push(oracle.index);
    columns.bidDepthUsd.push(depthUsd(perpetual, BID));
    columns.askDepthUsd.push(depthUsd(perpetual, ASK));
    columns.sigmaBps.push(perpetual.sigmaBps);
    columns.boughtUsd.push(this.#bought * perpetual.lotUsd);
    columns.soldUsd.push(this.#sold * perpetual.lotUsd);
    columns.forcedBoughtUsd.push(this.#forcedBought * perpetual.lotUsd);
    columns.forcedSoldUsd.push(this.#forcedSold * perpetual.lotUsd);
    this.#bought = 0;
    this.#sold = 0;
    this.#forcedBought = 0;
    this.#forcedSold = 0;
  }
}
