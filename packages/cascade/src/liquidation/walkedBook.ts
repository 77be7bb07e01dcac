import { type OrderBook, type SideReads, TakenLiquidity } from "@aftershock/replay";
import { ConfigError, type Micros } from "@aftershock/schema";
import type { AccountId } from "../account/ledger.ts";
import type { ForcedFill, ForcedOrder, LiquidationMarket } from "./liquidationMarket.ts";

/**
 * Recorded books as a market for forced orders: each order walks the book from the best price on, at most to its limit, and what it has taken is
 * gone for the next (TakenLiquidity says until when). Whoever replays tells it of message ends and of recorded trades.
 *
 * Assumed: makers do not answer, neither by moving away nor by putting size back; an order meets the whole book at the instant at which it is
 * sent. Wrong for forced flow that is large against the book, where the depth that comes after is what matters: then the walk
 * overstates what a single order moves and understates what is left for the ones that follow. A book that is not valid fills nothing.
 */
export class WalkedBook implements LiquidationMarket {
  readonly #books: readonly (OrderBook | undefined)[];
  readonly #taken: readonly TakenLiquidity[];
  readonly #counterparty: AccountId;

  /**
   * `books` by number of instrument in the ledger, undefined where an instrument is not traded; `counterparty`: the account that stands for
   * everybody who had orders in them.
   */
  constructor(books: readonly (OrderBook | undefined)[], counterparty: AccountId) {
    this.#books = books;
    this.#taken = books.map(() => new TakenLiquidity());
    this.#counterparty = counterparty;
  }

  take({ instrument, side, lots, limitPrice, fillOrKill }: ForcedOrder): readonly ForcedFill[] {
    const [book, taken] = this.#of(instrument);
    if (!book.valid) return [];
    const hit: SideReads = side > 0 ? book.askSide : book.bidSide;
    const limit = limitPrice ?? Number.NaN;
    if (fillOrKill && taken.availableThrough(hit, limit) < lots) return [];
    const fills: ForcedFill[] = [];
    let left = lots;
    taken.eachLevel(hit, limit, (price, available) => {
      const size = Math.min(left, available);
      if (size > 0) fills.push({ price, lots: size, counterparty: this.#counterparty });
      left -= size;
      return left > 0;
    });
    for (const fill of fills) taken.take(hit, fill.price, fill.lots);
    return fills;
  }

  /** The orders of the accounts that are liquidated are not in the record as theirs: there is nothing to cancel. */
  cancelOrders(_account: AccountId, _at: Micros): void {}

  /** The book of an instrument is at the end of a message. */
  showBook(instrument: number): void {
    const [book, taken] = this.#of(instrument);
    if (book.valid) taken.show(book.bidSide, book.askSide);
    else taken.clear();
  }

  /** A recorded trade took lots of an instrument from the side `hit` of the book: BID 1, ASK −1; price in ticks. */
  showTrade(instrument: number, trade: { hit: 1 | -1; price: number; lots: number }): void {
    this.#of(instrument)[1].print(trade.hit, trade.price, trade.lots);
  }

  #of(instrument: number): readonly [book: OrderBook, taken: TakenLiquidity] {
    const [book, taken] = [this.#books[instrument], this.#taken[instrument]];
    if (book !== undefined && taken !== undefined) return [book, taken];
    throw new ConfigError(`Instrument ${instrument} has no book to walk`, {
      hints: ["Hand over the books of all instruments that may be liquidated."],
    });
  }
}
