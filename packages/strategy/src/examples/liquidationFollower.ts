import { BUY, ConfigError, SELL } from "@aftershock/schema";
import type { OrderRequest, OrderUpdate, Side } from "@aftershock/replay";

/** When a follower of liquidations acts, and how. Prices are ticks and sizes lots of the instrument that it trades. */
export interface LiquidationFollowerOptions {
  /** How long a liquidation counts, µs, whole, above 0. */
  readonly windowMicros: number;
  /** Lots forced to one side within the window, those forced to the other taken off, from which it follows; above 0. */
  readonly triggerLots: number;
  /** How much it buys or sells, whole, above 0; it never holds more. */
  readonly orderLots: number;
  /** How long it holds what it got, from when it heard of it, µs, whole, 0 or more. */
  readonly holdMicros: number;
  /** How much worse than the best price it trades at most, whole, 0 or more; 0 by default. */
  readonly slippageTicks?: number;
}

/** A liquidation as a follower takes it. */
export interface ForcedOrder {
  /** When it was told, by the clock that the follower acts by, µs. */
  readonly at: number;
  /** When it happened, by the venue's clock, µs; NaN where that is not known. */
  readonly tsEvent: number;
  /** Side of the forced order: SELL when a long was liquidated. */
  readonly side: Side;
  /** Lots, above 0. */
  readonly size: number;
}

const refuse = (what: string, hint: string): never => {
  throw new ConfigError(`A follower of liquidations with ${what} is not possible`, {
    hints: [hint],
  });
};

function check(options: Required<LiquidationFollowerOptions>): void {
  for (const name of ["windowMicros", "orderLots"] as const) {
    const value = options[name];
    if (!Number.isSafeInteger(value) || value <= 0) {
      refuse(`${name} ${value}`, "Give a whole number above 0.");
    }
  }
  for (const name of ["holdMicros", "slippageTicks"] as const) {
    const value = options[name];
    if (!Number.isSafeInteger(value) || value < 0) {
      refuse(`${name} ${value}`, "Give a whole number, 0 or more.");
    }
  }
  if (!(options.triggerLots > 0)) {
    refuse(`triggerLots ${options.triggerLots}`, "Give a number of lots above 0.");
  }
}

/**
 * An example of a strategy that reacts to events: it sells after longs were liquidated, buys after shorts were, and leaves after a while.
 *
 * It only decides. `see` tells it of liquidations, `act` asks what to send now that the best prices are these, and `hear` tells it what
 * became of its orders. The same calls give the same orders.
 *
 * - It follows when the lots forced to one side, less those forced to the other, have reached `triggerLots` within the window. When it has
 *   left again it forgets them: a liquidation is followed once.
 * - A liquidation that was older than the window when it was told does not count: venues send what they missed when a connection opens.
 * - Its orders are limits past the best price by `slippageTicks`, for what is there at once (`ioc`). It enters only from no position, has one
 *   order at a time, and leaves reduce-only, in as many orders as it takes: so it never holds more than `orderLots`.
 *
 * For measuring what a taker's latency, fees and slippage cost in a crash. Not for earning money: it assumes that forced orders come in
 * trains, and that the next ones move the price further. Wrong where a liquidation is the last of its kind, so that the price comes back;
 * where venues publish only some of theirs (Binance: the largest of each second); and where a print comes late, as in most crashes. Wrong also
 * where the recorder's clock is ahead of the venue's by a part of the window, as liquidations then look older than they were.
 *
 * ```ts
 * const follower = new LiquidationFollower({
 *   windowMicros: 1_000_000, triggerLots: 5_000, orderLots: 100, holdMicros: 5_000_000, slippageTicks: 5,
 * });
 * // In a replay: `see` from the rows of `liquidations`, and at each message of the book
 * const order = follower.act(at, bidSide.bestPrice, askSide.bestPrice);
 * if (order !== undefined) venue.submit(order, at);
 * ```
 */
export class LiquidationFollower {
  readonly #options: Required<LiquidationFollowerOptions>;
  #forced: { readonly happenedAt: number; readonly signedLots: number }[] = [];
  #working: string | undefined;
  #position = 0;
  /** When to leave, µs. */
  #leaveAt = Number.NaN;
  #sent = 0;

  /** Throws ConfigError for options outside their range. */
  constructor(options: LiquidationFollowerOptions) {
    this.#options = { slippageTicks: 0, ...options };
    check(this.#options);
  }

  /** What it holds as far as it has heard, lots; negative: short. */
  get position(): number {
    return this.#position;
  }

  /** Takes a liquidation, in the order in which they are told. */
  see({ at, tsEvent, side, size }: ForcedOrder): void {
    // Where the recorder's clock is behind the venue's, something is told before it happened: it is new then.
    const happenedAt = tsEvent < at ? tsEvent : at;
    this.#forced.push({ happenedAt, signedLots: side * size });
  }

  /** The order to send at `at`, µs, when the highest bid and the lowest ask are these, ticks (NaN: missing); undefined for none. */
  act(at: number, bestBid: number, bestAsk: number): OrderRequest | undefined {
    const since = at - this.#options.windowMicros;
    this.#forced = this.#forced.filter(({ happenedAt }) => happenedAt > since);
    if (this.#working !== undefined || !(bestBid < bestAsk)) return undefined;
    const position = this.#position;
    if (position !== 0) {
      if (at < this.#leaveAt) return undefined;
      const [side, size] = position > 0 ? ([SELL, position] as const) : ([BUY, -position] as const);
      return { ...this.#order(side, size, side === BUY ? bestAsk : bestBid), reduceOnly: true };
    }
    const net = this.#forced.reduce((sum, { signedLots }) => sum + signedLots, 0);
    if (Math.abs(net) < this.#options.triggerLots) return undefined;
    return net > 0
      ? this.#order(BUY, this.#options.orderLots, bestAsk)
      : this.#order(SELL, this.#options.orderLots, bestBid);
  }

  #order(side: Side, size: number, best: number): OrderRequest {
    this.#sent += 1;
    const id = `follow-${this.#sent}`;
    this.#working = id;
    const price = best + side * this.#options.slippageTicks;
    return { id, side, size, price, timeInForce: "ioc" };
  }

  /** Takes what was heard of an order; those of others are passed over. */
  hear(update: OrderUpdate): void {
    if (update.orderId !== this.#working) return;
    if (update.kind === "filled") {
      if (this.#position === 0) this.#leaveAt = update.heardAt + this.#options.holdMicros;
      this.#position += update.side * update.size;
      if (this.#position === 0) this.#forced = [];
    }
    if (update.open === 0) this.#working = undefined;
  }
}
