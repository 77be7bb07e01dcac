import { BUY, SELL, type Batch } from "@aftershock/schema";
import type { FillModel, OrderBook, QueueModel, QueuePlace, Side } from "@aftershock/replay";

/** A trade with an aggressor. */
export interface TapeTrade {
  readonly side: Side;
  /** Ticks. */
  readonly price: number;
  /** Lots. */
  readonly size: number;
}

/** What is left of a place after a fall of its level, lots, by one of hftbacktest's queue models. */
type SharesOut = (change: { ahead: number; behind: number; gone: number }) => number;

/** RiskAdverseQueueModel: nobody ahead leaves. */
export const staysAhead: SharesOut = ({ ahead }) => ahead;

/** PowerProbQueueModel: f(x) = xⁿ, and of what is gone the share f(behind) / (f(behind) + f(ahead)) was behind. */
export const powerShares =
  (power: number): SharesOut =>
  ({ ahead, behind, gone }) => {
    const share = behind ** power / (behind ** power + ahead ** power);
    return ahead - (1 - share) * gone + Math.min(behind - share * gone, 0);
  };

/**
 * The place of an order in hftbacktest 2.4.4. Where it is not ours: an order joins behind all that the level shows, whatever has printed since;
 * what traded is taken off the place, but not off the level of which the size behind is the rest; an estimate may fall below zero, and is
 * rounded to the nearest lot. Source: its crate 0.9.4, src/backtest/models/queue.rs, read 2026-11.
 */
class PeerPlace implements QueuePlace {
  readonly side: Side;
  readonly price: number;
  readonly #sharesOut: SharesOut;
  /** Lots, not whole. */
  #ahead: number;
  /** Size of the level at the last message end, lots. */
  #shown: number;
  #traded = 0;
  #isTold = false;
  #isSettled = false;

  constructor(terms: { side: Side; price: number; size: number; sharesOut: SharesOut }) {
    this.side = terms.side;
    this.price = terms.price;
    this.#ahead = terms.size;
    this.#shown = terms.size;
    this.#sharesOut = terms.sharesOut;
  }

  /** True where more was taken to have left from ahead of the order than there was. */
  get isBelowZero(): boolean {
    return this.#ahead < 0;
  }

  /** What of a trade at the price gets to the order, lots: more than the trade where the estimate has fallen below zero. */
  reachOf(size: number): number {
    return Math.max(0, Math.round(size - this.#ahead));
  }

  /** Takes a trade at the price. */
  trade(size: number): void {
    this.#ahead = this.reachOf(size) > 0 ? 0 : this.#ahead - size;
    this.#traded += size;
  }

  /** The message that is open names the level. */
  tell(): void {
    this.#isTold = true;
  }

  sizeAhead({ before, gone }: { readonly before: number; readonly gone: number }): number {
    if (!this.#isSettled) this.#settle(before - gone);
    // Our venue counts whole lots that get to the order: half a lot less makes that the nearest.
    return Math.max(0, this.#ahead - 0.5);
  }

  /** The message has ended. */
  end(size: number): void {
    if (this.#isTold && !this.#isSettled) this.#settle(size);
    this.#shown = size;
    this.#isTold = false;
    this.#isSettled = false;
  }

  #settle(size: number): void {
    const ahead = this.#ahead;
    const gone = this.#shown - size - this.#traded;
    this.#traded = 0;
    this.#isSettled = true;
    const left = gone < 0 ? ahead : this.#sharesOut({ ahead, behind: this.#shown - ahead, gone });
    this.#ahead = Number.isNaN(left) ? size : Math.min(left, size);
  }
}

/** How resting orders fill. */
export interface PeerFills {
  /** Whether they fill in parts. */
  readonly partial: boolean;
  /** What prints or stands through an order fills it whole, as in PartialFillExchange. */
  readonly wholeThrough: boolean;
  /** A trade gets to an order as its PeerPlace says, and not as our venue does. */
  readonly byPlace: boolean;
}

/**
 * hftbacktest's rules in the seams of one venue of ours, to find out which of our own rules make a difference. For a venue with at most one
 * resting order a side, and for events of which no trade has the time of a book.
 */
export class PeerRules {
  readonly #places = new Map<Side, PeerPlace>();
  readonly #prices = new Map<Side, number>();
  #book: OrderBook | undefined;
  #trade: TapeTrade | undefined;

  /** An order of the study goes to the venue, at a price in ticks. */
  sends(side: Side, price: number): void {
    this.#prices.set(side, price);
  }

  /** Before the venue takes a trade. */
  expect(trade: TapeTrade): void {
    this.#trade = trade;
  }

  /** After the venue took a trade. */
  takeTrade({ side, price, size }: TapeTrade): void {
    const place = this.#places.get(side === BUY ? SELL : BUY);
    if (place !== undefined && place.price === price) place.trade(size);
  }

  /** Before the book takes the row of a message. */
  takeRow({ columns }: Batch<"book">, row: number): void {
    const place = this.#places.get(columns.side[row] === 1 ? BUY : SELL);
    if (place !== undefined && place.price === columns.price[row]) place.tell();
  }

  /** After the venue took the book at the end of a message. */
  takeBook(book: OrderBook): void {
    this.#book = book;
    for (const place of this.#places.values()) place.end(book.sizeAt(place.side, place.price));
  }

  /** A queue in which each order has the place that hftbacktest would give it. */
  queue(sharesOut: SharesOut): QueueModel {
    return {
      join: (side, price) => {
        const size = this.#book?.sizeAt(side, price) ?? 0;
        const place = new PeerPlace({ side, price, size, sharesOut });
        this.#places.set(side, place);
        return place;
      },
    };
  }

  /** Fills as hftbacktest has them, as far as asked for. */
  fills({ partial, wholeThrough, byPlace }: PeerFills): FillModel {
    const fill = (reach: number, open: number): number => {
      if (reach <= 0) return 0;
      return partial ? Math.min(reach, open) : open;
    };
    const through = (reach: number, open: number): number =>
      wholeThrough ? open : fill(reach, open);
    return {
      byBook: through,
      byTrade: (reach, open) => {
        const trade = this.#trade;
        if (trade === undefined) return 0;
        const side = trade.side === BUY ? SELL : BUY;
        const limit = this.#prices.get(side) ?? Number.NaN;
        const place = this.#places.get(side);
        if ((limit - trade.price) * side > 0) return through(reach, open);
        if (place === undefined || !(byPlace || place.isBelowZero)) return fill(reach, open);
        return fill(place.reachOf(trade.size), open);
      },
    };
  }
}
