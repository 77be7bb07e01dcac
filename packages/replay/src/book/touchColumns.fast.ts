/**
 * The best prices at ends of messages as columns, which are told now and then. Layout: `bids` and `asks` Float64 × rows, ticks, NaN for an
 * empty side, the first `noted` of them filled. Plain twin: a handler of each message. Benchmark: test/bench/l3.ts.
 */
import type { SideReads } from "./sideReads.ts";

/**
 * Hears of the best prices at the ends of some messages, in their order: ticks, NaN for an empty side, the first `count` of either column,
 * which are written anew for the next call.
 */
export type OnTouches = (bids: Float64Array, asks: Float64Array, count: number) => void;

export class TouchColumns {
  private readonly bids: Float64Array;
  private readonly asks: Float64Array;
  private noted = 0;
  private bid = Number.NaN;
  private ask = Number.NaN;

  /** For so many messages at once. */
  constructor(rows: number) {
    this.bids = new Float64Array(rows);
    this.asks = new Float64Array(rows);
  }

  /** Looks at the best prices of a book. */
  take({ bids, asks }: Readonly<Record<"bids" | "asks", Pick<SideReads, "bestPrice">>>): void {
    this.bid = bids.bestPrice;
    this.ask = asks.bestPrice;
  }

  /** Notes those that `take` saw last as those at the ends of so many messages. */
  note(messages: number): void {
    const { bids, asks, bid, ask } = this;
    const end = this.noted + messages;
    for (let at = this.noted; at < end; at++) {
      bids[at] = bid;
      asks[at] = ask;
    }
    this.noted = end;
  }

  /** Tells of what was noted since the last call. */
  tell(onTouches: OnTouches): void {
    onTouches(this.bids, this.asks, this.noted);
    this.noted = 0;
  }
}
