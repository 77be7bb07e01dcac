import { IntegrityError, type Micros } from "@aftershock/schema";
import type { AccountId } from "../account/ledger.ts";
import type { LiquidationDesk } from "./liquidationDesk.ts";
import type { ForcedOrderCause } from "./liquidationEvent.ts";
import type { ForcedFill, ForcedOrder } from "./liquidationMarket.ts";
import type { OrderThrottle } from "./orderThrottle.ts";

/** An order to close a part of a position. */
export interface ClosingOrderSpec {
  readonly account: AccountId;
  readonly instrument: number;
  /** Whole, above 0: at most this is sent, and at most the position. */
  readonly lots: number;
  /** Ticks; undefined: at any price. */
  readonly limitPrice: number | undefined;
  readonly fillOrKill: boolean;
  readonly cause: ForcedOrderCause;
  /** The instruments whose marks had made the account liquidatable; see ForcedOrderSent. */
  readonly moved: readonly number[];
  readonly at: Micros;
}

/** What became of an order. */
export interface ClosingResult {
  /** Lots that were sent: fewer than asked for where the throttle cut the order. */
  readonly sent: number;
  readonly filled: number;
  /** What fills gave below the bankruptcy price, units, 0 or more, not rounded. */
  readonly shortfall: number;
}

const NOTHING: ClosingResult = { sent: 0, filled: 0, shortfall: 0 };

/**
 * Sends forced orders to a market and books what they meet: the fills, and the fees for each. First the fee of a taker, which goes to the venue, then the liquidation fee, less
 * the former where it contains it. Both take at most what the account is still worth at the marks (a liquidation fee whose rate is a maximum: at most what the fill gave above
 * the bankruptcy price and the fee of a taker left of it), so that a fee never makes a debt: a fill at the bankruptcy price pays none.
 *
 * Wrong for a venue that charges the fee of a taker in full all the same; then its insurance fund pays its own venue, and runs out sooner than here. What a fund or vault sells of what it
 * took over, and coins that are sold or bought back, pay no fees, as no rule that is recorded says it. What the other side pays as a maker is the market's affair.
 */
export class ForcedTrading {
  readonly #desk: LiquidationDesk;
  readonly #throttle: OrderThrottle;

  constructor(desk: LiquidationDesk, throttle: OrderThrottle) {
    this.#desk = desk;
    this.#throttle = throttle;
  }

  /** When the throttle lets more through, µs. */
  nextWindow(at: Micros): number {
    return this.#throttle.nextWindow(at);
  }

  /** Sends an order. Throws IntegrityError, with nothing booked, where the market's answer cannot be. */
  close(spec: ClosingOrderSpec): ClosingResult {
    const { account, instrument, at } = spec;
    const desk = this.#desk;
    const held = desk.ledger.lots(account, instrument);
    const perLot = desk.notionalAtMark(instrument, 1);
    const wanted = Math.min(Math.abs(held), spec.lots);
    const lots = this.#throttle.allowed(wanted, perLot, { at, isWhole: spec.fillOrKill });
    if (lots <= 0) return NOTHING;
    this.#throttle.use(lots * perLot);
    const { limitPrice, fillOrKill, cause } = spec;
    const side = held > 0 ? -1 : 1;
    const contagion = spec.moved.length > 0 && !spec.moved.includes(instrument);
    const order: ForcedOrder = { account, instrument, side, lots, limitPrice, fillOrKill, at };
    const mark = desk.marks.ticks(instrument);
    if (desk.tells("forcedOrder"))
      desk.emit({
        kind: "forcedOrder",
        account,
        instrument,
        side,
        lots,
        limitPrice,
        fillOrKill,
        at,
        cause,
        contagion,
        mark,
      });
    const fills = desk.market.take(order);
    this.#check(order, fills);
    let filled = 0;
    let shortfall = 0;
    for (const fill of fills) {
      shortfall += Math.max(0, -this.#book(spec, fill, contagion));
      filled += fill.lots;
    }
    return { sent: lots, filled, shortfall };
  }

  /** Books a fill; returns what it gave above the bankruptcy price, units. */
  #book(
    spec: ClosingOrderSpec,
    { price, lots, counterparty }: ForcedFill,
    contagion: boolean,
  ): number {
    const { account, instrument, cause, at } = spec;
    const desk = this.#desk;
    const position = desk.ledger.position(account, instrument);
    if (position === undefined) throw new IntegrityError("Invariant: a fill closes a position");
    const signed = Math.sign(position.lots) * lots;
    const bankrupt = (desk.bankruptcyValue(account, position) * signed) / position.lots;
    const passed = { from: account, to: counterparty, instrument, lots: signed, price };
    const units = desk.trade(passed);
    const mark = desk.marks.ticks(instrument);
    if (desk.tells("fill"))
      desk.emit({
        kind: "fill",
        at,
        account,
        instrument,
        lots: signed,
        price,
        units,
        mark,
        counterparty,
        cause,
        contagion,
      });
    if (cause !== "unwind" && cause !== "collateral") this.#charge(spec, units, units - bankrupt);
    return units - bankrupt;
  }

  /** The fees of a fill. */
  #charge(spec: ClosingOrderSpec, value: number, aboveBankrupt: number): void {
    const desk = this.#desk;
    const { fee, fund } = desk.termsOf(spec.instrument);
    const { venue } = desk.roles;
    const trading = this.#pay(spec, {
      units: Math.round(Math.abs(value) * fee.tradingRate),
      of: "trading",
      to: venue,
    });
    const whole = Math.round(Math.abs(value) * fee.rate);
    const wanted = fee.includesTrading ? Math.max(0, whole - trading) : whole;
    const units = fee.isMaximum ? Math.min(wanted, Math.floor(aboveBankrupt) - trading) : wanted;
    const to = fee.paidTo === "insuranceFund" && fund !== undefined ? fund : venue;
    this.#pay(spec, { units, of: "liquidation", to });
  }

  /** Pays a fee as far as the account is worth anything; returns what was paid, whole units. */
  #pay(
    { account, instrument, at }: ClosingOrderSpec,
    fee: { units: number; of: "trading" | "liquidation"; to: AccountId },
  ): number {
    if (fee.units <= 0) return 0;
    const desk = this.#desk;
    const units = Math.min(fee.units, Math.floor(desk.worth(account)));
    if (units <= 0) return 0;
    desk.pay(account, fee.to, units);
    if (desk.tells("fee"))
      desk.emit({ kind: "fee", at, account, instrument, units, of: fee.of, to: fee.to });
    return units;
  }

  #check(order: ForcedOrder, fills: readonly ForcedFill[]): void {
    const { ledger } = this.#desk;
    let filled = 0;
    for (const { price, lots, counterparty } of fills) {
      filled += lots;
      const isWorse =
        order.limitPrice !== undefined &&
        (price - order.limitPrice) * order.side > Math.abs(price) * 1e-12;
      const isGood =
        Number.isSafeInteger(lots) &&
        lots > 0 &&
        price > 0 &&
        price < Number.POSITIVE_INFINITY &&
        counterparty !== order.account &&
        counterparty >= 0 &&
        counterparty < ledger.accountCount;
      if (isGood && !isWorse) continue;
      throw new IntegrityError(
        `A market filled ${lots} lots at ${price} ticks against account ${counterparty}, for an order of account ${order.account} with the limit ${order.limitPrice ?? "none"}`,
        { hints: ["Fills are whole lots above 0, within the limit, against another account."] },
      );
    }
    if (filled <= order.lots && (!order.fillOrKill || filled === 0 || filled === order.lots))
      return;
    throw new IntegrityError(`A market filled ${filled} lots of an order of ${order.lots}`, {
      hints: [
        "An order is filled at most whole, and one that fills or is killed whole or not at all.",
      ],
    });
  }
}
