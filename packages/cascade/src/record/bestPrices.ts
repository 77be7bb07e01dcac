import { type Batch, BUY, type Instrument, SELL } from "@aftershock/schema";
import { quoteNotional } from "./notional.ts";

/** Where the best prices of a record come from, the first of them that was recorded. */
export type PriceOrigin = "book" | "quotes" | "trades";

/** The best prices as last known: ticks, and what rests there, quote currency; NaN for unknown. */
export class BestPrices {
  bid: number = Number.NaN;
  ask: number = Number.NaN;
  bidQuoted: number = Number.NaN;
  askQuoted: number = Number.NaN;
  /** When they were last heard of, µs. */
  at: number = Number.NEGATIVE_INFINITY;
  readonly #instrument: Instrument;

  constructor(instrument: Instrument) {
    this.#instrument = instrument;
  }

  /** Mid, ticks; NaN where a side is not known. */
  get mid(): number {
    return (this.bid + this.ask) / 2;
  }

  /** Of a book. Sizes are not told here. */
  set(bid: number, ask: number, at: number): void {
    this.bid = bid;
    this.ask = ask;
    this.at = at;
  }

  /** A row of quotes. Returns whether a price is another. */
  quote({ columns }: Batch<"quotes">, row: number, at: number): boolean {
    const { bid, ask } = this;
    this.set(columns.bidPrice[row] ?? Number.NaN, columns.askPrice[row] ?? Number.NaN, at);
    this.bidQuoted = quoteNotional(this.#instrument, columns.bidSize[row] ?? Number.NaN, this.bid);
    this.askQuoted = quoteNotional(this.#instrument, columns.askSize[row] ?? Number.NaN, this.ask);
    return this.bid !== bid || this.ask !== ask;
  }

  /** A trade, where nothing else is recorded: it was at the best price, and the other side is taken to be a tick away. Returns whether a price is another. */
  trade({ columns }: Batch<"trades">, row: number, at: number): boolean {
    const price = columns.price[row] ?? Number.NaN;
    const side = columns.side[row];
    const { bid, ask } = this;
    if (side === BUY) this.set(price - 1, price, at);
    else if (side === SELL || !(price >= bid && price <= ask)) this.set(price, price + 1, at);
    return this.bid !== bid || this.ask !== ask;
  }
}
