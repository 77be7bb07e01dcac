import { ConfigError, type Micros } from "@aftershock/schema";
import { AccountSet } from "../account/accountSet.ts";
import type { AccountId, Ledger } from "../account/ledger.ts";
import type {
  ForcedFill,
  ForcedOrder,
  LiquidationMarket,
} from "../liquidation/liquidationMarket.ts";
import { DEPTH_BAND_BPS } from "./recordedStep.ts";

/** The least depth that is reckoned with, quote currency: a book is never quite empty. */
const LEAST_DEPTH = 1_000;
/** Contracts that have an amount of quote currency. */
const QUOTED: ReadonlySet<string> = new Set(["linear", "inverse"]);
/** A walk goes no further than this from the mid, a logarithm. */
const FURTHEST_WALK = 0.1;

/**
 * The market that forced orders meet on a recorded or changed path: they fill at once, at prices that rise from the mid by the recorded depth alone, as if it
 * lay evenly in its band. What is sold moves no price here; that is the impact kernel's part. The other side is the rest of the world.
 *
 * A function of the step alone, so that the same orders fill alike on the same path, bit for bit. Assumes that an order meets all of the depth of its step, whatever
 * others took of it in the same step; fills are a little too good in bursts.
 */
export class DecisionMarket implements LiquidationMarket {
  readonly #ledger: Ledger;
  readonly #world: AccountId;
  readonly #instrument: number;
  readonly #cancelled = new AccountSet();
  /** Ticks; quote currency within the band. */
  #mid = Number.NaN;
  #quoteMid = Number.NaN;
  #bidDepth = 0;
  #askDepth = 0;
  #bought = 0;
  #sold = 0;

  /** Throws ConfigError for a quanto contract, of which no amount of quote currency is known. */
  constructor(options: {
    readonly ledger: Ledger;
    readonly instrument: number;
    readonly world: AccountId;
  }) {
    const traded = options.ledger.instruments[options.instrument];
    if (traded === undefined || !QUOTED.has(traded.contract)) {
      throw new ConfigError(
        `Forced orders in ${traded?.id ?? `instrument ${options.instrument}`} cannot be set against a depth in quote currency: it is ${traded?.contract ?? "none of the ledger's"}`,
        { hints: ["Take a linear or an inverse contract of the ledger."] },
      );
    }
    this.#ledger = options.ledger;
    this.#instrument = options.instrument;
    this.#world = options.world;
  }

  /** A step begins: the mid in ticks and in quote currency, and the depth. */
  begin(step: { mid: number; quoteMid: number; bidDepth: number; askDepth: number }): void {
    this.#mid = step.mid;
    this.#quoteMid = step.quoteMid;
    this.#bidDepth = step.bidDepth;
    this.#askDepth = step.askDepth;
    this.#bought = 0;
    this.#sold = 0;
  }

  /** What forced orders bought and sold in the step so far, quote currency. */
  get bought(): number {
    return this.#bought;
  }

  get sold(): number {
    return this.#sold;
  }

  take({ side, lots, limitPrice, fillOrKill }: ForcedOrder): readonly ForcedFill[] {
    const perLot = this.#quotePerLot;
    const depth = Math.max(LEAST_DEPTH, side > 0 ? this.#askDepth : this.#bidDepth);
    // A logarithm a unit of quote currency.
    const slope = DEPTH_BAND_BPS / 1e4 / depth;
    const reach = limitPrice === undefined ? Infinity : Math.log(limitPrice / this.#mid) * side;
    const within = reach === Infinity ? lots : Math.floor(Math.max(0, reach) / slope / perLot);
    const filled = Math.min(lots, within);
    if (filled <= 0 || (fillOrKill && filled < lots)) return [];
    const notional = filled * perLot;
    const walked = Math.min(FURTHEST_WALK, (slope * notional) / 2);
    if (side > 0) this.#bought += notional;
    else this.#sold += notional;
    return [
      { price: this.#mid * Math.exp(side * walked), lots: filled, counterparty: this.#world },
    ];
  }

  /** No orders of a record are known, but that those which would have closed an account later are gone now. */
  cancelOrders(account: AccountId, _at: Micros): void {
    this.#cancelled.add(account);
  }

  /** Whether an account's orders have been cancelled at some time. */
  hasCancelled(account: AccountId): boolean {
    return this.#cancelled.has(account);
  }

  /** What a lot is worth at the mid, quote currency. */
  get #quotePerLot(): number {
    const { currency, instruments } = this.#ledger;
    const units = Math.abs(this.#ledger.valueUnits(this.#instrument, 1, this.#mid));
    const settle = currency.amount(units);
    return instruments[this.#instrument]?.contract === "inverse" ? settle * this.#quoteMid : settle;
  }
}
