import { ASK, BID, ConfigError } from "@aftershock/schema";
import type { OrderRequest, OrderUpdate, Side } from "@aftershock/replay";

/** What a market maker wants. Prices are ticks and sizes lots of its instrument. */
export interface MarketMakerOptions {
  /** Size of each quote, whole, above 0. */
  readonly quoteLots: number;
  /** The largest position it lets itself get into, long or short, whole, above 0. */
  readonly maxPositionLots: number;
  /** How far its quotes stand from the middle of the market, 0 or more. */
  readonly halfSpreadTicks: number;
  /** How far both quotes are shifted against the position, for each quote size that it holds, 0 or more; 0 by default. */
  readonly skewTicks?: number;
  /** How far a quote may be from where it is wanted before it is replaced, 0 or more; 0 by default. */
  readonly toleranceTicks?: number;
}

/** What a market maker sends to its venue. */
export type QuoteRequest =
  | { readonly kind: "submit"; readonly order: OrderRequest }
  | { readonly kind: "cancel"; readonly id: string };

/** A quote that has been sent, and has not been heard to have ended. */
interface Quote {
  readonly id: string;
  /** Ticks. */
  readonly price: number;
  isCancelling: boolean;
}

const refuse = (what: string, hint: string): never => {
  throw new ConfigError(`A market maker with ${what} is not possible`, { hints: [hint] });
};

function check(options: Required<MarketMakerOptions>): void {
  for (const name of ["quoteLots", "maxPositionLots"] as const) {
    const lots = options[name];
    if (!Number.isSafeInteger(lots) || lots <= 0) {
      refuse(`${name} ${lots}`, "Give a whole number of lots above 0.");
    }
  }
  for (const name of ["halfSpreadTicks", "skewTicks", "toleranceTicks"] as const) {
    const ticks = options[name];
    if (!Number.isFinite(ticks) || ticks < 0) {
      refuse(`${name} ${ticks}`, "Give a number of ticks, 0 or more.");
    }
  }
}

/**
 * An example of a strategy that lets others trade: a bid and an ask around the middle of the market, both shifted against what it holds.
 *
 * It only decides. `requote` says what to send now that the best prices are these, and `hear` tells it what became of its orders; who asks
 * it, how often, and what venue its orders go to, is not its affair. The same calls give the same requests.
 *
 * - The centre of its quotes is the middle of the market − `skewTicks` × position / `quoteLots`: with a long position both quotes are lower,
 *   so that it rather sells. So does the reservation price of Avellaneda and Stoikov, "High-frequency trading in a limit order book" (2008),
 *   which falls linearly with the inventory; here the slope is given, not derived from volatility and a horizon.
 * - Quotes are `halfSpreadTicks` from the centre, rounded outwards to whole ticks, and never at the other side's best price or beyond it. They
 *   are post-only.
 * - There is one quote a side. One at the wrong price is cancelled, and the next one is sent only when the end of it was heard: so what it
 *   holds and what it may still get never exceed `maxPositionLots`, whatever fills on the way.
 *
 * For trying out venue models, and as a start for a strategy of one's own. Not for earning money: it knows no volatility, no order flow and
 * no other market, so that it is filled above all by those who know more (adverse selection); and at its position limit it waits.
 *
 * ```ts
 * const maker = new MarketMaker({ quoteLots: 10, maxPositionLots: 100, halfSpreadTicks: 2, skewTicks: 1 });
 * const venue = new StudyVenue({ instrument, latency, fees, onUpdate: (update) => maker.hear(update) });
 * const send = (request: QuoteRequest, at: number): void => {
 *   if (request.kind === "submit") venue.submit(request.order, at);
 *   else venue.cancel(request.id, at);
 * };
 * await replay([book, trades], {
 *   handlers: venueHandlers([venue], {
 *     onBook: ({ bidSide, askSide }, at) => {
 *       for (const request of maker.requote(bidSide.bestPrice, askSide.bestPrice)) send(request, at);
 *     },
 *   }),
 * });
 * ```
 */
export class MarketMaker {
  readonly #options: Required<MarketMakerOptions>;
  readonly #quotes = new Map<Side, Quote>();
  #position = 0;
  #sent = 0;

  /** Throws ConfigError for options outside their range. */
  constructor(options: MarketMakerOptions) {
    this.#options = { skewTicks: 0, toleranceTicks: 0, ...options };
    check(this.#options);
  }

  /** What it holds as far as it has heard, lots; negative: short. */
  get position(): number {
    return this.#position;
  }

  /**
   * What to send now that the highest bid and the lowest ask are these, ticks. Where one is missing (NaN), or the bid is not below the ask,
   * there is no market to make: then its quotes are cancelled.
   */
  requote(bestBid: number, bestAsk: number): readonly QuoteRequest[] {
    const { halfSpreadTicks, skewTicks, quoteLots } = this.#options;
    if (!(bestBid < bestAsk))
      return [...this.#quote(BID, Number.NaN), ...this.#quote(ASK, Number.NaN)];
    const centre = (bestBid + bestAsk) / 2 - (skewTicks * this.#position) / quoteLots;
    const bid = Math.min(Math.floor(centre - halfSpreadTicks), bestAsk - 1);
    const ask = Math.max(Math.ceil(centre + halfSpreadTicks), bestBid + 1);
    return [...this.#quote(BID, bid), ...this.#quote(ASK, ask)];
  }

  /** What to send so that a side quotes at a price, ticks; NaN: not at all. */
  #quote(side: Side, price: number): readonly QuoteRequest[] {
    const { maxPositionLots, quoteLots, toleranceTicks } = this.#options;
    const quote = this.#quotes.get(side);
    if (quote !== undefined) {
      if (quote.isCancelling || Math.abs(quote.price - price) <= toleranceTicks) return [];
      quote.isCancelling = true;
      return [{ kind: "cancel", id: quote.id }];
    }
    const size = Math.min(quoteLots, maxPositionLots - side * this.#position);
    if (Number.isNaN(price) || size <= 0) return [];
    this.#sent += 1;
    const id = `quote-${this.#sent}`;
    this.#quotes.set(side, { id, price, isCancelling: false });
    return [{ kind: "submit", order: { id, side, size, price, postOnly: true } }];
  }

  /** Takes what was heard of an order; those of others are passed over. */
  hear(update: OrderUpdate): void {
    for (const [side, quote] of this.#quotes) {
      if (quote.id !== update.orderId) continue;
      if (update.kind === "filled") this.#position += update.side * update.size;
      if (update.open === 0) this.#quotes.delete(side);
    }
  }
}
